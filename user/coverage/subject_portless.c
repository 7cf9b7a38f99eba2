// SPDX-License-Identifier: MIT
/*
 * Sockets that take no port of a transport protocol, but can read and send packets
 * of any port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "../base/clock.h"
#include "subject.h"
#include "subject_take.h"

void subject_take_raw(struct subject *s)
{
	if (subject_open(s))
		(void)subject_bind(s);
}

void subject_take_packet(struct subject *s)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex("lo"),
	};
	uint64_t since;

	if (!subject_open(s))
		return;
	since = clock_monotonic_us();
	(void)subject_timed(s, "bind", since,
			    bind(s->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? errno : 0);
}

/* EACCES: the namespace allows no ping sockets (ping_group_range). */
void subject_take_ping(struct subject *s)
{
	if (subject_open(s))
		(void)subject_bind(s);
	else if (s->result->error == EACCES)
		s->result->absent = true;
}
