// SPDX-License-Identifier: MIT
/*
 * Several registry files, one on top of the other, separated by a byte 0xff,
 * which no file can have. What drops take, and which drops are refused, is
 * compared with looking at each pair of rows; what the whole decides, with
 * reference.h; and of some ports the explanation is written, which must be safe
 * and name the same decision.
 */
#include "reference.h"

#include <errno.h>

#include "../../user/policy/explain.h"
#include "../../user/policy/receiver.h"
#include "../../user/registry/words.h"

#define LAYERS_MAX 6
#define ROWS_MAX   16 /* each is asked for with its neighbours */

static bool takes(const struct reg_row *drop, const char *layer, const struct reg_row *row)
{
	return drop->kind == REG_DROP && (!drop->layer || strcmp(drop->layer, layer) == 0) &&
	       row->kind <= REG_CLIENT && !row->dropped && row->proto == drop->proto &&
	       row->first >= drop->first && row->last <= drop->last;
}

static bool drop_takes_something(const struct registry *reg, const struct reg_row *drop)
{
	for (size_t i = 0; i < reg->len; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++)
			if (takes(drop, reg->layers[i].name, &reg->layers[i].rows[j]))
				return true;
	return false;
}

static bool may_be_added(const struct registry *reg, const struct reg_layer *layer)
{
	for (size_t i = 0; i < reg->len; i++)
		if (strcmp(reg->layers[i].name, layer->name) == 0)
			return false;
	for (size_t j = 0; j < layer->len; j++)
		if (layer->rows[j].kind == REG_DROP && !drop_takes_something(reg, &layer->rows[j]))
			return false;
	return true;
}

/* Which rows must be dropped once the layer is there: a byte for each row of the layers below. */
static void expect_dropped(const struct registry *reg, const struct reg_layer *layer,
			   struct buf *out)
{
	for (size_t i = 0; i < reg->len; i++) {
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const struct reg_row *row = &reg->layers[i].rows[j];
			bool dropped = row->dropped;

			for (size_t d = 0; d < layer->len && !dropped; d++)
				dropped = takes(&layer->rows[d], reg->layers[i].name, row);
			buf_putc(out, (char)dropped);
		}
	}
}

/* False: the registry is not to be used any more. */
static bool add(struct registry *reg, struct reg_layer *layer)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf want = { 0 };
	bool may = may_be_added(reg, layer);
	size_t at = 0, below = reg->len;
	int r;

	expect_dropped(reg, layer, &want);
	r = registry_add(reg, layer, &diags);
	CHECK(r == (may ? 0 : -EINVAL));
	CHECK((r == 0) == (diags.total == 0));
	for (size_t i = 0; r == 0 && i < below; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++)
			CHECK(reg->layers[i].rows[j].dropped == (bool)want.data[at++]);
	return r == 0;
}

static void check_numbers(const struct registry *reg)
{
	uint32_t number = 0;
	bool empty = true;

	for (size_t i = 0; i < reg->len; i++) {
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const struct reg_row *row = &reg->layers[i].rows[j];
			const struct reg_layer *layer = NULL;

			if (row->kind > REG_CLIENT)
				continue;
			CHECK(registry_row(reg, ++number, &layer) == row);
			CHECK(layer == &reg->layers[i]);
			empty = empty && (row->dropped || row->kind == REG_CLIENT);
		}
	}
	CHECK(!registry_row(reg, 0, NULL) && !registry_row(reg, number + 1, NULL));
	CHECK(registry_empty(reg) == empty);
}

static void check_explanation(const struct explain_input *input)
{
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf text = { 0 }, document = { 0 };
	struct jsonw w = { .out = &document };
	struct hp_decision d = policy_decide(input->policy, input->config, &input->query);

	CHECK(explain(input, &e) == 0);
	CHECK(e->decision.row == d.row && e->decision.cls == d.cls &&
	      e->decision.verdict == d.verdict);
	explain_text(e, &text);
	check_safe(&text, true);
	explain_json(e, &w);
	json = check_json(&document);
	CHECK(strcmp(json_member_text(json, "verdict", ""), word_verdict(d.verdict)) == 0);
}

static void check_explanations(const struct explain_input *like, size_t most)
{
	struct explain_input input = *like;

	for (size_t i = 0; i < like->registry->len; i++) {
		const struct reg_layer *layer = &like->registry->layers[i];

		for (size_t j = 0; j < layer->len && most; j++, most--) {
			input.query = (struct hp_query) {
				.proto = layer->rows[j].proto,
				.port = layer->rows[j].last,
				.scope = j & 1,
			};
			check_explanation(&input);
		}
	}
}

static void check_registry(const struct registry *reg)
{
	static struct documented documented;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const struct node_facts facts = {
		.role = REG_ROLE_WORKER,
		.platform = "aws",
		.cluster = { 4, 12 },
		.today = { 2026, 12, 1 },
	};
	const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT,
	};
	struct explain_input input = {
		.registry = reg,
		.facts = &facts,
		.config = &config,
	};

	check_numbers(reg);
	documented_fill(reg, &documented);
	CHECK(policy_build(reg, &facts, &policy) == 0);
	reference_check_rows(reg, &facts, policy, &config, ROWS_MAX);
	input.policy = policy;
	check_explanations(&input, ROWS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	bool usable = true;

	CHECK(reg);
	for (size_t n = 0; usable && n < LAYERS_MAX && size; n++) {
		const uint8_t *end = memchr(data, 0xff, size);
		size_t len = end ? (size_t)(end - data) : size;
		_cleanup_free_ char *text = fuzz_copy(data, len);
		struct reg_layer *layer = NULL;
		char name[16];

		(void)snprintf(name, sizeof(name), "file%zu", n);
		if (layer_parse(name, text, len, &diags, &layer) == 0)
			usable = add(reg, layer);
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
	if (usable && reg->len)
		check_registry(reg);
	return 0;
}
