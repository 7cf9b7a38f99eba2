/* SPDX-License-Identifier: MIT */
/*
 * Observations and what is to be said of them. Each case starts from a way that
 * is denied as it should be, or from one that is only reported, and changes
 * what was observed.
 */
#pragma once

#include "test.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "../../user/coverage/judge.h"

/* What a case is made of, and may change. */
struct made {
	struct way way;
	struct look looks[ROUND_MAX];
};

#define NONE	  (&m->looks[ROUND_NONE])
#define AUDIT	  (&m->looks[ROUND_AUDIT])
#define ENFORCE	  (&m->looks[ROUND_ENFORCE])
#define HELD_NONE (&m->looks[ROUND_HELD_NONE])
#define HELD	  (&m->looks[ROUND_HELD])

static struct look took(void)
{
	return (struct look) {
		.state = TRIAL_DONE,
		.result = { .step = "listen", .port = 20001, .family = 4, .tcp_state = TCP_LISTEN },
		.before = HELD_NO,
		.after = HELD_YES,
	};
}

static struct look failed_with(int error)
{
	return (struct look) {
		.state = TRIAL_DONE,
		.result = { .step = "bind", .error = error },
		.before = HELD_NO,
		.after = HELD_NO,
	};
}

static void see(struct look *look, uint8_t hook, uint8_t verdict, uint8_t how)
{
	look->seen[look->seen_len++] =
		(struct sighting) { .hook = hook, .family = 4, .verdict = verdict, .how = how };
	if (hook == HP_HOOK_SWEEP)
		return;
	look->events++;
	look->denied += verdict == HP_VERDICT_DENIED;
}

/* An explicit TCP bind(), denied in enforce mode, told of in audit mode. */
static struct made denied(void)
{
	struct made m = {
		.way = { .name = "w", .kind = WAY_EXPLICIT, .proto = HP_PROTO_TCP },
		.looks = {
			[ROUND_NONE] = took(),
			[ROUND_AUDIT] = took(),
			[ROUND_ENFORCE] = failed_with(EPERM),
			[ROUND_HELD_NONE] = failed_with(EADDRINUSE),
			[ROUND_HELD] = failed_with(EADDRINUSE),
		},
	};

	see(&m.looks[ROUND_AUDIT], HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, HP_HOW_BIND);
	see(&m.looks[ROUND_AUDIT], HP_HOOK_SWEEP, HP_VERDICT_AUDITED, HP_HOW_EXISTING);
	see(&m.looks[ROUND_ENFORCE], HP_HOOK_BIND, HP_VERDICT_DENIED, HP_HOW_BIND);
	return m;
}

/* A port that the kernel chose in listen(): no hook, but the sweep. */
static struct made swept(void)
{
	struct made m = {
		.way = { .name = "w", .kind = WAY_CHOSEN, .proto = HP_PROTO_TCP },
		.looks = {
			[ROUND_NONE] = took(),
			[ROUND_AUDIT] = took(),
			[ROUND_ENFORCE] = took(),
		},
	};

	see(&m.looks[ROUND_AUDIT], HP_HOOK_SWEEP, HP_VERDICT_AUDITED, HP_HOW_EXISTING);
	see(&m.looks[ROUND_ENFORCE], HP_HOOK_SWEEP, HP_VERDICT_AUDITED, HP_HOW_EXISTING);
	return m;
}

/* No hook and no sweep, either. */
static struct made unseen(void)
{
	struct made m = swept();

	m.looks[ROUND_AUDIT].seen_len = 0;
	m.looks[ROUND_ENFORCE].seen_len = 0;
	return m;
}

struct judge_case {
	const char *name;
	struct made (*from)(void);
	void (*change)(struct made *m); /* NULL: nothing */
	enum answer answer;
	const char *hook, *finding; /* finding: NULL: none, else a part of what is said */
	bool harmless;
};

static void as_it_is(struct made *m)
{
	(void)m;
}

static void port_is_held(struct made *m)
{
	ENFORCE->after = HELD_YES;
}

static void no_error(struct made *m)
{
	ENFORCE->result.error = 0;
}

