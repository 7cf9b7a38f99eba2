// SPDX-License-Identifier: MIT
/* hostportctl status: what the agent does, and whether it is effective. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../base/terminal.h"
#include "../identity/workload_json.h"
#include "agent_health.h"

static const struct option_spec specs[] = {
	VERB_OPTION_OUTPUT(struct question_options, json),
	{ "json", NULL, "the whole document", OPTION_FLAG(struct question_options, json) },
};

static const struct options options = {
	.program = "hostportctl status",
	.usage = "[-o FORM]",
	.summary =
		"Print what the agent does. Exit status: 0 effective, 1 not effective, 3 no agent.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static void put_words(struct buf *out, const struct json *list)
{
	for (size_t i = 0; i < json_len(list); i++) {
		buf_puts(out, i ? ", " : "");
		buf_put_safe(out, json_text(json_at(list, i), "?"));
	}
	if (!json_len(list))
		buf_puts(out, "nothing");
}

/* Why the files differ from the registry in force, or how late a change is noticed. */
static void put_trouble(struct buf *out, const struct json *registry)
{
	const char *error = json_member_text(registry, "error", "");

	if (*error) {
		buf_puts(out, "\n            NOT TAKEN: ");
		buf_put_safe(out, error);
	}
	if (strcmp(json_member_text(registry, "files", ""), "polled") == 0) {
		buf_puts(out, "\n            files polled: inotify: ");
		buf_put_safe(out, json_member_text(registry, "files_error", "?"));
	}
}

static void put_layers(struct buf *out, const struct json *registry)
{
	const struct json *layers = json_member(registry, "layers");
	uint64_t rows;

	buf_printf(out, "registry    generation %" PRIu64,
		   json_member_u64(registry, "generation", 0));
	for (size_t i = 0; i < json_len(layers); i++) {
		const struct json *layer = json_at(layers, i);

		buf_puts(out, "\n            ");
		buf_put_safe(out, json_member_text(layer, "name", "?"));
		rows = json_member_u64(layer, "rows", 0);
		buf_printf(out, ": %" PRIu64 " row%s, ", rows, rows == 1 ? "" : "s");
		buf_put_safe(out, json_member_text(layer, "path", "?"));
	}
	put_trouble(out, registry);
}

static void put_attached(struct buf *out, const struct json *attached)
{
	for (size_t i = 0; i < json_len(attached); i++) {
		const struct json *a = json_at(attached, i);

		buf_puts(out, i ? "\n            " : "\nattached    ");
		buf_put_safe(out, json_member_text(a, "hook", "?"));
		buf_puts(out, " at ");
		buf_put_safe(out, json_member_text(a, "cgroup", "?"));
		buf_printf(out, ", program %" PRIu64 ", link %" PRIu64 "%s",
			   json_member_u64(a, "program_id", 0), json_member_u64(a, "link_id", 0),
			   json_member_bool(a, "alive", false) ? "" : ", DEAD");
	}
}

/* What is wrong with the range, or with the reserved ports. */
static void put_choice_trouble(struct buf *out, const struct json *ephemeral)
{
	const char *failing = json_member_text(ephemeral, "failing", "");

	if (json_member_bool(ephemeral, "low", false))
		buf_puts(out, "; REACHES BELOW 32768");
	if (!*failing)
		return;
	buf_puts(out, "; bind() to port 0 FAILS for ");
	buf_put_safe(out, failing);
	buf_printf(out, " of %" PRIu64 " ports", json_member_u64(ephemeral, "choices", 0));
}

