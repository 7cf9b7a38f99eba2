// SPDX-License-Identifier: MIT
/* Sweeps over a socket table that the test makes: what each reports, and how it counts. */
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "sockets_fixture.h"

static struct loop *loop;

static int prepare(void **state)
{
	struct fixture *f;

	assert_int_equal(setup(state), 0);
	f = *state;
	(void)loop_new(&loop);
	return sweep_prepare(&f->sweep, loop);
}

static int finish(void **state)
{
	struct fixture *f = *state;

	sweep_stop(&f->sweep);
	loop_free(loop);
	return teardown(state);
}

/* One sweep: so many lines come of it. All of them are written. */
static void sweep(struct fixture *f, const char *name, size_t lines)
{
	world.lines_len = 0;
	world.drains = 0;
	sweep_now(&f->sweep);
	check_u64(name, world.lines_len, lines);
	check_u64(name, world.flushed, lines);
}

static struct receivers_socket *asked_for(uint16_t port)
{
	struct receivers_socket *s = add_socket(HP_PROTO_TCP, port);

	s->asked = HP_ASKED_YES;
	return s;
}

/* ---- what is news -------------------------------------------------------------------------- */

static void test_once(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = asked_for(8080);

	(void)asked_for(80);
	sweep(f, "one of two", 1);
	check_u64("the port", world.lines[0].record.key.port, 8080);
	check_u64("the verdict", world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
	check_u64("how", world.lines[0].record.key.how, HP_HOW_EXISTING);
	check_u64("its process", world.lines[0].record.pid, s->pid);
	check_u64("when", world.lines[0].record.time_ns, 1000000000000ULL);
	check_u64("for one", world.lines[0].count, 1);
	check_u64("counted by nobody", world.lines[0].existing, 1);
	check_u64("its class", world.lines[0].cls, HP_CLASS_UNREGISTERED);
	check_u64("its verdict", world.lines[0].verdict, HP_VERDICT_AUDITED);
	check_u64("not lost before", world.lines[0].recovered, 0);
	sweep(f, "the same again", 0);
	sweep(f, "and again", 0);
	check_u64("named once", world.names, 1);
	check_u64("runs", f->sweep.counts.runs, 3);
	check_u64("found", f->sweep.counts.found, 1);
	check_u64("sockets", f->sweep.counts.sockets, 2);
	check_u64("allowed", f->sweep.counts.verdicts[HP_VERDICT_ALLOWED], 1);
	check_u64("audited", f->sweep.counts.verdicts[HP_VERDICT_AUDITED], 1);
	check_u64("when", (uint64_t)f->sweep.counts.last.tv_sec, (uint64_t)fake_wall.tv_sec);
	world.len = 0;
	sweep(f, "gone", 0);
	check_u64("sockets", f->sweep.counts.sockets, 0);
	check_u64("no verdicts", f->sweep.counts.verdicts[HP_VERDICT_AUDITED], 0);
	(void)asked_for(8080);
	sweep(f, "back", 1);
	check_u64("found", f->sweep.counts.found, 2);
}

/* Another socket of the same group and port is not news while there is one. */
static void test_groups(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = asked_for(8080);

	sweep(f, "one", 1);
	(void)asked_for(8080);
	s->socket.port = 80; /* the first one is not there any more */
	sweep(f, "another", 0);
	asked_for(8080)->socket.cgroup_id = GROUP_OUTSIDE;
	sweep(f, "of another group", 1);
	check_u64("it", world.lines[0].record.cgroup_id, GROUP_OUTSIDE);
	asked_for(8080)->socket.proto = HP_PROTO_UDP;
	sweep(f, "of another protocol", 1);
}

/* What a hook reports at the same time is no news, wherever in the sweep its record comes. */
static void test_hook_was_first(void **state)
{
	struct fixture *f = *state;

	for (unsigned int drain = 1; drain <= 4; drain++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "drain %u", drain);
		world.waiting = hooked(asked_for((uint16_t)(8080 + drain)), HP_CLASS_UNREGISTERED);
		world.waiting_for = drain;
		sweep(f, name, drain == 4); /* there are three */
	}
	world.waiting_for = 1;
	(void)asked_for(8070);
	sweep(f, "a hook's of another port", 1);
	asked_for(8071);
	world.waiting = hooked(&world.sockets[world.len - 1], HP_CLASS_UNREGISTERED);
	world.waiting.key.verdict = HP_VERDICT_DENIED;
	sweep(f, "denied by the hook, and taken in another way", 1);
}

