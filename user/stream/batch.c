// SPDX-License-Identifier: MIT
#include "batch.h"

bool batch_add(struct batch *batch, const struct tally_line *line)
{
	struct batch_line *to = &batch->lines[batch->len++];

	to->line = *line;
	if (line->holder)
		to->holder = *line->holder;
	return batch->len == BATCH_LINES;
}

bool batch_name(struct batch *batch, const struct hp_event *record)
{
	batch->names[batch->names_len++] = *record;
	return batch->names_len == BATCH_NAMES;
}

void batch_count(struct batch *batch, struct hp_told *told)
{
	for (unsigned int i = 0; i < batch->len; i++) {
		struct batch_line *at = &batch->lines[i];

		if (at->line.holder)
			at->line.holder = &at->holder;
		tally_line(told, &at->line);
	}
	batch->len = 0;
	batch->names_len = 0;
}
