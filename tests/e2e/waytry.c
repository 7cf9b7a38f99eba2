// SPDX-License-Identifier: MIT
/*
 * A subject that takes a port in one of the ways, with nobody watching.
 *
 *   waytry --list
 *   waytry WAY PORT CGROUP OTHER_CGROUP OTHER_NETNS
 *
 * The first prints a line for each way: name, "explicit", "chosen", "portless" or "untried",
 * protocol, "outside" or "inside". The second is started in the cgroup and the
 * network namespace where the port shall be taken, and prints what came of it:
 * "absent" or "done", the last step, its errno's name or "ok", port,
 * address ("-": none) and TCP state: "done listen ok 4001 0.0.0.0 10".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../user/coverage/way.h"

#define MOST_S 15

static const char *const kinds[] = { "explicit", "chosen", "portless", "untried" };
static const char *const protos[HP_PROTO_MAX] = {
	"tcp", "udp", "udplite", "sctp", "dccp", "other"
};

static int list(void)
{
	for (size_t i = 0; i < ways_len; i++)
		printf("%s %s %s %s\n", ways[i].name, kinds[ways[i].kind], protos[ways[i].proto],
		       ways[i].outside ? "outside" : "inside");
	return 0;
}

static void say(const struct way_result *r)
{
	char addr[INET6_ADDRSTRLEN] = "-";

	if (r->family)
		(void)inet_ntop(r->family == 6 ? AF_INET6 : AF_INET, r->addr, addr, sizeof(addr));
	printf("%s %s %s %u %s %u\n",
	       r->absent ? "absent" :
	       r->slow	 ? "slow" :
			   "done",
	       r->step, r->error ? strerrorname_np(r->error) : "ok", r->port, addr, r->tcp_state);
}

static int try(const struct way *way, char **argv)
{
	struct way_result result = { 0 };
	struct subject subject = {
		.way = way,
		.port = (uint16_t)strtoul(argv[2], NULL, 10),
		.netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
		.other_netns = open(argv[5], O_RDONLY | O_CLOEXEC),
		.cgroup = argv[3],
		.other_cgroup = argv[4],
		.result = &result,
		.fd = -1,
	};

	if (subject.netns < 0 || subject.other_netns < 0) {
		perror("waytry: netns");
		return 3;
	}
	if (way->prepare)
		way->prepare(&subject);
	way->take(&subject);
	say(&result);
	return 0;
}

int main(int argc, char **argv)
{
	const struct way *way;

	if (argc > 1 && strcmp(argv[1], SUBJECT_EXEC_ARG) == 0)
		return subject_exec_main(argc, argv);
	(void)alarm(MOST_S);
	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	way = argc == 6 ? way_find(argv[1]) : NULL;
	if (!way || !way->take) {
		(void)fputs("usage: waytry --list | WAY PORT CGROUP OTHER_CGROUP OTHER_NETNS\n",
			    stderr);
		return 2;
	}
	return try(way, argv);
}
