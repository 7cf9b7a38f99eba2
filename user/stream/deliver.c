// SPDX-License-Identifier: MIT
#include "deliver.h"

#include "describe.h"

#define NAMED_MAX BATCH_NAMES /* new holders that are named in one drain */

size_t deliver_little(const struct stream *stream)
{
	return kernel_ring_bytes(stream->kernel) / 16;
}

/* Queue a line for its readers; flush() writes it. */
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
 * Lines are counted after they are written: if the agent is killed in between, the next one
 * writes them once more. The other order would lose them.
 */
void deliver_flush(struct stream *stream)
{
	struct batch *batch = &stream->batch;

	/* the next agent needs the names for later lines of these holders */
	if (batch->names_len)
		(void)kernel_put_names(stream->kernel, batch->names, batch->names_len);
	flush(stream);
	batch_count(batch, stream->told);
}

/* Note a slot's holder. Returns the note if this is its first line, else NULL. */
static struct slot_note *note_holder(struct stream *stream, const struct hp_fold_ref *ref)
{
	struct slot_note *note;

	if (!ref || ref->slot >= HP_FOLD_SLOTS)
		return NULL;
	note = &stream->notes[ref->slot];
	if (note->generation == ref->generation)
		return NULL;
	if (note->generation && (int32_t)(ref->generation - note->generation) < 0)
		return NULL; /* a late record of an earlier holder */
	*note = (struct slot_note) { .generation = ref->generation };
	return tally_is_new(stream->told, ref) ? note : NULL;
}

/*
 * Keep the record by which the next agent knows a new holder. In a flood most new holders are
 * gone a moment later, so the next tick names those that are left.
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

/* Show the line that is described to the observer, then to the readers. */
static void show(struct stream *stream, const struct hp_event *record,
		 const struct tally_line *line)
{
	stream->event.processes = line->processes;
	stream->event.addresses = line->addresses;
	stream->observer.on_line(stream->observer.data, record, &stream->event);
	publish(stream, history_add(&stream->history, &stream->event));
}

void deliver_line(struct stream *stream, const struct hp_event *record,
		  const struct tally_line *line, uint64_t first_ns, uint64_t last_ns)
{
	struct slot_note *new_note = note_holder(stream, line->holder);

	describe_violation(stream->identity, stream->generations, record, line->count, first_ns,
			   last_ns, &stream->event);
	show(stream, record, line);
	if (new_note)
		name_holder(stream, record, new_note);
	if (batch_add(&stream->batch, line))
		deliver_flush(stream);
}

void deliver_declared(struct stream *stream, const struct hp_event *record, const struct pod *pod,
		      const char *container)
{
	const struct tally_line line = {
		.count = 1,
		.existing = 1,
		.cls = record->key.cls,
		.verdict = record->key.verdict,
		.proto = record->key.proto,
	};

	describe_violation(stream->identity, stream->generations, record, line.count,
			   record->time_ns, record->time_ns, &stream->event);
	describe_declared(pod, container, &stream->event);
	show(stream, record, &line);
	if (batch_add(&stream->batch, &line))
		deliver_flush(stream);
}

void deliver_notice(struct stream *stream, struct notice *notice)
{
	notice->node = stream->identity->node;
	publish(stream, history_add_notice(&stream->history, notice));
	flush(stream);
}
