// SPDX-License-Identifier: MIT
/* Sweeps that close what would be denied (--existing=close), and what stays open. */
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
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	f->sweep.close_existing = true;
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

static void sweep(struct fixture *f, const char *name, size_t lines)
{
	world.lines_len = 0;
	sweep_now(&f->sweep);
	check_u64(name, world.lines_len, lines);
}

static void test_closes(void **state)
{
	struct fixture *f = *state;

	(void)add_socket(HP_PROTO_TCP, 8080);
	(void)add_socket(HP_PROTO_TCP, 80);
	(void)add_socket(HP_PROTO_TCP, 8090);
	sweep(f, "two violations", 2);
	check_u64("closed", world.closes, 1);
	check_u64("the port", world.closed_port, 8080);
	check_u64("counted", f->sweep.counts.closed, 1);
	check_u64("denied", world.lines[0].record.key.verdict, HP_VERDICT_DENIED);
	check_u64("excepted", world.lines[1].record.key.verdict, HP_VERDICT_EXCEPTED);
	check_log("nothing to say", "");
	(void)add_socket(HP_PROTO_TCP, 8080);
	world.sockets[0].socket.port = 80;
	sweep(f, "it comes back", 1); /* no memory of what was denied */
	check_u64("closed again", world.closes, 2);
}

