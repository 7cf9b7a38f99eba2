// SPDX-License-Identifier: MIT
#include "mode.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/status.h"
#include "../registry/words.h"
#include "../stream/deliver.h"
#include "../violations/impact_json.h"
#include "../violations/would_break.h"

#define ROOM_LEFT 8192 /* for one row and the document's end, in CONTROL_DOCUMENT_MAX */

/* What became of a request. */
struct outcome {
	bool switched;
	struct buf refused; /* why it was; empty: it was not */
	struct buf chance;  /* see reserve_put_chance() */
	struct impact impact;
};

static void outcome_free(struct outcome *outcome)
{
	buf_free(&outcome->refused);
	buf_free(&outcome->chance);
	impact_free(&outcome->impact);
}

uint32_t mode_at_start(uint32_t option, uint32_t remembered_option, uint32_t remembered_mode)
{
	if (option != remembered_option || remembered_mode == HP_MODE_UNSET ||
	    remembered_mode >= HP_MODE_MAX)
		return option;
	return remembered_mode;
}

uint64_t mode_pack(uint32_t option, uint32_t mode)
{
	return (uint64_t)option << 32 | mode;
}

uint32_t mode_packed_option(uint64_t packed)
{
	return (uint32_t)(packed >> 32);
}

uint32_t mode_packed_mode(uint64_t packed)
{
	return (uint32_t)packed;
}

void mode_remember(struct mode *mode)
{
	__atomic_store_n(&mode->stream->told->mode,
			 mode_pack(mode->config->node.mode, mode->in_force->decision.mode),
			 __ATOMIC_RELAXED);
}

int mode_restore(struct mode *mode)
{
	_cleanup_buf_ struct buf why = { 0 };
	uint64_t memory = __atomic_load_n(&mode->stream->told->mode, __ATOMIC_RELAXED);
	uint32_t option = mode->config->node.mode;
	uint32_t at = mode_at_start(option, mode_packed_option(memory), mode_packed_mode(memory));

	mode->in_force->decision.mode = at;
	mode->last.restored = at != option;
	if (!mode->last.restored)
		return EXIT_OK;
	if (at == HP_MODE_ENFORCE && registry_empty(mode->in_force->registry)) {
		log_error("registry: empty: it would deny every port: refusing to go on enforcing");
		return EXIT_USAGE;
	}
	if (at == HP_MODE_ENFORCE && policy_load_denies_essential(mode->load, &why)) {
		log_error("registry: %s: refusing to go on enforcing: see --deny-essential",
			  why.data ? why.data : strerror(ENOMEM));
		return EXIT_USAGE;
	}
	log_warning("mode %s: it was switched at run time, and that holds until --mode is another"
		    " than %s or it is switched again",
		    word_mode(at), word_mode(option));
	return EXIT_OK;
}

static void report_switch(struct mode *mode)
{
	const char *word = word_mode(mode->in_force->decision.mode);
	_cleanup_buf_ struct buf message = { 0 };
	struct notice notice = {
		.time = mode->last.since,
		.kind = NOTICE_MODE,
		.mode = word,
		.pid = mode->last.pid,
		.uid = mode->last.uid,
	};

	buf_printf(&message, "mode %s: switched at run time, by pid %u, uid %u", word,
		   mode->last.pid, mode->last.uid);
	notice.message = message.data ? message.data : word;
	log_warning("%s", notice.message);
	deliver_notice(mode->stream, &notice);
}

static int switch_mode(struct mode *mode, const struct request *request)
{
	struct hp_config decision = mode->in_force->decision;
	int r;

	decision.mode = request->mode;
	host_prepare(mode->host, mode->in_force->policy, &decision);
	r = policy_load_publish(mode->load, &decision);
	host_refresh(mode->host);
	if (r < 0)
		return r;
	mode_remember(mode);
	mode->last.restored = false;
	mode->last.pid = request->pid;
	mode->last.uid = request->uid;
	mode->last.since = clock_wall();
	report_switch(mode);
	return 0;
}

static void find_chance(struct mode *mode, struct outcome *outcome)
{
	struct hp_config decision = mode->in_force->decision;

	decision.mode = HP_MODE_ENFORCE;
	reserve_put_chance(&mode->host->reserve, mode->in_force->policy, &decision,
			   &outcome->chance);
}

/* May it enforce? Finds what would be denied, also if the client says yes to that. */
static void consider(struct mode *mode, const struct request *request, struct outcome *outcome)
{
	struct impact *impact = &outcome->impact;
	int r;

	if (registry_empty(mode->in_force->registry)) {
		buf_puts(&outcome->refused, "the registry is empty: it would deny every port");
		return;
	}
	find_chance(mode, outcome);
	if (policy_load_denies_essential(mode->load, &outcome->refused)) {
		buf_puts(&outcome->refused, ": see --deny-essential");
		return;
	}
	r = would_break_find(mode->violations, impact);
	if (request->yes || (r == 0 && !impact_any(impact)))
		return;
	if (r < 0)
		buf_printf(&outcome->refused,
			   "could not determine everything that would be denied: %s", strerror(-r));
	else
		buf_printf(&outcome->refused, "%zu would be denied", impact->len);
	if (impact->forgotten)
		buf_printf(&outcome->refused,
			   ", and up to %llu more, which were reported but not remembered",
			   (unsigned long long)impact->forgotten);
}

static int decide(struct mode *mode, const struct request *request, struct outcome *outcome)
{
	int r;

	if (mode->in_force->decision.mode != request->mode) {
		if (request->mode == HP_MODE_ENFORCE)
			consider(mode, request, outcome);
		if (outcome->refused.len)
			return 0;
		r = switch_mode(mode, request);
		if (r < 0)
			return r;
		outcome->switched = true;
	}
	/* to audit, nothing is waited for */
	if (request->mode == HP_MODE_ENFORCE)
		watch_check(mode->watch);
	if (outcome->switched && request->mode == HP_MODE_ENFORCE && mode->config->close_existing)
		sweep_now(mode->violations->sweep);
	return 0;
}

static void put_outcome(struct mode *mode, const struct outcome *outcome, struct buf *out)
{
	const struct health *health = &mode->watch->health;
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "mode", word_mode(mode->in_force->decision.mode));
	jsonw_bool(&w, "switched", outcome->switched);
	jsonw_string_opt(&w, "refused", outcome->refused.data);
	jsonw_bool(&w, "effective", health->effective);
	if (!health->effective)
		jsonw_string(&w, "reason", health->reason.data ? health->reason.data : "");
	jsonw_string_opt(&w, "chance", outcome->chance.data);
	impact_put(&outcome->impact, &mode->violations->sweep->table.identity->facts, "would_break",
		   SIZE_MAX, CONTROL_DOCUMENT_MAX - ROOM_LEFT, &w);
	jsonw_object_end(&w);
}

int mode_json(struct mode *mode, const struct request *request, struct buf *out)
{
	_cleanup_(outcome_free) struct outcome outcome = { 0 };
	int r = decide(mode, request, &outcome);

	if (r < 0) {
		buf_printf(out, "mode %s: publishing the policy: %s", word_mode(request->mode),
			   strerror(-r));
		return r;
	}
	put_outcome(mode, &outcome, out);
	return 0;
}

void mode_impact_json(struct mode *mode, struct buf *out)
{
	const struct request request = { .mode = HP_MODE_ENFORCE };
	_cleanup_(outcome_free) struct outcome outcome = { 0 };

	consider(mode, &request, &outcome);
	put_outcome(mode, &outcome, out);
}
