// SPDX-License-Identifier: MIT
#include "sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "../base/cleanup.h"

#ifndef INET_DIAG_CGROUP_ID
#define INET_DIAG_CGROUP_ID 21
#endif

struct dump {
	sockdiag_fn fn;
	void *data;
	struct mnl_socket *nl;
	uint8_t proto; /* enum hp_proto */
};

static int on_attribute(const struct nlattr *attr, void *data)
{
	struct sockdiag_socket *s = data;

	if (mnl_attr_get_type(attr) == INET_DIAG_CGROUP_ID &&
	    mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
		s->cgroup_id = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct dump *dump = data;
	struct sockdiag_socket s = { .proto = dump->proto };

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY || mnl_nlmsg_get_payload_len(nlh) < sizeof(*msg))
		return MNL_CB_OK;
	s.family = msg->idiag_family == AF_INET6 ? 6 : 4;
	memcpy(s.addr, msg->id.idiag_src, s.family == 6 ? 16 : 4);
	s.port = ntohs(msg->id.idiag_sport);
	s.uid = msg->idiag_uid;
	s.inode = msg->idiag_inode;
	s.cookie = (uint64_t)msg->id.idiag_cookie[1] << 32 | msg->id.idiag_cookie[0];
	(void)mnl_attr_parse(nlh, sizeof(*msg), on_attribute, &s);
	dump->fn(dump->data, &s);
	return MNL_CB_OK;
}

static int dump_one(struct dump *dump, uint8_t family, uint8_t ipproto, uint32_t states)
{
	char buf[16 * 1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	unsigned int portid = mnl_socket_get_portid(dump->nl);
	ssize_t n;
	int r = MNL_CB_OK;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = ipproto;
	req->idiag_states = states;
	if (mnl_socket_sendto(dump->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (r > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(dump->nl, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		r = mnl_cb_run(buf, (size_t)n, 1, portid, on_message, dump);
	}
	return r < 0 ? -errno : 0;
}

static int dump_all(struct dump *dump)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	static const struct {
		uint8_t ipproto, proto;
		uint32_t states;
	} kinds[] = {
		{ IPPROTO_TCP, HP_PROTO_TCP, 1U << TCP_LISTEN },
		{ IPPROTO_UDP, HP_PROTO_UDP, 1U << TCP_CLOSE },
	};
	int missing = 0, r;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		for (size_t f = 0; f < ARRAY_LEN(families); f++) {
			dump->proto = kinds[k].proto;
			r = dump_one(dump, families[f], kinds[k].ipproto, kinds[k].states);
			if (r == -ENOENT)
				missing = r;
			else if (r < 0)
				return r;
		}
	}
	return missing;
}

static int open_netlink(void *data)
{
	struct dump *dump = data;

	dump->nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!dump->nl)
		return -errno;
	return mnl_socket_bind(dump->nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

int sockdiag_dump(const struct netns *netns, sockdiag_fn fn, void *data)
{
	struct dump dump = { .fn = fn, .data = data };
	int r = netns_call(netns, open_netlink, &dump);

	if (r == 0)
		r = dump_all(&dump);
	if (dump.nl)
		(void)mnl_socket_close(dump.nl);
	return r;
}
