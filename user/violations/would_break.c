// SPDX-License-Identifier: MIT
#include "would_break.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "impact_table.h"

static struct hp_config enforcing(const struct sweep *sweep)
{
	struct hp_config config = sweep->table.in_force->decision;

	config.mode = HP_MODE_ENFORCE;
	return config;
}

/* The sockets of control groups that the programs don't see are only denied by closing them. */
static bool would_be_denied(const struct sweep *sweep, const struct receivers_socket *s)
{
	return s->decision.verdict == HP_VERDICT_DENIED &&
	       (sweep->close_existing ||
		!socket_table_is_unchecked(&sweep->table, s->socket.cgroup_id));
}

static int add_sockets(struct sweep *sweep, const struct hp_config *config, struct impact *impact)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	struct socket_table *table = &sweep->table;
	int r = socket_table_find(table, config, &found), failed = r;

	for (size_t i = 0; i < found.len; i++) {
		if (!would_be_denied(sweep, &found.list[i]))
			continue;
		socket_table_describe(table, &found.list[i]);
		r = impact_add_socket(impact, &table->event, found.list[i].holder);
		if (r < 0)
			return r;
	}
	return failed;
}

int would_break_find(struct violations *violations, struct impact *ret_impact)
{
	struct sweep *sweep = violations->sweep;
	struct ledger_filter filter = {
		.policy = sweep->table.in_force->policy,
		.facts = sweep->table.identity->facts,
		.config = enforcing(sweep),
		.verdicts = 1U << HP_VERDICT_DENIED,
		.enforceable = true,
	};
	struct impact impact = { 0 };
	int r = add_sockets(sweep, &filter.config, &impact), error;

	filter.classes = filter.config.denies;
	error = ledger_select(violations->ledger, &filter, &impact);
	impact_settle(&impact);
	*ret_impact = impact;
	return r < 0 ? r : error;
}

/* Log the table as it is printed, a message for each of its lines. */
static int log_table(const struct impact *impact, const struct workload_facts *facts)
{
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out;
	int r = impact_table(impact, facts, WOULD_BREAK_LINES, &table);

	if (r < 0)
		return r;
	out = open_memstream(&text, &len);
	if (!out)
		return -errno;
	r = table_print(table, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	for (char *line = text, *end; r == 0 && (end = strchr(line, '\n')); line = end + 1)
		log_warning("%.*s", (int)(end - line), line);
	return r;
}

static void log_impact(bool closes, const struct impact *impact, const struct workload_facts *facts)
{
	int r;

	log_warning("enforcing: listeners that would be denied, by class and workload (each %s):",
		    closes ? "is closed where it can be" :
			     "keeps its port until it binds again; a reload may end it");
	r = log_table(impact, facts);
	if (r < 0)
		log_warning("could not list what would be denied: %s", strerror(-r));
	if (impact->len > WOULD_BREAK_LINES)
		log_warning("and %zu more", impact->len - WOULD_BREAK_LINES);
}

void would_break_say(struct violations *violations)
{
	_cleanup_impact_ struct impact impact = { 0 };
	int r = would_break_find(violations, &impact);

	if (impact.len)
		log_impact(violations->sweep->close_existing, &impact,
			   &violations->sweep->table.identity->facts);
	if (r < 0)
		log_warning("could not determine everything that would be denied: the socket"
			    " table: %s",
			    strerror(-r));
}
