// SPDX-License-Identifier: MIT
#include "file_once.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct identity {
	dev_t device;
	ino_t inode;
	size_t at; /* among the names */
};

struct identities {
	struct identity *items;
	size_t len;
};

static int compare(const struct identity *a, const struct identity *b)
{
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static int by_file(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;
	int order = compare(x, y);

	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

/* Standard input is one, whatever it is. */
static bool identify(const char *name, struct stat *st)
{
	if (strcmp(name, "-") == 0)
		return fstat(STDIN_FILENO, st) == 0;
	return stat(name, st) == 0 && S_ISREG(st->st_mode);
}

static void collect(const struct names *files, struct identities *found)
{
	struct stat st;

	for (size_t i = 0; i < files->len; i++)
		if (identify(files->items[i], &st))
			found->items[found->len++] = (struct identity) {
				.device = st.st_dev,
				.inode = st.st_ino,
				.at = i,
			};
	qsort(found->items, found->len, sizeof(*found->items), by_file);
}

static void close_gaps(struct names *files)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->len; i++)
		if (files->items[i])
			files->items[kept++] = files->items[i];
	files->len = kept;
}

int file_once(struct names *files)
{
	_cleanup_free_ struct identity *items = calloc(files->len + 1, sizeof(*items));
	struct identities found = { .items = items };

	if (!items)
		return -ENOMEM;
	collect(files, &found);
	for (size_t i = 1; i < found.len; i++)
		if (compare(&items[i - 1], &items[i]) == 0) {
			free(files->items[items[i].at]);
			files->items[items[i].at] = NULL;
		}
	close_gaps(files);
	return 0;
}
