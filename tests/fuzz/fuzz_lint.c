// SPDX-License-Identifier: MIT
/*
 * Registries made of the input's bytes, with texts of any bytes. What lint finds
 * is compared with looking at each row, or at each pair of rows, and what it says
 * of exceptions with what reference.h decides on all kinds of nodes. The reports
 * of it are valid, and safe.
 */
#include "reference.h"

#include "../../user/checks/lint/lint.h"
#include "../../user/formats/report.h"

#define ROWS_MAX 24
#define LAYERS	 3

static char platforms[2][8] = { "aws", "metal" };
static char *const platform_lists[] = { platforms[0], platforms[1] };
static char version[] = "4.1", day[] = "2027-01-01", none[] = "";

static const struct lint_facts today = {
	.today = { 2027, 1, 2 },
	.ephemeral_first = 100,
	.ephemeral_last = 150,
};

/* Texts of the rows; freed together. */
struct texts {
	char *items[ROWS_MAX * 4];
	size_t len;
};

static void texts_done(struct texts *texts)
{
	for (size_t i = 0; i < texts->len; i++)
		free(texts->items[i]);
}

static char *take_text(struct feed *feed, struct texts *texts)
{
	return texts->items[texts->len++] = feed_text(feed, 0);
}

/* Few ports, so that rows meet. */
static void take_ports(struct feed *feed, struct reg_row *row)
{
	uint16_t a = 1 + feed_u8(feed), b = 1 + feed_u8(feed);

	if (b % 4 == 0)
		b = a;
	row->first = a < b ? a : b;
	row->last = a < b ? b : a;
}

static void take_accept(struct feed *feed, struct reg_row *row)
{
	uint8_t bits = feed_u8(feed);

	row->rule = (char *)lint_rule((enum lint_rule)(bits % LINT_RULE_MAX))->id;
	row->any_proto = bits >> 7;
	if (feed_u8(feed) & 1)
		row->first = row->last = 0;
	row->layer = bits % 3 == 0 ? NULL : platforms[bits % 2]; /* layers have these names, too */
}

static struct reg_row take_row(struct feed *feed, struct texts *texts)
{
	static const enum reg_kind kinds[] = { REG_ENTRY, REG_ENTRY,	 REG_ENTRY,  REG_RETIRED,
					       REG_RANGE, REG_EXCEPTION, REG_ACCEPT, REG_DROP };
	struct reg_row row = { .kind = kinds[feed_u8(feed) % ARRAY_LEN(kinds)] };
	uint8_t bits = feed_u8(feed);

	take_ports(feed, &row);
	row.line = (unsigned int)texts->len + 1;
	row.column = 1;
	row.proto = bits % 4;
	row.scope = bits >> 2 & 1;
	row.role = (enum reg_role)((bits >> 3) % REG_ROLE_MAX);
	row.dropped = bits >> 5 == 7 && row.kind <= REG_RETIRED;
	bits = feed_u8(feed);
	row.platforms = (char **)&platform_lists[bits & 1];
	row.platforms_len = bits >> 1 & 1;
	row.cls = HP_CLASS_UNREGISTERED + (bits >> 5) % (HP_CLASS_MAX - 1);
	row.until = (struct reg_date) { 2027, 1, 1 + (bits >> 2 & 1) };
	if (bits >> 3 & 1) {
		row.since = (struct reg_version) { 4, 1 };
		row.since_text = version;
	}
	row.removed = (struct reg_version) { 4, 2 };
	row.removed_text = version;
	row.until_text = day;
	row.process = take_text(feed, texts);
	row.notes = bits >> 4 & 1 ? take_text(feed, texts) : NULL;
	row.reason = take_text(feed, texts);
	if (row.kind == REG_ACCEPT)
		take_accept(feed, &row);
	return row;
}

static void put_row(struct reg_layer *layer, struct reg_row row)
{
	size_t at = layer->len++;

	for (; at > 0 && layer->rows[at - 1].kind > row.kind; at--)
		layer->rows[at] = layer->rows[at - 1];
	layer->rows[at] = row;
}

