/* SPDX-License-Identifier: MIT */
/* What storm.c is asked to do: its options, which its head describes. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define THREADS_MAX 64
#define PORTS_MAX   65536
#define ERRNO_MAX   134 /* more than Linux has */

enum set {
	SET_ANY,
	SET_ALWAYS,
	SET_NEVER,
	SET_MAX,
};

struct ports {
	size_t len;
	uint16_t port[PORTS_MAX];
};

struct plan {
	struct ports sets[SET_MAX];
	enum set given[SET_MAX]; /* those that have ports */
	unsigned int given_len;
	unsigned long threads, count, least, seconds, pace_us;
	int type, denied;
	bool fork, together;
	struct sockaddr_storage addr;
	socklen_t addr_len;
};

static bool set_number(unsigned long *number, unsigned long least, unsigned long most)
{
	char *end;

	*number = strtoul(optarg, &end, 10);
	return end != optarg && !*end && *number >= least && *number <= most;
}

/* "80,8080-8089" */
static bool set_ports(struct plan *p, enum set set)
{
	struct ports *ports = &p->sets[set];
	char *at = optarg;

	if (ports->len)
		return false;
	do {
		unsigned long first = strtoul(at, &at, 10), last = first;

		if (*at == '-')
			last = strtoul(at + 1, &at, 10);
		if (first < 1 || last < first || last >= PORTS_MAX)
			return false;
		while (first <= last && ports->len < PORTS_MAX)
			ports->port[ports->len++] = (uint16_t)first++;
	} while (*at++ == ',');
	p->given[p->given_len++] = set;
	return !at[-1];
}

static bool set_address(struct plan *p, const char *text)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&p->addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&p->addr;

	p->addr.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	p->addr_len = p->addr.ss_family == AF_INET6 ? sizeof(*in6) : sizeof(*in);
	return p->addr.ss_family == AF_INET6 ? inet_pton(AF_INET6, text, &in6->sin6_addr) == 1 :
					       inet_pton(AF_INET, text, &in->sin_addr) == 1;
}

static bool set_proto(struct plan *p)
{
	p->type = strcmp(optarg, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	return p->type == SOCK_DGRAM || strcmp(optarg, "tcp") == 0;
}

static bool set_errno(struct plan *p)
{
	for (p->denied = 1; p->denied < ERRNO_MAX; p->denied++)
		if (strerrorname_np(p->denied) && strcmp(strerrorname_np(p->denied), optarg) == 0)
			return true;
	return false;
}

static bool set_option(struct plan *p, int letter)
{
	switch (letter) {
	case 'p':
		return set_ports(p, SET_ANY);
	case 'a':
		return set_ports(p, SET_ALWAYS);
	case 'n':
		return set_ports(p, SET_NEVER);
	case 't':
		return set_number(&p->threads, 1, THREADS_MAX);
	case 'c':
		return set_number(&p->count, 1, 1000000000);
	case 'l':
		return set_number(&p->least, 1, 1000000000);
	case 's':
		return set_number(&p->seconds, 1, 86400);
	case 'w':
		return set_number(&p->pace_us, 1, 1000000);
	case 'P':
		return set_proto(p);
	case 'A':
		return set_address(p, optarg);
	case 'e':
		return set_errno(p);
	case 'f':
		return p->fork = true;
	case 'T':
		return p->together = true;
	default:
		return false;
	}
}

/* False: they are not understood. */
static bool parse_plan(struct plan *p, int argc, char **argv)
{
	static const struct option options[] = {
		{ "ports", required_argument, NULL, 'p' },
		{ "always-ok", required_argument, NULL, 'a' },
		{ "never-ok", required_argument, NULL, 'n' },
		{ "threads", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'c' },
		{ "least", required_argument, NULL, 'l' },
		{ "seconds", required_argument, NULL, 's' },
		{ "pace", required_argument, NULL, 'w' },
		{ "proto", required_argument, NULL, 'P' },
		{ "address", required_argument, NULL, 'A' },
		{ "errno", required_argument, NULL, 'e' },
		{ "fork", no_argument, NULL, 'f' },
		{ "together", no_argument, NULL, 'T' },
		{ 0 },
	};
	int letter;

	p->threads = 1;
	p->type = SOCK_STREAM;
	p->denied = EPERM;
	if (!set_address(p, "127.0.0.1"))
		return false;
	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!set_option(p, letter))
			return false;
	return optind == argc && p->given_len > 0;
}
