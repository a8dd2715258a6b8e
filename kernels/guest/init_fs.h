/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for the driver's rows. */
#ifndef KERNELS_INIT_FS_H
#define KERNELS_INIT_FS_H

/*
 * Mounts the file systems that this kernel supports: /file (ext4 on a RAM disk) and /dax (ext4 with
 * FS-DAX on persistent memory). Every page of their file `data` has been written, is clean and, on
 * /file, is in the page cache. A file system that cannot be mounted is named on the console.
 */
void init_file_systems(void);

#endif
