/* SPDX-License-Identifier: MIT */
/* Files that were named more than once, for who reads each of them once. */
#pragma once

#include "source_file.h"

/*
 * Leave of the names of one file, by its device and inode, only the first; "-" is
 * standard input. Links are followed. What is no regular file (a pipe may give
 * more at each reading) or is not found stays. 0, or -ENOMEM.
 */
int file_once(struct names *files);
