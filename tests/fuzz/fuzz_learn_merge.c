// SPDX-License-Identifier: MIT
/*
 * Answers of nodes, a document a line, as one answer and as an overlay: whatever documents come,
 * the merged answer is JSON, it names as many nodes as were added, no row is on more nodes than
 * there are, and the registry's reader takes the overlay.
 */
#include "fuzz.h"

#include "../../user/violations/learn_merge.h"
#include "../../user/violations/learn_overlay.h"
#include "../../user/registry/registry.h"

static void add(struct learn_merge *merge, const char *text, size_t len, size_t line)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf err = { 0 }, name = { 0 };
	size_t before = learn_merge_nodes(merge);
	int r;

	if (json_parse(text, len, &err, &document) < 0)
		return;
	buf_printf(&name, "n%zu", line);
	r = learn_merge_add(merge, document, name.data);
	CHECK(learn_merge_nodes(merge) == before + (r == 0));
}

static void check_rows(const struct json *answer, size_t nodes)
{
	const struct json *rows = json_member(answer, "violations");

	CHECK(json_is_list(rows));
	for (size_t i = 0; i < json_len(rows); i++) {
		const struct json *row = json_at(rows, i);
		uint64_t of_workload = json_member_u64(row, "nodes_of_workload", 0);
		uint64_t of_row = json_member_u64(row, "nodes", 0);

		CHECK(of_row >= 1 && of_row <= of_workload && of_workload <= nodes);
		CHECK(json_member_u64(row, "nodes_first", 0) <= of_row);
	}
}

static void check_overlay(const struct json *answer)
{
	static const struct learn_layer options = {
		.name = "learned",
		.today = "2026-11-24",
		.until = "2027-02-22",
	};
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct learned learned = { 0 };

	CHECK(learn_overlay(answer, &options, &text, &learned) == 0);
	CHECK(layer_parse("learned.yaml", text.data, text.len, &diags, &layer) == 0);
	CHECK(layer->len == learned.rows);
	buf_free(&learned.remarks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(learn_merge_freep) struct learn_merge *merge = NULL;
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_(json_freep) struct json *answer = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	size_t at = 0, line = 0;

	CHECK(learn_merge_new(&merge) == 0);
	while (at < size) {
		const char *end = memchr(bytes + at, '\n', size - at);
		size_t len = end ? (size_t)(end - bytes) - at : size - at;

		add(merge, bytes + at, len, ++line);
		at += len + 1;
	}
	CHECK(learn_merge_put(merge, &text) == 0);
	CHECK(json_parse(text.data, text.len, &err, &answer) == 0);
	CHECK(json_member_u64(answer, "nodes", SIZE_MAX) == learn_merge_nodes(merge));
	check_rows(answer, learn_merge_nodes(merge));
	check_overlay(answer);
	return 0;
}
