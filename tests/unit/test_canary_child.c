// SPDX-License-Identifier: MIT
/*
 * What the canary's child finds in each kind of kernel. The kernel, its sockets and the programs
 * are the test's; that real ones do the same is what tests/bpf is for.
 */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "../../user/kernel/canary/canary_child.h"

#define FD_FIRST 100000 /* no descriptor of this process */
#define SOCKETS	 16
#define TRIES	 64 /* of ports by their number, for one socket */
#define CHOSEN	 40000

struct played_socket {
	int family;
	bool shares, freebind;
	uint16_t port; /* 0: not bound */
	uint64_t cookie;
};

/* A kernel. All zero is one where everything works. */
struct kernel {
	bool keeps; /* what post_bind refuses stays bound */
	/* indexed by family: 0 is IPv4, 1 is IPv6 */
	bool no_bind[2], no_post_bind[2]; /* hooks that don't run */
	bool bind_overridden[2],
		post_overridden[2]; /* another program lets through what ours refuse */
	bool refused[2];	    /* another program refuses */
	bool off;		    /* IPv6: it has no address at all */
	bool lo_is_down;	    /* no address of loopback is local */
	int no_family;		    /* AF_INET6, or 0 */
	int no_choice;		    /* how bind() to port 0 fails, or 0 */
	unsigned int taken;	    /* so many tries by number meet a port in use */
	size_t sockets_max;	    /* 0: as many as there are */
	int no_cookie, no_share;    /* how these fail, or 0 */
	bool no_name;		    /* getsockname() fails */
	int no_netns;
	bool guards; /* kernel_guards() */
};

static struct kernel play;
static struct hp_canary canary;
static struct played_socket sockets[SOCKETS];
static size_t sockets_len;
static unsigned int tries; /* by number, of one socket */
static uint8_t random_bytes[10];
static uint16_t denied_port[2];
static struct sockaddr_in6 named[2]; /* the last place that was tried by number, of each family */

ssize_t getrandom(void *bytes, size_t len, unsigned int flags)
{
	check_u64("it does not wait for randomness", flags, GRND_NONBLOCK);
	check_u64("bytes", len, sizeof(random_bytes));
	memcpy(bytes, random_bytes, len);
	return (ssize_t)len;
}

volatile struct hp_canary *kernel_canary(struct kernel *kernel)
{
	assert_ptr_equal(kernel, &play);
	return &canary;
}

void kernel_set_guard(struct kernel *kernel, bool guard)
{
	kernel->guards = guard;
}

bool kernel_guards(const struct kernel *kernel)
{
	return kernel->guards;
}

int netns_call(const struct netns *netns, int (*fn)(void *data), void *data)
{
	check_u64("the namespace", netns->inum, 77);
	return play.no_netns ? play.no_netns : fn(data);
}

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static struct played_socket *socket_of(int fd)
{
	assert_in_range(fd, FD_FIRST, FD_FIRST + sockets_len - 1);
	return &sockets[fd - FD_FIRST];
}

int socket(int family, int type, int protocol)
{
	check_int("type", type, SOCK_DGRAM | SOCK_CLOEXEC);
	check_int("protocol", protocol, 0);
	if (family == play.no_family)
		return fail_with(EAFNOSUPPORT);
	if (play.sockets_max && sockets_len >= play.sockets_max)
		return fail_with(EMFILE);
	assert_true(sockets_len < SOCKETS);
	sockets[sockets_len] = (struct played_socket) {
		.family = family,
		.cookie = 700 + sockets_len,
	};
	tries = 0;
	return (int)(FD_FIRST + sockets_len++);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	check_int("level", level, SOL_SOCKET);
	check_int("name", name, SO_COOKIE);
	check_u64("length", *len, sizeof(uint64_t));
	if (play.no_cookie)
		return fail_with(play.no_cookie);
	memcpy(value, &socket_of(fd)->cookie, sizeof(uint64_t));
	return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct played_socket *s = socket_of(fd);
	int on;

	check_u64("length", len, sizeof(on));
	memcpy(&on, value, sizeof(on));
	check_int("on", on, 1);
	if (level == SOL_SOCKET && name == SO_REUSEADDR && play.no_share)
		return fail_with(play.no_share);
	if (level == SOL_SOCKET && name == SO_REUSEADDR)
		s->shares = true;
	else if (level == (s->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6) &&
		 name == (s->family == AF_INET ? IP_FREEBIND : IPV6_FREEBIND))
		s->freebind = true;
	else
		return fail_with(ENOPROTOOPT);
	return 0;
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	const struct played_socket *s = socket_of(fd);
	struct sockaddr_in6 name = { .sin6_family = (sa_family_t)s->family };

	check_u64("length", *len, sizeof(name));
	if (play.no_name)
		return fail_with(ENOBUFS);
	name.sin6_port = htons(s->port);
	memcpy(addr, &name, sizeof(name));
	return 0;
}

