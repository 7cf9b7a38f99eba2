// SPDX-License-Identifier: MIT
#include "exceptions.h"

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
