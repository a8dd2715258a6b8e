/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * s390: the end of what one entry covers, by the level that the entry says it is of.
 *
 * The type bits of a region or segment entry, even of an empty one, say which table it is in. A
 * folded level is clipped to what that real entry covers, so that only the walk's outermost loop
 * goes on to a next entry. Follows arch/s390/include/asm/pgtable.h of the posted series (see
 * addr_end_folded.h): levels that are always there (pud, pmd) keep their fixed size. Deviation: its
 * assertion that no entry is of a segment table, which no 6.12 process has on top, is left out.
 */
#ifndef PTBENCH_ADDR_END_S390_H
#define PTBENCH_ADDR_END_S390_H

static inline unsigned long rste_addr_end(unsigned long rste, unsigned long addr, unsigned long end)
{
	unsigned int level = (rste & _REGION_ENTRY_TYPE_MASK) >> 2;
	unsigned long size = _SEGMENT_SIZE << (level * 11);
	unsigned long next = (addr + size) & -size;

	return next - 1 < end - 1 ? next : end;
}

#define pgd_addr_end_folded(pgd, addr, end) rste_addr_end(pgd_val(pgd), addr, end)
#define p4d_addr_end_folded(p4d, addr, end) rste_addr_end(p4d_val(p4d), addr, end)

#endif
