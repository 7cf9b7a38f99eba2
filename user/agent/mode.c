// SPDX-License-Identifier: MIT
#include "mode.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/stamp.h"
#include "../base/status.h"
#include "../registry/words.h"
#include "policy_load.h"
#include "../violations/would_break.h"
#include "mode_rule.h"
#include "state.h"

#define ROOM_LEFT 8192 /* for one row and the document's end, in CONTROL_DOCUMENT_MAX */

/* What became of a request. */
struct outcome {
	bool switched;
	struct buf refused; /* why it was; empty: it was not */
	struct breaks breaks;
};

static void outcome_free(struct outcome *outcome)
{
	buf_free(&outcome->refused);
	breaks_free(&outcome->breaks);
}

void mode_remember(struct agent *agent)
{
	__atomic_store_n(&agent->told->mode,
			 mode_pack(agent->config->node.mode, agent->decision.mode),
			 __ATOMIC_RELAXED);
}

int mode_restore(struct agent *agent)
{
	uint64_t memory = __atomic_load_n(&agent->told->mode, __ATOMIC_RELAXED);
	uint32_t option = agent->config->node.mode;
	uint32_t mode = mode_at_start(option, mode_packed_option(memory), mode_packed_mode(memory));

	agent->decision.mode = mode;
	agent->mode.restored = mode != option;
	if (!agent->mode.restored)
		return EXIT_OK;
	if (mode == HP_MODE_ENFORCE && registry_empty(agent->registry)) {
		log_error("registry: empty: it would deny every port: refusing to go on enforcing");
		return EXIT_USAGE;
	}
	log_warning("mode %s: it was switched at run time, and that holds until --mode is another"
		    " than %s or it is switched again",
		    word_mode(mode), word_mode(option));
	return EXIT_OK;
}

static void tell_switch(struct agent *agent)
{
	const struct mode_state *state = &agent->mode;
	const char *mode = word_mode(agent->decision.mode);
	_cleanup_buf_ struct buf message = { 0 };
	struct notice notice = {
		.time = state->since,
		.kind = NOTICE_MODE,
		.mode = mode,
		.pid = state->pid,
		.uid = state->uid,
	};

	buf_printf(&message, "mode %s: switched at run time, by pid %u, uid %u", mode, state->pid,
		   state->uid);
	notice.message = message.data ? message.data : mode;
	log_warning("%s", notice.message);
	deliver_notice(agent, &notice);
}

static int switch_mode(struct agent *agent, const struct request *request)
{
	struct hp_config decision = agent->decision;
	int r;

	decision.mode = request->mode;
	r = apply_decision(agent, &decision);
	if (r < 0)
		return r;
	mode_remember(agent);
	agent->mode.restored = false;
	agent->mode.pid = request->pid;
	agent->mode.uid = request->uid;
	(void)clock_gettime(CLOCK_REALTIME, &agent->mode.since);
	tell_switch(agent);
	return 0;
}

/* May it be enforced? Looks at what would break, whatever the client says to that. */
static void consider(struct agent *agent, const struct request *request, struct outcome *outcome)
{
	struct breaks *breaks = &outcome->breaks;
	int r;

	if (registry_empty(agent->registry)) {
		buf_puts(&outcome->refused, "the registry is empty: it would deny every port");
		return;
	}
	r = foresee(agent, breaks);
	if (request->yes || (r == 0 && !breaks_any(breaks)))
		return;
	if (r < 0)
		buf_printf(&outcome->refused, "what would break is not all known: %s",
			   strerror(-r));
	else
		buf_printf(&outcome->refused, "%zu would break", breaks->len);
	if (breaks->forgotten)
		buf_printf(&outcome->refused, ", and up to %llu more were told, and are not kept",
			   (unsigned long long)breaks->forgotten);
}

static int decide(struct agent *agent, const struct request *request, struct outcome *outcome)
{
	int r;

	if (agent->decision.mode != request->mode) {
		if (request->mode == HP_MODE_ENFORCE)
			consider(agent, request, outcome);
		if (outcome->refused.len)
			return 0;
		r = switch_mode(agent, request);
		if (r < 0)
			return r;
		outcome->switched = true;
	}
	/* to audit, nothing is waited for */
	if (request->mode == HP_MODE_ENFORCE)
		watch_check(agent);
	if (outcome->switched && request->mode == HP_MODE_ENFORCE && agent->config->close_existing)
		sweep_now(agent);
	return 0;
}

int mode_json(struct agent *agent, const struct request *request, struct buf *out)
{
	_cleanup_(outcome_free) struct outcome outcome = { 0 };
	const struct health *health = &agent->watch.health;
	struct jsonw w = { .out = out };
	int r = decide(agent, request, &outcome);

	if (r < 0) {
		buf_printf(out, "mode %s: publishing the policy: %s", word_mode(request->mode),
			   strerror(-r));
		return r;
	}
	jsonw_object(&w, NULL);
	jsonw_string(&w, "mode", word_mode(agent->decision.mode));
	jsonw_bool(&w, "switched", outcome.switched);
	jsonw_string_opt(&w, "refused", outcome.refused.data);
	jsonw_bool(&w, "effective", health->effective);
	if (!health->effective)
		jsonw_string(&w, "reason", health->reason.data ? health->reason.data : "");
	breaks_put(&outcome.breaks, "would_break", SIZE_MAX, CONTROL_DOCUMENT_MAX - ROOM_LEFT, &w);
	jsonw_object_end(&w);
	return 0;
}

void mode_put(const struct agent *agent, struct jsonw *w)
{
	const struct mode_state *state = &agent->mode;
	char at[STAMP_LEN + 1];

	if (!state->since.tv_sec && !state->restored) {
		jsonw_null(w, "mode_switched");
		return;
	}
	stamp_utc(&state->since, at);
	jsonw_object(w, "mode_switched");
	jsonw_string(w, "option", word_mode(agent->config->node.mode));
	jsonw_bool(w, "restored", state->restored);
	if (state->since.tv_sec) {
		jsonw_string(w, "time", at);
		jsonw_u64(w, "pid", state->pid);
		jsonw_u64(w, "uid", state->uid);
	}
	jsonw_object_end(w);
}
