// SPDX-License-Identifier: MIT
/*
 * Two layers, compared. A side is the same as itself; what one way finds removed the
 * other finds added; what is written is safe, and JSON. Port by port, what is removed
 * or added is what a plain count of rows says is missing.
 */
#include "layer_text.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/diff/compare.h"

static struct registry *registry_from(struct feed *feed, size_t size)
{
	struct registry *registry = calloc(1, sizeof(*registry));
	_cleanup_free_ char *text = malloc(size + 1);
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = NULL;

	CHECK(registry && text);
	feed_bytes(feed, text, size);
	if (layer_parse("file", text, size, &diags, &layer) == 0 &&
	    registry_add(registry, layer, &diags) == 0)
		return registry;
	registry_free(registry);
	return NULL;
}

static void check_written_forms(const struct differences *d)
{
	_cleanup_buf_ struct buf text = { 0 }, json = { 0 };

	differences_text(d, "a", "b", &text);
	check_safe(&text, true);
	CHECK((d->len == 0) == (text.len == 0));
	differences_json(d, "a", "b", &json);
	json_free(check_json(&json));
}

/* How many entries of a registry name a port. */
static int entries_at(const struct registry *registry, uint16_t port)
{
	int n = 0;

	for (size_t i = 0; i < registry->layers[0].len; i++) {
		const struct reg_row *row = &registry->layers[0].rows[i];

		n += row->kind == REG_ENTRY && row->proto == HP_PROTO_TCP && row->first <= port &&
		     row->last >= port;
	}
	return n;
}

/* By how many entries b has more there than a, by the differences. */
static int surplus_at(const struct differences *d, uint16_t port)
{
	int n = 0;

	for (size_t i = 0; i < d->len; i++) {
		const struct difference *x = &d->items[i];
		const struct reg_row *row = x->from ? x->from : x->to;
		bool here = x->first <= port && x->last >= port;

		if (row->kind != REG_ENTRY || row->proto != HP_PROTO_TCP)
			continue;
		n -= here && (x->type == DIFFERENCE_REMOVED || x->type == DIFFERENCE_MOVED);
		n += here && x->type == DIFFERENCE_ADDED;
		n += x->type == DIFFERENCE_MOVED && x->to_first <= port && x->to_last >= port;
	}
	return n;
}

static void check_ports(const struct registry *a, const struct registry *b,
			const struct differences *d)
{
	for (uint32_t port = 1; port <= 65535; port += port < 300 ? 1 : 997)
		CHECK(entries_at(b, (uint16_t)port) - entries_at(a, (uint16_t)port) ==
		      surplus_at(d, (uint16_t)port));
}

static void check_sides(const struct compare_side *a, const struct compare_side *b)
{
	_cleanup_differences_ struct differences one = { 0 }, two = { 0 }, same = { 0 };
	int r = compare(a, b, &one);

	CHECK(r == 0 || r == -E2BIG);
	if (r < 0 || compare(b, a, &two) < 0 || compare(a, a, &same) < 0)
		return;
	CHECK(same.len == 0);
	CHECK(differences_count(&one, DIFFERENCE_ADDED) +
		      differences_count(&one, DIFFERENCE_MOVED) ==
	      differences_count(&two, DIFFERENCE_REMOVED) +
		      differences_count(&two, DIFFERENCE_MOVED));
	check_written_forms(&one);
	if (a->form == COMPARE_FILES && b->form == COMPARE_FILES)
		check_ports(a->registry, b->registry, &one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .at = data, .left = size };
	uint8_t forms = feed_u8(&feed);
	const uint8_t *cut = feed.left ? memchr(feed.at, '\x01', feed.left) : NULL;
	_cleanup_(registry_freep) struct registry *a = NULL, *b = NULL;

	if (!cut)
		return 0;
	a = registry_from(&feed, (size_t)(cut - feed.at));
	(void)feed_u8(&feed);
	b = registry_from(&feed, feed.left);
	if (!a || !b)
		return 0;
	check_sides(&(struct compare_side) { a, (enum compare_form)(forms % 3) },
		    &(struct compare_side) { b, (enum compare_form)(forms / 3 % 3) });
	return 0;
}
