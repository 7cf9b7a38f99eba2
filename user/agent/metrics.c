// SPDX-License-Identifier: MIT
#include "metrics.h"

#include <inttypes.h>

#include "../base/clock.h"
#include "../pods/pods.h"
#include "../policy/exceptions.h"
#include "../registry/words.h"
#include "kube_events.h"

#define LABELS_MAX 3

/* What a sample is written with: the document, and the labels so far. */
struct sample {
	struct openmetrics *m;
	struct openmetrics_label labels[LABELS_MAX];
	size_t len;
};

static void with(struct sample *sample, const char *name, const char *value)
{
	sample->labels[sample->len++] = (struct openmetrics_label) { name, value };
}

/* Write the sample; the next one begins without labels. */
static void put(struct sample *sample, uint64_t value)
{
	openmetrics_u64(sample->m, sample->labels, sample->len, value);
	sample->len = 0;
}

static void put_seconds(struct sample *sample, uint64_t ns)
{
	openmetrics_seconds(sample->m, sample->labels, sample->len, ns);
	sample->len = 0;
}

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * CLOCK_NS_PER_S + (uint64_t)time->tv_nsec;
}

/* ---- the agent --------------------------------------------------------------------------- */

static void put_build(const struct snapshot *s, struct sample *sample)
{
	(void)s;
	with(sample, "version", HOSTPORTD_VERSION);
	put(sample, 1);
}

static void put_mode(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->mode == HP_MODE_ENFORCE);
}

static void put_effective(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->health.effective);
}

static void put_canary_runs(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->canary_runs);
}

static void put_canary_failures(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->canary_failures);
}

static void put_foreign(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->health.foreign.len);
}

/* ---- violations -------------------------------------------------------------------------- */

static void put_violations(const struct snapshot *s, struct sample *sample)
{
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++)
		for (unsigned int v = HP_VERDICT_AUDITED; v < HP_VERDICT_MAX; v++)
			for (unsigned int p = 0; p < HP_PROTO_MAX; p++) {
				uint64_t count = s->accounts.counters.count[c][v][p];

				if (!count)
					continue;
				with(sample, "class", word_class(c));
				with(sample, "verdict", word_verdict(v));
				with(sample, "protocol", word_proto(p));
				put(sample, count);
			}
}

static void put_team(const char *team, uint64_t violations, struct sample *sample)
{
	if (!violations)
		return;
	with(sample, "team", team);
	put(sample, violations);
}

static void put_teams(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->teams->len; i++)
		put_team(s->teams->list[i].team, s->teams->list[i].violations, sample);
	put_team(TEAM_COUNTS_NONE, s->teams->none, sample);
	put_team(TEAM_COUNTS_OTHERS, s->teams->others, sample);
}

static void put_lines(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->accounts.tally.delivered);
}

static void put_folded(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->accounts.tally.folded);
}

static void put_lost(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < HP_LOST_MAX; i++) {
		with(sample, "cause", accounts_lost_word(i));
		put(sample, s->accounts.counters.lost[i]);
	}
	with(sample, "cause", "restart");
	put(sample, s->accounts.tally.untold);
}

static void put_listeners(const struct snapshot *s, struct sample *sample)
{
	for (unsigned int v = HP_VERDICT_ALLOWED; v < HP_VERDICT_MAX; v++) {
		with(sample, "verdict", word_verdict(v));
		put(sample, s->sweep.verdicts[v]);
	}
}

/* ---- the registry ------------------------------------------------------------------------ */

static void put_generation(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->generation);
}

static void put_rows(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->registry->len; i++) {
		with(sample, "layer", s->registry->layers[i].name);
		put(sample, layer_rows(&s->registry->layers[i]));
	}
}

static void put_layers(const struct snapshot *s, struct sample *sample)
{
	bool stale = s->reload_errors->total > 0;

	for (size_t i = 0; i < s->registry->len; i++) {
		const struct reg_layer *layer = &s->registry->layers[i];
		_cleanup_buf_ struct buf digest = { 0 };

		buf_printf(&digest, "%016" PRIx64, layer->digest);
		with(sample, "layer", layer->name);
		with(sample, "digest", digest.data ? digest.data : "");
		with(sample, "state", stale ? "stale" : "current");
		put(sample, 1);
	}
}

static void put_reloads(const struct snapshot *s, struct sample *sample)
{
	with(sample, "result", "ok");
	put(sample, s->reloads.ok);
	with(sample, "result", "unchanged");
	put(sample, s->reloads.same);
	with(sample, "result", "failed");
	put(sample, s->reloads.failed);
}

