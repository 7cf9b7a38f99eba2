// SPDX-License-Identifier: MIT
/* Datagrams of the socket table: whole ones, and those that the kernel would not send. */
#include "test.h"

/* What is behind sockdiag_dump(), which needs a kernel that sends such things. */
#include "../../user/kernel/sockets/sockdiag.c"

#define SEQ 1

struct told {
	struct receiver list[8];
	size_t len;
};

static void on_told(void *data, const struct receiver *socket)
{
	struct told *told = data;

	assert_true(told->len < 8);
	told->list[told->len++] = *socket;
}

/* A datagram, put together message by message. */
struct datagram {
	char bytes[1024] __attribute__((aligned(8)));
	size_t len;
};

static void add_bytes(struct datagram *d, const void *bytes, size_t len)
{
	assert_true(d->len + NLMSG_ALIGN(len) <= sizeof(d->bytes));
	memcpy(d->bytes + d->len, bytes, len);
	d->len += NLMSG_ALIGN(len);
}

static void add_header(struct datagram *d, uint16_t type, uint16_t flags, size_t payload)
{
	const struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)(sizeof(nlh) + payload),
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = SEQ,
	};

	add_bytes(d, &nlh, sizeof(nlh));
}

static struct inet_diag_msg message(uint8_t family, uint16_t port)
{
	return (struct inet_diag_msg) {
		.idiag_family = family,
		.idiag_state = TCP_LISTEN,
		.id = { .idiag_sport = htons(port),
			.idiag_src = { htonl(0x0a010203), 2, 3, 4 },
			.idiag_if = 7,
			.idiag_cookie = { 0x89abcdef, 0x1234567 } },
		.idiag_uid = 1000,
		.idiag_inode = 4711,
	};
}

static void add_socket(struct datagram *d, uint8_t family, uint16_t port)
{
	const struct inet_diag_msg msg = message(family, port);

	add_header(d, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, sizeof(msg));
	add_bytes(d, &msg, sizeof(msg));
}

/* One with a cgroup's id in an attribute of this length. */
static void add_socket_with_id(struct datagram *d, uint16_t type, uint64_t id, uint16_t len)
{
	const struct inet_diag_msg msg = message(AF_INET, 80);
	const struct nlattr attr = { .nla_len = (uint16_t)(sizeof(attr) + len), .nla_type = type };

	add_header(d, SOCK_DIAG_BY_FAMILY, NLM_F_MULTI,
		   NLMSG_ALIGN(sizeof(msg)) + sizeof(attr) + NLMSG_ALIGN(len));
	add_bytes(d, &msg, sizeof(msg));
	add_bytes(d, &attr, sizeof(attr));
	add_bytes(d, &id, len);
}

static int read_it(const struct datagram *d, size_t len, struct told *told)
{
	struct dump dump = { .fn = on_told, .data = told, .proto = HP_PROTO_TCP };

	*told = (struct told) { .len = 0 };
	return read_answer(d->bytes, len, 0, on_message, &dump);
}

