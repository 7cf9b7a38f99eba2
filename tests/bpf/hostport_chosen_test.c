// SPDX-License-Identifier: MIT
/* The programs of bind(), in the kernel: ports of the kernel's choice, notes on sockets, the
 * canary. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLASS(c, r, e)                                                                             \
	{                                                                                          \
		.row = { r, r }, .cls = { HP_CLASS_##c, HP_CLASS_##c }, .excepted = (e)            \
	}
#define LITE(p) ((struct where) { AF_INET, SOCK_DGRAM, HP_IPPROTO_UDPLITE, NULL, p })

static const struct policy_row rows[] = {
	{ { HP_PROTO_TCP, 0, 40000 }, CLASS(RETIRED, 1, 0) },
	{ { HP_PROTO_UDP, 0, 40000 }, CLASS(RETIRED, 2, 0) },
	{ { HP_PROTO_UDPLITE, 0, 40000 }, CLASS(RETIRED, 3, 0) },
	{ { HP_PROTO_TCP, 0, 40001 }, CLASS(NONE, 4, 0) },
	{ { HP_PROTO_UDPLITE, 0, 40001 }, CLASS(NONE, 4, 0) },
	{ { HP_PROTO_TCP, 0, 40002 }, { .row = { 5, 6 }, .cls = { HP_CLASS_SCOPE } } },
	{ { HP_PROTO_TCP, 0, 40003 }, CLASS(UNREGISTERED, 0, BIT(UNREGISTERED)) },
	{ { HP_PROTO_TCP, 0, 40004 }, CLASS(INACTIVE, 7, BIT(INACTIVE)) },
	{ { HP_PROTO_TCP, 0, 40005 }, CLASS(OWNER, 8, 0) },
};

static void begin(struct world *w, const struct world_load *how)
{
	world_clear(w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		world_row(w, rows[i].key.proto, rows[i].key.port, rows[i].row);
	world_start(w, how);
}

static int notes(const struct world *w)
{
	return bpf_map__fd(w->kernel->skel->maps.hp_notes);
}

static void put_note(struct world *w, int fd, const struct hp_note *note)
{
	assert_int_equal(bpf_map_update_elem(notes(w), &fd, note, BPF_ANY), 0);
}

/* The socket's note; all zeros: it has none. */
static struct hp_note note_of(struct world *w, int fd)
{
	struct hp_note note = { 0 };

	(void)bpf_map_lookup_elem(notes(w), &fd, &note);
	return note;
}

static void check_note(const char *name, struct world *w, int fd, const struct hp_note *want)
{
	struct hp_note got = note_of(w, fd);

	check_u64(name, got.row, want->row);
	check_u64(name, got.generation, want->generation);
	check_int(name, got.port, want->port);
	check_int(name, got.cls, want->cls);
	check_int(name, got.verdict, want->verdict);
	check_int(name, got.how, want->how);
	check_int(name, got.mode, want->mode);
	check_int(name, got.told, want->told);
}

/* ---- port 0 ---------------------------------------------------------------------------------- */

#define EPHEMERAL     (DENY_DEFAULT | BIT(EPHEMERAL))
#define AUDIT	      HP_MODE_AUDIT, DENY_DEFAULT, false
#define GUARDED	      HP_MODE_ENFORCE, DENY_DEFAULT, true
#define UNGUARDED     HP_MODE_ENFORCE, DENY_DEFAULT, false
#define NOTHING	      0, HP_CLASS_NONE, HP_VERDICT_NONE
#define COUNTED	      0, HP_CLASS_EPHEMERAL, HP_VERDICT_ALLOWED
#define SEEN(c, v, r) r, HP_CLASS_##c, HP_VERDICT_##v

