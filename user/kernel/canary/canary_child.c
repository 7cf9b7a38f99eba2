// SPDX-License-Identifier: MIT
#include "canary_child.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

#define TRIES	   64 /* of ports that may be taken: half of all would have to be, and luck */
#define PORT_FIRST 1024

/* The proof of one family's two hooks; in the child, inside the target netns. */
struct family {
	struct kernel *kernel;
	struct canary_proof *proof; /* shared with the parent */
	int af;			    /* AF_INET or AF_INET6 */
	enum kernel_hook bind, post_bind;
};

/* What a socket is bound to. */
union place {
	struct sockaddr addr;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void set_result(struct family *f, enum kernel_hook hook, enum canary_result result,
		       int error)
{
	f->proof->result[hook] = result;
	f->proof->error[hook] = error;
}

/* Port 0 of the wildcard address, which every namespace has. */
static union place place_of_choice(int family)
{
	union place place = { .v6 = { .sin6_family = (sa_family_t)family } };

	return place;
}

/*
 * A port at an address that nothing else has: one of loopback's, or of the
 * prefix whose packets routers discard. No interface needs to have it
 * (IP_FREEBIND).
 */
static union place place_random(int family)
{
	union place place = place_of_choice(family);
	uint8_t random[10] = { 0 };
	uint16_t port;

	(void)getrandom(random, sizeof(random), GRND_NONBLOCK);
	(void)memcpy(&port, random, sizeof(port));
	place.v4.sin_port = htons((uint16_t)(PORT_FIRST + port % (65536 - PORT_FIRST)));
	if (family == AF_INET) {
		(void)memcpy(&place.v4.sin_addr, random + 2, 4);
		*(uint8_t *)&place.v4.sin_addr = 127;
	} else {
		place.v6.sin6_addr.s6_addr[0] = 1; /* 100::/64 */
		(void)memcpy(&place.v6.sin6_addr.s6_addr[8], random + 2, 8);
	}
	return place;
}

/* The address that a socket is bound to; with port 0 it is not bound. */
static union place place_of(int fd)
{
	union place place = { 0 };
	socklen_t len = sizeof(place);

