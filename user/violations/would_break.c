// SPDX-License-Identifier: MIT
#include "would_break.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "impact_table.h"
#include "../stream/drain.h"

static struct hp_config enforcing(const struct sweep *sweep)
{
	struct hp_config config = sweep->in_force->decision;

	config.mode = HP_MODE_ENFORCE;
	return config;
}

/* A chosen port, too: a look for its process may show that it was asked for. */
static bool may_break(void *data, struct receivers_socket *s)
{
	const struct sweep *sweep = data;
	struct hp_config config = enforcing(sweep);

	s->decision = sweep_judge(sweep, &config, s, false);
	return s->decision.verdict == HP_VERDICT_DENIED || s->decision.cls == HP_CLASS_EPHEMERAL;
}

/* Sockets of control groups that the programs don't see break only where they are closed. */
static bool breaks(const struct sweep *sweep, struct receivers_socket *s, bool named)
{
	struct hp_config config = enforcing(sweep);

	s->decision = sweep_judge(sweep, &config, s, named && !s->pid);
	return s->decision.verdict == HP_VERDICT_DENIED &&
	       (sweep->close_existing || !sweep_is_unchecked(sweep, s->socket.cgroup_id));
}

static int look_at_sockets(struct sweep *sweep, struct breaks *out)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	const struct receivers_socket *last = NULL;
	int r = sweep_read(sweep, may_break, sweep, &found), failed = r;
	bool named;

	drain_all(sweep->stream); /* what the hooks saw is known then */
	named = found.len && sweep_name(sweep, &found);
	receivers_sort(&found);
	for (size_t i = 0; i < found.len; i++) {
		if (!breaks(sweep, &found.list[i], named))
			continue;
		sweep_describe(sweep, &found.list[i], last);
		last = &found.list[i];
		r = breaks_add_socket(out, &sweep->event);
		if (r < 0)
			return r;
	}
	return failed;
}

struct asked {
	const struct policy *policy;
	struct hp_config config;
	struct breaks *out;
	int error;
};

static void on_audited(void *data, const struct audited_violation *v)
{
	struct asked *asked = data;
	struct hp_decision d = audited_decide(v, asked->policy, &asked->config);
	int r;

	if (d.verdict != HP_VERDICT_DENIED)
		return;
	r = breaks_add_audited(asked->out, &v->breach, d.cls);
	if (r < 0)
		asked->error = r;
}

int would_break_find(struct violations *violations, struct breaks *ret_breaks)
{
	struct sweep *sweep = violations->sweep;
	struct breaks breaks = { 0 };
	struct asked asked = {
		.policy = sweep->in_force->policy,
		.config = enforcing(sweep),
		.out = &breaks,
	};
	int r = look_at_sockets(sweep, &breaks);

	audited_each(violations->audited, on_audited, &asked);
	breaks.forgotten = audited_forgotten(violations->audited, asked.config.denies);
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
	breaks_put(breaks, "would_break", WOULD_BREAK_LINES, SIZE_MAX, &w);
	jsonw_object_end(&w);
	if (text.failed)
		return -ENOMEM;
	r = json_parse(text.data, text.len, &err, &document);
	if (r == 0)
		r = break_table(json_member(document, "would_break"), &table);
	return r < 0 ? r : say_table(table);
}

static void say(bool closes, const struct breaks *breaks)
{
	int r;

	log_warning(
		"enforcing: what is there now and would be denied, by class and workload (it %s):",
		closes ? "is closed where it can be" : "keeps its port until it binds again");
	r = say_rows(breaks);
	if (r < 0)
		log_warning("what would be denied can't be said: %s", strerror(-r));
	if (breaks->len > WOULD_BREAK_LINES)
		log_warning("and %zu more", breaks->len - WOULD_BREAK_LINES);
}

void would_break_say(struct violations *violations)
{
	_cleanup_breaks_ struct breaks breaks = { 0 };
	int r = would_break_find(violations, &breaks);

	if (breaks.len)
		say(violations->sweep->close_existing, &breaks);
	if (r < 0)
		log_warning("could not determine everything that would be denied: the socket"
			    " table: %s",
			    strerror(-r));
}
