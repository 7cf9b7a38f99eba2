// SPDX-License-Identifier: MIT
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"

const char *answer_word(enum answer answer)
{
	static const char *const words[] = {
		[ANSWER_ABSENT] = "absent",
		[ANSWER_DENIED] = "denied",
		[ANSWER_REPORTED] = "reported",
		[ANSWER_INVISIBLE] = "invisible",
	};

	return words[answer];
}

const char *judge_error(const struct look *look)
{
	const char *name;

	if (look->state == TRIAL_NOT_TRIED)
		return "not tried";
	if (look->state == TRIAL_DIED)
		return "died";
	if (look->state == TRIAL_HUNG)
		return "hung";
	if (look->result.error == 0)
		return "ok";
	name = strerrorname_np(look->result.error);
	return name ? name : "unknown";
}

bool judge_works(const struct look *look)
{
	return look->state == TRIAL_DONE && !look->result.absent && look->result.error == 0;
}

bool judge_can_be_held(const struct way *way, const struct look *without)
{
	return way->kind == WAY_EXPLICIT && !way->outside && judge_works(without) &&
	       without->before != HELD_YES && without->after == HELD_YES;
}

bool judge_fails(const struct look *look)
{
	return look->state == TRIAL_DONE && look->result.error != 0;
}

bool judge_same(const struct look *with, const struct look *without)
{
	const struct way_result *a = &with->result, *b = &without->result;

	return with->state == without->state && strcmp(a->step, b->step) == 0 &&
	       a->error == b->error && a->absent == b->absent && (!a->slow || b->slow) &&
	       a->port == b->port && a->family == b->family &&
	       memcmp(a->addr, b->addr, sizeof(a->addr)) == 0 && a->tcp_state == b->tcp_state;
}

/* The first sighting by a hook (enum hp_hook; HP_HOOK_NONE: any), or NULL. */
static const struct sighting *find_sighting(const struct look *look, uint8_t hook)
{
	for (size_t i = 0; i < look->seen_len; i++)
		if (hook == HP_HOOK_NONE || look->seen[i].hook == hook)
			return &look->seen[i];
	return NULL;
}

bool judge_says_denied(const struct look *look)
{
	for (size_t i = 0; i < look->seen_len; i++)
		if (look->seen[i].verdict == HP_VERDICT_DENIED)
			return true;
	return false;
}

static bool is_other_cgroup(const struct look *look)
{
	const struct sighting *s = find_sighting(look, HP_HOOK_SWEEP);

	return s && s->outside;
}

static bool is_denied(const struct look *look)
{
	return look->result.error != 0 && look->after == HELD_NO && look->denied == 1 &&
	       judge_says_denied(look) && !find_sighting(look, HP_HOOK_SWEEP);
}

/* The promise: every explicit TCP and UDP bind() is denied. */
static bool is_promised(const struct way *way, const struct look *enforce)
{
	return way->kind == WAY_EXPLICIT && !way->outside &&
	       (way->proto == HP_PROTO_TCP || way->proto == HP_PROTO_UDP) &&
	       enforce->before != HELD_YES && !way->kernel && !is_other_cgroup(enforce);
}

/* ---- words --------------------------------------------------------------------------- */

static void put_hook(const struct sighting *s, char *ret, size_t size)
{
	switch (s ? s->hook : HP_HOOK_NONE) {
	case HP_HOOK_BIND:
		(void)snprintf(ret, size, "cgroup/bind%u", s->family);
		break;
	case HP_HOOK_POST_BIND:
		(void)snprintf(ret, size, "cgroup/post_bind%u", s->family);
		break;
	case HP_HOOK_SOCKOPS:
		(void)snprintf(ret, size, "sockops");
		break;
	case HP_HOOK_FEXIT:
		(void)snprintf(ret, size, "fexit/inet_csk_listen_start");
		break;
	case HP_HOOK_LSM:
		(void)snprintf(ret, size, "lsm/socket_%s",
			       s->how == HP_HOW_LISTEN ? "listen" : "bind");
		break;
	case HP_HOOK_SWEEP:
		(void)snprintf(ret, size, "sweep");
		break;
	default:
		ret[0] = '\0';
	}
}

