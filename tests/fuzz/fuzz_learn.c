// SPDX-License-Identifier: MIT
/*
 * The agent's answer to `learn`, as an overlay: whatever document comes, the
 * reader takes the text, it has as many rows as were counted, each of them a client of
 * an owner, or an exception for the days asked for and of a violation of the
 * answer; and all of it is letters of ASCII.
 */
#include "fuzz.h"

#include "../../user/base/portset.h"
#include "../../user/violations/learn_overlay.h"
#include "../../user/registry/words.h"
#include "../../user/registry/registry.h"

/* Is a violation of the answer about these ports? */
static bool has_ports(const struct json *v, const struct reg_row *row)
{
	const char *list = json_member_text(v, "port_list", NULL);
	uint64_t port = json_member_u64(v, "port", 0);
	struct portset ports = { 0 };

	if (!json_member_u64(v, "ports", 0))
		return row->first == port && row->last == port;
	if (list && portset_parse(list, strlen(list), &ports) == 0)
		return portset_count_range(&ports, row->first, row->last) ==
		       row->last - row->first + 1U;
	return row->first == port && row->last == json_member_u64(v, "port_last", 0);
}

/* Each port of the row is one that a violation of its protocol and class has. */
static bool is_answered(const struct json *violations, const struct reg_row *row)
{
	for (size_t i = 0; i < json_len(violations); i++) {
		const struct json *v = json_at(violations, i);

		if (has_ports(v, row) &&
		    word_to_proto(json_member_text(v, "protocol", "")) == row->proto &&
		    word_to_class(json_member_text(v, "class", "")) == row->cls)
			return true;
	}
	return false;
}

static void check_rows(const struct json *answer, const struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];

		if (row->kind == REG_CLIENT) {
			CHECK(row->owners_len == 1 && (row->owners[0].unit || row->owners[0].exe));
			continue;
		}
		CHECK(row->kind == REG_EXCEPTION);
		CHECK(strcmp(row->until_text, "2027-02-22") == 0);
		CHECK(row->cls != HP_CLASS_EPHEMERAL);
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
	CHECK(layer->len == learned.rows);
	check_rows(answer, layer);
	buf_free(&learned.remarks);
	return 0;
}
