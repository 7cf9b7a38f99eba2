/* SPDX-License-Identifier: MIT */
/* The files below a directory, for who reads them all. */
#pragma once

#include "source_file.h"

#define FILE_TREE_DEPTH_MAX 64
#define FILE_TREE_FILES_MAX 1000000

/* Is told of what can't be looked into: its path, and -errno. */
typedef void (*file_tree_fn)(void *data, const char *path, int error);

/*
 * Append a path; of a directory the files *.yaml, *.yml and *.json in it and in
 * the directories below, by the bytes of their names. Hidden ones are left out,
 * what is neither a file nor a directory, and links to directories, which may
 * lead in circles. 0, -E2BIG when there are more than FILE_TREE_FILES_MAX, or
 * -ENOMEM.
 */
int file_tree_add(struct names *files, const char *path, file_tree_fn say, void *data);
