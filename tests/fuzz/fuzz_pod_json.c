// SPDX-License-Identifier: MIT
/*
 * JSON of pods, in one piece, and cut at places that the input says: the same objects are read
 * and the same is said of it. Each pod's record has a bounded size and can be read or is refused;
 * what is read and written again is the same pod.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/pods/pod_json.h"

static void check_record(const struct buf *bytes)
{
	_cleanup_free_ struct pod *pod = NULL, *again = NULL;
	_cleanup_buf_ struct buf first = { 0 }, second = { 0 };
	struct pod_record record = { 0 };

	CHECK(bytes->len <= POD_RECORD_MAX);
	if (pod_record_parse(bytes->data, bytes->len, &record) < 0)
		return;
	pod = record.pod;
	pod_record_of(pod, &first);
	CHECK(pod_record_parse(first.data, first.len, &record) == 0);
	again = record.pod;
	pod_record_of(again, &second);
	CHECK(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
}

static int on_read(void *data, const struct pod_read *read)
{
	struct buf *out = data;

	buf_printf(out, "%d %s %s %s %d %u %s ", read->kind, read->type, read->version, read->node,
		   read->initial_events_end, read->code, read->message);
	if (read->kind == POD_READ_POD) {
		buf_add(out, read->record->data, read->record->len);
		check_record(read->record);
	}
	return 0;
}

/* Read it in parts of so many bytes. */
static int read_in_parts(const char *bytes, size_t len, size_t part, struct buf *out,
			 struct buf *err)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *json = NULL;
	int r;

	pod_reader_init(&reader, on_read, out);
	CHECK(pod_json_new(&reader, &json) == 0);
	for (r = 0; r == 0 && len; bytes += part, len -= part) {
		part = part < len ? part : len;
		r = pod_json_feed(json, bytes, part, err);
	}
	return r == 0 ? pod_json_end(json, err) : r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_buf_ struct buf whole = { 0 }, parts = { 0 }, err = { 0 }, parts_err = { 0 };
	size_t part = size ? 1 + (uint8_t)bytes[size - 1] % 16 : 1;
	int r = read_in_parts(bytes, size, size + 1, &whole, &err);

	CHECK(r == 0 || r == -EINVAL || r == -E2BIG);
	CHECK((r == 0) == (err.len == 0));
	check_safe(&err, false);
	CHECK(read_in_parts(bytes, size, part, &parts, &parts_err) == r);
	CHECK(whole.len == parts.len);
	CHECK(whole.len == 0 || memcmp(whole.data, parts.data, whole.len) == 0);
	return 0;
}
