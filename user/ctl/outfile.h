/* SPDX-License-Identifier: MIT */
/* A document that a verb writes to a file. */
#pragma once

#include "../base/buf.h"

/*
 * Write to a file, whole or not at all: by way of a file beside it, which takes its
 * name, of mode 0644. "-" is standard output; what is no regular file, such as a
 * pipe, is written to as it is. The exit status, after saying why not.
 */
int outfile_write(const char *path, const struct buf *text);
