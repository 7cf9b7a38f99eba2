// SPDX-License-Identifier: MIT
#include "exclude.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

bool exclude_matches(const char *glob, const char *path)
{
	size_t len = strlen(glob);
	char text[256];

	if (len && glob[len - 1] == '/' && len <= sizeof(text)) { /* "testdata/" */
		memcpy(text, glob, len - 1);
		text[len - 1] = '\0';
		glob = text;
	}
	while (*glob && path) {
		if (fnmatch(glob, path, FNM_PATHNAME | FNM_LEADING_DIR) == 0)
			return true;
		path = strchr(path, '/');
		path += path != NULL;
	}
	return false;
}

bool exclude_has(const struct names *globs, const char *path)
{
	for (size_t i = 0; i < globs->len; i++)
		if (exclude_matches(globs->items[i], path))
			return true;
	return false;
}

int exclude_read(const char *text, struct names *globs)
{
	const char *end;
	int r = 0;

	for (; r == 0 && *text; text = end + (*end != '\0')) {
		_cleanup_buf_ struct buf line = { 0 };

		end = text + strcspn(text, "\n");
		buf_add(&line, text, (size_t)(end - text));
		while (line.len && strchr(" \t\r", line.data[line.len - 1]))
			line.data[--line.len] = '\0';
		if (line.failed)
			return -ENOMEM;
		if (line.len && line.data[0] != '#')
			r = names_add(globs, EXCLUDE_MAX, line.data);
	}
	return r;
}
