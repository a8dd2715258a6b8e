/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Misbehaviour of a guest on purpose, for tests. */
#ifndef KERNELS_INIT_HARM_H
#define KERNELS_INIT_HARM_H

/* word: the value of ptbench.harm=; data: file descriptor of the data line. May never return. */
void init_harm(const char *word, int data);

#endif
