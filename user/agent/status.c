// SPDX-License-Identifier: MIT
#include <string.h>

#include "../base/jsonw.h"
#include "../base/stamp.h"
#include "../event/tally.h"
#include "../registry/words.h"
#include "state.h"

uint64_t status_violations(const struct hp_counters *counters)
{
	uint64_t sum = 0;

	for (size_t c = 0; c < HP_CLASS_MAX; c++)
		sum += counters->count[c][HP_VERDICT_AUDITED] +
		       counters->count[c][HP_VERDICT_DENIED] +
		       counters->count[c][HP_VERDICT_EXCEPTED];
	return sum;
}

static uint64_t sum_lost(const struct hp_counters *counters)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HP_LOST_MAX; i++)
		sum += counters->lost[i];
	return sum;
}

uint64_t status_unsent(const struct agent *agent)
{
	struct hp_counters counters = { 0 };

	(void)kernel_counters(agent->kernel, &counters);
	return sum_lost(&counters);
}

uint64_t status_lost(const struct agent *agent)
{
	return tally_lost(&agent->told->tally, status_unsent(agent));
}

static void put_denies(struct jsonw *w, uint32_t denies)
{
	jsonw_array(w, "denies");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++)
		if (denies & 1U << c)
			jsonw_string(w, NULL, word_class(c));
	jsonw_array_end(w);
}

