/* SPDX-License-Identifier: MIT */
/*
 * The functions that take ports, as the table of ways names them, a file for each
 * theme. Each is a way_fn and opens the way's socket (struct way_socket).
 */
#pragma once

#include "way.h"

/* subject_inet.c: a socket and a bind() that names the port. */
void subject_take_socket(struct subject *s); /* open, bind() and listen() */
void subject_take_made(struct subject *s);   /* bind() and listen(), after subject_prepare_made() */
void subject_take_nothing(struct subject *s);	 /* prepare() has taken the port */
void subject_prepare_made(struct subject *s);	 /* open, no bind() */
void subject_take_pair(struct subject *s);	 /* two sockets, both listen */
void subject_take_pair_first(struct subject *s); /* two sockets, only the first can listen */
void subject_take_bindx(struct subject *s);	 /* SCTP's own bind() */

/* subject_chosen.c: the kernel chooses the port. */
void subject_take_range(struct subject *s);   /* IP_LOCAL_PORT_RANGE, then sendto() or listen() */
void subject_take_sendto(struct subject *s);  /* sendto() without a bind() */
void subject_take_connect(struct subject *s); /* connect() without a bind() */

/* subject_uring.c: bind() and listen() as requests of an io_uring. */
void subject_take_uring(struct subject *s);
void subject_take_uring_async(struct subject *s);
void subject_take_uring_sqpoll(struct subject *s);

/* subject_process.c: another process, or thread, binds. */
void subject_take_fork(struct subject *s);
void subject_take_exec(struct subject *s);
void subject_take_activation(struct subject *s);
void subject_take_userns(struct subject *s);
void subject_take_thread(struct subject *s);

/* subject_scm.c: the socket, or the task, moves between cgroups. */
void subject_take_scm_up(struct subject *s);	  /* made below the cgroup, bound in it */
void subject_take_scm_down(struct subject *s);	  /* made in the cgroup, bound below it */
void subject_take_scm_outside(struct subject *s); /* made in the other one, bound in it */
void subject_take_scm_away(struct subject *s);	  /* made in it, bound in the other one */
void subject_take_cgroup_move(struct subject *s); /* the task moves to the other one */

/* subject_netns.c: the task moves between network namespaces. */
void subject_take_netns_foreign(struct subject *s);
void subject_take_netns_moved(struct subject *s);

/* subject_kernel.c: a kernel socket. */
void subject_take_vxlan(struct subject *s);

/* subject_portless.c: no port is taken, but packets of any port can be read. */
void subject_take_raw(struct subject *s);
void subject_take_packet(struct subject *s);
void subject_take_ping(struct subject *s);
