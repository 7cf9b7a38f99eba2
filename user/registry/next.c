// SPDX-License-Identifier: MIT
#include "next.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../base/portset.h"

/* What the registry says of all ports. */
struct survey {
	struct portset taken;	   /* of the protocol: never proposed */
	struct portset others;	   /* of other protocols */
	struct portset neighbours; /* both */
	struct portset documented, small;
	struct portset retired, dropped;
	uint16_t below[HP_PORTS], above[HP_PORTS]; /* the nearest neighbour, 0: none */
	uint8_t apart[HP_PORTS];		   /* of a neighbour: how far one should keep off */
};

static void survey_row(struct survey *s, const struct reg_row *row, const struct next_query *q)
{
	bool ours = row->proto == q->proto;

	if (row->dropped) {
		if (ours && row->kind != REG_RANGE)
			portset_add_range(&s->dropped, row->first, row->last);
		return;
	}
	switch (row->kind) {
	case REG_ENTRY:
	case REG_EXCEPTION:
		portset_add_range(ours ? &s->taken : &s->others, row->first, row->last);
		portset_add_range(&s->neighbours, row->first, row->last);
		break;
	case REG_RETIRED:
		if (ours)
			portset_add_range(&s->retired, row->first, row->last);
		break;
	case REG_RANGE:
		if (ours)
			portset_add_range(&s->documented, row->first, row->last);
		if (ours && row->last - row->first + 1 < NEXT_SMALL_RANGE)
			portset_add_range(&s->small, row->first, row->last);
		break;
	default: /* clients, too: they hold no port for long */
		break;
	}
}

/* A port of a wide documented range does not count as one of a small range. */
static void forget_small(struct survey *s, const struct registry *reg, const struct next_query *q)
{
	struct portset wide = { 0 };

	for (size_t i = 0; i < reg->len; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const struct reg_row *row = &reg->layers[i].rows[j];

			if (row->kind == REG_RANGE && row->proto == q->proto && !row->dropped &&
			    row->last - row->first + 1 >= NEXT_SMALL_RANGE)
				portset_add_range(&wide, row->first, row->last);
		}
	portset_subtract(&s->small, &wide);
}

/* The owner of many ports in a row is likely to want the next one. */
static void find_neighbours(struct survey *s)
{
	uint16_t last = 0;
	uint32_t run = 0;

	for (uint32_t port = 1; port < HP_PORTS; port++) {
		s->below[port] = last;
		run = portset_has(&s->neighbours, (uint16_t)port) ? run + 1 : 0;
		if (!run)
			continue;
		last = (uint16_t)port;
		s->apart[port] = (uint8_t)(run < NEXT_APART_MIN ? NEXT_APART_MIN :
					   run > NEXT_APART_MAX ? NEXT_APART_MAX :
								  run);
	}
	last = 0;
	for (uint32_t port = HP_PORTS - 1; port > 0; port--) {
		s->above[port] = last;
		if (!portset_has(&s->neighbours, (uint16_t)port))
			continue;
		last = (uint16_t)port;
		/* of a run, its length is known at its end */
		if (port < HP_PORTS - 1 && s->apart[port + 1] > s->apart[port])
			s->apart[port] = s->apart[port + 1];
	}
}

static bool may_be(const struct survey *s, const struct next_query *q, uint16_t port)
{
	if (port < NEXT_PRIVILEGED || portset_has(&s->taken, port) ||
	    (port >= NODEPORT_FIRST && port <= EPHEMERAL_LAST))
		return false;
	if (!q->retired && portset_has(&s->retired, port))
		return false;
	return portset_has(&s->documented, port) != q->localhost;
}
_Static_assert(NODEPORT_LAST + 1 == EPHEMERAL_FIRST, "one range of the two");

