/* SPDX-License-Identifier: MIT */
/* Reads the answers of many nodes from files: a JSON document a line, as `learn --json` prints it.
 */
#pragma once

#include "../violations/learn_merge.h"

/*
 * Add the documents of each path: a file, a directory's *.json, or - for standard input. A node
 * that a document does not name is called like the file, or FILE:LINE after its first line. What
 * can't be used is said on stderr, and counted as missing. EXIT_OK, also then; or the exit status,
 * after a message.
 */
int learn_files_add(char **paths, int len, struct learn_merge *merge);
