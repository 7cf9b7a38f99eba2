// SPDX-License-Identifier: MIT
/* Ports that the kernel chose, and the caller names once more. */
#include "world.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const struct world_load loads[] = {
	{ .unfolded = true },
	{ .unfolded = true, .by_libbpf = true },
	{ .unfolded = true, .no_retval = true, .by_inum = true },
};

/* Bind to a port; the socket, or -errno. */
static int take(struct where where, uint16_t port)
{
	int fd = world_socket(&where), error;

	where.port = port;
	error = world_bind_to(fd, &where);
	if (!error)
		return fd;
	(void)close(fd);
	return -error;
}

/* A socket on a port of the kernel's choice. */
static int choose(struct where where, uint16_t *ret_port)
{
	int fd = take(where, 0);

	assert_true(fd >= 0);
	*ret_port = world_port(fd);
	return fd;
}

static void check_take(const char *name, struct where where, uint16_t port, int error)
{
	int fd = take(where, port);

	check_int(name, fd < 0 ? -fd : 0, error);
	if (fd >= 0)
		(void)close(fd);
}

static void begin(struct world *w, const struct world_load *how)
{
	world_clear(w);
	world_start(w, how);
	kernel_set_guard(w->kernel, true);
	world_range(32768, 60999);
}

/* A pair of sockets as a server makes them for "localhost:0". */
struct pair {
	const char *name;
	struct where first, second, other; /* other: of another protocol */
};

static const struct pair pairs[] = {
	{ "tcp", TCP6("::1", 0), TCP4("127.0.0.1", 0), UDP4("127.0.0.1", 0) },
	{ "tcp, IPv4 first", TCP4("127.0.0.1", 0), TCP6("::1", 0), UDP6("::1", 0) },
	{ "udp", UDP6("::1", 0), UDP4("127.0.0.1", 0), TCP4("127.0.0.1", 0) },
	{ "tcp, another address", TCP4("127.0.0.1", 0), TCP4("127.0.0.2", 0),
	  UDP4("127.0.0.2", 0) },
	{ "udp, all addresses",
	  UDP4(NULL, 0),
	  { AF_INET6, SOCK_DGRAM, 0, "::1", 0 },
	  TCP6("::1", 0) },
};

static void check_pair(struct world *w, const struct pair *p)
{
	uint16_t port;
	int first = choose(p->first, &port), second, late;

	world_mark(w);
	check_take("another protocol", p->other, port, EPERM);
	check_take("another port", p->second, port ^ 1, EPERM);
	(void)world_take(w);
	world_mark(w);
	second = take(p->second, port);
	check_int(p->name, second >= 0, true);
	check_u64(p->name, world_take(w), 0);
	check_u64(p->name, world_counted(w, HP_CLASS_EPHEMERAL, HP_VERDICT_ALLOWED), 1);
	check_u64(p->name, world_counted_all(w), 1);
	(void)close(second);
	/* as often as it likes, but no longer than the first one has it */
	check_take(p->name, p->second, port, 0);
	(void)close(first);
	check_take("the first one is closed", p->second, port, EPERM);
	/* and the one that named it is no choice, even if it was there with the first one */
	first = choose(p->first, &port);
	second = take(p->second, port);
	assert_true(second >= 0);
	(void)close(first);
	check_take("only the second one is left", p->first, port, EPERM);
	late = choose(p->first, &port);
	check_take("another choice", p->second, port, 0);
	(void)close(late);
	(void)close(second);
	(void)world_take(w);
}

static void test_pairs(void **state)
{
	struct world *w = *state;

	for (size_t l = 0; l < ARRAY_LEN(loads); l++) {
		begin(w, &loads[l]);
		world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
		for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
			check_pair(w, &pairs[i]);
		world_stop(w);
	}
}

/* In audit mode it is no violation either; a port that was named is one. */
static void test_audit(void **state)
{
	struct world *w = *state;
	uint16_t port;
	int first;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	first = choose(TCP6("::1", 0), &port);
	check_take("chosen", TCP4("127.0.0.1", 0), port, 0);
	check_u64("chosen", world_take(w), 0);
	(void)close(first);
	check_take("closed", TCP4("127.0.0.1", 0), port, 0);
	check_u64("closed", world_take(w), 1);
	check_int("closed", w->events[0].key.cls, HP_CLASS_UNREGISTERED);
	first = take(TCP6("::1", 0), 45000);
	assert_true(first >= 0);
	check_take("named", TCP4("127.0.0.1", 0), 45000, 0);
	check_u64("named", world_take(w), 2);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	check_take("named, enforce", TCP4("127.0.0.1", 0), 45000, EPERM);
	(void)close(first);
}

/* What the registry says of the port goes before. */
static void test_rows(void **state)
{
	struct world *w = *state;
	uint16_t port;
	int first;

	begin(w, &loads[0]);
	world_row(w, HP_PROTO_TCP, 40000,
		  (struct hp_row) { .row = { 1, 1 }, .cls = { HP_CLASS_SCOPE } });
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	world_range(40000, 40000);
	first = choose(TCP6("::1", 0), &port);
	check_int("the port", port, 40000);
	check_take("local", TCP4("127.0.0.1", 0), port, 0);
	check_take("not local", TCP4(NULL, 0), port, EPERM);
	(void)close(first);
	/* where port 0 itself is a violation, so is the port that comes of it */
	world_range(40001, 40001);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT | BIT(EPHEMERAL));
	(void)world_take(w);
	first = choose(TCP6("::1", 0), &port);
	check_take("opted in", TCP4("127.0.0.1", 0), port, 0);
	check_u64("opted in", world_take(w), 2);
	check_int("opted in", w->events[1].key.cls, HP_CLASS_EPHEMERAL);
	check_int("opted in", w->events[1].key.how, HP_HOW_BIND0);
	(void)close(first);
}

/* Another workload has not chosen it. */
static void test_workloads(void **state)
{
	struct world *w = *state;
	char dir[PATH_MAX + 8];
	uint16_t port;
	int first;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	first = choose(TCP6("::1", 0), &port);
	(void)snprintf(dir, sizeof(dir), "%s/other", w->cgroup);
	world_make_cgroup(dir);
	world_enter(dir);
	check_take("another workload", TCP4("127.0.0.1", 0), port, EPERM);
	world_enter(w->cgroup);
	world_remove_cgroup(dir);
	check_take("the same", TCP4("127.0.0.1", 0), port, 0);
	(void)close(first);
}

/* A later choice of the same place is remembered in its stead. */
static void test_replaced(void **state)
{
	struct world *w = *state;
	uint16_t port, later;
	int first, second;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	world_range(40000, 40000);
	first = choose(TCP6("::1", 0), &port);
	world_range(40000 + HP_CHOICES, 40000 + HP_CHOICES);
	second = choose(TCP6("::1", 0), &later);
	check_take("the later one", TCP4("127.0.0.1", 0), later, 0);
	check_take("the earlier one", TCP4("127.0.0.1", 0), port, EPERM);
	(void)close(first);
	(void)close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_pairs),	    WORLD_TEST(test_audit),    WORLD_TEST(test_rows),
		WORLD_TEST(test_workloads), WORLD_TEST(test_replaced),
	};

	return WORLD_RUN("choices", tests);
}