static void no_record(struct made *m)
{
	ENFORCE->seen_len = 0;
	ENFORCE->events = ENFORCE->denied = 0;
}

static void two_denied(struct made *m)
{
	ENFORCE->events = ENFORCE->denied = 2;
}

static void sweep_finds_it(struct made *m)
{
	see(ENFORCE, HP_HOOK_SWEEP, HP_VERDICT_AUDITED, HP_HOW_EXISTING);
}

static void unknown_port(struct made *m)
{
	ENFORCE->after = HELD_UNKNOWN;
}

static void not_denied(struct made *m)
{
	*ENFORCE = took();
	see(ENFORCE, HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, HP_HOW_BIND);
}

static void not_denied_udp(struct made *m)
{
	not_denied(m);
	m->way.proto = HP_PROTO_UDP;
}

static void not_denied_sctp(struct made *m)
{
	not_denied(m);
	m->way.proto = HP_PROTO_SCTP;
}

static void not_denied_chosen(struct made *m)
{
	not_denied(m);
	m->way.kind = WAY_CHOSEN;
}

/* A record that says so does not make it one: the table does. */
static void says_kernel(struct made *m)
{
	not_denied(m);
	ENFORCE->seen[0].how = HP_HOW_KERNEL;
}

static void is_kernel(struct made *m)
{
	says_kernel(m);
	m->way.kernel = true;
}

static void held_before(struct made *m)
{
	not_denied(m);
	ENFORCE->before = HELD_YES;
}

static void other_cgroup(struct made *m)
{
	not_denied(m);
	ENFORCE->seen_len = ENFORCE->events = 0;
	sweep_finds_it(m);
	ENFORCE->seen[0].outside = true;
	AUDIT->seen[0] = AUDIT->seen[1];
	AUDIT->seen_len = 1;
}

static void enforce_hangs(struct made *m)
{
	ENFORCE->state = TRIAL_HUNG;
	ENFORCE->result.error = 0;
	no_record(m);
}

static void audit_other_errno(struct made *m)
{
	AUDIT->result.error = EACCES;
}

static void audit_other_step(struct made *m)
{
	(void)snprintf(AUDIT->result.step, sizeof(AUDIT->result.step), "bind");
}

static void audit_other_port(struct made *m)
{
	AUDIT->result.port++;
}

static void audit_other_address(struct made *m)
{
	AUDIT->result.addr[15] = 1;
}

static void audit_other_family(struct made *m)
{
	AUDIT->result.family = 6;
}

static void audit_other_state(struct made *m)
{
	AUDIT->result.tcp_state = TCP_CLOSE;
}

static void audit_slow(struct made *m)
{
	AUDIT->result.slow = true;
}

static void audit_faster(struct made *m)
{
	NONE->result.slow = true;
}

static void audit_dies(struct made *m)
{
	AUDIT->state = TRIAL_DIED;
}

static void audit_frees(struct made *m)
{
	AUDIT->after = HELD_NO;
}

static void failing_makes_event(struct made *m)
{
	see(HELD, HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, HP_HOW_BIND);
}

static void failing_is_counted(struct made *m)
{
	HELD->events = 1;
}

static void failing_otherwise(struct made *m)
{
	HELD->result.error = EPERM;
}

static void held_does_not_matter(struct made *m)
{
	*HELD_NONE = took();
	*HELD = (struct look) { .state = TRIAL_NOT_TRIED };
}

static void hook_sees(struct made *m)
{
	ENFORCE->seen_len = 0;
	see(ENFORCE, HP_HOOK_SOCKOPS, HP_VERDICT_AUDITED, HP_HOW_LISTEN);
	sweep_finds_it(m);
}

static void fexit_sees(struct made *m)
{
	hook_sees(m);
	ENFORCE->seen[0].hook = HP_HOOK_FEXIT;
}

static void lsm_sees_listen(struct made *m)
{
	hook_sees(m);
	ENFORCE->seen[0].hook = HP_HOOK_LSM;
}

static void denied_but_held(struct made *m)
{
	hook_sees(m);
	ENFORCE->seen[0].verdict = HP_VERDICT_DENIED;
	ENFORCE->denied = 1;
}

