/* SPDX-License-Identifier: MIT */
/* A document that a verb writes to a file. */
#pragma once

#include "../base/buf.h"

/*
 * Write a file whole or not at all: a new file of mode 0644 is filled and renamed to it. "-"
 * is standard output; what is not a regular file, such as a pipe, is written to directly. The
 * exit status, after saying why not.
 */
int outfile_write(const char *path, const struct buf *text);
