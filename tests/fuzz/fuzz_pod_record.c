// SPDX-License-Identifier: MIT
/*
 * Records of a pod source, which another process may have made: each is refused, or has names
 * that are safe, and written again it is the same pod. Several of them, applied to a table: its
 * counts add up, and it finds what it has.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/pods/pod_table.h"

static void check_name(const char *name)
{
	CHECK(strlen(name) <= POD_TEXT_MAX);
	for (; *name; name++)
		CHECK(*name > ' ' && *name < '\x7f' && *name != '/');
}

static void check_pod(const struct pod *pod)
{
	_cleanup_buf_ struct buf first = { 0 }, second = { 0 };
	struct pod_record record = { 0 };

	check_name(pod->namespace_);
	check_name(pod->name);
	check_name(pod->uid);
	check_name(pod->mirror_of);
	CHECK(*pod->key && *pod->namespace_ && *pod->name);
	for (size_t i = 0; i < pod->containers_len; i++)
		check_name(pod->containers[i].name);
	for (size_t i = 0; i < pod->ports_len; i++) {
		CHECK(pod->ports[i].container < pod->containers_len);
		check_name(pod->ports[i].host_ip);
	}
	pod_record_of(pod, &first);
	if (first.len > POD_RECORD_MAX) /* it has parts that the first one lacked */
		return;
	CHECK(pod_record_parse(first.data, first.len, &record) == 0);
	pod_record_of(record.pod, &second);
	CHECK(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	free(record.pod);
}

static void check_table(const struct pod_table *table)
{
	size_t gone = 0, bytes = 0;

	for (size_t i = 0; i < table->len; i++) {
		const struct pod_entry *entry = &table->entries[i];

		CHECK(i == 0 || strcmp(entry[-1].pod->key, entry->pod->key) < 0);
		CHECK(pod_table_find(table, entry->pod->key) == entry);
		gone += entry->gone;
		bytes += entry->pod->size;
	}
	CHECK(table->gone == gone && table->bytes == bytes);
	CHECK(gone <= POD_TABLE_GONE_MAX && bytes <= POD_TABLE_BYTES_MAX);
}

/* Each record has two bytes before it, its length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pod_table table = { 0 };
	uint64_t now_s = 0;

	while (size >= 2) {
		size_t len = data[0] | (size_t)data[1] << 8;
		_cleanup_free_ char *bytes = NULL;
		struct pod_record record = { 0 };
		int r;

		data += 2;
		size -= 2;
		len = len < size ? len : size;
		bytes = fuzz_copy(data, len);
		r = pod_record_parse(bytes, len, &record);
		CHECK(r == 0 || r == -EINVAL);
		now_s += len; /* time passes, too */
		if (record.pod)
			check_pod(record.pod);
		if (r == 0)
			CHECK(pod_table_apply(&table, &record, now_s) == 0);
		CHECK(!record.pod);
		check_table(&table);
		data += len;
		size -= len;
	}
	pod_table_free(&table);
	return 0;
}
