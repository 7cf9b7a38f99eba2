// SPDX-License-Identifier: MIT
/*
 * Typing errors. Entries that agree in all but the port are a group. Few ports can
 * have been meant by another one; they are looked up in its group.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../registry/words.h"
#include "lint_context.h"

/* Larger groups are lists, which have such pairs anyway. */
#define GROUP_MAX 16

/* An entry of a single port. */
struct typed {
	const struct reg_row *row;
	uint32_t i; /* its number among the entries */
};

static int compare_optional(const char *a, const char *b)
{
	return strcasecmp(a ? a : "", b ? b : "");
}

static int compare_rows(const struct reg_row *a, const struct reg_row *b)
{
	int order = a->proto - b->proto;

	order = order ? order : a->scope - b->scope;
	order = order ? order : (int)a->role - (int)b->role;
	order = order ? order : compare_optional(a->process, b->process);
	return order ? order : compare_optional(a->application, b->application);
}

static int by_group(const void *a, const void *b)
{
	const struct typed *x = a, *y = b;
	int order = compare_rows(x->row, y->row);

	if (order == 0)
		order = x->row->first - y->row->first;
	return order ? order : x->i < y->i ? -1 : x->i > y->i;
}

/* The first of a group with a port, or NULL. */
static const struct typed *find(const struct typed *group, size_t n, uint32_t port)
{
	for (size_t i = 0; i < n; i++)
		if (group[i].row->first == port)
			return &group[i];
	return NULL;
}

static void report(struct lint *lint, const struct typed *a, const struct typed *b)
{
	bool later = a->i > b->i;
	const struct lint_row *at = &lint->entries.items[later ? a->i : b->i];
	const struct lint_row *first = &lint->entries.items[later ? b->i : a->i];
	const struct lint_subject other = lint_row_subject(first);
	struct finding *finding;

	finding = lint_add_finding(lint, LINT_TRANSPOSED_DIGITS, at, &other,
				   "%s and port %u at %s:%u differ by exchanged digits only",
				   lint_row_name(at->row).text, first->row->first,
				   first->layer->path, first->row->line);
	if (at->layer == first->layer)
		finding_suggest(finding, "if one is a typing error, leave it out");
	else
		finding_suggest(
			finding,
			"if the earlier one is a typing error: drop: [{ports: %u, protocol: "
			"%s, layer: %s, reason: \"typing error for %u\"}]",
			first->row->first, word_proto(first->row->proto), first->layer->name,
			at->row->first);
}

/* 0: it would be written with fewer digits. */
static uint32_t number(const char *digits)
{
	return digits[0] == '0' ? 0 : (uint32_t)strtoul(digits, NULL, 10);
}

/* Two neighbouring digits change places: 8018 for 8081. */
static uint32_t swapped(const char *digits, size_t i)
{
	char other[8];

	memcpy(other, digits, sizeof(other));
	other[i] = digits[i + 1];
	other[i + 1] = digits[i];
	return number(other);
}

/* Two neighbouring digits are exchanged in all of the number: 9545 for 9454. */
static uint32_t exchanged(const char *digits, size_t i)
{
	char other[8], a = digits[i], b = digits[i + 1];

	memcpy(other, digits, sizeof(other));
	for (char *c = other; *c; c++)
		*c = *c == a ? b : *c == b ? a : *c;
	return number(other);
}

static bool stands_before(const uint32_t *ports, size_t n, uint32_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* The larger port of a pair looks for the other one: each pair is found once. */
static void check(struct lint *lint, const struct typed *group, size_t n, const struct typed *of)
{
	char digits[8] = "";
	uint32_t ports[2 * 5];
	size_t len = 0;

	(void)snprintf(digits, sizeof(digits), "%u", of->row->first);
	for (size_t i = 0; digits[i] && digits[i + 1]; i++) {
		const uint32_t both[] = { swapped(digits, i), exchanged(digits, i) };

		for (size_t j = 0; j < ARRAY_LEN(both); j++) {
			const struct typed *other;

			if (!both[j] || both[j] >= of->row->first ||
			    stands_before(ports, len, both[j]))
				continue;
			ports[len++] = both[j];
			other = find(group, n, both[j]);
			if (other)
				report(lint, of, other);
		}
	}
}

int lint_transposed_digits(struct lint *lint)
{
	_cleanup_free_ struct typed *typed = calloc(lint->entries.len + 1, sizeof(*typed));
	size_t len = 0, n;

	if (!typed)
		return -ENOMEM;
	for (uint32_t i = 0; i < lint->entries.len; i++)
		if (lint->entries.items[i].row->first == lint->entries.items[i].row->last)
			typed[len++] = (struct typed) { lint->entries.items[i].row, i };
	qsort(typed, len, sizeof(*typed), by_group);
	for (size_t first = 0; first < len; first += n) {
		const struct typed *group = &typed[first];

		for (n = 1; first + n < len && compare_rows(group->row, group[n].row) == 0;)
			n++;
		for (size_t i = 0; n <= GROUP_MAX && i < n; i++)
			check(lint, group, n, &group[i]);
	}
	return 0;
}
