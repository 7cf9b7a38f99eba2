// SPDX-License-Identifier: MIT
/* The socket table and its owners, read from a namespace whose sockets are all known. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/kernel/sockets/receivers.h"
#include "../../user/kernel/sockets/sockdiag.h"
#include "../../user/kernel/sockets/socket_iterator.h"

#define SOCKETS 32

struct table {
	struct receiver list[SOCKETS];
	size_t len;
};

static void on_socket(void *data, const struct receiver *socket)
{
	struct table *table = data;

	assert_true(table->len < SOCKETS);
	table->list[table->len++] = *socket;
}

static struct table read_table(const struct netns *netns)
{
	struct table table = { .len = 0 };
	uint32_t unreadable = ~0U;

	check_int("dump", sockdiag_dump(netns, on_socket, &table, &unreadable), 0);
	check_u64("all of it", unreadable & ~(1U << HP_PROTO_UDPLITE), 0);
	return table;
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static int bound(const struct where *where)
{
	int fd = world_socket(where);

	assert_int_equal(world_bind_to(fd, where), 0);
	if (where->type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static const struct receiver *find(const struct table *table, int fd)
{
	for (size_t i = 0; i < table->len; i++)
		if (table->list[i].cookie == world_cookie(fd))
			return &table->list[i];
	return NULL;
}

/* ---- the table ------------------------------------------------------------------------------- */

static void test_table(void **state)
{
	static const struct {
		const char *name;
		struct where where;
		uint8_t proto, family;
		uint8_t addr[HP_ADDR_LEN];
	} cases[] = {
		{ "tcp",
		  { AF_INET, SOCK_STREAM, 0, "127.0.0.1", 3001 },
		  HP_PROTO_TCP,
		  4,
		  { 127, 0, 0, 1 } },
		{ "tcp, v6", { AF_INET6, SOCK_STREAM, 0, NULL, 3002 }, HP_PROTO_TCP, 6, { 0 } },
		{ "udp",
		  { AF_INET, SOCK_DGRAM, 0, "192.0.2.7", 3003 },
		  HP_PROTO_UDP,
		  4,
		  { 192, 0, 2, 7 } },
		{ "udp, v6",
		  { AF_INET6, SOCK_DGRAM, 0, "2001:db8::5", 3004 },
		  HP_PROTO_UDP,
		  6,
		  { 0x20, 1, 0xd, 0xb8, [15] = 5 } },
	};
	struct world *w = *state;
	int fds[ARRAY_LEN(cases)];
	const struct where none = TCP4(NULL, 3009), peer = UDP4("127.0.0.1", 3010);
	int unheard = world_socket(&none), client = bound(&peer);
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct table table;

	assert_int_equal(world_bind_to(unheard, &none), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&to, sizeof(to)), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		fds[i] = bound(&cases[i].where);
	table = read_table(&w->netns);
	check_u64("sockets", table.len, ARRAY_LEN(cases) + 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct receiver *s = find(&table, fds[i]);

		assert_non_null(s);
		check_int(cases[i].name, s->proto, cases[i].proto);
		check_int(cases[i].name, s->family, cases[i].family);
		check_int(cases[i].name, s->port, cases[i].where.port);
		check_int(cases[i].name, s->connected, false);
		check_u64(cases[i].name, s->inode, inode_of(fds[i]));
		check_u64(cases[i].name, s->cgroup_id, w->cgroup_id);
		check_u64(cases[i].name, s->interface, 0);
		check_u64(cases[i].name, s->uid, 0);
		assert_memory_equal(s->addr, cases[i].addr, HP_ADDR_LEN);
		(void)close(fds[i]);
	}
	assert_null(find(&table, unheard)); /* it does not listen */
	assert_non_null(find(&table, client));
	check_int("connected", find(&table, client)->connected, true);
	(void)close(unheard);
	(void)close(client);
	check_u64("none is left", read_table(&w->netns).len, 0);
}

/* Which user, and which interface. */
static void test_whose(void **state)
{
	const struct where where = UDP4(NULL, 3001);
	struct world *w = *state;
	struct table table;
	int fd;

	assert_int_equal(seteuid(4242), 0);
	fd = world_socket(&where);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2), 0);
	assert_int_equal(world_bind_to(fd, &where), 0);
	table = read_table(&w->netns);
	check_u64("sockets", table.len, 1);
	check_u64("user", table.list[0].uid, 4242);
	check_u64("interface", table.list[0].interface, 1); /* of loopback, in every namespace */
	(void)close(fd);
}

