// SPDX-License-Identifier: MIT
#include "status.h"

#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/stamp.h"
#include "../pods/pods.h"
#include "../registry/words.h"
#include "../violations/denied_processes.h"
#include "../violations/many_ports.h"
#include "kube_events.h"

void status_put_health(const struct health *health, uint64_t age_s, struct jsonw *w)
{
	jsonw_bool(w, "effective", health->effective);
	if (!health->effective || health->reason.len)
		jsonw_string(w, "reason", health->reason.data ? health->reason.data : "");
	else
		jsonw_null(w, "reason");
	jsonw_u64(w, "checked", age_s);
	jsonw_array(w, "foreign");
	for (size_t i = 0; i < health->foreign.len; i++) {
		const struct foreign_program *n = &health->foreign.list[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "hook", n->hook);
		jsonw_u64(w, "program_id", n->program_id);
		jsonw_string_opt(w, "name", n->name);
		jsonw_bool(w, "after", n->after);
		jsonw_bool(w, "hostportd", health_is_agent(n));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_time(struct jsonw *w, const char *key, const struct timespec *time)
{
	char text[STAMP_LEN + 1];

	stamp_utc(time, text);
	jsonw_string(w, key, text);
}

static void put_mode_switch(struct jsonw *w, const struct snapshot *s)
{
	const struct mode_switch *last = &s->mode_switch;

	if (!last->since.tv_sec && !last->restored) {
		jsonw_null(w, "mode_switched");
		return;
	}
	jsonw_object(w, "mode_switched");
	jsonw_string(w, "option", word_mode(s->mode_option));
	jsonw_bool(w, "restored", last->restored);
	if (last->since.tv_sec) {
		put_time(w, "time", &last->since);
		jsonw_u64(w, "pid", last->pid);
		jsonw_u64(w, "uid", last->uid);
	} else {
		jsonw_null(w, "time");
		jsonw_null(w, "pid");
		jsonw_null(w, "uid");
	}
	jsonw_object_end(w);
}

static void put_denies(struct jsonw *w, uint32_t denies)
{
	jsonw_array(w, "denies");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++)
		if (denies & 1U << c)
			jsonw_string(w, NULL, word_class(c));
	jsonw_array_end(w);
}

static void put_registry(struct jsonw *w, const struct snapshot *s)
{
	_cleanup_buf_ struct buf error = { 0 };

	jsonw_object(w, "registry");
	jsonw_u64(w, "generation", s->generation);
	put_time(w, "loaded", &s->loaded);
	jsonw_object(w, "reloads");
	jsonw_u64(w, "ok", s->reloads.ok);
	jsonw_u64(w, "unchanged", s->reloads.same);
	jsonw_u64(w, "failed", s->reloads.failed);
	jsonw_object_end(w);
	jsonw_string(w, "files", s->files);
	if (s->files_error)
		jsonw_string(w, "files_error", strerror(s->files_error));
	else
		jsonw_null(w, "files_error");
	reload_put_error(s->reload_errors, &error);
	if (error.len)
		jsonw_string(w, "error", error.data);
	else
		jsonw_null(w, "error");
	reload_put_layers(s->registry, s->reload_errors, w);
	jsonw_object_end(w);
}

static void put_classes(struct jsonw *w, const struct hp_counters *counters)
{
	jsonw_object(w, "classes");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++) {
		jsonw_object(w, word_class(c));
		for (unsigned int v = HP_VERDICT_ALLOWED; v < HP_VERDICT_MAX; v++)
			jsonw_u64(w, word_verdict(v), accounts_count(counters, c, v));
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void put_counters(struct jsonw *w, const struct accounts *accounts,
			 const struct losses *losses)
{
	const struct hp_tally *tally = &accounts->tally;

	jsonw_object(w, "counters");
	/* those counted since the slots were read are on their way: in no line yet, and not lost */
	jsonw_u64(w, "violations", tally->delivered + tally->folded + accounts->lost);
	jsonw_u64(w, "pending", accounts->pending);
	jsonw_u64(w, "delivered", tally->delivered);
	jsonw_u64(w, "folded", tally->folded);
	jsonw_u64(w, "lost", accounts->lost);
	jsonw_object(w, "lost_by");
	for (size_t i = 0; i < HP_LOST_MAX; i++)
		jsonw_u64(w, accounts_lost_word(i), accounts->counters.lost[i]);
	jsonw_u64(w, "restart", tally->untold);
	jsonw_object_end(w);
	losses_put(losses, accounts->unsent + tally->untold, w);
	jsonw_u64(w, "recovered", tally->recovered);
	jsonw_u64(w, "existing", tally->existing);
	put_classes(w, &accounts->counters);
	jsonw_object_end(w);
}

/* How violations come from the kernel. */
static void put_records(struct jsonw *w, const struct snapshot *s)
{
	jsonw_object(w, "records");
	jsonw_u64(w, "fold_ms", s->fold_ns / 1000000);
	jsonw_bool(w, "folds", s->fold_ns != 0);
	jsonw_u64(w, "ring_bytes", s->ring_bytes);
	jsonw_object_end(w);
}

void status_put_attached(const struct kernel_attachment *attached, size_t len, const char *cgroup,
			 struct jsonw *w)
{
	jsonw_array(w, "attached");
	for (size_t i = 0; i < len; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "hook", attached[i].hook);
		jsonw_string(w, "program", attached[i].program);
		jsonw_u64(w, "program_id", attached[i].program_id);
		jsonw_u64(w, "link_id", attached[i].link_id);
		jsonw_string(w, "cgroup", cgroup);
		jsonw_bool(w, "alive", attached[i].alive);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_pins(struct jsonw *w, const struct snapshot_pins *pins)
{
	if (!pins->open && !pins->error) {
		jsonw_null(w, "pins");
		return;
	}
	jsonw_object(w, "pins");
	jsonw_string(w, "directory", pins->directory);
	if (pins->open)
		jsonw_u64(w, "instance", pins->instance);
	else
		jsonw_null(w, "instance");
	if (pins->error)
		jsonw_string(w, "error", pins->error);
	else
		jsonw_null(w, "error");
	jsonw_bool(w, "adopted", pins->adopted);
	jsonw_string(w, "on_exit", pins->stay ? "keep" : "detach");
	jsonw_object_end(w);
}

static void put_abilities(struct jsonw *w, const struct snapshot_abilities *abilities)
{
	static const char *const listen[] = {
		[KERNEL_LISTEN_FEXIT] = "fexit",
		[KERNEL_LISTEN_SOCKOPS] = "sockops",
		[KERNEL_LISTEN_NONE] = "off",
	};

	jsonw_object(w, "abilities");
	jsonw_bool(w, "errno", abilities->errno_code);
	jsonw_bool(w, "guard", abilities->guard);
	jsonw_string(w, "listen", listen[abilities->listen]);
	jsonw_bool(w, "sctp", abilities->sctp);
	if (abilities->iterator < 0)
		jsonw_null(w, "iterator");
	else
		jsonw_bool(w, "iterator", abilities->iterator);
	jsonw_object_end(w);
}

static void put_sweep(struct jsonw *w, const struct snapshot *s)
{
	jsonw_object(w, "sweep");
	jsonw_u64(w, "every", s->sweep_every_s);
	jsonw_u64(w, "runs", s->sweep.runs);
	put_time(w, "last", &s->sweep.last);
	jsonw_u64(w, "sockets", s->sweep.sockets);
	jsonw_u64(w, "found", s->sweep.found);
	jsonw_u64(w, "closed", s->sweep.closed);
	socket_table_put_protocols(w, "unreadable", s->sweep.unreadable);
	jsonw_object_end(w);
}

static void put_owners(struct jsonw *w, const struct snapshot *s)
{
	jsonw_object(w, "owners");
	jsonw_u64(w, "rows", s->owned_rows);
	jsonw_u64(w, "known", s->owner_entries);
	jsonw_u64(w, "left_out", s->owners_left_out);
	jsonw_u64(w, "unchecked", s->unchecked_rows);
	jsonw_u64(w, "declared", s->declared_ports);
	jsonw_object_end(w);
}

static void put_kube_events(struct jsonw *w, const struct kube_events *events)
{
	if (!events) {
		jsonw_null(w, "kube_events");
		return;
	}
	jsonw_object(w, "kube_events");
	jsonw_u64(w, "sent", events->sent);
	jsonw_u64(w, "dropped", kube_events_dropped(events));
	jsonw_u64(w, "failed", events->failed);
	jsonw_u64(w, "pending", kube_events_pending(events));
	if (events->error.len)
		jsonw_string(w, "error", events->error.data);
	else
		jsonw_null(w, "error");
	jsonw_object_end(w);
}

static void put_without_port(struct jsonw *w, const struct snapshot *s)
{
	if (s->without_port)
		denied_processes_put(s->without_port, &s->facts, "without_port", clock_boot_ns(),
				     w);
	else
		jsonw_null(w, "without_port");
}

static void put_readers(struct jsonw *w, const struct snapshot *s)
{
	jsonw_object(w, "readers");
	jsonw_u64(w, "tails", s->tails);
	jsonw_u64(w, "tail_lines_lost", s->tail_lines_lost);
	jsonw_u64(w, "log_lines_lost", s->log_lines_lost);
	jsonw_object_end(w);
}

/* What this node is, for the policy. */
static void put_role(struct jsonw *w, const struct snapshot *s)
{
	const struct node_facts *facts = &s->node_facts;
	_cleanup_buf_ struct buf version = { 0 };

	buf_printf(&version, "%u.%u", facts->cluster.major, facts->cluster.minor);
	jsonw_string(w, "role", word_role(facts->role));
	jsonw_string_opt(w, "platform", facts->platform ? facts->platform : "");
	jsonw_string_opt(w, "cluster_version", facts->cluster.major ? version.data : "");
	jsonw_bool(w, "role_auto", s->role_auto);
	jsonw_string_opt(w, "role_error", s->role_error ? s->role_error : "");
}

void status_json(const struct snapshot *s, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "mode", word_mode(s->mode));
	status_put_health(&s->health, s->health_age_s, &w);
	put_mode_switch(&w, s);
	jsonw_string(&w, "node", s->node);
	put_role(&w, s);
	jsonw_string(&w, "version", HOSTPORTD_VERSION);
	jsonw_u64(&w, "pid", (uint64_t)getpid());
	put_denies(&w, s->denies);
	put_registry(&w, s);
	put_counters(&w, &s->accounts, &s->losses);
	many_ports_put(s->ledger, &s->facts, &w);
	put_records(&w, s);
	status_put_attached(s->attached, s->attached_len, s->cgroup, &w);
	put_pins(&w, &s->pins);
	put_abilities(&w, &s->abilities);
	put_sweep(&w, s);
	put_without_port(&w, s);
	jsonw_u64(&w, "netns_cookie", s->netns_cookie);
	jsonw_u64(&w, "netns_inode", s->netns_inode);
	reserve_status(s->reserve, &w);
	put_owners(&w, s);
	pods_put_sources(s->pods, &w);
	put_kube_events(&w, s->kube_events);
	privilege_put(s->privilege, &w);
	put_readers(&w, s);
	jsonw_object_end(&w);
}
