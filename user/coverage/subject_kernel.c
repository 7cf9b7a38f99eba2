// SPDX-License-Identifier: MIT
/* A kernel socket: a VXLAN device takes its port when it is set up. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "subject.h"
#include "subject_take.h"

#define ANSWER_S 4

struct request {
	struct nlmsghdr hdr;
	struct ifinfomsg link;
	char attrs[256];
};

struct answer {
	struct nlmsghdr hdr;
	struct nlmsgerr error;
	char rest[512]; /* the request and a text */
};

/* Append an attribute; the buffer is large enough for all. */
static struct rtattr *put_attr(struct request *r, unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->hdr.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->hdr.nlmsg_len = NLMSG_ALIGN(r->hdr.nlmsg_len) + (uint32_t)RTA_ALIGN(a->rta_len);
	return a;
}

/* Begin an attribute that contains those put until nest_end(). */
static struct rtattr *nest(struct request *r, unsigned short type)
{
	return put_attr(r, type, NULL, 0);
}

static void nest_end(struct request *r, struct rtattr *a)
{
	a->rta_len = (unsigned short)((char *)r + r->hdr.nlmsg_len - (char *)a);
}

static struct request request_link(unsigned short flags)
{
	return (struct request){
		.hdr = {
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		},
	};
}

/* Send a request and wait for its answer: 0 or an errno. */
static int send_request(int fd, const struct request *r)
{
	struct answer answer;
	ssize_t n;

	if (send(fd, r, r->hdr.nlmsg_len, 0) < 0)
		return errno;
	n = recv(fd, &answer, sizeof(answer), 0);
	if (n < 0)
		return errno;
	if ((size_t)n < NLMSG_LENGTH(sizeof(answer.error)) || answer.hdr.nlmsg_type != NLMSG_ERROR)
		return EBADMSG;
	return -answer.error.error;
}

static int create_vxlan(int fd, const char *name, uint16_t port)
{
	struct request r = request_link(NLM_F_CREATE | NLM_F_EXCL);
	uint32_t id = port;
	uint16_t be_port = htons(port);
	struct rtattr *info, *data;

	put_attr(&r, IFLA_IFNAME, name, strlen(name) + 1);
	info = nest(&r, IFLA_LINKINFO);
	put_attr(&r, IFLA_INFO_KIND, "vxlan", sizeof("vxlan"));
	data = nest(&r, IFLA_INFO_DATA);
	put_attr(&r, IFLA_VXLAN_ID, &id, sizeof(id));
	put_attr(&r, IFLA_VXLAN_PORT, &be_port, sizeof(be_port));
	nest_end(&r, data);
	nest_end(&r, info);
	return send_request(fd, &r);
}

static int set_link_up(int fd, const char *name)
{
	struct request r = request_link(0);

	r.link.ifi_index = (int)if_nametoindex(name);
	r.link.ifi_flags = IFF_UP;
	r.link.ifi_change = IFF_UP;
	return send_request(fd, &r);
}

/* The socket has no descriptor: look for its port among those of the namespace. */
static void look_for_port(struct subject *s)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/thread-self/net/udp", "re");
	char line[256];
	unsigned int port;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %*u: 00000000:%4X ", &port) == 1 && port == s->port) {
			s->result->port = s->port;
			s->result->family = 4;
			return;
		}
}

static int open_route(void)
{
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct timeval most = { .tv_sec = ANSWER_S };

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) < 0)
		return -1;
	return TAKE_FD(fd);
}

void subject_take_vxlan(struct subject *s)
{
	_cleanup_close_ int fd = open_route();
	char name[IFNAMSIZ];
	uint64_t since;

	(void)snprintf(name, sizeof(name), "vxlan%u", s->port);
	if (!subject_step(s, "netlink", fd < 0 ? errno : 0) ||
	    !subject_support(s, "newlink", create_vxlan(fd, name, s->port)))
		return;
	since = clock_monotonic_us();
	(void)subject_timed(s, "up", since, set_link_up(fd, name));
	look_for_port(s);
}