/* Another namespace by its descriptor; and back. */
static void test_other_namespace(void **state)
{
	const struct where where = TCP4(NULL, 3001), there = UDP4(NULL, 3002);
	struct world *w = *state;
	struct netns other, bad = { .fd = w->cgroup_fd };
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), ours = bound(&where), theirs;
	struct table table;
	uint32_t unreadable;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(netns_open("/proc/self/ns/net", &other), 0);
	theirs = bound(&there);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	table = read_table(&other);
	check_u64("sockets", table.len, 1);
	check_u64("theirs", table.list[0].port, 3002);
	table = read_table(&w->netns);
	check_u64("sockets", table.len, 1);
	check_u64("ours", table.list[0].port, 3001);
	check_int("no namespace", sockdiag_dump(&bad, on_socket, &table, &unreadable), -EINVAL);
	netns_close(&other);
	check_int("closed", other.fd, -1);
	(void)close(ours);
	(void)close(theirs);
	(void)close(home);
}

/* ---- closing --------------------------------------------------------------------------------- */

static bool listens(const struct world *w, int fd)
{
	struct table table = read_table(&w->netns);

	return find(&table, fd) != NULL;
}

/* The one with this cookie is closed, of several on one port, too; no other is. */
static void test_close(void **state)
{
	const struct where ways[] = { TCP4("127.0.0.1", 3001), TCP6(NULL, 3002) };
	struct world *w = *state;
	struct receiver gone, another;
	struct table table;
	int fds[4], on = 1, r;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		for (size_t n = 0; n < ARRAY_LEN(fds); n++) {
			fds[n] = world_socket(&ways[i]);
			assert_int_equal(
				setsockopt(fds[n], SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
			assert_int_equal(world_bind_to(fds[n], &ways[i]), 0);
			assert_int_equal(listen(fds[n], 1), 0);
		}
		table = read_table(&w->netns);
		gone = *find(&table, fds[2]);
		another = gone;
		another.cookie += 1000;
		r = sockdiag_close(&w->netns, &another);
		if (r == -EOPNOTSUPP)
			skip(); /* a kernel without CONFIG_INET_DIAG_DESTROY */
		check_int("no such socket", r, -ENOENT);
		check_int("closed", sockdiag_close(&w->netns, &gone), 0);
		for (size_t n = 0; n < ARRAY_LEN(fds); n++) {
			check_int("the others listen", listens(w, fds[n]), n != 2);
			if (n != 2)
				(void)close(fds[n]);
		}
		check_int("again", sockdiag_close(&w->netns, &gone), -ENOENT);
		(void)close(fds[2]);
	}
}

/* ---- owners ---------------------------------------------------------------------------------- */

/* A process called `name` that has the socket, too, until its end of the pipe is closed. */
struct holder {
	pid_t pid;
	int end;
};

static struct holder hold(const char *name)
{
	struct holder holder;
	int to[2], ready[2];
	char c;

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	holder.pid = fork();
	assert_true(holder.pid >= 0);
	if (holder.pid == 0) {
		(void)close(to[1]);
		(void)prctl(PR_SET_NAME, name);
		(void)write(ready[1], "", 1);
		(void)read(to[0], &c, 1);
		_exit(0);
	}
	(void)close(to[0]);
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	holder.end = to[1];
	return holder;
}

static void let_go(const struct holder *holder)
{
	(void)close(holder->end);
	assert_int_equal(waitpid(holder->pid, NULL, 0), holder->pid);
}

/* With no descriptor left the iterator does not load, and is not tried again. */
static void fail_to_load(struct socket_owners *finder, struct socket_owner *owners)
{
	struct rlimit limit, tight;
	int lowest = dup(0), r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	tight = limit;
	tight.rlim_cur = (rlim_t)lowest;
	(void)close(lowest);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	r = socket_owners_find(finder, owners, 4);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	check_int("nor is /proc read", r, -EMFILE);
}

/* From the kernel, and from /proc where it has no iterator: both find the same. */
static void check_owners(const struct world *w, bool from_kernel)
{
	const struct where named = TCP4(NULL, 3001), any = UDP4(NULL, 0);
	int a = bound(&named), b = bound(&any), pipe_fds[2];
	struct holder holder = hold("a-holder-of-it");
	struct socket_owners *finder = NULL;
	const struct socket_owner *owner;
	struct socket_owner owners[4];
	char own[HP_COMM_LEN + 1] = "";

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	owners[0] = (struct socket_owner) { .inode = inode_of(b) };
	owners[1] = (struct socket_owner) { .inode = 1 }; /* no socket's */
	owners[2] = (struct socket_owner) { .inode = inode_of(a) };
	owners[3] = (struct socket_owner) { .inode = inode_of(pipe_fds[0]) };
	check_int("new", socket_owners_new(w->netns.inum, &finder), 0);
	check_int("not known yet", socket_owners_ask_kernel(finder), -1);
	check_int("nothing is loaded for nothing", socket_owners_find(finder, owners, 0), 0);
	check_int("not known yet", socket_owners_ask_kernel(finder), -1);
	if (!from_kernel)
		fail_to_load(finder, owners);
	check_int("find", socket_owners_find(finder, owners, 4), 0);
	check_int("source", socket_owners_ask_kernel(finder), from_kernel);
	for (size_t i = 1; i < 4; i++)
		assert_true(owners[i - 1].inode < owners[i].inode);
	(void)strncpy(own, program_invocation_short_name, HP_COMM_LEN - 1);
	owner = socket_owners_of(owners, 4, inode_of(a));
	assert_non_null(owner);
	check_u64("the lowest pid", owner->pid,
		  (uint64_t)(getpid() < holder.pid ? getpid() : holder.pid));
	if (getpid() < holder.pid)
		assert_int_equal(strncmp(owner->comm, own, HP_COMM_LEN), 0);
	check_int("asked for", owner->asked, from_kernel ? HP_ASKED_YES : HP_ASKED_UNKNOWN);
	owner = socket_owners_of(owners, 4, inode_of(b));
	check_int("chosen", owner->asked, from_kernel ? HP_ASKED_NO : HP_ASKED_UNKNOWN);
	check_u64("of none", socket_owners_of(owners, 4, 1)->pid, 0);
	check_u64("no socket", socket_owners_of(owners, 4, inode_of(pipe_fds[0]))->pid, 0);
	assert_null(socket_owners_of(owners, 4, 2));
	assert_null(socket_owners_of(owners, 0, 1));

	/* once we have closed it, the other process is its owner */
	owners[0] = (struct socket_owner) { .inode = inode_of(a) };
	(void)close(a);
	check_int("find", socket_owners_find(finder, owners, 1), 0);
	check_u64("the other process", owners[0].pid, (uint64_t)holder.pid);
	assert_int_equal(strncmp(owners[0].comm, "a-holder-of-it", HP_COMM_LEN), 0);
	let_go(&holder);
	owners[0] = (struct socket_owner) { .inode = owners[0].inode };
	check_int("find", socket_owners_find(finder, owners, 1), 0);
	check_u64("nobody", owners[0].pid, 0);
	check_int("nothing to find", socket_owners_find(finder, owners, 0), 0);
	socket_owners_free(finder);
	socket_owners_free(NULL);
	(void)close(b);
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
}

static void test_owners(void **state)
{
	check_owners(*state, true);
	check_owners(*state, false);
}

struct seen {
	uint64_t inode;
	size_t n;
	struct hp_socket_owner last;
};

static void on_owner(void *data, const struct hp_socket_owner *owner)
{
	struct seen *seen = data;

	if (owner->inode != seen->inode)
		return;
	seen->n++;
	seen->last = *owner;
}

/* Which sockets the iterator tells of, and what it says of a port. */
static void test_iterator(void **state)
{
	static const struct {
		const char *name;
		struct where where;
		bool is;
		uint8_t asked;
	} cases[] = {
		{ "named", { AF_INET, SOCK_STREAM, 0, NULL, 3001 }, true, HP_ASKED_YES },
		{ "chosen", { AF_INET6, SOCK_STREAM, 0, NULL, 0 }, true, HP_ASKED_NO },
		{ "udp", { AF_INET6, SOCK_DGRAM, 0, NULL, 3002 }, true, HP_ASKED_YES },
		{ "udplite",
		  { AF_INET, SOCK_DGRAM, HP_IPPROTO_UDPLITE, NULL, 3003 },
		  true,
		  HP_ASKED_YES },
		{ "udplite, chosen",
		  { AF_INET, SOCK_DGRAM, HP_IPPROTO_UDPLITE, NULL, 0 },
		  true,
		  HP_ASKED_NO },
		/* it binds a socket inside this one */
		{ "mptcp",
		  { AF_INET, SOCK_STREAM, HP_IPPROTO_MPTCP, NULL, 3004 },
		  true,
		  HP_ASKED_UNKNOWN },
	};
	struct world *w = *state;
	struct socket_iterator *iterator = NULL, *other = NULL;
	int pair[2];

	check_int("open", socket_iterator_open(w->netns.inum, &iterator), 0);
	check_int("of another namespace", socket_iterator_open(w->netns.inum + 1, &other), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int fd = world_socket(&cases[i].where);
		struct seen seen = { .inode = inode_of(fd) };

		assert_int_equal(world_bind_to(fd, &cases[i].where), 0);
		check_int(cases[i].name, socket_iterator_read(iterator, on_owner, &seen), 0);
		check_u64(cases[i].name, seen.n, 1);
		check_int(cases[i].name, seen.last.asked, cases[i].asked);
		check_u64(cases[i].name, seen.last.pid, (uint64_t)getpid());
		assert_int_equal(
			strncmp(seen.last.comm, program_invocation_short_name, HP_COMM_LEN - 1), 0);
		seen.n = 0;
		check_int(cases[i].name, socket_iterator_read(other, on_owner, &seen), 0);
		check_u64("of another namespace", seen.n, 0);
		(void)close(fd);
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	for (int i = 0; i < 2; i++) {
		struct seen seen = { .inode = inode_of(pair[i]) };

		check_int("unix", socket_iterator_read(iterator, on_owner, &seen), 0);
		check_u64("unix", seen.n, 0);
		(void)close(pair[i]);
	}
	socket_iterator_close(iterator);
	socket_iterator_close(other);
	socket_iterator_close(NULL);
}

/* ---- receivers ------------------------------------------------------------------------------- */

static bool keep_odd(void *data, struct receivers_socket *socket)
{
	size_t *asked = data;

	++*asked;
	socket->decision.row = socket->socket.port;
	return socket->socket.port % 2;
}

static void test_receivers(void **state)
{
	struct world *w = *state;
	int fds[200];
	struct receivers receivers;
	struct socket_owners *finder = NULL;
	size_t asked = 0;

	for (uint16_t i = 0; i < 200; i++) {
		struct where where = UDP4("127.0.0.1", (uint16_t)(3199 - i));

		fds[i] = bound(&where);
	}
	check_int("read", receivers_read(&w->netns, keep_odd, &asked, &receivers), 0);
	check_u64("asked of each", asked, 200);
	check_u64("seen", receivers.seen, 200);
	check_u64("kept", receivers.len, 100);
	receivers_sort(&receivers);
	check_int("finder", socket_owners_new(w->netns.inum, &finder), 0);
	check_int("name", receivers_name(&receivers, finder), 0);
	for (size_t i = 0; i < receivers.len; i++) {
		check_int("sorted", receivers.list[i].socket.port, 3001 + 2 * (int)i);
		check_u64("decided", receivers.list[i].decision.row, receivers.list[i].socket.port);
		check_u64("owner", receivers.list[i].pid, (uint64_t)getpid());
		check_int("asked for", receivers.list[i].asked, HP_ASKED_YES);
	}
	receivers_free(&receivers);
	assert_null(receivers.list);
	check_u64("freed", receivers.len, 0);
	check_int("of none", receivers_name(&receivers, finder), 0);
	receivers_sort(&receivers);
	socket_owners_free(finder);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		(void)close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_table),		  WORLD_TEST(test_whose),
		WORLD_TEST(test_other_namespace), WORLD_TEST(test_close),
		WORLD_TEST(test_owners),	  WORLD_TEST(test_iterator),
		WORLD_TEST(test_receivers),
	};

	return WORLD_RUN("sockets", tests);
}