static void put_exceptions(const struct snapshot *s, struct sample *sample)
{
	static const char *const words[] = {
		[EXCEPTION_ACTIVE] = "active",
		[EXCEPTION_ENDING] = "ending",
		[EXCEPTION_ENDED] = "ended",
	};
	size_t counts[EXCEPTION_STATES];

	exceptions_count(s->registry, s->taken.tv_sec, counts);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		with(sample, "state", words[i]);
		put(sample, counts[i]);
	}
}

/* ---- pods -------------------------------------------------------------------------------- */

static void put_pods(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->pods->len; i++) {
		const struct pod_table *table = &s->pods->sources[i].table;

		with(sample, "source", s->pods->sources[i].name);
		put(sample, table->len - table->gone);
	}
}

static void put_sources(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->pods->len; i++) {
		with(sample, "source", s->pods->sources[i].name);
		put(sample, s->pods->sources[i].up);
	}
}

static void put_updates(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->pods->len; i++) {
		const struct pod_source *source = &s->pods->sources[i];

		if (!source->updated.tv_sec)
			continue;
		with(sample, "source", source->name);
		put_seconds(sample, ns_of(&source->updated));
	}
}

static void put_kube_events(const struct snapshot *s, struct sample *sample)
{
	if (!s->kube_events)
		return;
	with(sample, "result", "sent");
	put(sample, s->kube_events->sent);
	with(sample, "result", "dropped");
	put(sample, kube_events_dropped(s->kube_events));
	with(sample, "result", "failed");
	put(sample, s->kube_events->failed);
}

/* ---- the kernel -------------------------------------------------------------------------- */

static void put_program_runs(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->attached_len; i++) {
		if (!s->attached[i].runs)
			continue;
		with(sample, "program", s->attached[i].program);
		put(sample, s->attached[i].runs);
	}
}

static void put_program_seconds(const struct snapshot *s, struct sample *sample)
{
	for (size_t i = 0; i < s->attached_len; i++) {
		if (!s->attached[i].runs)
			continue;
		with(sample, "program", s->attached[i].program);
		put_seconds(sample, s->attached[i].run_ns);
	}
}

static void put_map_entries(const struct snapshot *s, struct sample *sample)
{
	with(sample, "map", "hp_owners");
	put(sample, s->owner_entries);
	with(sample, "map", "hp_declared");
	put(sample, s->declared_ports);
}

static void put_map_capacities(const struct snapshot *s, struct sample *sample)
{
	(void)s;
	with(sample, "map", "hp_owners");
	put(sample, HP_OWNERS_MAX);
	with(sample, "map", "hp_declared");
	put(sample, HP_DECLARED_MAX);
}

/* ---- the process ------------------------------------------------------------------------- */

static void put_cpu(const struct snapshot *s, struct sample *sample)
{
	put_seconds(sample, s->usage.cpu_ns);
}

static void put_resident(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->usage.resident_bytes);
}

static void put_virtual(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->usage.virtual_bytes);
}

static void put_descriptors(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->usage.descriptors);
}

static void put_descriptors_max(const struct snapshot *s, struct sample *sample)
{
	put(sample, s->usage.descriptors_max);
}

static void put_started(const struct snapshot *s, struct sample *sample)
{
	put_seconds(sample, ns_of(&s->started));
}

/* ---- the table --------------------------------------------------------------------------- */