static const struct chosen_case {
	const char *name;
	struct where where;
	uint16_t port; /* that the kernel chooses */
	enum hp_mode mode;
	uint32_t denies;
	bool guard;
	uint32_t row;
	uint8_t cls, verdict; /* ALLOWED: is counted and no more; NONE: not even that */
	bool told;	      /* the note says so afterwards */
	bool by_bind;	      /* denied before a port is chosen */
} chosen_cases[] = {
	{ "audit, tcp", TCP4(NULL, 0), 40000, AUDIT, SEEN(RETIRED, AUDITED, 1), true, false },
	{ "audit, tcp, v6", TCP6(NULL, 0), 40000, AUDIT, SEEN(RETIRED, AUDITED, 1), true, false },
	{ "audit, udp", UDP4(NULL, 0), 40000, AUDIT, SEEN(RETIRED, AUDITED, 2), true, false },
	{ "audit, udplite", LITE(0), 40000, AUDIT, SEEN(RETIRED, AUDITED, 3), true, false },
	{ "audit, allowed", TCP4(NULL, 0), 40001, AUDIT, NOTHING, false, false },
	{ "audit, allowed, udplite", LITE(0), 40001, AUDIT, NOTHING, false, false },
	{ "audit, scope", TCP4(NULL, 0), 40002, AUDIT, SEEN(SCOPE, AUDITED, 5), true, false },
	{ "audit, localhost", TCP4("127.0.0.1", 0), 40002, AUDIT, NOTHING, false, false },
	{ "audit, localhost, v6", TCP6("::1", 0), 40002, AUDIT, NOTHING, false, false },
	{ "audit, an exception", TCP4(NULL, 0), 40003, AUDIT, COUNTED, false, false },
	{ "audit, excepted", TCP4(NULL, 0), 40004, AUDIT, SEEN(INACTIVE, EXCEPTED, 7), true,
	  false },
	{ "audit, no row", TCP4(NULL, 0), 40009, AUDIT, COUNTED, false, false },
	{ "audit, no row, v6", UDP6(NULL, 0), 40009, AUDIT, COUNTED, false, false },
	{ "audit, no row, udplite", LITE(0), 40009, AUDIT, COUNTED, false, false },
	{ "unguarded, tcp", TCP4(NULL, 0), 40000, UNGUARDED, SEEN(RETIRED, AUDITED, 1), true,
	  false },
	{ "unguarded, udp", UDP4(NULL, 0), 40000, UNGUARDED, SEEN(RETIRED, AUDITED, 2), true,
	  false },
	{ "guarded, tcp", TCP4(NULL, 0), 40000, GUARDED, SEEN(RETIRED, DENIED, 1), false, false },
	{ "guarded, tcp, v6", TCP6(NULL, 0), 40000, GUARDED, SEEN(RETIRED, DENIED, 1), false,
	  false },
	{ "guarded, udp", UDP4(NULL, 0), 40000, GUARDED, SEEN(RETIRED, DENIED, 2), false, false },
	{ "guarded, udplite", LITE(0), 40000, GUARDED, SEEN(RETIRED, AUDITED, 3), true, false },
	{ "guarded, excepted", TCP4(NULL, 0), 40004, GUARDED, SEEN(INACTIVE, EXCEPTED, 7), true,
	  false },
	{ "guarded, not denied", TCP4(NULL, 0), 40005, GUARDED, SEEN(OWNER, AUDITED, 8), true,
	  false },
	{ "guarded, no row", TCP4(NULL, 0), 40009, GUARDED, COUNTED, false, false },
	/* where the class is opted in, what was asked for decides: port 0 */
	{ "opted in, audit", TCP4(NULL, 0), 40009, HP_MODE_AUDIT, EPHEMERAL, false,
	  SEEN(EPHEMERAL, AUDITED, 0), true, false },
	{ "opted in, audit, a row", UDP4(NULL, 0), 40000, HP_MODE_AUDIT, EPHEMERAL, false,
	  SEEN(EPHEMERAL, AUDITED, 0), true, false },
	{ "opted in, audit, allowed", TCP4(NULL, 0), 40001, HP_MODE_AUDIT, EPHEMERAL, false,
	  NOTHING, false, false },
	{ "opted in, audit, v6", TCP6(NULL, 0), 40009, HP_MODE_AUDIT, EPHEMERAL, false,
	  SEEN(EPHEMERAL, AUDITED, 0), true, false },
	{ "opted in, enforce", TCP4(NULL, 0), 40009, HP_MODE_ENFORCE, EPHEMERAL, true,
	  SEEN(EPHEMERAL, DENIED, 0), false, true },
	{ "opted in, enforce, unguarded", UDP6(NULL, 0), 40009, HP_MODE_ENFORCE, EPHEMERAL, false,
	  SEEN(EPHEMERAL, DENIED, 0), false, true },
};

