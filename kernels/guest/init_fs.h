/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for the driver's rows. */
#ifndef KERNELS_INIT_FS_H
#define KERNELS_INIT_FS_H

/*
 * Mounts what this kernel can of the file systems, each with a file `data` whose every page has
 * been written, is clean and, where there is a page cache, in it: on /file (ext4 on a RAM disk) and
 * on /dax (ext4 with FS-DAX on persistent memory). What cannot be mounted is said on the console.
 */
void init_file_systems(void);

#endif