/* The kernel's own part of a bind(). */
static int bind_socket(struct played_socket *s, bool v6, const struct sockaddr_in6 *addr)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	uint16_t port = ntohs(addr->sin6_port);
	bool any = v6 ? IN6_IS_ADDR_UNSPECIFIED(&addr->sin6_addr) : !v4->sin_addr.s_addr;

	if (s->port)
		return EINVAL;
	if (v6 ? any && play.off : !any && play.lo_is_down && !s->freebind)
		return EADDRNOTAVAIL;
	if (v6 && !any && !s->freebind) /* 100::/64 is nobody's */
		return EADDRNOTAVAIL;
	if (!port && play.no_choice)
		return play.no_choice;
	for (size_t i = 0; i < sockets_len; i++)
		if (port && sockets[i].family == s->family && sockets[i].port == port &&
		    !(sockets[i].shares && s->shares))
			return EADDRINUSE;
	if (!any)
		named[v6] = *addr;
	if (!any && tries++ < play.taken)
		return EADDRINUSE;
	s->port = port ? port : CHOSEN;
	return 0;
}

/* Of hook post_bind: false where it refuses. */
static bool passes_post_bind(const struct played_socket *s, bool v6)
{
	if (play.no_post_bind[v6] || s->cookie != canary.cookie)
		return true;
	if (canary.guard == 1) {
		canary.guard = 2;
		return play.post_overridden[v6];
	}
	if (play.guards && canary.refused == s->cookie) {
		canary.again++;
		return play.post_overridden[v6];
	}
	canary.passed++;
	return true;
}

