/* SPDX-License-Identifier: GPL-2.0-only */
/* What fs/dax.c locks the entry of: a folio since 6.6, a page before. See compat.h. */
#ifndef PTBENCH_COMPAT_DAX_H
#define PTBENCH_COMPAT_DAX_H

#include <linux/dax.h>
#include <linux/mm.h>

#include "compat.h"

#if PTB_SINCE(6, 6)

typedef struct folio ptb_dax_page;
#define ptb_dax_page_of(page) page_folio(page)
#define ptb_dax_lock(page) dax_lock_folio(page)
#define ptb_dax_unlock(page, cookie) dax_unlock_folio(page, cookie)
#define ptb_dax_pfn(page) folio_pfn(page)
#define ptb_dax_put(page) folio_put(page)

#else

typedef struct page ptb_dax_page;
#define ptb_dax_page_of(page) compound_head(page)
#define ptb_dax_lock(page) dax_lock_page(page)
#define ptb_dax_unlock(page, cookie) dax_unlock_page(page, cookie)
#define ptb_dax_pfn(page) page_to_pfn(page)
#define ptb_dax_put(page) put_page(page)

#endif

#endif
