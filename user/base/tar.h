/* SPDX-License-Identifier: MIT */
/* An archive of files in memory, in the format of ustar (POSIX.1). Pure. */
#pragma once

#include <time.h>

#include "buf.h"

#define TAR_NAME_MAX 100 /* bytes of a path */

/*
 * Append a file, which root owns and all may read. 0; -ENAMETOOLONG, -EFBIG (8 GiB and more), or
 * -ENOMEM: then nothing of it is appended.
 */
int tar_add(struct buf *tar, const char *path, time_t changed, const struct buf *content);

/* Append the end. An archive without files is valid, too. */
void tar_end(struct buf *tar);
