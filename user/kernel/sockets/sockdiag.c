// SPDX-License-Identifier: MIT
#include "sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "../../base/cleanup.h"

#ifndef INET_DIAG_CGROUP_ID
#define INET_DIAG_CGROUP_ID 21
#endif
#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif
#ifndef IPPROTO_DCCP
#define IPPROTO_DCCP 33
#endif

#define REUSEPORT_TRIES 256

struct kind {
	const char *name; /* in /proc/net/protocols */
	uint8_t ipproto, proto;
	uint32_t states;
};

struct dump {
	sockdiag_fn fn;
	void *data;
	struct mnl_socket *nl;
	uint8_t proto; /* enum hp_proto */
};

static int on_attribute(const struct nlattr *attr, void *data)
{
	struct receiver *s = data;

	if (mnl_attr_get_type(attr) == INET_DIAG_CGROUP_ID &&
	    mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
		s->cgroup_id = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct dump *dump = data;
	struct receiver s = { .proto = dump->proto };

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY || mnl_nlmsg_get_payload_len(nlh) < sizeof(*msg))
		return MNL_CB_OK;
	s.family = msg->idiag_family == AF_INET6 ? 6 : 4;
	memcpy(s.addr, msg->id.idiag_src, s.family == 6 ? 16 : 4);
	s.port = ntohs(msg->id.idiag_sport);
	s.connected = msg->idiag_state == TCP_ESTABLISHED;
	s.uid = msg->idiag_uid;
	s.interface = msg->id.idiag_if;
	s.inode = msg->idiag_inode;
	s.cookie = (uint64_t)msg->id.idiag_cookie[1] << 32 | msg->id.idiag_cookie[0];
	(void)mnl_attr_parse(nlh, sizeof(*msg), on_attribute, &s);
	dump->fn(dump->data, &s);
	return MNL_CB_OK;
}

static struct inet_diag_req_v2 *put_request(struct nlmsghdr *nlh, uint16_t type, uint16_t flags,
					    uint8_t family, uint8_t ipproto)
{
	struct inet_diag_req_v2 *req;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = ipproto;
	return req;
}

/*
 * Does the datagram consist of whole messages? The library compares lengths as signed
 * numbers, and others than the kernel may send here, too.
 */
static bool is_whole(const char *buf, size_t n)
{
	struct nlmsghdr nlh;
	size_t len;

	for (; n >= sizeof(nlh); buf += len, n -= len) {
		memcpy(&nlh, buf, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > n)
			return false;
		len = NLMSG_ALIGN(nlh.nlmsg_len) < n ? NLMSG_ALIGN(nlh.nlmsg_len) : n;
	}
	return n == 0;
}

/* Hand every message of a datagram to fn; as mnl_cb_run(). */
static int read_answer(const char *buf, size_t n, unsigned int portid, mnl_cb_t fn, void *data)
{
	if (!is_whole(buf, n)) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	return mnl_cb_run(buf, n, 1, portid, fn, data);
}

/* Send the request in `buf` and hand every message of the answer to fn. */
static int ask(struct mnl_socket *nl, char *buf, size_t size, mnl_cb_t fn, void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	unsigned int portid = mnl_socket_get_portid(nl);
	int r = MNL_CB_OK;
	ssize_t n;

	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (r > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl, buf, size);
		if (n < 0)
			return -errno;
		r = read_answer(buf, (size_t)n, portid, fn, data);
	}
	return r < 0 ? -errno : 0;
}

static int dump_one(struct dump *dump, uint8_t family, const struct kind *kind)
{
	_Alignas(struct nlmsghdr) char buf[16 * 1024];
	struct inet_diag_req_v2 *req = put_request(mnl_nlmsg_put_header(buf), SOCK_DIAG_BY_FAMILY,
						   NLM_F_DUMP, family, kind->ipproto);

	req->idiag_states = kind->states;
	dump->proto = kind->proto;
	return ask(dump->nl, buf, sizeof(buf), on_message, dump);
}