/* Registered ports that the kernel may give to any process. */
static void put_ephemeral(struct buf *out, const struct json *ephemeral)
{
	static const struct {
		const char *key, *words;
	} lists[] = {
		{ "registered", ": registered " },
		{ "reserved_by_us", "; reserved by the agent " },
		{ "unreserved", "; NOT RESERVED " },
	};
	const char *list;

	if (!*json_member_text(ephemeral, "registered", "") &&
	    !json_member_bool(ephemeral, "low", false))
		return;
	buf_printf(out, "\nephemeral   %" PRIu64 "-%" PRIu64,
		   json_member_u64(ephemeral, "first", 0), json_member_u64(ephemeral, "last", 0));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		list = json_member_text(ephemeral, lists[i].key, "");
		if (!*list)
			continue;
		buf_puts(out, lists[i].words);
		buf_put_safe(out, list);
	}
	put_choice_trouble(out, ephemeral);
}

/* What the agent may still do. */
static void put_privileges(struct buf *out, const struct json *privileges)
{
	const struct json *filter = json_member(privileges, "seccomp");

	if (!privileges)
		return;
	buf_printf(out, "\nprivileges  uid %" PRIu64 ", ", json_member_u64(privileges, "uid", 0));
	put_words(out, json_member(privileges, "capabilities"));
	buf_puts(out, json_member_bool(privileges, "no_new_privs", false) ?
			      "; no new ones; system calls " :
			      "; CAN GAIN NEW ONES; system calls ");
	buf_puts(out, json_bool(filter, false) ? "filtered" : "NOT FILTERED: ");
	buf_put_safe(out, json_text(filter, ""));
}

/* If the mode in force is not that of --mode: by which process it was switched, and when. */
static void put_switched(struct buf *out, const struct json *switched)
{
	const char *time = json_member_text(switched, "time", "");

	if (!*json_member_text(switched, "option", ""))
		return;
	buf_puts(out, "\nswitched    ");
	if (*time) {
		buf_puts(out, "at ");
		buf_put_safe(out, time);
		buf_printf(out, " by pid %" PRIu64 ", uid %" PRIu64,
			   json_member_u64(switched, "pid", 0),
			   json_member_u64(switched, "uid", 0));
	} else {
		buf_puts(out, "under an agent before this one");
	}
	buf_puts(out, "; --mode=");
	buf_put_safe(out, json_member_text(switched, "option", "?"));
}

/* What is left when the agent ends. */
static void put_pins(struct buf *out, const struct json *pins)
{
	const char *error = json_member_text(pins, "error", "");
	bool keeps = strcmp(json_member_text(pins, "on_exit", ""), "keep") == 0;

	buf_puts(out, "\npins        ");
	if (!*json_member_text(pins, "directory", "")) {
		buf_puts(out, "none");
	} else if (*error) {
		buf_puts(out, "NONE: ");
		buf_put_safe(out, error);
	} else {
		buf_put_safe(out, json_member_text(pins, "directory", "?"));
		buf_printf(out, "/%" PRIu64 "%s, %s when the agent ends",
			   json_member_u64(pins, "instance", 0),
			   json_member_bool(pins, "adopted", false) ? ", taken over" : "",
			   keeps ? "stays" : "removed");
	}
}

/* Workloads that violate on many ports: a line each. */
static void put_many_ports(struct buf *out, const struct json *list)
{
	for (size_t i = 0; i < json_len(list); i++) {
		const struct json *row = json_at(list, i);

		buf_puts(out, i ? "\n            " : "\nmany ports  ");
		workload_json_text(row, out);
		buf_puts(out, ": ");
		buf_put_safe(out, json_member_text(row, "protocol", "?"));
		buf_printf(out, ", %" PRIu64 " ports of %" PRIu64 "-%" PRIu64 " (",
			   json_member_u64(row, "ports", 0), json_member_u64(row, "port", 0),
			   json_member_u64(row, "port_last", 0));
		buf_put_safe(out, json_member_text(row, "class", "?"));
		buf_puts(out, ", ");
		buf_put_safe(out, json_member_text(row, "scope", "?"));
		buf_puts(out, ")");
	}
}

