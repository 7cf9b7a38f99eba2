// SPDX-License-Identifier: MIT
/* Ports from a range of the socket's own (IP_LOCAL_PORT_RANGE): who narrows the kernel's choice has
 * asked for the port. */
#include "world.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/kernel/sockets/socket_iterator.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

#define FIRST 32768 /* the namespace's range */
#define LAST  60999

static const struct world_load loads[] = {
	{ .unfolded = true },
	{ .unfolded = true, .by_libbpf = true },
	{ .unfolded = true, .no_retval = true, .by_inum = true },
};

static const struct where wheres[] = {
	TCP4(NULL, 0),
	TCP6("::1", 0),
	UDP4("127.0.0.1", 0),
	UDP6(NULL, 0),
};

static void begin(struct world *w, const struct world_load *how)
{
	static const struct hp_row retired = {
		.row = { 1, 1 },
		.cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED },
	};
	static const struct hp_row allowed = { .row = { 2, 2 } };

	world_clear(w);
	for (uint8_t proto = HP_PROTO_TCP; proto <= HP_PROTO_UDP; proto++) {
		world_row(w, proto, 45001, retired);
		world_row(w, proto, 45002, allowed);
	}
	world_start(w, how);
	kernel_set_guard(w->kernel, true);
	world_range(FIRST, LAST);
}

/* A socket with a range of its own; 0: that end is not set. */
static int ranged(const struct where *where, uint16_t first, uint16_t last)
{
	uint32_t range = HP_RANGE(first, last);
	int fd = world_socket(where);

	if (setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range)) == 0)
		return fd;
	assert_int_equal(errno, ENOPROTOOPT);
	(void)close(fd);
	skip(); /* before Linux 6.3 */
	return -1;
}

static const struct range_case {
	const char *name;
	uint16_t first, last; /* the socket's own */
	enum hp_class cls;    /* with EPHEMERAL it is only counted, with NONE not even that */
} cases[] = {
	{ "one port", 45000, 45000, HP_CLASS_UNREGISTERED },
	{ "a retired one", 45001, 45001, HP_CLASS_RETIRED },
	{ "an allowed one", 45002, 45002, HP_CLASS_NONE },
	{ "some ports", 46000, 46010, HP_CLASS_UNREGISTERED },
	{ "all but the first", FIRST + 1, LAST, HP_CLASS_UNREGISTERED },
	{ "all but the last", FIRST, LAST - 1, HP_CLASS_UNREGISTERED },
	{ "a first one", 46000, 0, HP_CLASS_UNREGISTERED },
	{ "a last one", 0, 60000, HP_CLASS_UNREGISTERED },
	{ "the first of all", FIRST, FIRST, HP_CLASS_UNREGISTERED },
	{ "the last of all", LAST, LAST, HP_CLASS_UNREGISTERED },
	{ "the namespace's", FIRST, LAST, HP_CLASS_EPHEMERAL },
	{ "a wider one", 1, 65535, HP_CLASS_EPHEMERAL },
	{ "none", 0, 0, HP_CLASS_EPHEMERAL },
	/* the kernel ignores a range outside of the namespace's */
	{ "below it", 1000, 2000, HP_CLASS_EPHEMERAL },
	{ "above it", 61000, 62000, HP_CLASS_EPHEMERAL },
};

static void check_record(const char *name, const struct hp_event *e, const struct range_case *c,
			 enum hp_verdict verdict)
{
	check_int(name, e->key.cls, c->cls);
	check_int(name, e->key.verdict, verdict);
	check_int(name, e->key.how, HP_HOW_BIND);
	check_int(name, e->hook, HP_HOOK_POST_BIND);
	check_int(name, e->key.port >= (c->first ? c->first : FIRST), true);
	check_int(name, e->key.port <= (c->last ? c->last : LAST), true);
}

static void check_port0(struct world *w, const struct range_case *c, const struct where *where,
			enum hp_verdict verdict)
{
	int fd = ranged(where, c->first, c->last), error;
	bool violates = c->cls != HP_CLASS_EPHEMERAL && c->cls != HP_CLASS_NONE;

	world_mark(w);
	error = world_bind_to(fd, where);
	check_int(c->name, error, violates && verdict == HP_VERDICT_DENIED ? EPERM : 0);
	check_u64(c->name, world_take(w), violates);
	if (violates)
		check_record(c->name, &w->events[0], c, verdict);
	else if (c->cls == HP_CLASS_EPHEMERAL)
		check_u64(c->name, world_counted(w, c->cls, HP_VERDICT_ALLOWED), 1);
	check_u64(c->name, world_counted_all(w), c->cls != HP_CLASS_NONE);
	(void)close(fd);
}