static void check_chosen_record(struct world *w, const struct chosen_case *c, uint64_t cookie)
{
	const struct hp_event *e = &w->events[0];

	check_u64(c->name, w->len, 1);
	check_int(c->name, e->key.port, c->by_bind ? 0 : c->port);
	check_int(c->name, e->key.cls, c->cls);
	check_int(c->name, e->key.verdict, c->verdict);
	check_int(c->name, e->key.how, HP_HOW_BIND0);
	check_int(c->name, e->hook, c->by_bind ? HP_HOOK_BIND : HP_HOOK_POST_BIND);
	check_int(c->name, e->row, c->row);
	check_int(c->name, e->mode, c->mode);
	check_int(c->name, e->policy_generation, kernel_generation(w->kernel));
	check_u64(c->name, e->cookie, cookie);
}

static void check_chosen(struct world *w, const struct chosen_case *c)
{
	int fd = world_socket(&c->where);
	struct hp_note note;

	world_range(c->port, c->port);
	kernel_set_guard(w->kernel, c->guard);
	world_publish(w, c->mode, c->denies);
	world_mark(w);
	check_int(c->name, world_bind_to(fd, &c->where),
		  c->verdict == HP_VERDICT_DENIED ? EPERM : 0);
	(void)world_take(w);
	if (c->verdict > HP_VERDICT_ALLOWED)
		check_chosen_record(w, c, world_cookie(fd));
	else
		check_u64(c->name, w->len, 0);
	if (c->verdict != HP_VERDICT_NONE)
		check_u64(c->name, world_counted(w, c->cls, c->verdict), 1);
	check_u64(c->name, world_counted_all(w), c->verdict != HP_VERDICT_NONE);
	note = note_of(w, fd);
	if (c->told)
		check_int(c->name, note.verdict, HP_VERDICT_NONE);
	check_int(c->name, note.told, c->told);
	if (c->told)
		check_int(c->name, note.port, c->port);
	(void)close(fd);
}

static const struct world_load loads[] = {
	{ .unfolded = true },
	{ .unfolded = true, .by_libbpf = true },
	{ .unfolded = true, .no_retval = true, .by_inum = true },
};

static void test_chosen(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
		begin(w, &loads[i]);
		for (int canary = 0; canary < 2; canary++) {
			/* of another's socket */
			kernel_canary(w->kernel)->cookie = canary ? ~0ULL : 0;
			for (size_t c = 0; c < ARRAY_LEN(chosen_cases); c++)
				check_chosen(w, &chosen_cases[c]);
		}
		world_stop(w);
	}
}

/* ---- notes ----------------------------------------------------------------------------------- */

/* What bind has decided stays on the socket while its bind() fails. */
static void test_left(void **state)
{
	static const struct {
		const char *name;
		uint16_t port;
		uint32_t row;
		uint8_t cls, verdict;
	} cases[] = {
		{ "retired", 40000, 1, HP_CLASS_RETIRED, HP_VERDICT_AUDITED },
		{ "no row", 40009, 0, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED },
		{ "excepted", 40004, 7, HP_CLASS_INACTIVE, HP_VERDICT_EXCEPTED },
	};
	struct world *w = *state;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct where where = TCP4(NULL, cases[i].port);
		const struct hp_note told = { .told = 1, .port = 1, .verdict = HP_VERDICT_DENIED };
		struct hp_note want = {
			.row = cases[i].row,
			.generation = kernel_generation(w->kernel),
			.port = cases[i].port,
			.cls = cases[i].cls,
			.verdict = cases[i].verdict,
			.how = HP_HOW_BIND,
			.mode = HP_MODE_AUDIT,
		};
		int holder = world_socket(&where), late = world_socket(&where);

		assert_int_equal(world_bind_to(holder, &where), 0);
		put_note(w, late, &told);
		check_int(cases[i].name, world_bind_to(late, &where), EADDRINUSE);
		check_note(cases[i].name, w, late, &want);
		want.verdict = HP_VERDICT_NONE; /* it is told */
		check_note(cases[i].name, w, holder, &want);
		(void)close(holder);
		(void)close(late);
	}
}

