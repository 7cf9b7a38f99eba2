// SPDX-License-Identifier: MIT
/* Who has a socket that no process has open: the kernel, or nobody. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../user/kernel/sockets/kernel_sockets.h"
#include "../../user/kernel/sockets/receivers.h"

static bool keep_all(void *data, struct receivers_socket *socket)
{
	(void)data;
	(void)socket;
	return true;
}

/* A listener whose only descriptor is in a message that nobody has read. */
static void in_flight(const struct where *where, int pair[2])
{
	int fd = world_socket(where);
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = (char[]) { 'x' }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control.room,
				  .msg_controllen = sizeof(control.room) };

	assert_int_equal(world_bind_to(fd, where), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	assert_int_equal(sendmsg(pair[0], &message, 0), 1);
	(void)close(fd);
}

static const struct receivers_socket *of_port(const struct receivers *receivers, uint16_t port)
{
	for (size_t i = 0; i < receivers->len; i++)
		if (receivers->list[i].socket.port == port)
			return &receivers->list[i];
	return NULL;
}

static void check_holder(const struct world *w, struct kernel_sockets *kernel, bool all_seen,
			 uint16_t port, uint8_t want)
{
	_cleanup_receivers_ struct receivers receivers = { 0 };
	struct socket_owners *owners = NULL;
	char name[32];

	(void)snprintf(name, sizeof(name), "port %u", port);
	check_int("new", socket_owners_new(w->netns.inum, &owners), 0);
	check_int("read", receivers_read(&w->netns, keep_all, NULL, &receivers), 0);
	check_int("name", receivers_name(&receivers, owners), 0);
	receivers_find_holders(&receivers, all_seen, kernel, &w->netns);
	assert_non_null(of_port(&receivers, port));
	check_text(name, receiver_holder_word(of_port(&receivers, port)->holder),
		   receiver_holder_word(want));
	socket_owners_free(owners);
}

/* A process has it, the kernel, or nobody: MPTCP's is of the kernel's kind, and nobody's. */
static void test_holders(void **state)
{
	const struct where ours = TCP4(NULL, 3001), flying = TCP4(NULL, 3002);
	const struct where mptcp = { AF_INET, SOCK_STREAM, HP_IPPROTO_MPTCP, NULL, 3003 };
	_cleanup_(kernel_sockets_freep) struct kernel_sockets *kernel = NULL;
	int fd = world_socket(&ours), pair[2], mptcp_pair[2];
	const struct world *w = *state;

	assert_int_equal(world_bind_to(fd, &ours), 0);
	assert_int_equal(listen(fd, 1), 0);
	in_flight(&flying, pair);
	in_flight(&mptcp, mptcp_pair);
	check_int("new", kernel_sockets_new(&kernel), 0);
	check_holder(w, kernel, true, 3001, RECEIVER_HOLDER_PROCESS);
	check_holder(w, kernel, true, 3002, RECEIVER_HOLDER_NONE);
	check_holder(w, kernel, false, 3001, RECEIVER_HOLDER_PROCESS);
	check_holder(w, kernel, false, 3002, RECEIVER_HOLDER_UNKNOWN);
	check_holder(w, kernel, true, 3003, RECEIVER_HOLDER_NONE);
	if (system("ip link add vx0 type vxlan id 1 dstport 4789 dev lo local 127.0.0.1 && "
		   "ip link set vx0 up") == 0) {
		check_holder(w, kernel, true, 4789, RECEIVER_HOLDER_KERNEL);
		check_holder(w, kernel, false, 4789, RECEIVER_HOLDER_KERNEL);
		check_holder(w, kernel, true, 3002, RECEIVER_HOLDER_NONE);
		assert_int_equal(system("ip link del vx0"), 0);
	}
	(void)close(fd);
	for (int i = 0; i < 2; i++) {
		(void)close(pair[i]);
		(void)close(mptcp_pair[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_holders),
	};

	return WORLD_RUN("kernel_sockets", tests);
}