/* By how many ports is it closer to a neighbour than it should be? */
static uint32_t crowd(const struct survey *s, uint16_t port)
{
	uint16_t below = s->below[port], above = s->above[port];
	uint32_t most = 0, between;

	if (below) {
		between = port - below - 1U;
		most = s->apart[below] > between ? s->apart[below] - between : 0;
	}
	if (above) {
		between = above - port - 1U;
		if (s->apart[above] > between && s->apart[above] - between > most)
			most = s->apart[above] - between;
	}
	return most;
}

static uint32_t buts(const struct survey *s, const struct next_query *q, uint16_t port)
{
	const bool is[NEXT_BUT_MAX] = {
		[NEXT_BUT_CROWDED] = crowd(s, port) > 0,
		[NEXT_BUT_LOW] = q->localhost && port < NEXT_LOCAL_FROM,
		[NEXT_BUT_OTHER_PROTOCOL] = portset_has(&s->others, port),
		[NEXT_BUT_SMALL_RANGE] = !q->localhost && portset_has(&s->small, port),
		[NEXT_BUT_RETIRED] = portset_has(&s->retired, port),
		[NEXT_BUT_DROPPED] = portset_has(&s->dropped, port),
	};
	uint32_t bits = 0;

	for (unsigned int but = 0; but < NEXT_BUT_MAX; but++)
		bits |= is[but] ? 1U << but : 0;
	return bits;
}

/* Less is better: what speaks against it, then how crowded it is, then the number. */
static uint64_t rank(const struct survey *s, const struct next_query *q, uint16_t port)
{
	return (uint64_t)buts(s, q, port) << 32 | (uint64_t)crowd(s, port) << 16 | port;
}

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static int put(const struct survey *s, const uint64_t *ranks, size_t len,
	       struct next_ports *ret_ports)
{
	struct next_port *list = calloc(len ? len : 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		uint16_t port = (uint16_t)ranks[i];

		list[i] = (struct next_port) {
			.port = port,
			.below = s->below[port],
			.above = s->above[port],
			.buts = (uint32_t)(ranks[i] >> 32),
		};
	}
	*ret_ports = (struct next_ports) { .list = list, .len = len };
	return 0;
}

int next_find(const struct registry *reg, const struct next_query *query,
	      struct next_ports *ret_ports)
{
	_cleanup_free_ struct survey *s = calloc(1, sizeof(*s));
	_cleanup_free_ uint64_t *ranks = malloc(HP_PORTS * sizeof(*ranks));
	bool documented;
	size_t len = 0;
	int r;

	if (!s || !ranks)
		return -ENOMEM;
	for (size_t i = 0; i < reg->len; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++)
			survey_row(s, &reg->layers[i].rows[j], query);
	forget_small(s, reg, query);
	find_neighbours(s);
	for (uint32_t port = query->first; port <= query->last; port++)
		if (may_be(s, query, (uint16_t)port))
			ranks[len++] = rank(s, query, (uint16_t)port);
	documented = portset_count_range(&s->documented, query->first, query->last) > 0;
	qsort(ranks, len, sizeof(*ranks), compare);
	r = put(s, ranks, len < query->count ? len : query->count, ret_ports);
	if (r == 0)
		ret_ports->documented = documented;
	return r;
}

void next_free(struct next_ports *ports)
{
	free(ports->list);
	*ports = (struct next_ports) { 0 };
}

const char *next_but_words(enum next_but but)
{
	static const char *const words[] = {
		[NEXT_BUT_CROWDED] = "close to a neighbour",
		[NEXT_BUT_LOW] = "a low port",
		[NEXT_BUT_OTHER_PROTOCOL] = "another protocol's",
		[NEXT_BUT_SMALL_RANGE] = "of a small range",
		[NEXT_BUT_RETIRED] = "retired",
		[NEXT_BUT_DROPPED] = "dropped",
	};

	_Static_assert(ARRAY_LEN(words) == NEXT_BUT_MAX, "words for each");
	return but < NEXT_BUT_MAX ? words[but] : "?";
}