static bool meets(const struct reg_row *a, const struct reg_row *b)
{
	return a->proto == b->proto && a->first <= b->last && b->first <= a->last;
}

/* Can both hold on one node? */
static bool together(const struct reg_row *a, const struct reg_row *b)
{
	bool role = a->role == b->role || a->role == REG_ROLE_ANY || b->role == REG_ROLE_ANY;

	return role && (!a->platforms_len || !b->platforms_len ||
			strcmp(a->platforms[0], b->platforms[0]) == 0);
}

static bool active(const struct reg_row *row)
{
	return row->kind == REG_ENTRY && !row->dropped;
}

/* How many of a row's ports documented ranges have, and whether there is any range. */
static int documented(const struct registry *reg, const struct reg_row *row, bool *ret_any)
{
	int n = 0;

	*ret_any = false;
	for (uint32_t port = row->first; port <= row->last; port++) {
		bool in = false;

		for (size_t l = 0; l < reg->len; l++) {
			for (size_t i = 0; i < reg->layers[l].len; i++) {
				const struct reg_row *r = &reg->layers[l].rows[i];

				if (r->kind != REG_RANGE)
					continue;
				*ret_any = true;
				in |= r->proto == row->proto && r->first <= port && port <= r->last;
			}
		}
		n += in;
	}
	return n;
}

/* The findings of a rule at a row. */
static size_t found(const struct findings *findings, enum lint_rule rule, const struct reg_row *row,
		    const struct finding **ret_one)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->len; i++) {
		if (findings->items[i].rule != lint_rule(rule) ||
		    findings->items[i].line != row->line)
			continue;
		*ret_one = &findings->items[i];
		n++;
	}
	return n;
}

static bool accepts(const struct reg_row *accept, enum lint_rule rule, const struct reg_row *row)
{
	return accept->kind == REG_ACCEPT && strcmp(accept->rule, lint_rule(rule)->id) == 0 &&
	       (accept->any_proto || accept->proto == row->proto) &&
	       (!accept->first || (accept->first <= row->first && row->last <= accept->last));
}

/* Of a finding that is about one row alone. */
static bool is_accepted(const struct registry *reg, size_t layer, enum lint_rule rule,
			const struct reg_row *row)
{
	for (size_t l = layer; l < reg->len; l++) {
		for (size_t i = 0; i < reg->layers[l].len; i++) {
			const struct reg_row *accept = &reg->layers[l].rows[i];

			if (!accepts(accept, rule, row))
				continue;
			if (accept->layer ? strcmp(accept->layer, reg->layers[layer].name) == 0 :
					    l == layer)
				return true;
		}
	}
	return false;
}