/* "900 of unit web.service, 7 of others" */
static void put_by_workload(struct buf *out, const struct json *by, const char *what,
			    uint64_t others)
{
	for (size_t i = 0; i < json_len(by); i++) {
		buf_printf(out, "%s%" PRIu64 " of ", i ? ", " : "",
			   json_member_u64(json_at(by, i), what, 0));
		buf_put_safe(out, json_member_text(json_at(by, i), "workload", "?"));
	}
	if (others)
		buf_printf(out, "%s%" PRIu64 " of others", json_len(by) ? ", " : "", others);
}

static void put_lost(struct buf *out, const struct json *counters)
{
	if (!json_member_u64(counters, "lost", 0))
		return;
	buf_puts(out, "\nlost        violations without a line: ");
	put_by_workload(out, json_member(counters, "lost_workloads"), "lost",
			json_member_u64(counters, "lost_others", 0));
}

/* What learn and mode enforce do not know any more, by workload. */
static void put_forgotten(struct buf *out, const struct json *findings)
{
	if (!json_member_u64(findings, "forgotten", 0))
		return;
	buf_puts(out, "\nforgotten   ports that learn and mode enforce no longer know: ");
	put_by_workload(out, json_member(findings, "forgotten_by"), "ports",
			json_member_u64(findings, "forgotten_others", 0));
}

static void put_denied_port(const struct json *port, struct buf *out)
{
	buf_put_safe(out, json_member_text(port, "protocol", "?"));
	buf_printf(out, " %" PRIu64, json_member_u64(port, "port", 0));
}

/* Processes that ignored the denial. */
static void put_without_port(const struct json *processes, struct buf *out)
{
	for (size_t i = 0; i < json_len(processes); i++) {
		const struct json *process = json_at(processes, i);
		const struct json *ports = json_member(process, "ports");

		buf_puts(out, i ? "\n            " : "\nwithout     ");
		buf_put_safe(out, json_member_text(process, "comm", "?"));
		buf_printf(out, "[%" PRIu64 "], ", json_member_u64(process, "pid", 0));
		workload_json_text(process, out);
		buf_puts(out, ": denied, and runs on without the port: ");
		for (size_t j = 0; j < json_len(ports); j++) {
			buf_puts(out, j ? ", " : "");
			put_denied_port(json_at(ports, j), out);
		}
		if (json_member_bool(process, "more", false))
			buf_puts(out, ", and more");
	}
}

/* Where pods are known from, and how the source is doing. */
static void put_pod_sources(struct buf *out, const struct json *sources)
{
	for (size_t i = 0; i < json_len(sources); i++) {
		const struct json *source = json_at(sources, i);
		uint64_t pods = json_member_u64(source, "pods", 0);
		const char *error = json_member_text(source, "error", "");

		buf_puts(out, i ? "\n            " : "\npods        ");
		buf_put_safe(out, json_member_text(source, "source", "?"));
		buf_printf(out, ": %" PRIu64 " pod%s%s", pods, pods == 1 ? "" : "s",
			   json_member_bool(source, "up", false) ? "" : ", LOST");
		if (*error) {
			buf_puts(out, ": ");
			buf_put_safe(out, error);
		}
	}
}

/* Kubernetes Events, if there are to be any. */
static void put_kube_events(struct buf *out, const struct json *events)
{
	uint64_t sent = json_member_u64(events, "sent", UINT64_MAX); /* that of null */
	uint64_t dropped = json_member_u64(events, "dropped", 0);
	uint64_t failed = json_member_u64(events, "failed", 0);
	const char *error = json_member_text(events, "error", "");

	if (sent == UINT64_MAX)
		return;
	buf_printf(out, "\nevents      %" PRIu64 " sent to Kubernetes", sent);
	if (dropped)
		buf_printf(out, ", %" PRIu64 " dropped", dropped);
	if (failed)
		buf_printf(out, ", %" PRIu64 " FAILED", failed);
	if (*error) {
		buf_puts(out, ": ");
		buf_put_safe(out, error);
	}
}

