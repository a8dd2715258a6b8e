/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks of busted.c, which come after the others in kmap_stack_at(). */
#ifndef REF_KMAP_BUSTED_H
#define REF_KMAP_BUSTED_H

#include <ref/kmap.h>

extern const struct kmap_stack kmap_busted[];
extern const size_t kmap_nr_busted;

#endif