static void check_alone(const struct registry *reg, const struct findings *findings, size_t layer,
			const struct reg_row *row)
{
	uint32_t all = (uint32_t)row->last - row->first + 1;
	bool any, external = row->scope == HP_SCOPE_EXTERNAL;
	uint32_t in = (uint32_t)documented(reg, row, &any);
	const struct {
		enum lint_rule rule;
		bool want;
	} rules[] = {
		{ LINT_OUTSIDE_DOCUMENTED_RANGE, any && external && in < all },
		{ LINT_LOCALHOST_IN_RANGE, !external && in > 0 },
		{ LINT_IN_EPHEMERAL_RANGE, row->first <= 150 && row->last >= 100 },
		{ LINT_IN_NODEPORT_RANGE, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct finding *one = NULL;

		CHECK(found(findings, rules[i].rule, row, &one) == (active(row) && rules[i].want));
		if (one)
			CHECK((one->accepted != NULL) ==
			      is_accepted(reg, layer, rules[i].rule, row));
	}
}

/* Rows before this one, or all of the registry. */
struct around {
	bool overlaps_earlier, overlaps, retired;
};

static struct around look_around(const struct registry *reg, const struct reg_row *row)
{
	struct around around = { 0 };
	bool before = true;

	for (size_t l = 0; l < reg->len; l++) {
		for (size_t i = 0; i < reg->layers[l].len; i++) {
			const struct reg_row *r = &reg->layers[l].rows[i];

			if (r == row) {
				before = false;
				continue;
			}
			if (!meets(r, row) || r->dropped)
				continue;
			around.retired |= r->kind == REG_RETIRED;
			if (r->kind != REG_ENTRY || !together(r, row))
				continue;
			around.overlaps = true;
			around.overlaps_earlier |= before;
		}
	}
	return around;
}

/* Only a node on which the class is seen needs an exception for it. */
static void check_vain(const struct registry *reg, const struct reg_row *exception)
{
	static const struct reg_version clusters[] = { { 0, 0 }, { 4, 0 }, { 4, 1 }, { 4, 2 } };

	for (int n = 0; n < REG_ROLE_MAX * 3 * (int)ARRAY_LEN(clusters); n++) {
		const struct node_facts facts = {
			.role = (enum reg_role)(n % REG_ROLE_MAX),
			.platform =
				n / REG_ROLE_MAX % 3 ? platforms[n / REG_ROLE_MAX % 3 - 1] : NULL,
			.cluster = clusters[n / REG_ROLE_MAX / 3],
		};

		for (uint32_t port = exception->first; port <= exception->last; port += 3)
			for (uint8_t scope = 0; scope < HP_SCOPE_MAX; scope++)
				CHECK(reference_find(reg, &facts, exception->proto, (uint16_t)port,
						     scope)
					      .cls != exception->cls);
	}
}

static void check_exception(const struct registry *reg, const struct findings *findings,
			    const struct reg_row *row)
{
	const struct finding *one;
	bool ended = row->until.day < today.today.day;

	CHECK(found(findings, LINT_EXPIRED_EXCEPTION, row, &one) == ended);
	if (found(findings, LINT_EXCEPTION_WITHOUT_EFFECT, row, &one) &&
	    row->last - row->first < 32)
		check_vain(reg, row);
}

static void check_rows(const struct registry *reg, const struct findings *findings)
{
	bool overlap = false, overlaps = false;

	for (size_t l = 0; l < reg->len; l++) {
		for (size_t i = 0; i < reg->layers[l].len; i++) {
			const struct reg_row *row = &reg->layers[l].rows[i];
			struct around around = look_around(reg, row);
			const struct finding *one;

			if (row->kind <= REG_RETIRED)
				check_alone(reg, findings, l, row);
			if (row->kind == REG_EXCEPTION)
				check_exception(reg, findings, row);
			overlaps |= active(row) && around.overlaps;
			if (!found(findings, LINT_OVERLAP, row, &one))
				continue;
			CHECK(active(row) && around.overlaps_earlier);
			overlap = true;
		}
	}
	CHECK(overlap == overlaps);
}

static void check_reports(const struct findings *findings)
{
	static const char *const files[] = { "a", "b", "c" };
	const struct report report = {
		.tool = "fuzz",
		.rules = lint_rules(),
		.findings = findings,
		.files = files,
		.files_len = ARRAY_LEN(files),
	};

	for (int format = 0; format < REPORT_FORMAT_MAX; format++) {
		_cleanup_buf_ struct buf out = { 0 };

		report_put(&report, (enum report_format)format, &out);
		check_safe(&out, true);
		if (format != REPORT_JSON && format != REPORT_SARIF && format != REPORT_OPENREPORTS)
			continue;
		CHECK(out.len > 0 && out.data[--out.len] == '\n');
		json_free(check_json(&out));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	struct reg_row rows[LAYERS][ROWS_MAX];
	struct reg_layer layers[LAYERS] = {
		{ .name = platforms[0], .path = platforms[0], .rows = rows[0] },
		{ .name = platforms[1], .path = platforms[1], .rows = rows[1] },
		{ .name = day, .path = none, .rows = rows[2] },
	};
	struct registry reg = { .layers = layers, .len = LAYERS };
	_cleanup_(texts_done) struct texts texts = { 0 };
	_cleanup_findings_ struct findings findings = { 0 };

	for (size_t n = 0; n < ROWS_MAX && feed.left; n++)
		put_row(&layers[feed_u8(&feed) % LAYERS], take_row(&feed, &texts));
	CHECK(lint_registry(&reg, &today, &findings) == 0);
	check_rows(&reg, &findings);
	check_reports(&findings);
	return 0;
}