static void guarded(struct made *m)
{
	*ENFORCE = failed_with(EPERM);
	see(ENFORCE, HP_HOOK_POST_BIND, HP_VERDICT_DENIED, HP_HOW_BIND0);
}

static void refused_silently(struct made *m)
{
	*ENFORCE = failed_with(EPERM);
}

static void seen_in_audit_only(struct made *m)
{
	see(AUDIT, HP_HOOK_SOCKOPS, HP_VERDICT_AUDITED, HP_HOW_LISTEN);
}

static void goes_astray(struct made *m)
{
	AUDIT->astray = 9;
}

static void portless(struct made *m)
{
	m->way.kind = WAY_PORTLESS;
	m->way.proto = HP_PROTO_OTHER;
	for (size_t i = 0; i < ROUND_MAX; i++)
		m->looks[i].before = m->looks[i].after = HELD_UNKNOWN;
}

static void untried(struct made *m)
{
	m->way.kind = WAY_UNTRIED;
	m->way.proto = HP_PROTO_OTHER;
	for (size_t i = 0; i < ROUND_MAX; i++)
		m->looks[i] = (struct look) { 0 };
}

static void outside(struct made *m)
{
	m->way.kind = WAY_EXPLICIT;
	m->way.outside = true;
	for (size_t i = 0; i < ROUND_MAX; i++)
		m->looks[i].after = HELD_NO;
}

static void outside_seen(struct made *m)
{
	outside(m);
	see(AUDIT, HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, HP_HOW_BIND);
	see(ENFORCE, HP_HOOK_POST_BIND, HP_VERDICT_AUDITED, HP_HOW_BIND);
}

static void outside_denied(struct made *m)
{
	outside(m);
	guarded(m);
}

static void outside_counted(struct made *m)
{
	outside(m);
	ENFORCE->events = 1;
}

static void free_by_itself(struct made *m)
{
	NONE->after = HELD_NO;
}

static void lacking(struct made *m)
{
	NONE->result.absent = true;
	NONE->result.error = EPROTONOSUPPORT;
}

static void fails_by_itself(struct made *m)
{
	*NONE = failed_with(EAFNOSUPPORT);
}

static void dies_by_itself(struct made *m)
{
	NONE->state = TRIAL_DIED;
}

#define BIND4	  "cgroup/bind4"
#define POST_BIND "cgroup/post_bind4"

