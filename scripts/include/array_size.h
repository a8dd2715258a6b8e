/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARRAY_SIZE() for every room: the number of elements of an array. For a pointer gcc warns. */
#ifndef ARRAY_SIZE_H
#define ARRAY_SIZE_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
