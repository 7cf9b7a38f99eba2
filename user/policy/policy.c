// SPDX-License-Identifier: MIT
#include "policy.h"

#include <errno.h>
#include <string.h>

#include "../registry/words.h"
#include "resolve.h"

#define WORD_MAX 32 /* of a list of classes */

/* Protocols that a row can name. */
static const uint8_t protos[] = {
	HP_PROTO_TCP,
	HP_PROTO_UDP,
	HP_PROTO_UDPLITE,
	HP_PROTO_SCTP,
};

static size_t count_rows(const struct hp_row *rows)
{
	size_t n = 0;

	for (uint32_t port = 0; port < HP_PORTS; port++)
		n += resolve_is_row(&rows[port]);
	return n;
}

/* Append the rows of a protocol to the policy. */
static int append_rows(struct policy *policy, uint8_t proto, const struct hp_row *rows)
{
	size_t n = policy->len + count_rows(rows);
	struct policy_row *grown;

	if (n == policy->len)
		return 0;
	grown = reallocarray(policy->rows, n, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	policy->rows = grown;
	for (uint32_t port = 0; port < HP_PORTS; port++) {
		if (!resolve_is_row(&rows[port]))
			continue;
		grown[policy->len++] = (struct policy_row) {
			.key = { .proto = proto, .port = (uint16_t)port },
			.row = rows[port],
		};
		policy->index[(size_t)proto * HP_PORTS + port] = (uint32_t)policy->len;
	}
	return 0;
}

/* The bitmap repeats the decision; it has no rule of its own. */
static void fill_bitmap(struct policy *policy)
{
	struct hp_query q = { 0 };
	struct hp_bitmap_word *word;

	for (size_t i = 0; i < policy->len; i++) {
		const struct policy_row *p = &policy->rows[i];

		if (p->key.proto >= HP_BITMAP_PROTOS)
			continue;
		q.proto = p->key.proto;
		q.port = p->key.port;
		word = &policy->bitmap.words[q.proto][q.port / 64];
		word->named |= 1ULL << q.port % 64;
		for (q.scope = 0; q.scope < HP_SCOPE_MAX; q.scope++)
			if (hp_classify(&p->row, &q) == HP_CLASS_NONE)
				word->allowed[q.scope] |= 1ULL << q.port % 64;
	}
}

int policy_build(const struct registry *reg, const struct node_facts *facts,
		 struct policy **ret_policy)
{
	_cleanup_(resolve_freep) struct resolve *resolve = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_free_ struct hp_row *rows = NULL;
	int r;

	r = resolve_new(reg, facts, &resolve);
	if (r < 0)
		return r;
	policy = calloc(1, sizeof(*policy));
	rows = malloc(HP_PORTS * sizeof(*rows));
	if (!policy || !rows)
		return -ENOMEM;
	policy->index = calloc((size_t)HP_PROTO_MAX * HP_PORTS, sizeof(*policy->index));
	if (!policy->index)
		return -ENOMEM;
	r = owned_build(reg, facts, &policy->owned);
	for (size_t i = 0; i < ARRAY_LEN(protos) && r == 0; i++) {
		if (!resolve_names(resolve, protos[i]))
			continue;
		resolve_proto(resolve, protos[i], rows);
		owned_fill(&policy->owned, protos[i], rows);
		r = append_rows(policy, protos[i], rows);
	}
	if (r < 0)
		return r;
	fill_bitmap(policy);
	*ret_policy = TAKE_PTR(policy);
	return 0;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	free(policy->rows);
	free(policy->index);
	owned_done(&policy->owned);
	free(policy);
}

const struct hp_row *policy_find(const struct policy *policy, uint8_t proto, uint16_t port)
{
	uint32_t at = proto < HP_PROTO_MAX ? policy->index[(size_t)proto * HP_PORTS + port] : 0;

	return at ? &policy->rows[at - 1].row : NULL;
}

bool policy_bitmap_allows(const struct hp_bitmap *bitmap, const struct hp_query *query)
{
	if (query->proto >= HP_BITMAP_PROTOS || query->scope >= HP_SCOPE_MAX)
		return false;
	return bitmap->words[query->proto][query->port / 64].allowed[query->scope] >>
		       query->port % 64 &
	       1;
}

struct hp_decision policy_decide(const struct policy *policy, const struct hp_config *config,
				 const struct hp_query *query)
{
	return hp_decide(config, policy_find(policy, query->proto, query->port), query);
}

struct hp_decision policy_decide_for(const struct policy *policy, const struct hp_config *config,
				     const struct hp_query *query, const struct owner_of *who)
{
	const struct hp_row *row = policy_find(policy, query->proto, query->port);
	struct hp_query q = *query;
	struct hp_decision d;
	uint32_t number;

	if (!row || !row->owners || !q.port)
		return hp_decide(config, row, &q);
	q.grants |= owned_grants(&policy->owned, &q, who, &number);
	d = hp_decide(config, row, &q);
	if (d.cls == HP_CLASS_NONE && row->cls[q.scope] != HP_CLASS_NONE && number != HP_NO_ROW)
		d.row = number;
	return d;
}

void policy_number_sets(struct policy *policy, uint32_t first)
{
	for (size_t i = 0; i < policy->len; i++)
		if (policy->rows[i].row.owners)
			policy->rows[i].row.owners += first - policy->owned.from;
	policy->owned.from = first;
}

void policy_registered(const struct policy *policy, uint16_t first, uint16_t last,
		       struct portset *set)
{
	for (size_t i = 0; i < policy->len; i++) {
		const struct hp_row *row = &policy->rows[i].row;
		uint16_t port = policy->rows[i].key.port;

		/* an exception alone registers nothing */
		if (row->row[HP_SCOPE_EXTERNAL] == HP_NO_ROW &&
		    row->row[HP_SCOPE_LOCALHOST] == HP_NO_ROW)
			continue;
		if (port >= first && port <= last)
			portset_add(set, port);
	}
}

/* The classes that the n bytes at word name, as bits; 0: none of them. */
static uint32_t class_bits(const char *word, size_t n)
{
	char text[WORD_MAX];
	int cls;

	if (n >= sizeof(text))
		return 0;
	memcpy(text, word, n);
	text[n] = '\0';
	if (strcmp(text, "default") == 0)
		return POLICY_DENIES_DEFAULT;
	cls = word_to_class(text);
	return cls < 0 ? 0 : 1U << cls;
}

int policy_denies_parse(const char *list, uint32_t *ret_denies, const char **ret_bad,
			size_t *ret_bad_len)
{
	uint32_t denies = 0, bits;
	const char *word = list;
	size_t n;

	for (;;) {
		n = strcspn(word, ",");
		bits = class_bits(word, n);
		if (!bits) {
			*ret_bad = word;
			*ret_bad_len = n;
			return -EINVAL;
		}
		denies |= bits;
		if (!word[n])
			break;
		word += n + 1;
	}
	*ret_denies = denies;
	return 0;
}
