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

/* A sighting by a hook (enum hp_hook; HP_HOOK_NONE: any), or NULL. */
static const struct sighting *sighted(const struct look *look, uint8_t hook)
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

static bool is_of_other_cgroup(const struct look *look)
{
	const struct sighting *s = sighted(look, HP_HOOK_SWEEP);

	return s && s->outside;
}

static bool is_denied(const struct look *look)
{
	return look->result.error != 0 && look->after == HELD_NO && look->denied == 1 &&
	       judge_says_denied(look) && !sighted(look, HP_HOOK_SWEEP);
}

/* The promise: every explicit TCP and UDP bind() is denied. */
static bool is_promised(const struct way *way, const struct look *enforce)
{
	return way->kind == WAY_EXPLICIT && !way->outside &&
	       (way->proto == HP_PROTO_TCP || way->proto == HP_PROTO_UDP) &&
	       enforce->before != HELD_YES && !way->kernel && !is_of_other_cgroup(enforce);
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

static const char *why_reported(const struct look *look)
{
	const struct sighting *s = sighted(look, HP_HOOK_NONE);

	if (look->before == HELD_YES)
		return "it had the port before the programs were attached";
	if (s->how == HP_HOW_KERNEL)
		return "a kernel socket is denied with --deny-kernel only";
	if (is_of_other_cgroup(look))
		return "the socket belongs to a cgroup that the programs are not attached to";
	if (s->hook == HP_HOOK_SWEEP)
		return "no hook runs; the socket table tells";
	return "the hook runs when the port is taken already";
}

static const char *why(const struct way *way, const struct look *look, enum answer answer)
{
	if (way->note)
		return way->note;
	if (answer == ANSWER_DENIED)
		return sighted(look, HP_HOOK_POST_BIND) ?
			       "refused when the port is known, and given back" :
			       "refused before the port is taken";
	if (answer == ANSWER_REPORTED)
		return why_reported(look);
	if (way->outside)
		return "the port is another network namespace's";
	if (way->kind == WAY_PORTLESS)
		return "takes no port";
	return "no hook runs, and the socket table shows nothing that receives";
}

static void judge_absent(const struct look *look, struct judgement *j)
{
	(void)snprintf(j->reason, sizeof(j->reason), "%s%s%s: %s",
		       look->result.absent ? "" : "fails without the programs, too: ",
		       look->state == TRIAL_DONE ? "" : "after ",
		       look->result.step[0] ? look->result.step : "start", judge_error(look));
}

/* ---- the judgement ------------------------------------------------------------------- */

void judge(const struct way *way, const struct look looks[ROUND_MAX],
	   struct judgement *ret_judgement)
{
	const struct look *none = &looks[ROUND_NONE], *audit = &looks[ROUND_AUDIT];
	const struct look *enforce = &looks[ROUND_ENFORCE];
	const struct sighting *by = sighted(enforce, HP_HOOK_NONE);
	struct judgement j = { .answer = ANSWER_ABSENT };

	if (!judge_works(none)) {
		judge_absent(none, &j);
		*ret_judgement = j;
		return;
	}
	j.answer = is_denied(enforce)		  ? ANSWER_DENIED :
		   sighted(enforce, HP_HOOK_NONE) ? ANSWER_REPORTED :
						    ANSWER_INVISIBLE;
	j.confirmed = sighted(audit, HP_HOOK_POST_BIND) != NULL;
	/* what post_bind confirms of an explicit port has been decided at bind */
	j.bind = sighted(enforce, HP_HOOK_BIND) || sighted(audit, HP_HOOK_BIND) ||
		 (way->kind == WAY_EXPLICIT && j.confirmed);
	j.fails = judge_fails(&looks[ROUND_HELD_NONE]);
	j.harmless = judge_same(audit, none) &&
		     (!j.fails || judge_same(&looks[ROUND_HELD], &looks[ROUND_HELD_NONE]));
	j.promised = is_promised(way, enforce);
	put_hook(by, j.hook, sizeof(j.hook));
	(void)snprintf(j.reason, sizeof(j.reason), "%s", why(way, enforce, j.answer));
	*ret_judgement = j;
}
