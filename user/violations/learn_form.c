// SPDX-License-Identifier: MIT
#include "learn_form.h"

#include "../base/cleanup.h"
#include "../registry/port_ranges.h"

#define RESERVED_FIRST 512 /* what bindresvport(3) and the kernel's NFS client choose from */
#define RESERVED_LAST  1023
#define DYNAMIC_FIRST  49152 /* IANA's dynamic ports: what BFD (RFC 5881) chooses from */
#define ANY_FIRST      1024
#define ANY_LAST       UINT16_MAX

struct range {
	uint16_t first, last;
};

static struct range ephemeral_of(uint16_t first, uint16_t last)
{
	if (first && last >= first)
		return (struct range) { first, last };
	return (struct range) { EPHEMERAL_FIRST, EPHEMERAL_LAST };
}

static size_t span_of(struct range range)
{
	return range.last - range.first + 1U;
}

static bool is_within(struct range part, struct range range)
{
	return part.first >= range.first && part.last <= range.last;
}

/* Ports that were seen are a sample: some more on both sides, as far apart as these are. */
static struct range widen(struct range seen, size_t ports)
{
	uint32_t gap = (uint32_t)(span_of(seen) / ports);
	uint32_t least = seen.first >= ANY_FIRST ? ANY_FIRST : 1;

	return (struct range) {
		.first = (uint16_t)(seen.first > least + gap ? seen.first - gap : least),
		.last = (uint16_t)(seen.last + gap < ANY_LAST ? seen.last + gap : ANY_LAST),
	};
}

/* The ports from which a program has chosen those that were seen. */
static struct range guess(const struct learn_ports *ports)
{
	const struct range seen = { ports->first, ports->last };
	const struct range ranges[] = {
		{ RESERVED_FIRST, RESERVED_LAST },
		{ DYNAMIC_FIRST, ANY_LAST },
		ephemeral_of(ports->ephemeral_first, ports->ephemeral_last),
		{ ANY_FIRST, ANY_LAST },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (is_within(seen, ranges[i]) && span_of(seen) * 4 >= span_of(ranges[i]) * 3)
			return ranges[i];
	return widen(seen, ports->ports);
}

enum learn_form learn_form_of(const struct learn_ports *ports, uint16_t *ret_first,
			      uint16_t *ret_last)
{
	const struct range seen = { ports->first, ports->last };
	bool dense = ports->ports * 2 >= span_of(seen);
	bool serves = ports->sockets * 2 >= ports->ports;
	struct range range = seen;

	if (ports->owned && !serves && !dense)
		range = guess(ports);
	*ret_first = range.first;
	*ret_last = range.last;
	if (ports->ports == span_of(seen))
		return LEARN_RANGE;
	if (ports->owned && !serves)
		return LEARN_CLIENT;
	if (ports->owned && dense)
		return LEARN_RANGE;
	return ports->listed ? LEARN_EACH_RUN : LEARN_NOTHING;
}

bool learn_form_range_of(uint16_t first, uint16_t last, uint16_t ephemeral_first,
			 uint16_t ephemeral_last, uint16_t *ret_first, uint16_t *ret_last)
{
	const struct range seen = { first, last };
	const struct range ranges[] = {
		{ RESERVED_FIRST, RESERVED_LAST },
		ephemeral_of(ephemeral_first, ephemeral_last),
		{ DYNAMIC_FIRST, ANY_LAST },
	};
	struct range all = { .first = ANY_LAST };

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		if (!is_within(seen, ranges[i]))
			continue;
		if (ranges[i].first < all.first)
			all.first = ranges[i].first;
		if (ranges[i].last > all.last)
			all.last = ranges[i].last;
	}
	if (!all.last)
		return false;
	*ret_first = all.first;
	*ret_last = all.last;
	return true;
}