static void test_sockets(void **state)
{
	struct datagram d = { .len = 0 };
	const struct receiver *s;
	struct told told;

	(void)state;
	add_socket(&d, AF_INET, 80);
	add_socket(&d, AF_INET6, 443);
	check_int("goes on", read_it(&d, d.len, &told), MNL_CB_OK);
	check_u64("sockets", told.len, 2);
	s = &told.list[0];
	check_int("protocol", s->proto, HP_PROTO_TCP);
	check_int("family", s->family, 4);
	check_int("port", s->port, 80);
	assert_memory_equal(s->addr, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0", HP_ADDR_LEN);
	check_int("connected", s->connected, false);
	check_u64("uid", s->uid, 1000);
	check_u64("interface", s->interface, 7);
	check_u64("inode", s->inode, 4711);
	check_u64("cookie", s->cookie, 0x123456789abcdefULL);
	check_u64("cgroup", s->cgroup_id, 0);
	check_int("family", told.list[1].family, 6);
	check_int("port", told.list[1].port, 443);
	assert_memory_equal(told.list[1].addr, message(AF_INET6, 443).id.idiag_src, HP_ADDR_LEN);
}

static void test_end(void **state)
{
	struct datagram d = { .len = 0 };
	const int zero = 0, refused = -EOPNOTSUPP;
	struct told told;

	(void)state;
	add_socket(&d, AF_INET, 80);
	add_header(&d, NLMSG_DONE, NLM_F_MULTI, sizeof(zero));
	add_bytes(&d, &zero, sizeof(zero));
	add_socket(&d, AF_INET, 81);
	check_int("ends", read_it(&d, d.len, &told), MNL_CB_STOP);
	check_u64("sockets before it", told.len, 1);

	d.len = 0;
	add_header(&d, NLMSG_ERROR, 0, sizeof(struct nlmsgerr));
	add_bytes(&d, &refused, sizeof(refused));
	d.len += sizeof(struct nlmsghdr);
	errno = 0;
	check_int("refused", read_it(&d, d.len, &told), MNL_CB_ERROR);
	check_int("refused", errno, EOPNOTSUPP);
}

static void test_cgroups(void **state)
{
	static const struct {
		const char *name;
		uint16_t type, len;
		uint64_t want;
	} cases[] = {
		{ "the id", INET_DIAG_CGROUP_ID, 8, 815 },
		{ "of another length", INET_DIAG_CGROUP_ID, 4, 0 },
		{ "another attribute", INET_DIAG_CGROUP_ID + 1, 8, 0 },
	};
	struct told told;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct datagram d = { .len = 0 };

		add_socket_with_id(&d, cases[i].type, 815, cases[i].len);
		(void)read_it(&d, d.len, &told);
		check_u64(cases[i].name, told.len, 1);
		check_u64(cases[i].name, told.list[0].cgroup_id, cases[i].want);
	}
}

/* A message of another kind, or too short for a socket, is passed over. */
static void test_passed_over(void **state)
{
	const struct inet_diag_msg msg = message(AF_INET, 80);
	struct datagram d = { .len = 0 };
	struct told told;

	(void)state;
	add_header(&d, SOCK_DIAG_BY_FAMILY + 1, 0, sizeof(msg));
	add_bytes(&d, &msg, sizeof(msg));
	add_header(&d, SOCK_DIAG_BY_FAMILY, 0, sizeof(msg) - 4);
	add_bytes(&d, &msg, sizeof(msg) - 4);
	add_socket(&d, AF_INET, 81);
	check_int("goes on", read_it(&d, d.len, &told), MNL_CB_OK);
	check_u64("sockets", told.len, 1);
	check_int("port", told.list[0].port, 81);
}

/* Cut anywhere, and with lengths that lie. */
static void test_not_whole(void **state)
{
	static const uint32_t lens[] = { 0,	     1,		 sizeof(struct nlmsghdr) - 1,
					 0x7fffffff, 0x80000000, 0xfffffff0,
					 ~0U };
	struct datagram d = { .len = 0 };
	struct nlmsghdr *nlh;
	struct told told;
	size_t one;

	(void)state;
	add_socket(&d, AF_INET, 80);
	one = d.len;
	add_socket(&d, AF_INET, 81);
	for (size_t len = 1; len < d.len; len++) {
		errno = 0;
		check_int("cut", read_it(&d, len, &told), len == one ? MNL_CB_OK : MNL_CB_ERROR);
		check_int("cut", errno, len == one ? 0 : EBADMSG);
		check_u64("cut", told.len, len == one);
	}
	nlh = (struct nlmsghdr *)(d.bytes + one);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		nlh->nlmsg_len = lens[i];
		check_int("a length that lies", read_it(&d, d.len, &told), MNL_CB_ERROR);
		check_u64("nothing is told", told.len, 0);
	}
	nlh->nlmsg_len = (uint32_t)(d.len - one + 1);
	check_int("one byte too long", read_it(&d, d.len, &told), MNL_CB_ERROR);
	nlh->nlmsg_len = (uint32_t)(d.len - one);
	check_int("as it was", read_it(&d, d.len, &told), MNL_CB_OK);
	check_u64("as it was", told.len, 2);
}

/* A protocol that is not listed counts only where it is in use. */
static void test_in_use(void **state)
{
	(void)state;
	check_int("there", in_use("UDP"), true);
	check_int("not there", in_use("hostportd"), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets),	  cmocka_unit_test(test_end),
		cmocka_unit_test(test_cgroups),	  cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_not_whole), cmocka_unit_test(test_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