static const struct judge_case cases[] = {
	{ "denied", denied, as_it_is, ANSWER_DENIED, BIND4, NULL, true },
	{ "denied, port not known", denied, unknown_port, ANSWER_REPORTED, BIND4, "not denied",
	  true },
	/* Claimed to be denied, and is not. */
	{ "denied, but held", denied, port_is_held, ANSWER_REPORTED, BIND4, "says denied", true },
	{ "denied, but no errno", denied, no_error, ANSWER_REPORTED, BIND4, "not denied", true },
	{ "refused, but no record", denied, no_record, ANSWER_INVISIBLE, "", "not denied", true },
	{ "denied twice", denied, two_denied, ANSWER_REPORTED, BIND4, "2 denied", true },
	{ "denied, but swept", denied, sweep_finds_it, ANSWER_REPORTED, BIND4, "not denied", true },
	{ "hangs in enforce", denied, enforce_hangs, ANSWER_INVISIBLE, "", "not denied: hung",
	  true },
	/* What must be denied, and what need not. */
	{ "tcp", denied, not_denied, ANSWER_REPORTED, POST_BIND, "is not denied", true },
	{ "udp", denied, not_denied_udp, ANSWER_REPORTED, POST_BIND, "is not denied", true },
	{ "sctp", denied, not_denied_sctp, ANSWER_REPORTED, POST_BIND, NULL, true },
	{ "chosen", denied, not_denied_chosen, ANSWER_REPORTED, POST_BIND, NULL, true },
	{ "a kernel socket", denied, is_kernel, ANSWER_REPORTED, POST_BIND, NULL, true },
	{ "said to be a kernel socket", denied, says_kernel, ANSWER_REPORTED, POST_BIND,
	  "is not denied", true },
	{ "bound before", denied, held_before, ANSWER_REPORTED, POST_BIND, NULL, true },
	{ "of another cgroup", denied, other_cgroup, ANSWER_REPORTED, "sweep", NULL, true },
	/* Harm. */
	{ "audit: errno", denied, audit_other_errno, ANSWER_DENIED, BIND4, "EACCES", false },
	{ "audit: step", denied, audit_other_step, ANSWER_DENIED, BIND4, "audit: the programs make",
	  false },
	{ "audit: port", denied, audit_other_port, ANSWER_DENIED, BIND4, "audit: the programs make",
	  false },
	{ "audit: address", denied, audit_other_address, ANSWER_DENIED, BIND4,
	  "audit: the programs make", false },
	{ "audit: family", denied, audit_other_family, ANSWER_DENIED, BIND4,
	  "audit: the programs make", false },
	{ "audit: state", denied, audit_other_state, ANSWER_DENIED, BIND4,
	  "audit: the programs make", false },
	{ "audit: slow", denied, audit_slow, ANSWER_DENIED, BIND4, "slow", false },
	{ "audit: faster", denied, audit_faster, ANSWER_DENIED, BIND4, NULL, true },
	{ "audit: dies", denied, audit_dies, ANSWER_DENIED, BIND4, "died", false },
	{ "audit: told, but free", denied, audit_frees, ANSWER_DENIED, BIND4, "port is free",
	  true },
	{ "audit: astray", denied, goes_astray, ANSWER_DENIED, BIND4, "port 9", true },
	/* A bind() that fails. */
	{ "fails with an event", denied, failing_makes_event, ANSWER_DENIED, BIND4, "1 events",
	  true },
	{ "fails, counted", denied, failing_is_counted, ANSWER_DENIED, BIND4, "1 events", true },
	{ "fails otherwise", denied, failing_otherwise, ANSWER_DENIED, BIND4, "port in use",
	  false },
	{ "does not fail", denied, held_does_not_matter, ANSWER_DENIED, BIND4, NULL, true },
	/* Reported. */
	{ "swept", swept, as_it_is, ANSWER_REPORTED, "sweep", NULL, true },
	{ "sockops", swept, hook_sees, ANSWER_REPORTED, "sockops", NULL, true },
	{ "fexit", swept, fexit_sees, ANSWER_REPORTED, "fexit/inet_csk_listen_start", NULL, true },
	{ "lsm", swept, lsm_sees_listen, ANSWER_REPORTED, "lsm/socket_listen", NULL, true },
	{ "not given back", swept, denied_but_held, ANSWER_REPORTED, "sockops", "says denied",
	  true },
	{ "given back", swept, guarded, ANSWER_DENIED, POST_BIND, NULL, true },
	/* Invisible. */
	{ "unseen", unseen, as_it_is, ANSWER_INVISIBLE, "", NULL, true },
	{ "unseen, refused", unseen, refused_silently, ANSWER_INVISIBLE, "", "enforce: not denied",
	  true },
	{ "unseen, but in audit", unseen, seen_in_audit_only, ANSWER_INVISIBLE, "",
	  "enforce: no record", true },
	{ "portless", unseen, portless, ANSWER_INVISIBLE, "", NULL, true },
	{ "untried", unseen, untried, ANSWER_INVISIBLE, "", NULL, true },
	{ "outside", unseen, outside, ANSWER_INVISIBLE, "", NULL, true },
	{ "outside, seen", unseen, outside_seen, ANSWER_REPORTED, POST_BIND, "another namespace",
	  true },
	{ "outside, denied", unseen, outside_denied, ANSWER_DENIED, POST_BIND, "another namespace",
	  true },
	{ "outside, counted", unseen, outside_counted, ANSWER_INVISIBLE, "", "another namespace",
	  true },
	/* Not to be judged. */
	{ "not what it says", unseen, free_by_itself, ANSWER_INVISIBLE, "", "its port is free",
	  true },
	{ "lacking", unseen, lacking, ANSWER_ABSENT, "", NULL, false },
	{ "fails by itself", unseen, fails_by_itself, ANSWER_ABSENT, "", NULL, false },
	{ "dies by itself", unseen, dies_by_itself, ANSWER_ABSENT, "", "died", false },
};
