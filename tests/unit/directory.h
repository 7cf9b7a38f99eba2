/* SPDX-License-Identifier: MIT */
/*
 * For a test that needs files: a directory of its own, which is the working
 * directory, and is removed with what is in it.
 */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"

/* A cmocka setup function. */
static inline int into_directory(void **state)
{
	char path[] = "/tmp/hostportd-test-XXXXXX";

	if (!mkdtemp(path) || chdir(path) < 0)
		return -1;
	*state = strdup(path);
	return *state ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Its teardown function. */
static inline int out_of_directory(void **state)
{
	_cleanup_free_ char *path = *state;

	return chdir("/") < 0 ? -1 : nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