static const char *reason_reported(const struct look *look)
{
	const struct sighting *s = find_sighting(look, HP_HOOK_NONE);

	if (look->before == HELD_YES)
		return "the port was taken before the programs were attached";
	if (s->how == HP_HOW_KERNEL)
		return "kernel sockets are denied only with --deny-kernel";
	if (is_other_cgroup(look))
		return "the programs are not attached to the socket's cgroup";
	if (s->hook == HP_HOOK_SWEEP)
		return "no hook runs; the sweep finds it";
	return "the hook runs after the port is taken";
}

static const char *reason(const struct way *way, const struct look *look, enum answer answer)
{
	if (way->note)
		return way->note;
	if (answer == ANSWER_DENIED)
		return find_sighting(look, HP_HOOK_POST_BIND) ?
			       "denied once the port is known, and the port is given back" :
			       "denied before the port is taken";
	if (answer == ANSWER_REPORTED)
		return reason_reported(look);
	if (way->outside)
		return "the port belongs to another network namespace";
	if (way->kind == WAY_PORTLESS)
		return "takes no port";
	return "no hook runs, and the socket table shows no socket that receives";
}

static void judge_absent(const struct look *look, struct judgement *j)
{
	(void)snprintf(j->reason, sizeof(j->reason), "%s%s%s: %s",
		       look->result.absent ? "" : "fails without the programs, too: ",
		       look->state == TRIAL_DONE ? "" : "after ",
		       look->result.step[0] ? look->result.step : "start", judge_error(look));
}

/* No socket has the port, so there is nothing that a hook or a sweep could see. */
static void judge_untried(const struct way *way, struct judgement *ret_judgement)
{
	*ret_judgement = (struct judgement) { .answer = ANSWER_INVISIBLE, .harmless = true };
	(void)snprintf(ret_judgement->reason, sizeof(ret_judgement->reason), "%s",
		       way->note ? way->note : "not tried");
}

/* ---- the judgement ------------------------------------------------------------------- */

void judge(const struct way *way, const struct look looks[ROUND_MAX],
	   struct judgement *ret_judgement)
{
	const struct look *none = &looks[ROUND_NONE], *audit = &looks[ROUND_AUDIT];
	const struct look *enforce = &looks[ROUND_ENFORCE];
	const struct sighting *by = find_sighting(enforce, HP_HOOK_NONE);
	struct judgement j = { .answer = ANSWER_ABSENT };

	if (way->kind == WAY_UNTRIED) {
		judge_untried(way, ret_judgement);
		return;
	}
	if (!judge_works(none)) {
		judge_absent(none, &j);
		*ret_judgement = j;
		return;
	}
	j.answer = is_denied(enforce)			? ANSWER_DENIED :
		   find_sighting(enforce, HP_HOOK_NONE) ? ANSWER_REPORTED :
							  ANSWER_INVISIBLE;
	j.confirmed = find_sighting(audit, HP_HOOK_POST_BIND) != NULL;
	/* if post_bind confirms an explicit port, the bind hook decided on it before */
	j.bind = find_sighting(enforce, HP_HOOK_BIND) || find_sighting(audit, HP_HOOK_BIND) ||
		 (way->kind == WAY_EXPLICIT && j.confirmed);
	j.fails = judge_fails(&looks[ROUND_HELD_NONE]);
	j.harmless = judge_same(audit, none) &&
		     (!j.fails || judge_same(&looks[ROUND_HELD], &looks[ROUND_HELD_NONE]));
	j.promised = is_promised(way, enforce);
	put_hook(by, j.hook, sizeof(j.hook));
	(void)snprintf(j.reason, sizeof(j.reason), "%s", reason(way, enforce, j.answer));
	*ret_judgement = j;
}
