/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest can do wrong, on purpose. */
#ifndef KERNELS_INIT_HARM_H
#define KERNELS_INIT_HARM_H

/* word: of ptbench.harm=; data: the data line. May never return. */
void init_harm(const char *word, int data);

#endif