/* Help texts have no quotes and no bars: they are part of two formats. */
static const struct metric {
	const char *name;
	enum openmetrics_type type;
	const char *labels; /* for the page: each with its values; NULL: none */
	const char *help;
	void (*put)(const struct snapshot *s, struct sample *sample);
} metrics[] = {
	{ "hostportd_build_info", OPENMETRICS_INFO, "version", "The agent's version.", put_build },
	{ "hostportd_mode", OPENMETRICS_GAUGE, NULL,
	  "1: violations are denied (enforce); 0: they are only reported (audit).", put_mode },
	{ "hostportd_effective", OPENMETRICS_GAUGE, NULL,
	  "1: the programs are proved to work; 0: they are not, and hostportctl status says why.",
	  put_effective },
	{ "hostportd_canary_runs_total", OPENMETRICS_COUNTER, NULL,
	  "How often the agent tried whether the programs work.", put_canary_runs },
	{ "hostportd_canary_failures_total", OPENMETRICS_COUNTER, NULL,
	  "How often a program could not be proved to work.", put_canary_failures },
	{ "hostportd_foreign_programs", OPENMETRICS_GAUGE, NULL,
	  "BPF programs of others that are asked about a bind() as well.", put_foreign },
	{ "hostportd_violations_total", OPENMETRICS_COUNTER,
	  "class, verdict: audited, denied, excepted; protocol",
	  "Violations, those without a line included. They outlive the agent where its maps are"
	  " pinned.",
	  put_violations },
	{ "hostportd_violations_by_team_total", OPENMETRICS_COUNTER,
	  "team: of the row that decides; none: no row, or no team; other: beyond 64 teams",
	  "Violations that lines of this agent stand for, by team.", put_teams },
	{ "hostportd_lines_total", OPENMETRICS_COUNTER, NULL, "Lines about violations.",
	  put_lines },
	{ "hostportd_folded_total", OPENMETRICS_COUNTER, NULL,
	  "Violations that lines stand for beside the first of each line.", put_folded },
	{ "hostportd_lost_total", OPENMETRICS_COUNTER, "cause: ring, rate, note, restart",
	  "Violations whose record was lost. A sweep that finds the socket makes a line of it all"
	  " the same.",
	  put_lost },
	{ "hostportd_listeners", OPENMETRICS_GAUGE, "verdict: allowed, audited, denied, excepted",
	  "Sockets that receive, at the last sweep, by the verdict on them before their processes"
	  " are looked for.",
	  put_listeners },
	{ "hostportd_registry_generation", OPENMETRICS_GAUGE, NULL,
	  "The number of the policy in force.", put_generation },
	{ "hostportd_registry_rows", OPENMETRICS_GAUGE, "layer", "Rows of a layer in force.",
	  put_rows },
	{ "hostportd_registry_layer_info", OPENMETRICS_INFO,
	  "layer; digest: of its text; state: current, or stale while the registry can't be read",
	  "A layer in force.", put_layers },
	{ "hostportd_reloads_total", OPENMETRICS_COUNTER, "result: ok, unchanged, failed",
	  "Reloads of the registry, by result.", put_reloads },
	{ "hostportd_exceptions", OPENMETRICS_GAUGE,
	  "state: active, ending (within 14 days), ended", "Exceptions in the registry.",
	  put_exceptions },
	{ "hostportd_pods", OPENMETRICS_GAUGE, "source", "Pods that a source tells of.", put_pods },
	{ "hostportd_pod_source_up", OPENMETRICS_GAUGE, "source",
	  "1: the source of pods works; 0: it does not.", put_sources },
	{ "hostportd_pod_source_last_update_seconds", OPENMETRICS_GAUGE, "source",
	  "When the source last told of pods, in seconds since 1970.", put_updates },
	{ "hostportd_kube_events_total", OPENMETRICS_COUNTER, "result: sent, dropped, failed",
	  "Kubernetes Events about violations, by result.", put_kube_events },
	{ "hostportd_bpf_runs_total", OPENMETRICS_COUNTER, "program",
	  "Runs of a program, while the sysctl kernel.bpf_stats_enabled is 1.", put_program_runs },
	{ "hostportd_bpf_seconds_total", OPENMETRICS_COUNTER, "program",
	  "Time that these runs took.", put_program_seconds },
	{ "hostportd_map_entries", OPENMETRICS_GAUGE, "map: hp_owners, hp_declared",
	  "Entries of a map of the programs.", put_map_entries },
	{ "hostportd_map_capacity", OPENMETRICS_GAUGE, "map: hp_owners, hp_declared",
	  "Entries that the map has room for.", put_map_capacities },
	{ "process_cpu_seconds_total", OPENMETRICS_COUNTER, NULL,
	  "Processor time of the agent, user and system.", put_cpu },
	{ "process_resident_memory_bytes", OPENMETRICS_GAUGE, NULL, "Memory in use.",
	  put_resident },
	{ "process_virtual_memory_bytes", OPENMETRICS_GAUGE, NULL, "Address space in use.",
	  put_virtual },
	{ "process_open_fds", OPENMETRICS_GAUGE, NULL, "Open file descriptors.", put_descriptors },
	{ "process_max_fds", OPENMETRICS_GAUGE, NULL, "The limit of open file descriptors.",
	  put_descriptors_max },
	{ "process_start_time_seconds", OPENMETRICS_GAUGE, NULL,
	  "When the agent started, in seconds since 1970.", put_started },
};

void metrics_text(const struct snapshot *snapshot, enum openmetrics_form form, struct buf *out)
{
	struct openmetrics m = { .out = out, .form = form };
	struct sample sample = { .m = &m };

	for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
		openmetrics_family(&m, metrics[i].name, metrics[i].type, metrics[i].help);
		metrics[i].put(snapshot, &sample);
	}
	openmetrics_end(&m);
}

void metrics_page(struct buf *out)
{
	buf_puts(out, "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
		buf_printf(out, "| `%s` | %s | %s | %s |\n", metrics[i].name,
			   openmetrics_type_word(metrics[i].type),
			   metrics[i].labels ? metrics[i].labels : "", metrics[i].help);
}