/* In audit mode, or without the option, all stay. */
static void test_does_not_close(void **state)
{
	struct fixture *f = *state;

	(void)add_socket(HP_PROTO_TCP, 8080);
	f->in_force.decision.mode = HP_MODE_AUDIT;
	sweep(f, "auditing", 1);
	check_u64("audited", world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
	f->in_force.decision.mode = HP_MODE_ENFORCE;
	f->sweep.close_existing = false;
	(void)add_socket(HP_PROTO_TCP, 8081);
	sweep(f, "without the option", 1);
	check_u64("audited", world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
	check_u64("none closed", world.closes, 0);
	/* both are known, and are news for a sweep that closes */
	f->sweep.close_existing = true;
	sweep(f, "with it", 2);
	check_u64("closed", world.closes, 2);
}

#define STAYS(what) "warning: --existing=close: " what "\n"

/* What stays open is audited, said once with its reason, and not tried again. */
static void test_stays(void **state)
{
	static const struct {
		const char *name;
		uint8_t proto;
		uint32_t pid;
		int error;
		const char *log;
		unsigned int closes;
	} cases[] = {
		{ "udp", HP_PROTO_UDP, 9, 0,
		  STAYS("udp 8080 stays open: a bound UDP socket can't be closed by the kernel's"
			" interface"),
		  0 },
		{ "sctp", HP_PROTO_SCTP, 9, 0,
		  STAYS("sctp 8080 stays open: only TCP listeners can be closed"), 0 },
		{ "the kernel's", HP_PROTO_TCP, 0, 0,
		  STAYS("tcp 8080 stays open: it is the kernel's, or may be (see --deny-kernel)"),
		  0 },
		{ "mptcp", HP_PROTO_TCP, 9, -EINVAL,
		  STAYS("tcp 8080 stays open: the kernel does not close listeners of MPTCP"), 1 },
		{ "not built in", HP_PROTO_TCP, 9, -EOPNOTSUPP,
		  STAYS("tcp 8080 stays open: the kernel was built without"
			" CONFIG_INET_DIAG_DESTROY"),
		  1 },
		{ "gone", HP_PROTO_TCP, 9, -ENOENT,
		  STAYS("tcp 8080 stays open: it looks like others of its port, or has just gone"),
		  1 },
		{ "refused", HP_PROTO_TCP, 9, -EPERM,
		  STAYS("tcp 8080 stays open: the kernel refused"), 1 },
		{ "udp-lite: as udp", HP_PROTO_UDPLITE, 9, 0, "", 0 },
		{ "refused in another way", HP_PROTO_TCP, 9, -EIO, "", 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world.len = 0;
		sweep(f, "forget", 0);
		world.closes = 0;
		add_socket(cases[i].proto, 8080)->pid = cases[i].pid;
		world.close_error = cases[i].error;
		sweep(f, cases[i].name, 1);
		check_u64(cases[i].name, world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
		check_u64(cases[i].name, world.closes, cases[i].closes);
		check_log(cases[i].name, cases[i].log);
		sweep(f, cases[i].name, 0);
		check_u64(cases[i].name, world.closes, cases[i].closes);
		check_log(cases[i].name, "");
	}
	check_u64("none closed", f->sweep.counts.closed, 0);
}

/* One that no process has, and that is not the kernel's, is closed like others. */
static void test_nobody(void **state)
{
	struct fixture *f = *state;

	add_socket(HP_PROTO_TCP, 8080)->pid = 0;
	world.sockets[0].holder = RECEIVER_HOLDER_NONE;
	sweep(f, "nobody's", 1);
	check_u64("closed", world.closes, 1);
	check_u64("denied", world.lines[0].record.key.verdict, HP_VERDICT_DENIED);
	check_log("nothing to say", "");
}

/* With --deny-kernel a socket of the kernel is closed like others. */
static void test_deny_kernel(void **state)
{
	struct fixture *f = *state;

	f->sweep.deny_kernel = true;
	f->in_force.decision.deny_kernel = true;
	add_socket(HP_PROTO_TCP, 8080)->pid = 0;
	sweep(f, "the kernel's", 1);
	check_u64("closed", world.closes, 1);
	check_u64("denied", world.lines[0].record.key.verdict, HP_VERDICT_DENIED);
}

/* If not all processes are seen, one without any is denied, but it is left alone all the same. */
static void test_unseen(void **state)
{
	struct fixture *f = *state;

	world.sees_all = false;
	add_socket(HP_PROTO_TCP, 8080)->pid = 0;
	sweep(f, "nobody's", 1);
	check_u64("none closed", world.closes, 0);
	check_log_has("said", "it is the kernel's, or may be");
}

/* A class that is not denied is no reason to say that the kernel's stays open, nor is another mode.
 */
static void test_silent(void **state)
{
	struct fixture *f = *state;

	f->in_force.decision.denies = 1U << HP_CLASS_SCOPE;
	add_socket(HP_PROTO_TCP, 8080)->pid = 0;
	add_socket(HP_PROTO_UDP, 8081)->pid = 0;
	sweep(f, "audited", 2);
	check_log("a class", "");
	f->in_force.decision.denies = POLICY_DENIES_DEFAULT;
	add_socket(HP_PROTO_UDP, 8082)->pid = 0;
	sweep(f, "udp", 1);
	check_log("udp", "");
	f->sweep.close_existing = false;
	add_socket(HP_PROTO_TCP, 8083)->pid = 0;
	sweep(f, "without the option", 1);
	check_log("without the option", "");
}

/* Of sockets that are alike one may be closed and another not: they are two lines. */
static void test_parted(void **state)
{
	struct fixture *f = *state;

	world.sees_all = false;
	add_socket(HP_PROTO_TCP, 8080)->pid = 0;
	(void)add_socket(HP_PROTO_TCP, 8080);
	(void)add_socket(HP_PROTO_TCP, 8080);
	sweep(f, "lines", 2);
	check_u64("stays", world.lines[0].record.key.verdict, HP_VERDICT_AUDITED);
	check_u64("one", world.lines[0].count, 1);
	check_u64("closed", world.lines[1].record.key.verdict, HP_VERDICT_DENIED);
	check_u64("two", world.lines[1].count, 2);
	check_u64("counted", f->sweep.counts.closed, 2);
	buf_free(&fake_log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_closes, prepare, finish),
		cmocka_unit_test_setup_teardown(test_does_not_close, prepare, finish),
		cmocka_unit_test_setup_teardown(test_stays, prepare, finish),
		cmocka_unit_test_setup_teardown(test_nobody, prepare, finish),
		cmocka_unit_test_setup_teardown(test_deny_kernel, prepare, finish),
		cmocka_unit_test_setup_teardown(test_unseen, prepare, finish),
		cmocka_unit_test_setup_teardown(test_silent, prepare, finish),
		cmocka_unit_test_setup_teardown(test_parted, prepare, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
