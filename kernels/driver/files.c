// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that PID 1 has made, and mappings of them.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>

#include "ptbench.h"

static int missing(struct ptb_state *s, const char *mem)
{
	if (!strcmp(mem, "dax") && !IS_ENABLED(CONFIG_FS_DAX))
		ptb_fail(s, "no FS-DAX: this kernel has no persistent memory");
	else
		ptb_fail(s, "no /%s/data: the console says why it was not mounted", mem);
	return -EOPNOTSUPP;
}

/* The caller closes it by fput(). */
struct file *ptb_file(struct ptb_state *s, const char *mem)
{
	struct file *file;
	char name[32];

	snprintf(name, sizeof(name), "/%s/data", mem);
	file = filp_open(name, O_RDWR, 0);
	if (IS_ERR(file))
		return ERR_PTR(missing(s, mem));
	if (!!IS_DAX(file_inode(file)) == !strcmp(mem, "dax"))
		return file;
	fput(file);
	ptb_fail(s, "%s is on the wrong side of DAX", name);
	return ERR_PTR(-EIO);
}

/* Shared; the mapping keeps the file. */
int ptb_map_file(struct ptb_state *s, struct file *file, unsigned long addr, unsigned long len,
		 unsigned long offset)
{
	unsigned long ret;

	if (offset + len > i_size_read(file_inode(file))) {
		ptb_fail(s, "the file has no %lu bytes at %lu", len, offset);
		return -EIO;
	}
	ret = vm_mmap(file, addr, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
		      offset);
	if (ret == addr)
		return 0;
	ptb_fail(s, "cannot map %lu bytes of the file at 0x%lx: error %ld", len, addr, (long)ret);
	return IS_ERR_VALUE(ret) ? (long)ret : -EEXIST;
}
