// SPDX-License-Identifier: MIT
#include "exceptions.h"

#include <string.h>

#include "resolve.h"

static time_t end_of(const struct reg_row *row)
{
	struct tm tm = {
		.tm_year = row->until.year - 1900,
		.tm_mon = row->until.month - 1,
		.tm_mday = row->until.day + 1, /* the day after it, also of a month's last */
	};

	return timegm(&tm);
}

time_t exceptions_next_end(const struct registry *reg, time_t now)
{
	time_t next = 0;

	for (size_t i = 0; i < reg->len; i++) {
		const struct reg_layer *layer = &reg->layers[i];

		for (size_t j = 0; j < layer->len; j++) {
			time_t end;

			if (layer->rows[j].kind != REG_EXCEPTION)
				continue;
			end = end_of(&layer->rows[j]);
			if (end > now && (!next || end < next))
				next = end;
		}
	}
	return next;
}

static enum exception_state state_of(const struct reg_row *row, time_t now)
{
	time_t end = end_of(row);

	if (end <= now)
		return EXCEPTION_ENDED;
	return end - now <= EXCEPTIONS_ENDING_S ? EXCEPTION_ENDING : EXCEPTION_ACTIVE;
}

void exceptions_count(const struct registry *reg, time_t now, size_t ret_counts[EXCEPTION_STATES])
{
	size_t counts[EXCEPTION_STATES] = { 0 };

	for (size_t i = 0; i < reg->len; i++) {
		const struct reg_layer *layer = &reg->layers[i];

		for (size_t j = 0; j < layer->len; j++)
			if (layer->rows[j].kind == REG_EXCEPTION)
				counts[state_of(&layer->rows[j], now)]++;
	}
	memcpy(ret_counts, counts, sizeof(counts));
}

void exceptions_ended(const struct registry *reg, const struct node_facts *before,
		      const struct node_facts *now, exceptions_fn fn, void *data)
{
	for (size_t i = 0; i < reg->len; i++) {
		const struct reg_layer *layer = &reg->layers[i];

		for (size_t j = 0; j < layer->len; j++)
			if (resolve_exception_holds(&layer->rows[j], before) &&
			    !resolve_exception_holds(&layer->rows[j], now))
				fn(data, layer, &layer->rows[j]);
	}
}
