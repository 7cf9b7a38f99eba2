// SPDX-License-Identifier: MIT
/*
 * A registry file. It is refused with at least one message, or it is a layer in
 * which every value is within its bounds, in the order of the file's lists, and
 * which can be written as JSON. Messages are safe for a terminal.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/registry/row_json.h"

static void check_exception(const struct reg_row *row)
{
	CHECK(row->cls >= HP_CLASS_UNREGISTERED && row->cls < HP_CLASS_MAX);
	CHECK(row->until.year && row->until.month >= 1 && row->until.month <= 12);
	CHECK(row->until.day >= 1 && row->until.day <= 31);
	CHECK(row->reason && *row->reason);
}

static void check_row(const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	CHECK(row->kind < REG_KIND_MAX && row->line > 0 && row->column > 0);
	CHECK(row->first <= row->last && (row->first || row->kind == REG_ACCEPT));
	CHECK(row->proto <= HP_PROTO_SCTP && row->scope < HP_SCOPE_MAX);
	CHECK(row->role < REG_ROLE_MAX && !row->dropped);
	if (row->kind <= REG_CLIENT)
		CHECK(row->process && *row->process);
	CHECK(row->kind != REG_CLIENT || row->owners_len);
	CHECK(!row->essential || row->kind == REG_ENTRY);
	if (row->kind == REG_RETIRED)
		CHECK(row->removed_text);
	if (row->kind == REG_DROP)
		CHECK(row->reason && *row->reason);
	if (row->kind == REG_EXCEPTION)
		check_exception(row);
	if (row->kind == REG_ACCEPT)
		CHECK(row->rule && *row->rule && row->reason && *row->reason);
	CHECK(!row->any_proto || row->kind == REG_ACCEPT);
	row_json(&w, layer, row);
	json_free(check_json(&out));
}

static void check_layer(const struct reg_layer *layer)
{
	CHECK(layer->name && *layer->name && strcmp(layer->path, "file") == 0);
	CHECK(layer->len <= REGISTRY_ROWS_MAX);
	for (size_t i = 0; i < layer->len; i++) {
		check_row(layer, &layer->rows[i]);
		CHECK(i == 0 || layer->rows[i - 1].kind <= layer->rows[i].kind);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	int r = layer_parse("file", text, size, &diags, &layer);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (layer != NULL) && (r == 0) == (diags.total == 0));
	if (layer)
		check_layer(layer);
	diags_text(&diags, &out);
	check_safe(&out, true);
	CHECK((diags.total > 0) == (out.len > 0));
	return 0;
}
