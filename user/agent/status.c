// SPDX-License-Identifier: MIT
#include <string.h>

#include "../base/jsonw.h"
#include "../base/stamp.h"
#include "../registry/words.h"
#include "../stream/accounts.h"
#include "../stream/drain.h"
#include "context.h"
#include "status.h"

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

static void put_counters(struct jsonw *w, const struct agent *agent)
{
	static const char *const why[] = {
		[HP_LOST_RING] = "ring",
		[HP_LOST_RATE] = "rate",
		[HP_LOST_NOTE] = "note",
	};
	struct accounts accounts;
	const struct hp_tally *tally = &accounts.tally;

	accounts_read(agent->programs.kernel, agent->stream.told, &accounts);
	jsonw_object(w, "counters");
	/* those counted since the slots were read are on their way: in no line yet, and not lost */
	jsonw_u64(w, "violations", tally->delivered + tally->folded + accounts.lost);
	jsonw_u64(w, "pending", accounts.pending);
	jsonw_u64(w, "delivered", tally->delivered);
	jsonw_u64(w, "folded", tally->folded);
	jsonw_u64(w, "lost", accounts.lost);
	jsonw_object(w, "lost_by");
	for (size_t i = 0; i < HP_LOST_MAX; i++)
		jsonw_u64(w, why[i], accounts.counters.lost[i]);
	jsonw_u64(w, "restart", tally->untold);
	jsonw_object_end(w);
	jsonw_u64(w, "recovered", tally->recovered);
	jsonw_u64(w, "existing", tally->existing);
	put_classes(w, &accounts.counters);
	jsonw_object_end(w);
}

void status_put_attached(const struct agent *agent, struct jsonw *w)
{
	struct kernel_attachment attachments[KERNEL_ATTACHMENTS_MAX];
	size_t n = kernel_attachments(agent->programs.kernel, attachments);

	jsonw_array(w, "attached");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "hook", attachments[i].hook);
		jsonw_string(w, "program", attachments[i].program);
		jsonw_u64(w, "program_id", attachments[i].program_id);
		jsonw_u64(w, "link_id", attachments[i].link_id);
		jsonw_string(w, "cgroup", agent->target.cgroup);
		jsonw_bool(w, "alive", attachments[i].alive);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* What outlives the agent, and does it? */
static void put_pins(struct jsonw *w, const struct agent *agent)
{
	if (!agent->programs.pins && !agent->programs.pins_error) {
		jsonw_null(w, "pins");
		return;
	}
	jsonw_object(w, "pins");
	jsonw_string(w, "directory", agent->config->pin);
	if (agent->programs.pins)
		jsonw_u64(w, "instance", pins_instance(agent->programs.pins));
	if (agent->programs.pins_error)
		jsonw_string(w, "error", agent->programs.pins_error);
	else if (!pins_are_there(agent->programs.pins))
		jsonw_string(w, "error",
			     "somebody has removed them: what is attached ends with the agent");
	jsonw_bool(w, "adopted", kernel_adopted(agent->programs.kernel));
	jsonw_string(w, "on_exit", programs_stay(&agent->programs) ? "keep" : "detach");
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
	jsonw_bool(w, "errno", kernel_has_errno(agent->programs.kernel));
	jsonw_bool(w, "guard", kernel_guards(agent->programs.kernel));
	jsonw_string(w, "listen", listen[kernel_listen_hook(agent->programs.kernel)]);
	jsonw_bool(w, "sctp", agent->host.sctp_attached && kernel_lsm_ran(agent->programs.kernel));
	if (socket_owners_ask_kernel(agent->sweep.owners) < 0)
		jsonw_null(w, "iterator"); /* not needed yet */
	else
		jsonw_bool(w, "iterator", socket_owners_ask_kernel(agent->sweep.owners));
	jsonw_object_end(w);
}

static void put_sweep(struct jsonw *w, const struct agent *agent)
{
	const struct sweep *sweep = &agent->sweep;
	char last[STAMP_LEN + 1];

	stamp_utc(&sweep->last, last);
	jsonw_object(w, "sweep");
	jsonw_u64(w, "every", agent->config->sweep_s);
	jsonw_u64(w, "runs", sweep->runs);
	jsonw_string(w, "last", last);
	jsonw_u64(w, "sockets", sweep->sockets);
	jsonw_u64(w, "found", sweep->found);
	jsonw_u64(w, "closed", sweep->closed);
	sweep_put_protocols(w, "unreadable", sweep->unreadable);
	jsonw_object_end(w);
}

static void put_clients(struct jsonw *w, const struct agent *agent)
{
	unsigned int tails;
	uint64_t lost;

	control_stats(agent->stream.control, &tails, &lost);
	jsonw_object(w, "readers");
	jsonw_u64(w, "tails", tails);
	jsonw_u64(w, "tail_lines_lost", lost);
	jsonw_u64(w, "log_lines_lost", sink_lost(agent->stream.sink));
	jsonw_object_end(w);
}

/* How violations come from the kernel. */
static void put_records(struct jsonw *w, const struct agent *agent)
{
	jsonw_object(w, "records");
	jsonw_u64(w, "fold_ms", agent->config->fold_ns / 1000000);
	jsonw_bool(w, "folds", agent->config->fold_ns != 0);
	jsonw_u64(w, "ring_bytes", kernel_ring_bytes(agent->programs.kernel));
	jsonw_object_end(w);
}

void status_json(struct agent *agent, struct buf *out)
{
	struct jsonw w = { .out = out };
	struct health health;

	host_refresh(&agent->host);
	drain_all(&agent->stream); /* so that next to nothing is pending */
	watch_look(&agent->watch, &health);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "mode", word_mode(agent->in_force.decision.mode));
	watch_put(&agent->watch, &health, &w);
	mode_put(&agent->mode, &w);
	jsonw_string(&w, "node", agent->identity.node);
	jsonw_string(&w, "version", HOSTPORTD_VERSION);
	jsonw_u64(&w, "pid", (uint64_t)getpid());
	put_denies(&w, agent->in_force.decision.denies);
	reload_put(&agent->reload, &agent->registry_watch, &w);
	put_counters(&w, agent);
	put_records(&w, agent);
	status_put_attached(agent, &w);
	put_pins(&w, agent);
	put_abilities(&w, agent);
	put_sweep(&w, agent);
	jsonw_u64(&w, "netns_cookie", agent->target.netns.cookie);
	jsonw_u64(&w, "netns_inode", agent->target.netns.inum);
	reserve_status(&agent->host.reserve, &w);
	privilege_put(&agent->privilege, &w);
	put_clients(&w, agent);
	jsonw_object_end(&w);
	health_free(&health);
}
