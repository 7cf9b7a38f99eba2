// SPDX-License-Identifier: MIT
#include "would_break.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "impact_table.h"
#include "../agent/state.h"

static struct hp_config enforcing(const struct agent *agent)
{
	struct hp_config config = agent->decision;

	config.mode = HP_MODE_ENFORCE;
	return config;
}

/* Nobody has it, and everybody can be seen. */
static bool is_kernels(const struct agent *agent, uint32_t pid)
{
	return !pid && socket_owners_see_all(agent->sweep.procs);
}

void foresee_note(struct agent *agent, const struct hp_event *record, const struct hp_query *query,
		  struct audited_ref *ref)
{
	bool swept = record->hook == HP_HOOK_SWEEP;

	if (record->key.verdict != HP_VERDICT_AUDITED ||
	    (swept && sweep_is_unchecked(agent, record->cgroup_id)))
		return;
	audited_again(agent->audited, ref, &agent->event, query,
		      record->key.how == HP_HOW_KERNEL ||
			      (swept && is_kernels(agent, record->pid)));
}

/* A chosen port, too: who looks for its process may find that it was asked for. */
static bool may_break(void *data, struct receivers_socket *s)
{
	struct agent *agent = data;
	struct hp_config config = enforcing(agent);

	s->decision = sweep_judge(agent, &config, s, false);
	return s->decision.verdict == HP_VERDICT_DENIED || s->decision.cls == HP_CLASS_EPHEMERAL;
}

/* Sockets of control groups that the programs don't see break only where they are closed. */
static bool breaks(const struct agent *agent, struct receivers_socket *s, bool named)
{
	struct hp_config config = enforcing(agent);

	s->decision = sweep_judge(agent, &config, s, named && is_kernels(agent, s->pid));
	return s->decision.verdict == HP_VERDICT_DENIED &&
	       (agent->config->close_existing || !sweep_is_unchecked(agent, s->socket.cgroup_id));
}

static int look_at_sockets(struct agent *agent, struct breaks *out)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	const struct receivers_socket *s, *last = NULL;
	struct hp_event record;
	int r = sweep_read(agent, may_break, &found), failed = r;
	bool named;

	if (agent->ready)
		drain_all(agent); /* what the hooks saw is known then */
	named = found.len && receivers_name(&found, agent->sweep.procs) == 0;
	receivers_sort(&found);
	for (size_t i = 0; i < found.len; i++) {
		if (!breaks(agent, &found.list[i], named))
			continue;
		s = &found.list[i];
		sweep_record(agent, s, &record);
		identity_listener(&agent->identity, &record, last && listeners_same_holder(s, last),
				  &agent->event);
		last = s;
		r = breaks_add_socket(out, &agent->event);
		if (r < 0)
			return r;
	}
	return failed;
}

struct asked {
	const struct agent *agent;
	struct hp_config config;
	struct breaks *out;
	int error;
};

static void on_audited(void *data, const struct audited_violation *v)
{
	struct asked *asked = data;
	struct hp_decision d = audited_decide(v, asked->agent->policy, &asked->config);
	int r;

	if (d.verdict != HP_VERDICT_DENIED)
		return;
	r = breaks_add_audited(asked->out, &v->breach, d.cls);
	if (r < 0)
		asked->error = r;
}

int foresee(struct agent *agent, struct breaks *ret_breaks)
{
	struct breaks breaks = { 0 };
	struct asked asked = { .agent = agent, .config = enforcing(agent), .out = &breaks };
	int r = look_at_sockets(agent, &breaks);

	audited_each(agent->audited, on_audited, &asked);
	breaks.forgotten = audited_forgotten(agent->audited, asked.config.denies);
	breaks_settle(&breaks);
	*ret_breaks = breaks;
	return r < 0 ? r : asked.error;
}

/* The table as it is printed, a message for each of its lines. */
static int say_table(const struct table *table)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return -errno;
	r = table_print((struct table *)table, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	for (char *line = text, *end; r == 0 && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		log_warning("%s", line);
	}
	return r;
}

static int say_rows(const struct breaks *breaks)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	struct jsonw w = { .out = &text };
	int r;

	jsonw_object(&w, NULL);
	breaks_put(breaks, "would_break", FORESEE_LINES, SIZE_MAX, &w);
	jsonw_object_end(&w);
	if (text.failed)
		return -ENOMEM;
	r = json_parse(text.data, text.len, &err, &document);
	if (r == 0)
		r = break_table(json_member(document, "would_break"), &table);
	return r < 0 ? r : say_table(table);
}

static void say(const struct agent *agent, const struct breaks *breaks)
{
	int r;

	log_warning(
		"enforcing: what is there now and would be denied, by class and workload (it %s):",
		agent->config->close_existing ? "is closed where it can be" :
						"keeps its port until it binds again");
	r = say_rows(breaks);
	if (r < 0)
		log_warning("what would be denied can't be said: %s", strerror(-r));
	if (breaks->len > FORESEE_LINES)
		log_warning("and %zu more", breaks->len - FORESEE_LINES);
}

int foresee_start(struct agent *agent)
{
	_cleanup_breaks_ struct breaks breaks = { 0 };
	int r;

	if (agent->decision.mode != HP_MODE_ENFORCE)
		return EXIT_OK;
	r = foresee(agent, &breaks);
	if (breaks.len)
		say(agent, &breaks);
	if (r < 0)
		log_warning("what would be denied is not all known: the socket table: %s",
			    strerror(-r));
	return EXIT_OK;
}
