/* SPDX-License-Identifier: MIT */
/* The files that operands name: a file itself, a directory all that are below it; each once. */
#pragma once

#include "source_file.h"

#define FILE_LIST_DEPTH_MAX 64
#define FILE_LIST_FILES_MAX 1000000

/* Reports what can't be read: its path, and -errno. */
typedef void (*file_list_fn)(void *data, const char *path, int error);

/*
 * Append a path; for a directory, the files *.yaml, *.yml and *.json in it and below it,
 * sorted by the bytes of their names. Hidden files are left out, and what is neither a file
 * nor a directory, and links to directories, which may lead in circles; and what one of the
 * globs matches (see exclude.h). 0, -E2BIG when there are more than FILE_LIST_FILES_MAX, or
 * -ENOMEM.
 */
int file_list_add(struct names *files, const char *path, const struct names *excluded,
		  file_list_fn report, void *data);

/*
 * Keep only the first of several names of one file (same device and inode); "-" is standard
 * input. Links are followed. A name that is not found or not of a regular file stays: a pipe
 * may give more each time it is read. 0, or -ENOMEM.
 */
int file_list_drop_repeats(struct names *files);