/* A later bind() that is allowed takes the note back. */
static void test_dropped(void **state)
{
	struct hp_note none;
	const struct where where = LITE(40009);
	struct world *w = *state;
	int holder, late;

	begin(w, &loads[0]);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	holder = world_socket(&where);
	late = world_socket(&where);
	assert_int_equal(world_bind_to(holder, &where), 0);
	assert_int_equal(world_bind_to(late, &where), EADDRINUSE);
	check_int("left", note_of(w, late).verdict, HP_VERDICT_AUDITED);
	world_row(w, HP_PROTO_UDPLITE, 40009, (struct hp_row) { .row = { 9, 9 } });
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	assert_int_equal(world_bind_to(late, &where), EADDRINUSE);
	check_int("dropped", note_of(w, late).verdict, HP_VERDICT_NONE);
	check_int("and still there", note_of(w, late).port, 40009);
	/* one that never left a note has none */
	(void)close(late);
	late = world_socket(&where);
	assert_int_equal(world_bind_to(late, &where), EADDRINUSE);
	assert_int_equal(bpf_map_lookup_elem(notes(w), &late, &none), -ENOENT);
	(void)close(holder);
	(void)close(late);
}

/* What is planted on a socket whose port 0 becomes 40009, and what comes of it. */
static const struct planted_case {
	const char *name;
	struct hp_note note;
	uint16_t port; /* asked for */
	bool holds;    /* it is reported as the note says */
	struct hp_note after;
} planted_cases[] = {
	{ "of this port",
	  { 77, 55, 40009, HP_CLASS_INACTIVE, HP_VERDICT_EXCEPTED, HP_HOW_KERNEL, HP_MODE_ENFORCE,
	    0, 0 },
	  0,
	  true,
	  { 77, 55, 40009, HP_CLASS_INACTIVE, 0, HP_HOW_KERNEL, HP_MODE_ENFORCE, 0, 0 } },
	{ "of port 0",
	  { 78, 56, 0, HP_CLASS_EPHEMERAL, HP_VERDICT_AUDITED, HP_HOW_BIND0, HP_MODE_AUDIT, 0, 0 },
	  0,
	  true,
	  { 78, 56, 40009, HP_CLASS_EPHEMERAL, 0, HP_HOW_BIND0, HP_MODE_AUDIT, 1, 0 } },
	{ "told",
	  { 77, 55, 40009, HP_CLASS_INACTIVE, HP_VERDICT_NONE, HP_HOW_BIND, HP_MODE_AUDIT, 1, 0 },
	  0,
	  false,
	  { 77, 55, 40009, HP_CLASS_INACTIVE, HP_VERDICT_NONE, HP_HOW_BIND, HP_MODE_AUDIT, 1, 0 } },
	{ "of another port",
	  { 77, 55, 40008, HP_CLASS_RETIRED, HP_VERDICT_AUDITED, HP_HOW_BIND, HP_MODE_AUDIT, 0, 0 },
	  0,
	  false,
	  { 77, 55, 40008, HP_CLASS_RETIRED, HP_VERDICT_AUDITED, HP_HOW_BIND, HP_MODE_AUDIT, 0,
	    0 } },
};

static void check_planted(struct world *w, const struct planted_case *c)
{
	const struct where where = UDP4("127.0.0.1", c->port);
	const struct hp_event *e = &w->events[0];
	int fd = world_socket(&where);

	put_note(w, fd, &c->note);
	world_mark(w);
	check_int(c->name, world_bind_to(fd, &where), 0);
	check_u64(c->name, world_take(w), c->holds);
	if (c->holds) {
		check_int(c->name, e->key.port, 40009);
		check_int(c->name, e->row, c->note.row);
		check_int(c->name, e->policy_generation, c->note.generation);
		check_int(c->name, e->key.cls, c->note.cls);
		check_int(c->name, e->key.verdict, c->note.verdict);
		check_int(c->name, e->key.how, c->note.how);
		check_int(c->name, e->mode, c->note.mode);
		check_u64(c->name, world_counted(w, c->note.cls, c->note.verdict), 1);
	} else {
		check_u64(c->name, world_counted(w, HP_CLASS_EPHEMERAL, HP_VERDICT_ALLOWED), 1);
	}
	check_u64(c->name, world_counted_all(w), 1);
	check_note(c->name, w, fd, &c->after);
	(void)close(fd);
}