static void put_classes(struct jsonw *w, const struct hp_counters *counters)
{
	jsonw_object(w, "classes");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++) {
		jsonw_object(w, word_class(c));
		for (unsigned int v = HP_VERDICT_ALLOWED; v < HP_VERDICT_MAX; v++)
			if (counters->count[c][v] || v != HP_VERDICT_ALLOWED)
				jsonw_u64(w, word_verdict(v), counters->count[c][v]);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void put_counters(struct jsonw *w, struct agent *agent)
{
	static const char *const why[] = {
		[HP_LOST_RING] = "ring",
		[HP_LOST_RATE] = "rate",
		[HP_LOST_NOTE] = "note",
	};
	struct hp_counters counters = { 0 };
	const struct hp_tally *tally = &agent->told->tally;
	uint64_t unsent, lost;

	(void)kernel_counters(agent->kernel, &counters);
	unsent = sum_lost(&counters);
	lost = tally_lost(tally, unsent);
	jsonw_object(w, "counters");
	/* those counted since the slots were read are on their way: in no line yet, and not lost */
	jsonw_u64(w, "violations", tally->delivered + tally->folded + lost);
	jsonw_u64(w, "pending", tally_pending(tally, status_violations(&counters), unsent));
	jsonw_u64(w, "delivered", tally->delivered);
	jsonw_u64(w, "folded", tally->folded);
	jsonw_u64(w, "lost", lost);
	jsonw_object(w, "lost_by");
	for (size_t i = 0; i < HP_LOST_MAX; i++)
		jsonw_u64(w, why[i], counters.lost[i]);
	jsonw_u64(w, "restart", tally->untold);
	jsonw_object_end(w);
	jsonw_u64(w, "recovered", tally->recovered);
	jsonw_u64(w, "existing", tally->existing);
	put_classes(w, &counters);
	jsonw_object_end(w);
}

void status_put_attached(struct agent *agent, struct jsonw *w)
{
	struct kernel_attachment attachments[KERNEL_ATTACHMENTS_MAX];
	size_t n = kernel_attachments(agent->kernel, attachments);

	jsonw_array(w, "attached");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "hook", attachments[i].hook);
		jsonw_string(w, "program", attachments[i].program);
		jsonw_u64(w, "program_id", attachments[i].program_id);
		jsonw_u64(w, "link_id", attachments[i].link_id);
		jsonw_string(w, "cgroup", agent->cgroup);
		jsonw_bool(w, "alive", attachments[i].alive);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* What outlives the agent, and does it? */
static void put_pins(struct jsonw *w, const struct agent *agent)
{
	if (!agent->pins && !agent->pins_error) {
		jsonw_null(w, "pins");
		return;
	}
	jsonw_object(w, "pins");
	jsonw_string(w, "directory", agent->config->pin);
	if (agent->pins)
		jsonw_u64(w, "instance", pins_instance(agent->pins));
	if (agent->pins_error)
		jsonw_string(w, "error", agent->pins_error);
	else if (!pins_are_there(agent->pins))
		jsonw_string(w, "error",
			     "somebody has removed them: what is attached ends with the agent");
	jsonw_bool(w, "adopted", kernel_adopted(agent->kernel));
	jsonw_string(w, "on_exit", programs_stay(agent) ? "keep" : "detach");
	jsonw_object_end(w);
}

/* What this kernel lets us see and deny beside bind() by its name. */
static void put_abilities(struct jsonw *w, const struct agent *agent)
{
	static const char *const listen[] = {
		[KERNEL_LISTEN_FEXIT] = "fexit",
		[KERNEL_LISTEN_SOCKOPS] = "sockops",
		[KERNEL_LISTEN_NONE] = "off",
	};

	jsonw_object(w, "abilities");
	jsonw_bool(w, "errno", kernel_has_errno(agent->kernel));
	jsonw_bool(w, "guard", kernel_guards(agent->kernel));
	jsonw_string(w, "listen", listen[kernel_listen_hook(agent->kernel)]);
	jsonw_bool(w, "sctp", agent->sctp_attached && kernel_lsm_ran(agent->kernel));
	if (socket_owners_ask_kernel(agent->sweep.procs) < 0)
		jsonw_null(w, "iterator"); /* not needed yet */
	else
		jsonw_bool(w, "iterator", socket_owners_ask_kernel(agent->sweep.procs));
	jsonw_object_end(w);
}

void status_protocols(struct jsonw *w, const char *key, uint32_t protocols)
{
	jsonw_array(w, key);
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (protocols & 1U << p)
			jsonw_string(w, NULL, word_proto(p));
	jsonw_array_end(w);
}

static void put_sweep(struct jsonw *w, const struct agent *agent)
{
	const struct sweep_state *sweep = &agent->sweep;
	char last[STAMP_LEN + 1];

	stamp_utc(&sweep->last, last);
	jsonw_object(w, "sweep");
	jsonw_u64(w, "every", agent->config->sweep_s);
	jsonw_u64(w, "runs", sweep->runs);
	jsonw_string(w, "last", last);
	jsonw_u64(w, "sockets", sweep->sockets);
	jsonw_u64(w, "found", sweep->found);
	jsonw_u64(w, "closed", sweep->closed);
	status_protocols(w, "unreadable", sweep->unreadable);
	jsonw_object_end(w);
}

static void put_clients(struct jsonw *w, const struct agent *agent)
{
	unsigned int tails;
	uint64_t lost;

	control_stats(agent->control, &tails, &lost);
	jsonw_object(w, "readers");
	jsonw_u64(w, "tails", tails);
	jsonw_u64(w, "tail_lines_lost", lost);
	jsonw_u64(w, "log_lines_lost", sink_lost(agent->sink));
	jsonw_object_end(w);
}

/* How violations come from the kernel. */
static void put_records(struct jsonw *w, const struct agent *agent)
{
	jsonw_object(w, "records");
	jsonw_u64(w, "fold_ms", agent->config->fold_ns / 1000000);
	jsonw_bool(w, "folds", agent->config->fold_ns != 0);
	jsonw_u64(w, "ring_bytes", kernel_ring_bytes(agent->kernel));
	jsonw_object_end(w);
}

void status_json(struct agent *agent, struct buf *out)
{
	struct jsonw w = { .out = out };
	struct health health;

	agent_refresh(agent);
	drain_all(agent); /* so that next to nothing is pending */
	watch_look(agent, &health);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "mode", word_mode(agent->decision.mode));
	watch_put(agent, &health, &w);
	mode_put(agent, &w);
	jsonw_string(&w, "node", agent->identity.node);
	jsonw_string(&w, "version", HOSTPORTD_VERSION);
	jsonw_u64(&w, "pid", (uint64_t)getpid());
	put_denies(&w, agent->decision.denies);
	reload_put(agent, &w);
	put_counters(&w, agent);
	put_records(&w, agent);
	status_put_attached(agent, &w);
	put_pins(&w, agent);
	put_abilities(&w, agent);
	put_sweep(&w, agent);
	jsonw_u64(&w, "netns_cookie", agent->netns.cookie);
	jsonw_u64(&w, "netns_inode", agent->netns.inum);
	reserve_status(&agent->reserve, &w);
	privilege_put(&agent->privilege, &w);
	put_clients(&w, agent);
	jsonw_object_end(&w);
	health_free(&health);
}
