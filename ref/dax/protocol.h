/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instantiates a protocol: its operations over a constant variant, and the row that names them. */
#ifndef REF_DAX_PROTOCOL_H
#define REF_DAX_PROTOCOL_H

#include "file.h"

/* Defines functions dax_<operation>_<ident>(), which the compiler never merges with equal ones, and
 * the row dax_<ident>. Further arguments: the fields of the variant that are set. */
#define DAX_PROTOCOL(ident, summary_, busted_, ...)                                                \
	static const struct dax_variant variant_##ident = { __VA_ARGS__ };                         \
	static __attribute__((no_icf, noinline))                                                   \
	dax_entry_t dax_lock_folio_##ident(struct ref_page *folio)                                 \
	{                                                                                          \
		return __dax_lock_folio(&variant_##ident, folio);                                  \
	}                                                                                          \
	static __attribute__((no_icf, noinline)) void dax_unlock_folio_##ident(                    \
		struct ref_page *folio, dax_entry_t cookie)                                        \
	{                                                                                          \
		__dax_unlock_folio(&variant_##ident, folio, cookie);                               \
	}                                                                                          \
	static dax_entry_t grab_entry_##ident(struct dax_mapping *mapping, uint64_t index,         \
					      unsigned order)                                      \
	{                                                                                          \
		return __dax_grab_entry(&variant_##ident, mapping, index, order);                  \
	}                                                                                          \
	static dax_entry_t insert_entry_##ident(struct dax_mapping *mapping, uint64_t index,       \
						dax_entry_t old, uint64_t pfn, uint64_t flags)     \
	{                                                                                          \
		return __dax_insert_entry(&variant_##ident, mapping, index, old, pfn, flags);      \
	}                                                                                          \
	static void unlock_entry_##ident(struct dax_mapping *mapping, uint64_t index,              \
					 dax_entry_t entry)                                        \
	{                                                                                          \
		struct dax_xas xas = { .xa = mapping, .index = index };                            \
                                                                                                   \
		dax_unlock_entry(&variant_##ident, &xas, entry);                                   \
	}                                                                                          \
	static bool delete_entry_##ident(struct dax_mapping *mapping, uint64_t index)              \
	{                                                                                          \
		return __dax_delete_entry(&variant_##ident, mapping, index);                       \
	}                                                                                          \
	static struct ref_page *busy_page_##ident(struct dax_mapping *mapping, uint64_t start,     \
						  uint64_t end)                                    \
	{                                                                                          \
		return __dax_busy_page(&variant_##ident, mapping, start, end);                     \
	}                                                                                          \
	static void evict_##ident(struct dax_inode *inode)                                         \
	{                                                                                          \
		__dax_evict(&variant_##ident, inode);                                              \
	}                                                                                          \
	static const struct dax_protocol dax_##ident = {                                           \
		.name = #ident,                                                                    \
		.summary = summary_,                                                               \
		.busted = busted_,                                                                 \
		.lock_folio = dax_lock_folio_##ident,                                              \
		.unlock_folio = dax_unlock_folio_##ident,                                          \
		.grab_entry = grab_entry_##ident,                                                  \
		.insert_entry = insert_entry_##ident,                                              \
		.unlock_entry = unlock_entry_##ident,                                              \
		.delete_entry = delete_entry_##ident,                                              \
		.busy_page = busy_page_##ident,                                                    \
		.evict = evict_##ident,                                                            \
	};

#endif