static void check_all(struct world *w, enum hp_verdict verdict)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t s = 0; s < ARRAY_LEN(wheres); s++)
			check_port0(w, &cases[i], &wheres[s], verdict);
}

static void test_port0(void **state)
{
	struct world *w = *state;

	for (size_t l = 0; l < ARRAY_LEN(loads); l++) {
		begin(w, &loads[l]);
		world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
		check_all(w, HP_VERDICT_AUDITED);
		world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
		check_all(w, HP_VERDICT_DENIED);
		/* a kernel that keeps the port */
		kernel_set_guard(w->kernel, false);
		check_all(w, HP_VERDICT_AUDITED);
		world_stop(w);
	}
}

/* Where port 0 itself is a violation, it is told of once, as what it is. */
static void test_opted_in(void **state)
{
	struct world *w = *state;
	struct hp_note note = { 0 };
	int fd;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT | BIT(EPHEMERAL));
	fd = ranged(&wheres[0], 45000, 45000);
	check_int("narrowed", world_bind_to(fd, &wheres[0]), 0);
	check_u64("narrowed", world_take(w), 1);
	check_record("narrowed", &w->events[0], &cases[0], HP_VERDICT_AUDITED);
	/* listen() does not tell of it again, and nothing waits to be confirmed */
	assert_int_equal(
		bpf_map_lookup_elem(bpf_map__fd(w->kernel->skel->maps.hp_notes), &fd, &note), 0);
	check_int("note", note.told, 1);
	check_int("note", note.port, 45000);
	check_int("note", note.verdict, HP_VERDICT_NONE);
	(void)close(fd);
}

/* A bind() that names the port is what it always was. */
static void test_named(void **state)
{
	struct where where = TCP4(NULL, 45000);
	struct world *w = *state;

	begin(w, &loads[0]);
	for (int enforce = 0; enforce < 2; enforce++) {
		int fd = ranged(&where, 45000, 45000);

		world_publish(w, enforce ? HP_MODE_ENFORCE : HP_MODE_AUDIT, DENY_DEFAULT);
		check_int("named", world_bind_to(fd, &where), enforce ? EPERM : 0);
		check_u64("named", world_take(w), 1);
		check_int("named", w->events[0].key.cls, HP_CLASS_UNREGISTERED);
		check_int("named", w->events[0].key.how, HP_HOW_BIND);
		check_int("named", w->events[0].hook, enforce ? HP_HOOK_BIND : HP_HOOK_POST_BIND);
		(void)close(fd);
	}
}

/* What was asked for is no choice of the kernel's that may be named once more. */
static void test_not_remembered(void **state)
{
	struct where where = TCP6("::1", 0);
	struct world *w = *state;
	int fd;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	fd = ranged(&where, 45000, 45000);
	check_int("narrowed", world_bind_to(fd, &where), 0);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	check_int("the other family", world_bind(TCP4("127.0.0.1", 45000)), EPERM);
	(void)close(fd);
}

struct look {
	uint64_t inode;
	uint8_t asked;
};

static void on_owner(void *data, const struct hp_socket_owner *owner)
{
	struct look *look = data;

	if (owner->inode == look->inode)
		look->asked = owner->asked;
}

/* The sweep's iterator tells of it, too. */
static void test_iterator(void **state)
{
	static const struct {
		const char *name;
		uint16_t first, last, port;
		enum hp_asked asked;
	} ways[] = {
		{ "narrowed", 46000, 46010, 0, HP_ASKED_RANGE },
		{ "narrowed, and named", 46000, 46010, 46001, HP_ASKED_YES },
		{ "the namespace's", FIRST, LAST, 0, HP_ASKED_NO },
		{ "none", 0, 0, 0, HP_ASKED_NO },
	};
	struct socket_iterator *iterator = NULL;
	struct world *w = *state;

	if (socket_iterator_open(w->netns.inum, &iterator) < 0)
		skip();
	world_range(FIRST, LAST);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const struct where where = UDP4(NULL, ways[i].port);
		int fd = ranged(&where, ways[i].first, ways[i].last);
		struct look look = { 0 };
		struct stat st;

		assert_int_equal(world_bind_to(fd, &where), 0);
		assert_int_equal(fstat(fd, &st), 0);
		look.inode = st.st_ino;
		check_int(ways[i].name, socket_iterator_read(iterator, on_owner, &look), 0);
		check_int(ways[i].name, look.asked, ways[i].asked);
		(void)close(fd);
	}
	socket_iterator_close(iterator);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_port0),		 WORLD_TEST(test_opted_in), WORLD_TEST(test_named),
		WORLD_TEST(test_not_remembered), WORLD_TEST(test_iterator),
	};

	return WORLD_RUN("ports from a socket's own range", tests);
}