/* Sockets that are alike make one line. */
static void test_alike(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < 3; i++)
		(void)asked_for(8080);
	asked_for(8080)->socket.addr[0] = 127;
	(void)asked_for(8081);
	(void)asked_for(8081);
	(void)asked_for(8079);
	sweep(f, "lines", 4);
	check_u64("port", world.lines[0].record.key.port, 8079);
	check_u64("count", world.lines[0].count, 1);
	check_u64("port", world.lines[1].record.key.port, 8080);
	check_u64("count", world.lines[1].count, 3);
	check_u64("existing", world.lines[1].existing, 3);
	check_u64("address", world.lines[2].record.addr[0], 127);
	check_u64("count", world.lines[2].count, 1);
	check_u64("port", world.lines[3].record.key.port, 8081);
	check_u64("count", world.lines[3].count, 2);
	check_u64("found", f->sweep.counts.found, 7);
}

/* A port that the kernel may have chosen: the process is looked for once a socket. */
static void test_chosen(void **state)
{
	struct fixture *f = *state;
	struct receivers_socket *s = add_socket(HP_PROTO_TCP, 45000);

	sweep(f, "nobody knows", 0);
	check_u64("looked for", world.names, 1);
	sweep(f, "still", 0);
	check_u64("not again", world.names, 1);
	s = add_socket(HP_PROTO_TCP, 45001);
	s->asked = HP_ASKED_NO;
	sweep(f, "chosen", 0);
	check_u64("looked for", world.names, 2);
	s = add_socket(HP_PROTO_TCP, 45002);
	s->asked = HP_ASKED_YES;
	sweep(f, "asked for", 1);
	check_u64("looked for", world.names, 3);
	check_u64("class", world.lines[0].record.key.cls, HP_CLASS_UNREGISTERED);
}

/* An exception's is an event, too, and the kernel's own is known by having no process. */
static void test_verdicts(void **state)
{
	struct fixture *f = *state;

	(void)asked_for(8090);
	sweep(f, "excepted", 1);
	check_u64("verdict", world.lines[0].record.key.verdict, HP_VERDICT_EXCEPTED);
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	(void)asked_for(8091);
	sweep(f, "enforcing", 1);
	check_u64("it has its port", world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
	check_u64("nothing is closed", world.closes + f->sweep.counts.closed, 0);
	check_log("nothing to say", "");
}

/* ---- how and how many ----------------------------------------------------------------------- */

/* From the second sweep on, a listener in the range had no bind() that a hook saw. */
static void test_how(void **state)
{
	static const struct {
		const char *name;
		uint8_t proto, asked;
		uint16_t port;
		uint8_t how;
	} cases[] = {
		{ "the first of the range", HP_PROTO_TCP, HP_ASKED_UNKNOWN, 32768, HP_HOW_LISTEN },
		{ "the last of the range", HP_PROTO_TCP, HP_ASKED_NO, 60999, HP_HOW_LISTEN },
		{ "after the range", HP_PROTO_TCP, HP_ASKED_UNKNOWN, 61000, HP_HOW_EXISTING },
		{ "before the range", HP_PROTO_TCP, HP_ASKED_UNKNOWN, 8080, HP_HOW_EXISTING },
		{ "asked for", HP_PROTO_TCP, HP_ASKED_YES, 45000, HP_HOW_EXISTING },
		{ "its own range", HP_PROTO_TCP, HP_ASKED_RANGE, 45000, HP_HOW_LISTEN },
		{ "udp", HP_PROTO_UDP, HP_ASKED_UNKNOWN, 40000, HP_HOW_EXISTING },
	};

	for (unsigned int runs = 0; runs < 2; runs++)
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct fixture *f = *state;

			f->sweep.counts.runs = runs;
			world.len = 0;
			sweep(f, "forget", 0);
			f->sweep.counts.runs = runs;
			add_socket(cases[i].proto, cases[i].port)->asked = cases[i].asked;
			sweep(f, cases[i].name, 1);
			check_u64(cases[i].name, world.lines[0].record.key.how,
				  runs ? cases[i].how : HP_HOW_EXISTING);
		}
}

