/* SPDX-License-Identifier: MIT */
/*
 * The files of programs that rows name as owners, as the host has them, and which of them a
 * process runs. A name is a symbolic link's, too; what counts is the file that it leads to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct owner_file {
	const char *path; /* borrowed */
	uint64_t inode;	  /* 0: there is no such file */
	uint32_t dev;	  /* as the kernel numbers it */
};

struct owner_files {
	struct owner_file *list;
	size_t len;
};

/*
 * Look up a path in the mount namespace of process 1; in the agent's own where that can't be looked
 * at. 0, or a negative errno.
 */
int owner_file_find(const char *path, struct owner_file *ret_file);

/* Which of the files a process runs; "": none of them; NULL: there are none, or it is not known. */
const char *owner_files_of(const struct owner_files *files, uint32_t pid);