int bind(int fd, const struct sockaddr *address, socklen_t len)
{
	struct played_socket *s = socket_of(fd);
	struct sockaddr_in6 addr = { 0 };
	bool v6 = s->family == AF_INET6;
	int error;

	check_u64("length", len, v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
	memcpy(&addr, address, len);
	check_int("family", addr.sin6_family, s->family);
	if (!play.no_bind[v6] && s->cookie == canary.cookie && addr.sin6_port && !canary.named) {
		canary.refused = s->cookie;
		canary.denied++;
		denied_port[v6] = ntohs(addr.sin6_port);
		if (!play.bind_overridden[v6])
			return fail_with(EPERM);
	}
	if (play.refused[v6])
		return fail_with(EACCES);
	error = bind_socket(s, v6, &addr);
	if (error)
		return fail_with(error);
	if (passes_post_bind(s, v6))
		return 0;
	if (!play.keeps)
		s->port = 0;
	return fail_with(EPERM);
}

#define E CANARY_EFFECTIVE

struct child_case {
	const char *name;
	struct kernel kernel;
	enum canary_result want[KERNEL_HOOKS]; /* bind4, bind6, post_bind4, post_bind6 */
	int error;			       /* of those that are not effective */
	bool guards;			       /* in the end */
};

static const struct child_case cases[] = {
	{ "all hooks", { 0 }, { E, E, E, E }, 0, true },
	{ "a refused socket stays bound", { .keeps = true }, { E, E, E, E }, 0, false },
	{ "no IPv6",
	  { .no_family = AF_INET6 },
	  { E, CANARY_NOT_NEEDED, E, CANARY_NOT_NEEDED },
	  0,
	  true },
	{ "IPv6 is off", { .off = true }, { E, E, E, CANARY_NOT_NEEDED }, 0, true },
	{ "no bind4", { .no_bind = { true } }, { CANARY_NOT_DENIED, E, E, E }, 0, true },
	{ "no bind6", { .no_bind = { false, true } }, { E, CANARY_NOT_DENIED, E, E }, 0, true },
	{ "no post_bind4",
	  { .no_post_bind = { true } },
	  { E, E, CANARY_NOT_CONFIRMED, E },
	  0,
	  false },
	{ "no post_bind6",
	  { .no_post_bind = { false, true } },
	  { E, E, E, CANARY_NOT_CONFIRMED },
	  0,
	  true },
	{ "bind is overridden",
	  { .bind_overridden = { true } },
	  { CANARY_OVERRIDDEN, E, E, E },
	  0,
	  true },
	{ "bind is overridden, and guarded",
	  { .bind_overridden = { true, true }, .guards = true },
	  { CANARY_SECOND, CANARY_SECOND, E, E },
	  0,
	  true },
	{ "post_bind is overridden",
	  { .post_overridden = { true } },
	  { E, E, CANARY_OVERRIDDEN, E },
	  0,
	  false },
	{ "post_bind6 is overridden",
	  { .post_overridden = { false, true } },
	  { E, E, E, CANARY_OVERRIDDEN },
	  0,
	  false },
	{ "another program refuses",
	  { .refused = { true } },
	  { E, E, CANARY_NOT_BOUND, E },
	  EACCES,
	  false },
	{ "no port to choose", { .no_choice = EADDRINUSE }, { E, E, E, E }, 0, true },
	{ "no port to choose, another errno", { .no_choice = EAGAIN }, { E, E, E, E }, 0, true },
	{ "no port to choose, and lo is down",
	  { .no_choice = EADDRINUSE, .lo_is_down = true },
	  { E, E, E, E },
	  0,
	  true },
	{ "the last try finds a port",
	  { .no_choice = EADDRINUSE, .taken = TRIES - 1 },
	  { E, E, E, E },
	  0,
	  true },
	{ "no port at all",
	  { .no_choice = EADDRINUSE, .taken = TRIES },
	  { E, E, CANARY_NO_PORT, CANARY_NO_PORT },
	  EADDRINUSE,
	  false },
	{ "no port at all, and bind is overridden",
	  { .no_choice = EADDRINUSE, .taken = TRIES, .bind_overridden = { true, true } },
	  { CANARY_NO_PORT, CANARY_NO_PORT, CANARY_NO_PORT, CANARY_NO_PORT },
	  EADDRINUSE,
	  false },
	{ "another error than a port's",
	  { .no_choice = ENOMEM },
	  { E, E, CANARY_NOT_BOUND, CANARY_NOT_BOUND },
	  ENOMEM,
	  false },
	{ "no cookies",
	  { .no_cookie = ENOPROTOOPT },
	  { CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET },
	  ENOPROTOOPT,
	  false },
	{ "ports can't be shared",
	  { .no_share = EPERM },
	  { CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET },
	  EPERM,
	  false },
	{ "no name of a socket", { .no_name = true }, { E, E, E, E }, 0, true },
	{ "one socket",
	  { .sockets_max = 1 },
	  { CANARY_NO_SOCKET, CANARY_NO_SOCKET, E, CANARY_NO_SOCKET },
	  EMFILE,
	  false },
	{ "another namespace can't be entered",
	  { .no_netns = -EPERM },
	  { CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET, CANARY_NO_SOCKET },
	  EPERM,
	  false },
	{ "no IPv4",
	  { .no_family = AF_INET },
	  { CANARY_NO_SOCKET, E, CANARY_NO_SOCKET, E },
	  EAFNOSUPPORT,
	  false },
};

static void check_case(const struct child_case *c)
{
	const struct netns netns = { .fd = -1, .inum = 77 };
	struct canary_proof proof = { 0 };

	play = c->kernel;
	sockets_len = 0;
	canary = (struct hp_canary) { 0 };
	canary_child_try(&play, &netns, &proof);
	for (int hook = 0; hook < KERNEL_HOOKS; hook++) {
		enum canary_result want = c->want[hook];
		bool fails = want == CANARY_NO_PORT || want == CANARY_NOT_BOUND ||
			     want == CANARY_NO_SOCKET;

		if (proof.result[hook] != want)
			fail_msg("%s: hook %d: %d, not %d", c->name, hook, proof.result[hook],
				 want);
		check_int(c->name, proof.error[hook], fails ? c->error : 0);
	}
	check_int(c->name, play.guards, c->guards);
	check_u64("no port is let through any more", canary.named, 0);
	check_u64("nothing is to be refused any more", canary.guard, 0);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
}

/* What bind is asked for is the port that the kernel has just given, so nothing else refuses it. */
static void test_shared(void **state)
{
	(void)state;
	check_case(&cases[0]);
	check_int("IPv4", denied_port[0], CHOSEN);
	check_int("IPv6", denied_port[1], CHOSEN);
}

/* A place by number: any unprivileged port, at any address of 127.0.0.0/8 or 100::/64. */
static void test_places(void **state)
{
	static const struct {
		uint16_t number; /* the first of the random bytes, in this machine's order */
		const char *random, *v4, *v6;
		uint16_t port;
	} places[] = {
		{ 0, "\0\0\0\0\0\0\0\0", "127.0.0.0", "100::", 1024 },
		{ 0x1234, "\1\2\3\4\5\6\7\10", "127.2.3.4", "100::102:304:506:708", 5684 },
		{ 0xfbff, "\xff\xff\xff\xff\xff\xff\xff\xff", "127.255.255.255",
		  "100::ffff:ffff:ffff:ffff", 65535 },
		{ 0xfc00, "\0\0\0\0\0\0\0\1", "127.0.0.0", "100::1", 1024 },
		{ 0xffff, "\0\0\0\1\0\0\0\0", "127.0.0.1", "100::1:0:0", 2047 },
	};
	static const struct child_case by_number = {
		"by number", { .no_choice = EADDRINUSE }, { E, E, E, E }, 0, true,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

		memcpy(random_bytes, &places[i].number, sizeof(places[i].number));
		memcpy(random_bytes + sizeof(places[i].number), places[i].random,
		       sizeof(random_bytes) - sizeof(places[i].number));
		v4.sin_port = v6.sin6_port = htons(places[i].port);
		assert_int_equal(inet_pton(AF_INET, places[i].v4, &v4.sin_addr), 1);
		assert_int_equal(inet_pton(AF_INET6, places[i].v6, &v6.sin6_addr), 1);
		check_case(&by_number);
		assert_memory_equal(&named[0], &v4, sizeof(v4));
		assert_memory_equal(&named[1], &v6, sizeof(v6));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
