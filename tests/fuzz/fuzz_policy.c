// SPDX-License-Identifier: MIT
/*
 * A policy of rows made of the input's bytes, and every decision of it compared
 * with a reference that walks the rows (reference.h). The bitmap and the row map
 * must say the same; the rows are sorted.
 */
#include "reference.h"

#define ROWS_MAX 24
#define LAYERS	 3

static char platforms[2][8] = { "aws", "metal" };
static char *const platform_lists[] = { platforms[0], platforms[1] };

static char unit_a[] = "a.service", exe_b[] = "/b";
static struct reg_owner owners[] = { { .unit = unit_a }, { .exe = exe_b } };

/* Few ports, so that rows meet; now and then one of all 16 bits. */
static uint16_t take_port(struct feed *feed)
{
	uint8_t n = feed_u8(feed);

	if (n < 0xf0)
		return (uint16_t)(1 + n);
	n = feed_u8(feed);
	return n < 0x80 ? (uint16_t)(0xffff - n) : feed_u16(feed) | 1;
}

static struct reg_version take_version(struct feed *feed)
{
	uint8_t n = feed_u8(feed);

	return (struct reg_version) { .major = n >> 2 & 3, .minor = n & 3 };
}

static struct reg_row take_row(struct feed *feed)
{
	static const enum reg_kind kinds[] = { REG_ENTRY, REG_ENTRY, REG_RETIRED, REG_EXCEPTION,
					       REG_CLIENT };
	struct reg_row row = { .kind = kinds[feed_u8(feed) % ARRAY_LEN(kinds)] };
	uint16_t a = take_port(feed), b = take_port(feed);
	uint8_t bits = feed_u8(feed);

	row.first = a < b ? a : b;
	row.last = a < b ? b : a;
	row.proto = bits % 4;
	row.scope = bits >> 2 & 1;
	row.role = (enum reg_role)((bits >> 3) % REG_ROLE_MAX);
	row.dropped = bits >> 6 == 3 && row.kind != REG_EXCEPTION;
	bits = feed_u8(feed);
	row.platforms = (char **)&platform_lists[bits & 1];
	row.platforms_len = bits >> 1 & 1;
	row.essential = row.kind == REG_ENTRY && bits >> 3 & 1;
	row.owners = &owners[bits & 1];
	row.owners_len = row.kind == REG_CLIENT || (row.kind == REG_EXCEPTION && bits & 4);
	row.cls = HP_CLASS_UNREGISTERED + (bits >> 5) % (HP_CLASS_MAX - 1);
	row.since = take_version(feed);
	row.removed = take_version(feed);
	row.until = (struct reg_date) { .year = 2027, .month = 1, .day = 1 + bits % 4 };
	return row;
}

/* Rows of a layer stand by kind, as the file's lists do. */
static void put_row(struct reg_layer *layer, struct reg_row row)
{
	size_t at = layer->len++;

	for (; at > 0 && layer->rows[at - 1].kind > row.kind; at--)
		layer->rows[at] = layer->rows[at - 1];
	layer->rows[at] = row;
}

static void check_rows_sorted(const struct policy *policy)
{
	for (size_t i = 1; i < policy->len; i++) {
		const struct hp_row_key *a = &policy->rows[i - 1].key, *b = &policy->rows[i].key;

		CHECK(a->proto < b->proto || (a->proto == b->proto && a->port < b->port));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	struct reg_row rows[LAYERS][ROWS_MAX];
	struct reg_layer layers[LAYERS] = { 0 };
	struct registry reg = { .layers = layers, .len = LAYERS };
	_cleanup_(policy_freep) struct policy *policy = NULL;
	uint8_t bits = feed_u8(&feed);
	struct node_facts facts = {
		.role = (enum reg_role)(bits % REG_ROLE_MAX),
		.platform = bits & 0x40 ? platforms[bits >> 7] : NULL,
		.cluster = take_version(&feed),
		.today = { .year = 2027, .month = 1, .day = 1 + (bits >> 2) % 4 },
	};
	struct hp_config config = {
		.mode = feed_u8(&feed) % HP_MODE_MAX,
		.denies = feed_u8(&feed),
		.deny_kernel = bits >> 4 & 1,
		.deny_essential = bits >> 5 & 1,
	};

	for (size_t i = 0; i < LAYERS; i++)
		layers[i].rows = rows[i];
	for (size_t n = 0; n < ROWS_MAX && feed.left; n++)
		put_row(&layers[feed_u8(&feed) % LAYERS], take_row(&feed));
	CHECK(policy_build(&reg, &facts, &policy) == 0);
	check_rows_sorted(policy);
	reference_check_rows(&reg, &facts, policy, &config, ROWS_MAX);
	for (size_t i = 0; i < 8; i++)
		reference_check_port(&reg, &facts, policy, &config, (uint8_t)i % HP_PROTO_MAX,
				     i < 4 ? (uint16_t)(40 * i) : feed_u16(&feed));
	return 0;
}
