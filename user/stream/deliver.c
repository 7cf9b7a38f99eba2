// SPDX-License-Identifier: MIT
/*
 * Lines, from what is due to their readers. Many are written at once, and only then
 * counted: see deliver_flush().
 */
#include "deliver.h"

#include "../violations/would_break.h"
#include "../agent/state.h"

#define NAMED_MAX BATCH_NAMES /* new holders that are named at once, in a drain */

size_t deliver_little(const struct agent *agent)
{
	return kernel_ring_bytes(agent->kernel) / 16;
}

/* Hand a line to its readers; they have it once it is flushed. */
static void publish(struct agent *agent, struct line *line)
{
	sink_tell(agent->sink, line);
	control_tell(agent->control, line);
}

static void flush(struct agent *agent)
{
	sink_flush(agent->sink);
	control_flush(agent->control, kernel_waiting(agent->kernel) < deliver_little(agent));
}

/*
 * Told first and counted then: who is killed in between has the next agent tell
 * it once more, rather than have it told by none.
 */
void deliver_flush(struct agent *agent)
{
	struct batch *batch = &agent->batch;

	/* new holders: their later lines need a name, whoever will tell them */
	if (batch->names_len)
		(void)kernel_put_names(agent->kernel, batch->names, batch->names_len);
	flush(agent);
	batch_count(batch, agent->told);
}

/*
 * So that a sweep does not tell it again. What was denied holds no port: if its
 * socket gets the port in another way, that is news.
 */
void deliver_remember(struct agent *agent, const struct hp_event *record)
{
	struct known_violation v = {
		.cookie = record->cookie,
		.cgroup_id = record->cgroup_id,
		.proto = record->key.proto,
		.cls = record->key.cls,
		.port = record->key.port,
	};

	if (record->key.verdict == HP_VERDICT_DENIED)
		return;
	if (record->hook == HP_HOOK_SWEEP)
		known_add(agent->sweep.known, &v);
	else
		known_add_hooked(agent->sweep.known, &v);
}

/* What is known of a holder, and is it new? One that comes late is not, and gets `late`. */
static struct holder *find_holder(struct agent *agent, const struct hp_fold_ref *ref,
				  struct holder *late, bool *ret_new)
{
	struct holder *holder = ref->slot < HP_FOLD_SLOTS ? &agent->holders[ref->slot] : late;

	*ret_new = false;
	if (holder->generation == ref->generation)
		return holder;
	if (holder->generation && (int32_t)(ref->generation - holder->generation) < 0)
		holder = late;
	else
		*ret_new = tally_is_new(agent->told, ref);
	*holder = (struct holder) { .generation = ref->generation };
	return holder;
}

/*
 * A new holder's later lines need a name, whoever will tell them. In a flood of new ones
 * most are gone a moment later: those that the tick still finds are named then.
 */
static void name_holder(struct agent *agent, const struct hp_event *record, struct holder *holder)
{
	if (agent->named < NAMED_MAX) {
		agent->named++;
		if (batch_name(&agent->batch, record))
			deliver_flush(agent);
	} else {
		holder->unnamed = true;
		agent->unnamed = true;
	}
}

void deliver_name_rest(struct agent *agent)
{
	for (uint32_t slot = 0; agent->unnamed && slot < HP_FOLD_SLOTS; slot++) {
		struct holder *holder = &agent->holders[slot];
		const struct hp_event *record;

		if (!holder->unnamed)
			continue;
		holder->unnamed = false;
		record = fold_name(agent->fold, slot, holder->generation);
		if (record && batch_name(&agent->batch, record))
			deliver_flush(agent);
	}
	agent->unnamed = false;
}

void deliver_line(struct agent *agent, const struct hp_event *record, const struct tally_line *line,
		  uint64_t first_ns, uint64_t last_ns)
{
	const struct hp_fold_ref none = { .slot = HP_FOLD_SLOTS };
	struct holder late = { 0 }, *holder;
	struct hp_query query;
	bool is_new;

	holder = find_holder(agent, line->holder ? line->holder : &none, &late, &is_new);
	identity_event(&agent->identity, record, line->count, first_ns, last_ns, &agent->event);
	if (holder->place != agent->event.place)
		*holder = (struct holder) {
			.generation = holder->generation,
			.remembered = holder->remembered,
			.unnamed = holder->unnamed,
			.place = agent->event.place,
		};
	query = audited_query(&agent->event);
	foresee_note(agent, record, &query, &holder->audited);
	learn_note(agent, &query, &holder->learned);
	publish(agent, history_add(&agent->history, &agent->event));
	if (is_new)
		name_holder(agent, record, holder);
	if (batch_add(&agent->batch, line))
		deliver_flush(agent);
}

void deliver_found(struct agent *agent, const struct hp_event *record, uint64_t count, bool counted)
{
	uint64_t recovered = count < agent->sweep.lost ? count : agent->sweep.lost;
	struct tally_line line = { .count = count };

	line.recovered = counted ? recovered : 0;
	line.existing = count - line.recovered;
	agent->sweep.lost -= line.recovered;
	deliver_remember(agent, record);
	deliver_line(agent, record, &line, record->time_ns, record->time_ns);
}

void deliver_notice(struct agent *agent, struct notice *notice)
{
	notice->node = agent->identity.node;
	publish(agent, history_add_notice(&agent->history, notice));
	flush(agent);
}