/* Does this kernel have the protocol now? One that is not loaded has no sockets. */
static bool in_use(const char *name)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/net/protocols", "re");
	char line[256], word[32];

	if (!f)
		return true;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s", word) == 1 && strcmp(word, name) == 0)
			return true;
	return false;
}

static int dump_all(struct dump *dump, uint32_t *ret_unreadable)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	static const uint32_t listen = 1U << TCP_LISTEN;
	static const uint32_t datagram = 1U << TCP_CLOSE | 1U << TCP_ESTABLISHED;
	const struct kind kinds[] = {
		{ "TCP", IPPROTO_TCP, HP_PROTO_TCP, listen },
		{ "UDP", IPPROTO_UDP, HP_PROTO_UDP, datagram },
		{ "UDP-Lite", IPPROTO_UDPLITE, HP_PROTO_UDPLITE, datagram },
		{ "SCTP", IPPROTO_SCTP, HP_PROTO_SCTP, listen },
		{ "DCCP", IPPROTO_DCCP, HP_PROTO_DCCP, listen },
	};
	int r;

	*ret_unreadable = 0;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		for (size_t f = 0; f < ARRAY_LEN(families); f++) {
			r = dump_one(dump, families[f], &kinds[k]);
			if (r == -ENOENT || r == -EPROTONOSUPPORT || r == -EOPNOTSUPP) {
				if (in_use(kinds[k].name))
					*ret_unreadable |= 1U << kinds[k].proto;
			} else if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

/* The socket belongs to the netns that it was made in, wherever it is used. */
static int open_netlink(void *data)
{
	struct mnl_socket **nl = data;

	*nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!*nl)
		return -errno;
	return mnl_socket_bind(*nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

static void close_netlink(struct mnl_socket **nl)
{
	if (*nl)
		(void)mnl_socket_close(*nl);
}

int sockdiag_dump(const struct netns *netns, sockdiag_fn fn, void *data, uint32_t *ret_unreadable)
{
	_cleanup_(close_netlink) struct mnl_socket *nl = NULL;
	struct dump dump = { .fn = fn, .data = data };
	int r = netns_call(netns, open_netlink, &nl);

	dump.nl = nl;
	return r < 0 ? r : dump_all(&dump, ret_unreadable);
}

static int close_one(struct mnl_socket *nl, const struct receiver *socket, uint16_t peer)
{
	_Alignas(struct nlmsghdr) char buf[1024];
	struct inet_diag_req_v2 *req =
		put_request(mnl_nlmsg_put_header(buf), SOCK_DESTROY, NLM_F_ACK,
			    socket->family == 6 ? AF_INET6 : AF_INET, IPPROTO_TCP);

	req->idiag_states = 1U << TCP_LISTEN;
	req->id.idiag_sport = htons(socket->port);
	req->id.idiag_dport = htons(peer);
	memcpy(req->id.idiag_src, socket->addr, sizeof(req->id.idiag_src));
	req->id.idiag_if = socket->interface;
	req->id.idiag_cookie[0] = (uint32_t)socket->cookie;
	req->id.idiag_cookie[1] = (uint32_t)(socket->cookie >> 32);
	return ask(nl, buf, sizeof(buf), NULL, NULL);
}

/*
 * The kernel looks the listener up as for an incoming connection, and then compares the
 * cookie. Among several with SO_REUSEPORT it chooses by the peer's port, so several are
 * tried.
 */
int sockdiag_close(const struct netns *netns, const struct receiver *socket)
{
	_cleanup_(close_netlink) struct mnl_socket *nl = NULL;
	int r = netns_call(netns, open_netlink, &nl);

	if (r < 0)
		return r;
	r = -ENOENT;
	for (uint16_t peer = 0; peer < REUSEPORT_TRIES && r == -ENOENT; peer++)
		r = close_one(nl, socket, peer);
	return r;
}
