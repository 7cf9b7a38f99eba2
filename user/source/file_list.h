/* SPDX-License-Identifier: MIT */
/* The files that operands name: themselves, or all below a directory; each of them once. */
#pragma once

#include "source_file.h"

#define FILE_LIST_DEPTH_MAX 64
#define FILE_LIST_FILES_MAX 1000000

/* Is told what can't be looked into: its path, and -errno. */
typedef void (*file_list_fn)(void *data, const char *path, int error);

/*
 * Append a path; of a directory the files *.yaml, *.yml and *.json in it and in the
 * directories below, by the bytes of their names. Left out are hidden ones, what is neither
 * a file nor a directory, and links to directories, which may lead in circles. 0, -E2BIG
 * when there are more than FILE_LIST_FILES_MAX, or -ENOMEM.
 */
int file_list_add(struct names *files, const char *path, file_list_fn say, void *data);

/*
 * Where several names are of one file, by its device and inode, leave only the first; "-" is
 * standard input. Links are followed. What is no regular file (a pipe may give more at each
 * reading), and what is not found, stays. 0, or -ENOMEM.
 */
int file_list_drop_repeats(struct names *files);