static void test_planted(void **state)
{
	struct hp_note of_3000 = {
		77, 55, 3000, HP_CLASS_RETIRED, HP_VERDICT_AUDITED, HP_HOW_KERNEL, HP_MODE_ENFORCE,
		0,  0
	};
	const struct where where = TCP4(NULL, 3000), chosen = TCP4(NULL, 0);
	struct world *w = *state;
	int fd;

	begin(w, &loads[0]);
	world_range(40009, 40009);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	for (size_t i = 0; i < ARRAY_LEN(planted_cases); i++)
		check_planted(w, &planted_cases[i]);
	/* a port that the kernel could not have chosen needs no note */
	fd = world_socket(&where);
	put_note(w, fd, &of_3000);
	assert_int_equal(world_bind_to(fd, &where), 0);
	assert_int_equal(world_take(w), 1);
	check_int("no note is needed", w->events[0].key.cls, HP_CLASS_UNREGISTERED);
	check_note("no note is needed", w, fd, &of_3000);
	(void)close(fd);
	/* and none is made of one that is only counted */
	fd = world_socket(&chosen);
	assert_int_equal(world_bind_to(fd, &chosen), 0);
	assert_int_equal(bpf_map_lookup_elem(notes(w), &fd, &of_3000), -ENOENT);
	(void)close(fd);
}

/* As connect() to nowhere does, of TCP only if it has listened. */
static void unbind(int fd)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	(void)listen(fd, 1);
	assert_int_equal(connect(fd, &none, sizeof(none)), 0);
}

/* A socket that is bound once more: what was told of it is not told again. */
static void test_again(void **state)
{
	const struct where ways[] = { UDP4(NULL, 0), UDP6("::1", 0), TCP4("127.0.0.1", 0) };
	struct world *w = *state;

	begin(w, &loads[0]);
	world_range(40009, 40009);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		int fd = world_socket(&ways[i]);

		world_publish(w, HP_MODE_AUDIT, EPHEMERAL);
		check_int("first", world_bind_to(fd, &ways[i]), 0);
		check_u64("first", world_take(w), 1);
		unbind(fd);
		world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
		world_mark(w);
		check_int("again", world_bind_to(fd, &ways[i]), 0);
		check_u64("again", world_take(w), 0);
		check_u64("again", world_counted(w, HP_CLASS_EPHEMERAL, HP_VERDICT_ALLOWED), 1);
		unbind(fd);
		/* but a bind() that asks for it by its number is one of its own */
		check_int("by number",
			  world_bind_to(fd, &(struct where) { ways[i].family, 0, 0, ways[i].addr,
							      40009 }),
			  0);
		check_u64("by number", world_take(w), 1);
		check_int("by number", w->events[0].key.how, HP_HOW_BIND);
		(void)close(fd);
	}
}

/* Where a socket has no memory for a note, its violation is counted as lost. */
static void test_no_memory(void **state)
{
	_cleanup_close_ int limit = open("/proc/sys/net/core/optmem_max", O_WRONLY | O_CLOEXEC);
	struct world *w = *state;

	if (limit < 0) /* one for all namespaces, before Linux 6.8 */
		skip();
	begin(w, &loads[0]);
	assert_true(write(limit, "8", 1) == 1);
	world_range(40000, 40000);
	world_publish(w, HP_MODE_AUDIT, EPHEMERAL);
	world_mark(w);
	check_int("unregistered", world_bind(TCP4(NULL, 40009)), 0);
	check_u64("unregistered", world_counted(w, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED), 1);
	check_u64("unregistered: lost", world_lost(w, HP_LOST_NOTE), 1);
	/* post_bind finds out about a row by itself, and port 0 is no violation by itself */
	check_int("chosen", world_bind(TCP4(NULL, 0)), 0);
	check_u64("chosen: lost", world_lost(w, HP_LOST_NOTE), 1);
	(void)world_take(w);
	assert_true(pwrite(limit, "131072", 6, 0) == 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_chosen),  WORLD_TEST(test_left),  WORLD_TEST(test_dropped),
		WORLD_TEST(test_planted), WORLD_TEST(test_again), WORLD_TEST(test_no_memory),
	};

	return WORLD_RUN("ports of the kernel's choice", tests);
}
