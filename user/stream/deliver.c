// SPDX-License-Identifier: MIT
/*
 * Lines, from what is due to their readers. Many are written at once, and only then
 * counted: see deliver_flush().
 */
#include "deliver.h"

#include "describe.h"

#define NAMED_MAX BATCH_NAMES /* new holders that are named at once, in a drain */

size_t deliver_little(const struct stream *stream)
{
	return kernel_ring_bytes(stream->kernel) / 16;
}

/* Hand a line to its readers; they have it once it is flushed. */
static void publish(struct stream *stream, struct line *line)
{
	sink_tell(stream->sink, line);
	control_tell(stream->control, line);
}

static void flush(struct stream *stream)
{
	sink_flush(stream->sink);
	control_flush(stream->control);
}

/*
 * Told first and counted then: who is killed in between has the next agent tell
 * it once more, rather than have it told by none.
 */
void deliver_flush(struct stream *stream)
{
	struct batch *batch = &stream->batch;

	/* new holders: their later lines need a name, whoever will tell them */
	if (batch->names_len)
		(void)kernel_put_names(stream->kernel, batch->names, batch->names_len);
	flush(stream);
	batch_count(batch, stream->told);
}

/* What is known of a holder, and is it new? One that comes late is not, and gets `late`. */
static struct slot_note *find_note(struct stream *stream, const struct hp_fold_ref *ref,
				   struct slot_note *late, bool *ret_new)
{
	struct slot_note *note = ref->slot < HP_FOLD_SLOTS ? &stream->notes[ref->slot] : late;

	*ret_new = false;
	if (note->generation == ref->generation)
		return note;
	if (note->generation && (int32_t)(ref->generation - note->generation) < 0)
		note = late;
	else
		*ret_new = tally_is_new(stream->told, ref);
	*note = (struct slot_note) { .generation = ref->generation };
	return note;
}

/*
 * A new holder's later lines need a name, whichever agent writes them. In a flood of new ones
 * most are gone a moment later: those that the tick still finds are named then.
 */
static void name_holder(struct stream *stream, const struct hp_event *record,
			struct slot_note *note)
{
	if (stream->named < NAMED_MAX) {
		stream->named++;
		if (batch_name(&stream->batch, record))
			deliver_flush(stream);
	} else {
		note->unnamed = true;
		stream->unnamed = true;
	}
}

void deliver_name_rest(struct stream *stream)
{
	for (uint32_t slot = 0; stream->unnamed && slot < HP_FOLD_SLOTS; slot++) {
		struct slot_note *note = &stream->notes[slot];
		const struct hp_event *record;

		if (!note->unnamed)
			continue;
		note->unnamed = false;
		record = fold_name(stream->fold, slot, note->generation);
		if (record && batch_name(&stream->batch, record))
			deliver_flush(stream);
	}
	stream->unnamed = false;
}

void deliver_line(struct stream *stream, const struct hp_event *record,
		  const struct tally_line *line, uint64_t first_ns, uint64_t last_ns)
{
	const struct hp_fold_ref none = { .slot = HP_FOLD_SLOTS };
	struct slot_note late = { 0 }, *note;
	bool is_new;

	note = find_note(stream, line->holder ? line->holder : &none, &late, &is_new);
	describe_violation(stream->identity, stream->generations, record, line->count, first_ns,
			   last_ns, &stream->event);
	stream->observer.on_line(stream->observer.data, record, &stream->event);
	publish(stream, history_add(&stream->history, &stream->event));
	if (is_new)
		name_holder(stream, record, note);
	if (batch_add(&stream->batch, line))
		deliver_flush(stream);
}

void deliver_notice(struct stream *stream, struct notice *notice)
{
	notice->node = stream->identity->node;
	publish(stream, history_add_notice(&stream->history, notice));
	flush(stream);
}