	(void)getsockname(fd, &place.addr, &len); /* which leaves the zeros if it fails */
	return place;
}

static int try_bind(int fd, const union place *place)
{
	socklen_t len = place->addr.sa_family == AF_INET ? sizeof(place->v4) : sizeof(place->v6);

	return bind(fd, &place->addr, len) < 0 ? -errno : 0;
}

/* Could it be that another port would do? */
static bool is_taken(int r)
{
	return r == -EADDRINUSE || r == -EAGAIN;
}

/*
 * Bind to a port that the hooks must let through: port 0, or, if the kernel has no
 * port left to choose (any process can take them all), a port by its number. 0, or
 * a negative errno.
 */
static int bind_somewhere(const struct family *f, int fd)
{
	volatile struct hp_canary *shared = kernel_canary(f->kernel);
	union place place = place_of_choice(f->af);
	int r = try_bind(fd, &place);

	shared->named = 1;
	for (size_t i = 0; i < TRIES && is_taken(r); i++) {
		place = place_random(f->af);
		r = try_bind(fd, &place);
	}
	shared->named = 0;
	return r;
}

static void set_free(int fd, int family)
{
	int on = 1;

	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	else
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
}

/* A socket whose binds the programs take for the canary's. */
static int make_socket(const struct family *f)
{
	_cleanup_close_ int fd = socket(f->af, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int on = 1;

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	set_free(fd, f->af);
	kernel_canary(f->kernel)->cookie = cookie;
	return TAKE_FD(fd);
}

/* A bind that must succeed. What it gets stays bound to fd. */
static void prove_post_bind(struct family *f, int fd)
{
	volatile struct hp_canary *shared = kernel_canary(f->kernel);
	uint64_t passed = shared->passed;
	int r = bind_somewhere(f, fd);

	/* another program may have refused it after that */
	if (shared->passed != passed)
		set_result(f, f->post_bind, CANARY_EFFECTIVE, 0);
	else if (r == -EADDRNOTAVAIL && f->af == AF_INET6)
		set_result(f, f->post_bind, CANARY_NOT_NEEDED, 0);
	else if (is_taken(r))
		set_result(f, f->post_bind, CANARY_NO_PORT, -r);
	else if (r < 0)
		set_result(f, f->post_bind, CANARY_NOT_BOUND, -r);
	else
		set_result(f, f->post_bind, CANARY_NOT_CONFIRMED, 0);
}

/*
 * A port, for bind: one that the kernel has just given to a socket that shares
 * it, so that nothing but a program can be the reason of a refusal. There may
 * be none; then a bind() that fails because of its port says nothing of it.
 */
static void prove_bind(struct family *f, int fd, union place place)
{
	volatile struct hp_canary *shared = kernel_canary(f->kernel);
	uint64_t denied = shared->denied, again = shared->again;
	bool shares = place.v4.sin_port != 0;
	int r;

	if (!shares)
		place = place_random(f->af);
	r = try_bind(fd, &place);
	if (shared->denied == denied)
		set_result(f, f->bind, CANARY_NOT_DENIED, 0);
	else if (r == 0)
		set_result(f, f->bind, CANARY_OVERRIDDEN, 0);
	else if (!shares && r == -EADDRINUSE)
		set_result(f, f->bind, CANARY_NO_PORT, -r);
	else
		set_result(f, f->bind, shared->again == again ? CANARY_EFFECTIVE : CANARY_SECOND,
			   0);
}

static int try_family(void *data)
{
	struct family *f = data;
	_cleanup_close_ int bound = make_socket(f), denied = -1;

	if (bound == -EAFNOSUPPORT && f->af == AF_INET6) {
		set_result(f, f->bind, CANARY_NOT_NEEDED, 0);
		set_result(f, f->post_bind, CANARY_NOT_NEEDED, 0);
		return 0;
	}
	if (bound < 0)
		return bound;
	prove_post_bind(f, bound);
	denied = make_socket(f);
	if (denied < 0)
		return denied;
	prove_bind(f, denied, place_of(bound));
	return 0;
}

/*
 * Does a port that post_bind refuses become free again? If so, the same socket
 * can be bound once more; before Linux 5.15 it is said to be bound already. And
 * is it refused, or does another program after ours let it through? A bind() that
 * fails for its port, or before post_bind could run, says nothing.
 */
static int try_guard(void *data)
{
	struct family *f = data;
	volatile struct hp_canary *shared = kernel_canary(f->kernel);
	_cleanup_close_ int fd = make_socket(f);
	bool ran;
	int r;

	if (fd < 0)
		return 0;
	shared->guard = 1;
	r = bind_somewhere(f, fd);
	ran = shared->guard == 2;
	shared->guard = 0;
	if (!ran)
		return 0;
	if (r == 0) {
		set_result(f, f->post_bind, CANARY_OVERRIDDEN, 0);
		kernel_set_guard(f->kernel, false);
		return 0;
	}
	r = bind_somewhere(f, fd);
	if (!is_taken(r))
		kernel_set_guard(f->kernel, r == 0);
	return 0;
}

void canary_child_try(struct kernel *kernel, const struct netns *netns, struct canary_proof *proof)
{
	struct family families[] = {
		{ kernel, proof, AF_INET, KERNEL_BIND4, KERNEL_POST_BIND4 },
		{ kernel, proof, AF_INET6, KERNEL_BIND6, KERNEL_POST_BIND6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct family *f = &families[i];
		int r = netns_call(netns, try_family, f);

		if (r < 0 && proof->result[f->bind] == CANARY_NOT_TRIED)
			set_result(f, f->bind, CANARY_NO_SOCKET, -r);
		if (r < 0 && proof->result[f->post_bind] == CANARY_NOT_TRIED)
			set_result(f, f->post_bind, CANARY_NO_SOCKET, -r);
	}
	/* for both families: one that is not guarded decides for both */
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (i == 0 || kernel_guards(kernel))
			(void)netns_call(netns, try_guard, &families[i]);
}