/* A violation that a program counted, and whose record was lost, is found: it is lost no more. */
static void test_recovered(void **state)
{
	static const struct {
		const char *name;
		uint64_t runs, lost, group;
		uint8_t asked;
		unsigned int alike;
		uint64_t recovered;
	} cases[] = {
		{ "lost", 1, 5, GROUP_BELOW, HP_ASKED_YES, 1, 1 },
		{ "three alike", 1, 5, GROUP_BELOW, HP_ASKED_YES, 3, 3 },
		{ "more than were lost", 1, 2, GROUP_INSIDE, HP_ASKED_YES, 3, 2 },
		{ "none was lost", 1, 0, GROUP_BELOW, HP_ASKED_YES, 1, 0 },
		{ "of before the start", 0, 5, GROUP_BELOW, HP_ASKED_YES, 1, 0 },
		{ "of another group", 1, 5, GROUP_OUTSIDE, HP_ASKED_YES, 1, 0 },
		{ "of a group that is gone", 1, 5, GROUP_UNKNOWN, HP_ASKED_YES, 1, 0 },
		{ "nobody knows if it was asked for", 1, 5, GROUP_BELOW, HP_ASKED_UNKNOWN, 1, 1 },
		{ "not asked for", 1, 5, GROUP_BELOW, HP_ASKED_NO, 1, 0 },
		{ "its own range", 1, 5, GROUP_BELOW, HP_ASKED_RANGE, 1, 0 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world.len = 0;
		for (unsigned int n = 0; n < cases[i].alike; n++) {
			/* a row names it, so that it is a violation even if it was chosen */
			struct receivers_socket *s = add_socket(HP_PROTO_TCP, 61000);

			s->socket.cgroup_id = cases[i].group;
			s->socket.uid = (uint32_t)i;
			s->asked = cases[i].asked;
		}
		world.lost = cases[i].lost;
		f->sweep.counts.runs = cases[i].runs;
		sweep(f, cases[i].name, 1);
		check_u64(cases[i].name, world.lines[0].count, cases[i].alike);
		check_u64(cases[i].name, world.lines[0].recovered, cases[i].recovered);
		check_u64(cases[i].name, world.lines[0].existing,
			  cases[i].alike - cases[i].recovered);
		check_u64(cases[i].name, f->sweep.lost, cases[i].lost - cases[i].recovered);
		world.len = 0;
		sweep(f, "forget", 0);
	}
}

/* Each line takes its part of what was lost. */
static void test_recovered_in_turn(void **state)
{
	struct fixture *f = *state;

	f->sweep.counts.runs = 1;
	world.lost = 3;
	for (unsigned int i = 0; i < 2; i++) {
		(void)asked_for(8080);
		(void)asked_for(8081);
	}
	sweep(f, "lines", 2);
	check_u64("the first", world.lines[0].recovered, 2);
	check_u64("the second", world.lines[1].recovered, 1);
	check_u64("the second", world.lines[1].existing, 1);
}

/* ---- faults -------------------------------------------------------------------------------- */

/* An error is said once; what was not read is not forgotten, or it would be reported again. */
static void test_faults(void **state)
{
	struct fixture *f = *state;

	(void)asked_for(8080);
	sweep(f, "read", 1);
	world.len = 0;
	world.read_error = -EIO;
	sweep(f, "not read", 0);
	check_log("said", "warning: the socket table can't be read in whole: Input/output error\n");
	sweep(f, "still not", 0);
	check_log("not again", "");
	world.read_error = 0;
	(void)asked_for(8080);
	sweep(f, "known", 0);
	world.read_error = -EPERM;
	sweep(f, "another error", 0);
	check_log_has("said", "Operation not permitted");
	world.read_error = 0;
	sweep(f, "over", 0);
	check_log("an end is not said", "");
	world.read_error = -EPERM;
	sweep(f, "the same once more", 0);
	check_log_has("said", "Operation not permitted");
	world.read_error = 0;
	world.unreadable = 1U << HP_PROTO_SCTP;
	sweep(f, "not all", 0);
	check_u64("unreadable", f->sweep.counts.unreadable, 1U << HP_PROTO_SCTP);
	buf_free(&fake_log);
}

/* ---- when ---------------------------------------------------------------------------------- */

static void test_timer(void **state)
{
	struct fixture *f = *state;

	f->sweep.every_s = 30;
	(void)asked_for(8080);
	sweep_start(&f->sweep);
	check_u64("at once", world.lines_len, 1);
	assert_in_range(f->sweep.timer->ms, 22500, 37500);
	check_u64("each at a time of its own", f->sweep.timer->every_ms, 0);
	check_u64("set", f->sweep.timer->times_set, 1);
	check_u64("runs", f->sweep.counts.runs, 1);
	fake_fire(f->sweep.timer, 0);
	check_u64("runs", f->sweep.counts.runs, 2);
	assert_in_range(f->sweep.timer->ms, 22500, 37500);
	check_u64("set anew", f->sweep.timer->times_set, 2);
	check_log("nothing to say", "");
	f->sweep.close_existing = true;
	f->sweep.every_s = 0;
	sweep_start(&f->sweep);
	check_u64("only once", f->sweep.timer->ms, 0);
	check_log("said", "warning: --existing=close: nothing is closed in audit mode\n");
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	world.len = 0;
	sweep_start(&f->sweep);
	check_log("nothing to say", "");
}

/* From three quarters of the time to five, each as likely as another. */
static void test_delay(void **state)
{
	static const struct {
		unsigned int every_s;
		uint32_t random;
		unsigned int ms;
	} cases[] = {
		{ 0, 0, 0 },
		{ 0, UINT32_MAX, 0 },
		{ 1, 0, 750 },
		{ 1, 500, 1250 },
		{ 1, 501, 750 },
		{ 30, 0, 22500 },
		{ 30, 15000, 37500 },
		{ 30, 7500, 30000 },
		{ 86400, 0, 64800000 },
		{ 86400, 43200000, 108000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_u64("delay", sweep_delay_ms(cases[i].every_s, cases[i].random), cases[i].ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay),
		cmocka_unit_test_setup_teardown(test_once, prepare, finish),
		cmocka_unit_test_setup_teardown(test_groups, prepare, finish),
		cmocka_unit_test_setup_teardown(test_hook_was_first, prepare, finish),
		cmocka_unit_test_setup_teardown(test_alike, prepare, finish),
		cmocka_unit_test_setup_teardown(test_chosen, prepare, finish),
		cmocka_unit_test_setup_teardown(test_verdicts, prepare, finish),
		cmocka_unit_test_setup_teardown(test_how, prepare, finish),
		cmocka_unit_test_setup_teardown(test_recovered, prepare, finish),
		cmocka_unit_test_setup_teardown(test_recovered_in_turn, prepare, finish),
		cmocka_unit_test_setup_teardown(test_faults, prepare, finish),
		cmocka_unit_test_setup_teardown(test_timer, prepare, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
