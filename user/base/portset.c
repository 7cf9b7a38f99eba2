// SPDX-License-Identifier: MIT
#include "portset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

#define WORDS (PORTSET_PORTS / 64)

bool portset_has(const struct portset *set, uint16_t port)
{
	return set->words[port / 64] >> port % 64 & 1;
}

void portset_add(struct portset *set, uint16_t port)
{
	set->words[port / 64] |= 1ULL << port % 64;
}

/* The bits of a word that are ports from first to last. */
static uint64_t mask_of(size_t word, uint16_t first, uint16_t last)
{
	uint64_t mask = ~0ULL;

	if (word == first / 64)
		mask &= ~0ULL << first % 64;
	if (word == last / 64)
		mask &= ~0ULL >> (63 - last % 64);
	return mask;
}

void portset_add_range(struct portset *set, uint16_t first, uint16_t last)
{
	/* a word at a time: a registry can have many rows of all ports */
	for (size_t i = first / 64; first <= last && i <= last / 64; i++)
		set->words[i] |= mask_of(i, first, last);
}

size_t portset_count(const struct portset *set)
{
	size_t n = 0;

	for (size_t i = 0; i < WORDS; i++)
		n += (size_t)__builtin_popcountll(set->words[i]);
	return n;
}

size_t portset_count_range(const struct portset *set, uint16_t first, uint16_t last)
{
	size_t n = 0;

	for (size_t i = first / 64; first <= last && i <= last / 64; i++)
		n += (size_t)__builtin_popcountll(set->words[i] & mask_of(i, first, last));
	return n;
}

bool portset_contains(const struct portset *set, const struct portset *part)
{
	for (size_t i = 0; i < WORDS; i++)
		if (part->words[i] & ~set->words[i])
			return false;
	return true;
}

void portset_unite(struct portset *set, const struct portset *other)
{
	for (size_t i = 0; i < WORDS; i++)
		set->words[i] |= other->words[i];
}

void portset_subtract(struct portset *set, const struct portset *other)
{
	for (size_t i = 0; i < WORDS; i++)
		set->words[i] &= ~other->words[i];
}

void portset_intersect(struct portset *set, const struct portset *other)
{
	for (size_t i = 0; i < WORDS; i++)
		set->words[i] &= other->words[i];
}

/* One port, or two with a dash between them. */
static int parse_item(const char *text, size_t len, struct portset *set)
{
	const char *dash = memchr(text, '-', len);
	size_t head = dash ? (size_t)(dash - text) : len;
	uint64_t first, last;
	int r = parse_digits(text, head, 0, UINT16_MAX, &first);

	last = first;
	if (r == 0 && dash)
		r = parse_digits(dash + 1, len - head - 1, first, UINT16_MAX, &last);
	if (r < 0)
		return -EINVAL;
	portset_add_range(set, (uint16_t)first, (uint16_t)last);
	return 0;
}

int portset_parse(const char *text, size_t len, struct portset *ret_set)
{
	struct portset set = { 0 };
	const char *comma;
	size_t n;

	if (len && text[len - 1] == '\n')
		len--;
	while (len) {
		comma = memchr(text, ',', len);
		n = comma ? (size_t)(comma - text) : len;
		if (parse_item(text, n, &set) < 0)
			return -EINVAL;
		if (comma && ++n == len)
			return -EINVAL; /* a comma with nothing after it */
		text += n;
		len -= n;
	}
	*ret_set = set;
	return 0;
}

bool portset_next_run(const struct portset *set, uint32_t port, uint32_t *ret_first,
		      uint32_t *ret_last)
{
	while (port < PORTSET_PORTS && !portset_has(set, (uint16_t)port))
		port += set->words[port / 64] >> port % 64 ? 1 : 64 - port % 64;
	if (port >= PORTSET_PORTS)
		return false;
	*ret_first = port;
	while (port + 1 < PORTSET_PORTS && portset_has(set, (uint16_t)(port + 1)))
		port++;
	*ret_last = port;
	return true;
}

size_t portset_count_runs(const struct portset *set)
{
	uint32_t first, last;
	size_t n = 0;

	for (uint32_t port = 0; portset_next_run(set, port, &first, &last); port = last + 1)
		n++;
	return n;
}

void portset_put(const struct portset *set, size_t max, struct buf *out)
{
	size_t start = out->len, told = 0;
	uint32_t first, last;
	char item[16];
	int n;

	for (uint32_t port = 0; portset_next_run(set, port, &first, &last); port = last + 1) {
		n = snprintf(item, sizeof(item), first == last ? "%s%u" : "%s%u-%u",
			     told ? "," : "", first, last);
		if (out->len - start + (size_t)n > max) {
			buf_printf(out, "… and %zu more", portset_count(set) - told);
			return;
		}
		buf_add(out, item, (size_t)n);
		told += last - first + 1;
	}
}
