// SPDX-License-Identifier: MIT
/*
 * The agent's answer to `learn`, as an overlay: whatever document comes, the
 * reader takes the text, it has as many rows as were counted, each of them an
 * exception without owners for the days asked for and of a violation of the
 * answer; and all of it is letters of ASCII.
 */
#include "fuzz.h"

#include "../../user/violations/learn_overlay.h"
#include "../../user/registry/words.h"
#include "../../user/registry/registry.h"

/* Every port of the row is one that the answer has, of its protocol and class. */
static bool is_answered(const struct json *violations, const struct reg_row *row)
{
	size_t found = 0;

	for (size_t i = 0; i < json_len(violations); i++) {
		const struct json *v = json_at(violations, i);
		uint64_t port = json_member_u64(v, "port", 0);

		found += port == row->first + found && port <= row->last &&
			 word_to_proto(json_member_text(v, "protocol", "")) == row->proto &&
			 word_to_class(json_member_text(v, "class", "")) == row->cls;
	}
	return row->first == row->last ? found == 1 : found > 0;
}

static void check_rows(const struct json *answer, const struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];

		CHECK(row->kind == REG_EXCEPTION && row->owners_len == 0);
		CHECK(strcmp(row->until_text, "2027-02-22") == 0);
		CHECK(row->cls != HP_CLASS_EPHEMERAL);
		CHECK(row->first == row->last || row->last - row->first >= LEARN_RANGE_OVER);
		CHECK(is_answered(json_member(answer, "violations"), row));
	}
}

static void check_ascii(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		CHECK(text->data[i] == '\n' || (text->data[i] >= 0x20 && text->data[i] < 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct learn_layer options = {
		.name = "learned",
		.today = "2026-11-24",
		.until = "2027-02-22",
	};
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_(json_freep) struct json *answer = NULL;
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 }, name = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct learned learned = { 0 };

	if (json_parse(bytes, size, &err, &answer) < 0)
		return 0;
	CHECK(learn_name(answer, NULL, &name) == 0);
	CHECK(learn_overlay(answer, &options, &text, &learned) == 0);
	check_ascii(&text);
	check_ascii(&learned.remarks);
	CHECK(layer_parse("learned.yaml", text.data, text.len, &diags, &layer) == 0);
	CHECK(layer->len == learned.exceptions);
	check_rows(answer, layer);
	buf_free(&learned.remarks);
	return 0;
}
