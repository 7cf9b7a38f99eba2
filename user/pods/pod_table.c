// SPDX-License-Identifier: MIT
#include "pod_table.h"

#include <errno.h>
#include <string.h>

/* Where a key is, or would be. */
static size_t find(const struct pod_table *table, const char *key, bool *ret_found)
{
	size_t low = 0, high = table->len;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(table->entries[middle].pod->key, key);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void forget(struct pod_table *table, size_t at)
{
	struct pod_entry *entry = &table->entries[at];

	table->gone -= entry->gone;
	table->bytes -= entry->pod->size;
	free(entry->pod);
	table->len--;
	memmove(entry, entry + 1, (table->len - at) * sizeof(*entry));
}

/* Forget the pod that has been gone for the longest time. False: there is none. */
static bool forget_oldest(struct pod_table *table)
{
	size_t oldest = table->len;

	for (size_t i = 0; i < table->len; i++)
		if (table->entries[i].gone &&
		    (oldest == table->len ||
		     table->entries[i].gone_s < table->entries[oldest].gone_s))
			oldest = i;
	if (oldest == table->len)
		return false;
	forget(table, oldest);
	return true;
}

static void mark_gone(struct pod_table *table, size_t at, uint64_t now_s)
{
	struct pod_entry *entry = &table->entries[at];

	if (entry->gone)
		return;
	entry->gone = true;
	entry->gone_s = now_s;
	if (++table->gone > POD_TABLE_GONE_MAX)
		(void)forget_oldest(table);
}

static int grow(struct pod_table *table)
{
	size_t cap = table->cap ? 2 * table->cap : 64;
	struct pod_entry *entries;

	if (table->len < table->cap)
		return 0;
	entries = reallocarray(table->entries, cap, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	table->entries = entries;
	table->cap = cap;
	return 0;
}

/* Make room for a pod, at the expense of those that are gone. */
static bool has_room(struct pod_table *table, size_t bytes)
{
	while (table->bytes + bytes > POD_TABLE_BYTES_MAX)
		if (!forget_oldest(table))
			return false;
	return true;
}

static int insert(struct pod_table *table, struct pod *pod)
{
	size_t at;
	bool found;
	int r;

	if (table->len - table->gone == POD_TABLE_MAX || !has_room(table, pod->size))
		return -E2BIG;
	r = grow(table);
	if (r < 0)
		return r;
	at = find(table, pod->key, &found);
	memmove(&table->entries[at + 1], &table->entries[at],
		(table->len - at) * sizeof(*table->entries));
	table->entries[at] = (struct pod_entry) { .pod = pod, .listed = true };
	table->len++;
	table->bytes += pod->size;
	return 0;
}

int pod_table_put(struct pod_table *table, struct pod *pod, uint64_t now_s)
{
	bool found;
	size_t at;
	int r;

	pod_table_age(table, now_s);
	at = find(table, pod->key, &found);
	if (found) /* the new one instead: a UID may come again with another specification */
		forget(table, at);
	r = insert(table, pod);
	if (r < 0)
		free(pod);
	table->left_out += r == -E2BIG;
	return r;
}

void pod_table_remove(struct pod_table *table, const char *key, uint64_t now_s)
{
	bool found;
	size_t at;

	pod_table_age(table, now_s);
	at = find(table, key, &found);
	if (found)
		mark_gone(table, at, now_s);
}

void pod_table_list(struct pod_table *table)
{
	for (size_t i = 0; i < table->len; i++)
		table->entries[i].listed = false;
	table->left_out = 0;
	table->listing = true;
}

void pod_table_listed(struct pod_table *table, uint64_t now_s)
{
	if (!table->listing)
		return;
	table->listing = false;
	table->was_listed = true;
	for (size_t i = table->len; i-- > 0;)
		if (!table->entries[i].listed)
			mark_gone(table, i, now_s);
}

int pod_table_apply(struct pod_table *table, struct pod_record *record, uint64_t now_s)
{
	struct pod *pod = record->pod;

	record->pod = NULL;
	switch (record->kind) {
	case POD_RECORD_POD:
		return pod_table_put(table, pod, now_s);
	case POD_RECORD_GONE:
		pod_table_remove(table, pod->key, now_s);
		free(pod);
		return 0;
	case POD_RECORD_LIST:
		pod_table_list(table);
		return 0;
	case POD_RECORD_LISTED:
		pod_table_listed(table, now_s);
		return 0;
	default:
		return 0;
	}
}

void pod_table_age(struct pod_table *table, uint64_t now_s)
{
	for (size_t i = table->gone ? table->len : 0; i-- > 0;)
		if (table->entries[i].gone && now_s >= table->entries[i].gone_s + POD_TABLE_GONE_S)
			forget(table, i);
}

const struct pod_entry *pod_table_find(const struct pod_table *table, const char *uid)
{
	const struct pod_entry *mirror = NULL;
	bool found;
	size_t at = find(table, uid, &found);

	if (found)
		return &table->entries[at];
	for (size_t i = 0; i < table->len && *uid; i++)
		if (strcmp(table->entries[i].pod->mirror_of, uid) == 0 &&
		    (!mirror || (mirror->gone && !table->entries[i].gone)))
			mirror = &table->entries[i];
	return mirror;
}

void pod_table_free(struct pod_table *table)
{
	for (size_t i = 0; i < table->len; i++)
		free(table->entries[i].pod);
	free(table->entries);
	*table = (struct pod_table) { 0 };
}
