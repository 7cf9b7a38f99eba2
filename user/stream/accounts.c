// SPDX-License-Identifier: MIT
#include "accounts.h"

#include "../event/tally.h"

#define COUNT_MAX (1ULL << 52) /* a million violations a second for a hundred years */
#define SLACK	  (1ULL << 20) /* more than are made while counters are read */

uint64_t accounts_count(const struct hp_counters *counters, size_t cls, size_t verdict)
{
	uint64_t sum = 0;

	for (size_t p = 0; p < HP_PROTO_MAX; p++)
		sum += counters->count[cls][verdict][p];
	return sum;
}

const char *accounts_lost_word(size_t why)
{
	static const char *const words[] = {
		[HP_LOST_RING] = "ring",
		[HP_LOST_RATE] = "rate",
		[HP_LOST_NOTE] = "note",
	};
	_Static_assert(ARRAY_LEN(words) == HP_LOST_MAX, "a word for each");

	return words[why];
}

static uint64_t sum_violations(const struct hp_counters *counters)
{
	uint64_t sum = 0;

	for (size_t c = 0; c < HP_CLASS_MAX; c++)
		sum += accounts_count(counters, c, HP_VERDICT_AUDITED) +
		       accounts_count(counters, c, HP_VERDICT_DENIED) +
		       accounts_count(counters, c, HP_VERDICT_EXCEPTED);
	return sum;
}

static uint64_t sum_unsent(const struct hp_counters *counters)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HP_LOST_MAX; i++)
		sum += counters->lost[i];
	return sum;
}

void accounts_make(const struct hp_counters *counters, const struct hp_tally *tally,
		   struct accounts *ret_accounts)
{
	uint64_t violations = sum_violations(counters), unsent = sum_unsent(counters);

	*ret_accounts = (struct accounts) {
		.counters = *counters,
		.tally = *tally,
		.violations = violations,
		.unsent = unsent,
		.lost = tally_lost(tally, unsent),
		.pending = tally_pending(tally, violations, unsent),
	};
	for (size_t c = 0; c < HP_CLASS_MAX; c++)
		for (size_t v = 0; v < HP_VERDICT_MAX; v++)
			for (size_t p = 0; p < HP_PROTO_MAX; p++)
				ret_accounts->counters.count[c][v][p] += tally->by_class[c][v][p];
}

/* Is each number one that could have been counted? Then no sum of them is too large. */
static bool are_counts(const struct accounts *accounts)
{
	const struct hp_tally *tally = &accounts->tally;
	const uint64_t counts[] = {
		accounts->unsent, tally->delivered, tally->folded,
		tally->existing,  tally->recovered, tally->untold,
	};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		if (counts[i] > COUNT_MAX)
			return false;
	for (size_t c = 0; c < HP_CLASS_MAX; c++)
		for (size_t v = 0; v < HP_VERDICT_MAX; v++)
			for (size_t p = 0; p < HP_PROTO_MAX; p++)
				if (accounts->counters.count[c][v][p] > COUNT_MAX ||
				    tally->by_class[c][v][p] > COUNT_MAX)
					return false;
	return true;
}

bool accounts_make_sense(const struct accounts *accounts)
{
	const struct hp_tally *tally = &accounts->tally;
	uint64_t existing = 0;

	if (!are_counts(accounts))
		return false;
	for (size_t c = 0; c < HP_CLASS_MAX; c++)
		for (size_t v = 0; v < HP_VERDICT_MAX; v++)
			for (size_t p = 0; p < HP_PROTO_MAX; p++)
				existing += tally->by_class[c][v][p];
	return existing <= tally->existing &&
	       tally->recovered <= accounts->unsent + tally->untold + SLACK &&
	       tally->delivered + tally->folded + accounts->unsent + tally->untold <=
		       accounts->violations + tally->existing + tally->recovered + SLACK;
}

void accounts_read(struct kernel *kernel, const struct hp_told *told, struct accounts *ret_accounts)
{
	struct hp_counters counters = { 0 };

	(void)kernel_counters(kernel, &counters); /* which leaves the zeros if it fails */
	accounts_make(&counters, &told->tally, ret_accounts);
}

uint64_t accounts_lost(struct kernel *kernel, const struct hp_told *told)
{
	struct accounts accounts;

	accounts_read(kernel, told, &accounts);
	return accounts.lost;
}
