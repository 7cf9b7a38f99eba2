// SPDX-License-Identifier: MIT
/* The programs of bind(), in the kernel: what is allowed, denied and reported, and what a record
 * says. */
#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- explicit ports -------------------------------------------------------------------------- */

#define NONE	 HP_VERDICT_NONE
#define AUDITED	 HP_VERDICT_AUDITED
#define DENIED	 HP_VERDICT_DENIED
#define EXCEPTED HP_VERDICT_EXCEPTED
#define V4	 AF_INET, SOCK_STREAM, 0
#define V6	 AF_INET6, SOCK_STREAM, 0
#define MPTCP4	 AF_INET, SOCK_STREAM, HP_IPPROTO_MPTCP
#define U4	 AF_INET, SOCK_DGRAM, 0
#define U6	 AF_INET6, SOCK_DGRAM, 0
#define LITE4	 AF_INET, SOCK_DGRAM, HP_IPPROTO_UDPLITE
#define ALL(r)                                                                                     \
	{                                                                                          \
		.row = { r, r }                                                                    \
	}
#define LOCAL(r)                                                                                   \
	{                                                                                          \
		.row = { r, r + 1 }, .cls = { HP_CLASS_SCOPE, HP_CLASS_NONE }                      \
	}
#define CLASS(c, r, e)                                                                             \
	{                                                                                          \
		.row = { r, r }, .cls = { HP_CLASS_##c, HP_CLASS_##c }, .excepted = (e)            \
	}

static const struct policy_row rows[] = {
	{ { HP_PROTO_TCP, 0, 2000 }, ALL(1) },
	{ { HP_PROTO_TCP, 0, 2001 }, LOCAL(2) },
	{ { HP_PROTO_TCP, 0, 2002 }, CLASS(RETIRED, 4, 0) },
	{ { HP_PROTO_TCP, 0, 2003 }, CLASS(RETIRED, 5, BIT(RETIRED)) },
	{ { HP_PROTO_TCP, 0, 2004 }, CLASS(INACTIVE, 6, BIT(RETIRED)) },
	{ { HP_PROTO_TCP, 0, 2005 }, CLASS(OWNER, 7, 0) },
	{ { HP_PROTO_TCP, 0, 0x1234 }, ALL(8) },
	{ { HP_PROTO_TCP, 0, 65535 }, ALL(9) },
	{ { HP_PROTO_UDP, 0, 2010 }, ALL(10) },
	{ { HP_PROTO_UDP, 0, 2011 }, LOCAL(11) },
	{ { HP_PROTO_UDPLITE, 0, 2020 }, ALL(13) },
	{ { HP_PROTO_UDPLITE, 0, 2021 }, LOCAL(14) },
	{ { HP_PROTO_UDPLITE, 0, 40020 }, CLASS(RETIRED, 16, 0) },
	{ { HP_PROTO_TCP, 0, 40000 }, CLASS(RETIRED, 17, 0) },
	{ { HP_PROTO_TCP, 0, 40001 }, ALL(18) },
	{ { HP_PROTO_TCP, 0, 40002 }, LOCAL(19) },
	{ { HP_PROTO_TCP, 0, 40003 }, CLASS(UNREGISTERED, 0, BIT(UNREGISTERED)) },
	{ { HP_PROTO_UDP, 0, 40000 }, CLASS(RETIRED, 21, 0) },
};

#define CASE(name, way, addr, port, proto, cls, row, audit, enforce)                               \
	{                                                                                          \
		name, { way, addr, port }, HP_PROTO_##proto, HP_CLASS_##cls, row, audit, enforce   \
	}

static const struct bind_case {
	const char *name;
	struct where where;
	uint8_t proto, cls;
	uint32_t row;
	uint8_t audit, enforce; /* verdicts; NONE: no record */
} cases[] = {
	CASE("registered", V4, NULL, 2000, TCP, NONE, 1, NONE, NONE),
	CASE("registered, v6", V6, "::1", 2000, TCP, NONE, 1, NONE, NONE),
	CASE("registered, mptcp", MPTCP4, NULL, 2000, TCP, NONE, 1, NONE, NONE),
	CASE("registered for tcp", U4, NULL, 2000, UDP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("registered for udp", U6, NULL, 2010, UDP, NONE, 10, NONE, NONE),
	CASE("registered for udp, tcp", V6, NULL, 2010, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("the port's bytes", V4, NULL, 0x1234, TCP, NONE, 8, NONE, NONE),
	CASE("swapped", V4, NULL, 0x3412, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("the last port", V4, NULL, 65535, TCP, NONE, 9, NONE, NONE),
	CASE("the last but one", V4, NULL, 65534, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("the next word", V4, NULL, 2064, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("the first port", V4, NULL, 1, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("unregistered", V4, "127.0.0.1", 3000, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("unregistered, 192.0.2.1", V4, "192.0.2.1", 3000, TCP, UNREGISTERED, 0, AUDITED,
	     DENIED),
	CASE("unregistered, mptcp", MPTCP4, NULL, 3001, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("unregistered, udp", U4, "10.1.2.3", 3000, UDP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("unregistered, v6", V6, "2001:db8:1:2:3:4:5:6", 3000, TCP, UNREGISTERED, 0, AUDITED,
	     DENIED),
	CASE("unregistered, udp, v6", U6, "100::7", 3000, UDP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("unregistered, mapped", V6, "::ffff:127.0.0.1", 3002, TCP, UNREGISTERED, 0, AUDITED,
	     DENIED),
	CASE("localhost, wildcard", V4, NULL, 2001, TCP, SCOPE, 2, AUDITED, DENIED),
	CASE("localhost, 127.9.9.9", V4, "127.9.9.9", 2001, TCP, NONE, 3, NONE, NONE),
	CASE("localhost, ::", V6, NULL, 2001, TCP, SCOPE, 2, AUDITED, DENIED),
	CASE("localhost, ::1", V6, "::1", 2001, TCP, NONE, 3, NONE, NONE),
	CASE("localhost, 100::1", V6, "100::1", 2001, TCP, SCOPE, 2, AUDITED, DENIED),
	CASE("localhost, mapped", V6, "::ffff:127.0.0.1", 2001, TCP, NONE, 3, NONE, NONE),
	CASE("localhost, udp", U4, "127.0.0.1", 2011, UDP, NONE, 12, NONE, NONE),
	CASE("localhost, udp, wildcard", U4, NULL, 2011, UDP, SCOPE, 11, AUDITED, DENIED),
	CASE("retired", V4, NULL, 2002, TCP, RETIRED, 4, AUDITED, DENIED),
	CASE("excepted", V4, NULL, 2003, TCP, RETIRED, 5, EXCEPTED, EXCEPTED),
	CASE("another is excepted", V4, NULL, 2004, TCP, INACTIVE, 6, AUDITED, DENIED),
	CASE("not denied", V4, NULL, 2005, TCP, OWNER, 7, AUDITED, AUDITED),
	CASE("udplite", LITE4, NULL, 2020, UDPLITE, NONE, 13, NONE, NONE),
	CASE("udplite, localhost", LITE4, "127.0.0.1", 2021, UDPLITE, NONE, 15, NONE, NONE),
	CASE("udplite, wildcard", LITE4, NULL, 2021, UDPLITE, SCOPE, 14, AUDITED, DENIED),
	CASE("udplite, unregistered", LITE4, NULL, 2000, UDPLITE, UNREGISTERED, 0, AUDITED, DENIED),
	/* in the range from which the kernel chooses */
	CASE("in range, retired", V4, NULL, 40000, TCP, RETIRED, 17, AUDITED, DENIED),
	CASE("in range, retired, udp", U4, NULL, 40000, UDP, RETIRED, 21, AUDITED, DENIED),
	CASE("in range, registered", V4, NULL, 40001, TCP, NONE, 18, NONE, NONE),
	CASE("in range, localhost", V4, "127.0.0.1", 40002, TCP, NONE, 20, NONE, NONE),
	CASE("in range, not localhost", V4, NULL, 40002, TCP, SCOPE, 19, AUDITED, DENIED),
	CASE("in range, excepted", V6, NULL, 40003, TCP, UNREGISTERED, 0, EXCEPTED, EXCEPTED),
	CASE("in range, no row", V4, NULL, 40009, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("in range, no row, v6", V6, "::1", 40009, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("in range, no row, mptcp", MPTCP4, NULL, 40010, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("in range, no row, udp", U6, NULL, 40009, UDP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("in range, udplite", LITE4, NULL, 40020, UDPLITE, RETIRED, 16, AUDITED, DENIED),
	CASE("in range, first", V4, NULL, 32768, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("before the range", V4, NULL, 32767, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("in range, last", V4, NULL, 60999, TCP, UNREGISTERED, 0, AUDITED, DENIED),
	CASE("behind the range", V4, NULL, 61000, TCP, UNREGISTERED, 0, AUDITED, DENIED),
};

static void add_rows(struct world *w)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		world_row(w, rows[i].key.proto, rows[i].key.port, rows[i].row);
}

/* Who this process is, as a record says it. */
static void check_task(const char *name, const struct world *w, const struct hp_event *e)
{
	char comm[HP_COMM_LEN + 1] = "";
	uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	memcpy(comm, e->comm, HP_COMM_LEN);
	check_text(name, comm, program_invocation_short_name);
	check_u64(name, e->pid, (uint64_t)getpid());
	check_u64(name, e->uid, 0);
	check_u64(name, e->kernel_thread, 0);
	check_u64(name, e->start_ns / tick, world_start_ticks("/proc/self/stat"));
	check_u64(name, e->cgroup_id, w->cgroup_id);
	check_u64(name, e->cgroup_v1_id, 0);
	check_u64(name, e->key.workload, w->cgroup_id);
}

static void check_address(const char *name, const struct where *where, const struct hp_event *e)
{
	uint8_t want[HP_ADDR_LEN] = { 0 };

	if (where->addr)
		assert_int_equal(inet_pton(where->family, where->addr, want), 1);
	assert_memory_equal(e->addr, want, sizeof(want));
	check_int(name, e->family, where->family == AF_INET ? 4 : 6);
}

struct outcome {
	uint64_t cookie, since, until;
	int error;
};

static struct outcome try_case(struct world *w, const struct where *where)
{
	struct outcome outcome = { .since = world_boot_ns() };
	int fd = world_socket(where);

	world_mark(w);
	outcome.cookie = world_cookie(fd);
	outcome.error = world_bind_to(fd, where);
	outcome.until = world_boot_ns();
	(void)close(fd);
	return outcome;
}

static void check_record(struct world *w, const struct bind_case *c, enum hp_mode mode,
			 const struct outcome *outcome)
{
	uint8_t verdict = mode == HP_MODE_AUDIT ? c->audit : c->enforce;
	const struct hp_event *e = &w->events[0];

	check_u64(c->name, w->len, 1);
	check_task(c->name, w, e);
	check_address(c->name, &c->where, e);
	check_int(c->name, e->key.port, c->where.port);
	check_int(c->name, e->key.proto, c->proto);
	check_int(c->name, e->key.cls, c->cls);
	check_int(c->name, e->key.verdict, verdict);
	check_int(c->name, e->key.how, HP_HOW_BIND);
	check_int(c->name, e->key.pad, 0);
	check_int(c->name, e->hook, verdict == DENIED ? HP_HOOK_BIND : HP_HOOK_POST_BIND);
	check_int(c->name, e->row, c->row);
	check_int(c->name, e->mode, mode);
	check_int(c->name, e->policy_generation, kernel_generation(w->kernel));
	/* MPTCP binds a TCP socket of its own */
	if (c->where.proto != HP_IPPROTO_MPTCP)
		check_u64(c->name, e->cookie, outcome->cookie);
	if (e->time_ns < outcome->since || e->time_ns > outcome->until)
		fail_msg("%s: time", c->name);
	check_u64(c->name, world_counted(w, c->cls, verdict), 1);
	check_u64(c->name, world_counted_all(w), 1);
}

static void check_case(struct world *w, const struct bind_case *c, enum hp_mode mode)
{
	uint8_t verdict = mode == HP_MODE_AUDIT ? c->audit : c->enforce;
	struct outcome outcome = try_case(w, &c->where);

	check_int(c->name, outcome.error, verdict == DENIED ? EPERM : 0);
	(void)world_take(w);
	if (verdict != NONE) {
		check_record(w, c, mode, &outcome);
		return;
	}
	check_u64(c->name, w->len, 0);
	check_u64(c->name, world_counted_all(w), 0);
}

/* All cases in both modes. The ports that the kernel gave are of no matter to an explicit bind. */
static void check_cases(struct world *w)
{
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(w, &cases[i], HP_MODE_AUDIT);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(w, &cases[i], HP_MODE_ENFORCE);
}

static const struct {
	const char *name;
	struct world_load how;
} loads[] = {
	{ "as it comes", { .unfolded = true } },
	{ "read by calls", { .unfolded = true, .by_libbpf = true } },
	{ "no bpf_set_retval()", { .unfolded = true, .no_retval = true } },
	{ "no netns cookies", { .unfolded = true, .by_inum = true } },
	{ "as on Linux 5.10",
	  { .unfolded = true, .by_libbpf = true, .no_retval = true, .by_inum = true } },
};

static void test_explicit(void **state)
{
	struct world *w = *state;

	add_rows(w);
	for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
		world_start(w, &loads[i].how);
		check_cases(w);
		/* where post_bind may refuse, explicit binds are the same */
		kernel_set_guard(w->kernel, true);
		check_cases(w);
		/* a canary that is another's socket changes nothing */
		kernel_canary(w->kernel)->cookie = ~0ULL;
		check_cases(w);
		world_stop(w);
	}
}

/* Each policy has a bitmap and rows of its own: what the one before says of a port is over. */
static void test_halves(void **state)
{
	struct world *w = *state;

	for (size_t load = 0; load < 2; load++) {
		world_start(w, &loads[load].how);
		for (uint16_t i = 0; i < 4; i++) {
			world_clear(w);
			world_row(w, HP_PROTO_TCP, 3000 + i, (struct hp_row)ALL(1));
			world_row(w, HP_PROTO_TCP, 4000 + i,
				  (struct hp_row)CLASS(RETIRED, 2 + i, 0));
			world_publish(w, HP_MODE_ENFORCE, BIT(UNREGISTERED));
			for (uint16_t j = 0; j < 4; j++) {
				check_int("allowed", world_bind(TCP4(NULL, 3000 + j)),
					  i == j ? 0 : EPERM);
				(void)world_take(w);
				check_int("retired", world_bind(TCP4(NULL, 4000 + j)),
					  i == j ? 0 : EPERM);
				check_u64("a record", world_take(w), 1);
				check_u64("row", w->events[0].row, i == j ? 2U + i : 0);
			}
		}
		world_stop(w);
	}
}

/* What is not in force yet lets everything pass uncounted; so does a policy that is unset. */
static void test_unset(void **state)
{
	struct world *w = *state;

	world_start(w, &loads[0].how);
	for (int published = 0; published < 2; published++) {
		for (int canary = 0; canary < 2; canary++) {
			kernel_canary(w->kernel)->cookie = canary ? ~0ULL : 0;
			world_mark(w);
			assert_int_equal(world_bind(TCP4(NULL, 3000)), 0);
			assert_int_equal(world_bind(TCP4(NULL, 40000)), 0);
			assert_int_equal(world_bind(UDP6(NULL, 0)), 0);
			assert_int_equal(world_take(w), 0);
			check_u64("nothing is counted", world_counted_all(w), 0);
		}
		world_publish(w, HP_MODE_UNSET, ~0U);
	}
}

/* Ranges: the one that user space has read, and the one that is in force. */
static void test_ranges(void **state)
{
	static const struct {
		const char *name;
		uint16_t port;
		bool noted; /* bind leaves a note of it */
	} ports[] = {
		{ "before both", 9999, false },		  { "first of the agent's", 10000, true },
		{ "last of the agent's", 10009, true },	  { "between them", 10010, false },
		{ "first of the kernel's", 20000, true }, { "last of the kernel's", 20009, true },
		{ "behind both", 20010, false },
	};
	struct world *w = *state;

	for (size_t load = 0; load < 2; load++) {
		world_start(w, &loads[load].how);
		world_range(20000, 20009);
		kernel_set_chosen_range(w->kernel, 10000, 10009);
		world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
		for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
			const struct where where = TCP4("127.0.0.1", ports[i].port);
			int fd = world_socket(&where), key = fd;
			struct hp_note note = { 0 };

			assert_int_equal(world_bind_to(fd, &where), 0);
			check_int(ports[i].name,
				  bpf_map_lookup_elem(bpf_map__fd(w->kernel->skel->maps.hp_notes),
						      &key, &note),
				  ports[i].noted ? 0 : -ENOENT);
			check_int(ports[i].name, world_take(w), 1);
			check_int(ports[i].name, w->events[0].key.how, HP_HOW_BIND);
			check_int(ports[i].name, w->events[0].key.cls, HP_CLASS_UNREGISTERED);
			(void)close(fd);
		}
		world_stop(w);
	}
}

/* ---- the errno ------------------------------------------------------------------------------- */

static void test_errno(void **state)
{
	static const struct {
		uint32_t code;
		int with, without; /* bpf_set_retval() */
	} codes[] = {
		{ EPERM, EPERM, EPERM },
		{ EACCES, EACCES, EPERM },
		{ EADDRINUSE, EADDRINUSE, EPERM },
		{ ENOENT, EPERM, EPERM },
	};
	struct world *w = *state;

	for (int without = 0; without < 2; without++) {
		world_start(w, &(struct world_load) { .no_retval = without });
		assert_int_equal(kernel_has_errno(w->kernel), !without);
		for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
			int want = without ? codes[i].without : codes[i].with;

			w->config.errno_code = codes[i].code;
			world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
			check_int("v4", world_bind(TCP4(NULL, 3000)), want);
			check_int("v6", world_bind(UDP6(NULL, 3000)), want);
		}
		world_stop(w);
	}
	w->config.errno_code = 0;
}

/* ---- address families ------------------------------------------------------------------------ */

static int bind_family(int domain, sa_family_t family, const void *addr, size_t len, uint16_t port)
{
	struct where where = { domain, SOCK_STREAM, 0, NULL, 0 };
	struct sockaddr_in6 v6 = { .sin6_family = family, .sin6_port = htons(port) };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&v6;
	int fd = world_socket(&where), r;

	if (addr)
		memcpy(len == 4 ? (void *)&v4->sin_addr : (void *)&v6.sin6_addr, addr, len);
	r = bind(fd, (struct sockaddr *)&v6, sizeof(v6)) < 0 ? errno : 0;
	(void)close(fd);
	return r;
}

/* What the kernel refuses for its family is left to the kernel. */
static void test_families(void **state)
{
	const uint32_t loopback = htonl(INADDR_LOOPBACK);
	struct world *w = *state;

	world_start(w, &loads[0].how);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	check_int("unspec, wildcard", bind_family(AF_INET, AF_UNSPEC, NULL, 0, 3000), EPERM);
	check_u64("unspec, wildcard: a record", world_take(w), 1);
	check_int("unspec, an address", bind_family(AF_INET, AF_UNSPEC, &loopback, 4, 3000),
		  EAFNOSUPPORT);
	check_int("v6 to v4", bind_family(AF_INET, AF_INET6, NULL, 0, 3000), EAFNOSUPPORT);
	check_int("v4 to v6", bind_family(AF_INET6, AF_INET, NULL, 0, 3000), EAFNOSUPPORT);
	check_int("unspec to v6", bind_family(AF_INET6, AF_UNSPEC, NULL, 0, 3000), EAFNOSUPPORT);
	check_u64("no record", world_take(w), 0);
}

/* ---- whose socket ---------------------------------------------------------------------------- */

/* A socket that another namespace has, bound from here; and one of ours from there. */
static void test_namespaces(void **state)
{
	const struct where where = TCP4(NULL, 3000), chosen = TCP4(NULL, 0);
	struct world *w = *state;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), other, ours, there, bound;

	assert_true(home >= 0);
	ours = world_socket(&where);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	other = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
		world_start(w, &loads[i].how);
		for (enum hp_mode mode = HP_MODE_AUDIT; mode <= HP_MODE_ENFORCE; mode++) {
			world_publish(w, mode, ~0U);
			world_mark(w);
			assert_int_equal(setns(other, CLONE_NEWNET), 0);
			there = world_socket(&where);
			bound = world_socket(&chosen);
			assert_int_equal(setns(home, CLONE_NEWNET), 0);
			check_int("of another namespace", world_bind_to(there, &where), 0);
			check_int("of another namespace, chosen", world_bind_to(bound, &chosen), 0);
			check_u64("no record", world_take(w), 0);
			check_u64("not counted", world_counted_all(w), 0);
			(void)close(there);
			(void)close(bound);
		}
		assert_int_equal(setns(other, CLONE_NEWNET), 0);
		check_int("of ours", world_bind_to(ours, &where), EPERM);
		assert_int_equal(setns(home, CLONE_NEWNET), 0);
		check_u64("a record", world_take(w), 1);
		world_stop(w);
	}
	(void)close(ours);
	(void)close(other);
	(void)close(home);
}

/* Sockets of the kernel itself, which VXLAN has: not denied unless that is asked for. */
static void test_kernel_sockets(void **state)
{
	const char *add = "ip link add hpvx type vxlan id 7 dstport 3100 dev lo local 127.0.0.1";
	struct world *w = *state;

	if (world_sh("%s 2>/dev/null", add) != 0)
		skip();
	for (size_t i = 0; i < 2; i++) {
		world_start(w, &loads[i].how);
		world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
		assert_int_equal(world_sh("ip link set hpvx up"), 0);
		assert_int_equal(world_take(w), 1);
		check_int("how", w->events[0].key.how, HP_HOW_KERNEL);
		check_int("verdict", w->events[0].key.verdict, AUDITED);
		check_int("port", w->events[0].key.port, 3100);
		assert_int_equal(world_sh("ip link set hpvx down"), 0);
		w->config.deny_kernel = 1;
		world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
		w->config.deny_kernel = 0;
		assert_int_not_equal(world_sh("ip link set hpvx up 2>/dev/null"), 0);
		assert_int_equal(world_take(w), 1);
		check_int("how", w->events[0].key.how, HP_HOW_KERNEL);
		check_int("verdict", w->events[0].key.verdict, DENIED);
		world_stop(w);
	}
	(void)world_sh("ip link del hpvx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_explicit),   WORLD_TEST(test_halves),
		WORLD_TEST(test_unset),	     WORLD_TEST(test_ranges),
		WORLD_TEST(test_errno),	     WORLD_TEST(test_families),
		WORLD_TEST(test_namespaces), WORLD_TEST(test_kernel_sockets),
	};

	return WORLD_RUN("bind() in the kernel", tests);
}