/* Rows for their owners alone, and the owners that the programs know. */
static void put_owners(const struct json *owners, struct buf *out)
{
	uint64_t rows = json_member_u64(owners, "rows", 0);
	uint64_t left_out = json_member_u64(owners, "left_out", 0);

	uint64_t unchecked = json_member_u64(owners, "unchecked", 0);

	if (!rows && !unchecked)
		return;
	buf_printf(out, "\nowners      %" PRIu64 " row%s for %s alone; %" PRIu64 " known", rows,
		   rows == 1 ? "" : "s", rows == 1 ? "its owners" : "their owners",
		   json_member_u64(owners, "known", 0));
	if (left_out)
		buf_printf(out, ", %" PRIu64 " LEFT OUT", left_out);
	if (unchecked)
		buf_printf(out, "; %" PRIu64 " unchecked", unchecked);
}

/* What this node is, unless nothing is known of it. */
static void put_role(const struct json *status, struct buf *out)
{
	const char *platform = json_member_text(status, "platform", "");
	const char *version = json_member_text(status, "cluster_version", "");
	const char *error = json_member_text(status, "role_error", "");
	bool is_auto = json_member_bool(status, "role_auto", false);

	if (!is_auto && !*platform && !*version &&
	    strcmp(json_member_text(status, "role", "any"), "any") == 0)
		return;
	buf_puts(out, "role        ");
	buf_put_safe(out, json_member_text(status, "role", "?"));
	buf_puts(out, *platform ? ", platform " : "");
	buf_put_safe(out, platform);
	buf_puts(out, *version ? ", version " : "");
	buf_put_safe(out, version);
	buf_puts(out, is_auto ? ", by the Node" : "");
	if (*error) {
		buf_puts(out, ", which is NOT READ: ");
		buf_put_safe(out, error);
	}
	buf_puts(out, "\n");
}

static void put_text(const struct json *status, struct buf *out)
{
	const struct json *counters = json_member(status, "counters");

	buf_puts(out, "mode        ");
	buf_put_safe(out, json_member_text(status, "mode", "?"));
	agent_health_put(status, ", effective",
			 terminal_colour() ? ", \033[1;31mNOT EFFECTIVE\033[0m" : ", NOT EFFECTIVE",
			 out);
	put_switched(out, json_member(status, "mode_switched"));
	buf_puts(out, "\ndenies      ");
	put_words(out, json_member(status, "denies"));
	buf_puts(out, strcmp(json_member_text(status, "mode", ""), "enforce") == 0 ?
			      "\n" :
			      " (in enforce mode)\n");
	put_role(status, out);
	put_layers(out, json_member(status, "registry"));
	put_owners(json_member(status, "owners"), out);
	buf_printf(out,
		   "\nviolations  %" PRIu64 " = %" PRIu64 " lines + %" PRIu64
		   " folded into them + %" PRIu64 " lost",
		   json_member_u64(counters, "violations", 0),
		   json_member_u64(counters, "delivered", 0),
		   json_member_u64(counters, "folded", 0), json_member_u64(counters, "lost", 0));
	put_lost(out, counters);
	put_many_ports(out, json_member(json_member(status, "findings"), "many_ports"));
	put_forgotten(out, json_member(status, "findings"));
	put_without_port(json_member(status, "without_port"), out);
	put_ephemeral(out, json_member(status, "ephemeral"));
	put_pod_sources(out, json_member(status, "pod_sources"));
	put_kube_events(out, json_member(status, "kube_events"));
	put_attached(out, json_member(status, "attached"));
	put_pins(out, json_member(status, "pins"));
	agent_health_put_foreign(json_member(status, "foreign"), out);
	put_privileges(out, json_member(status, "privileges"));
}

int verb_status(const struct ctl *ctl, int argc, char **argv)
{
	static const struct question question = { &options, "status", put_text };

	return agent_health_verb(ctl, argc, argv, &question);
}
