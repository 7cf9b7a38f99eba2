/* SPDX-License-Identifier: MIT */
/*
 * Free ports for a new row, by the rules of the Host Port Registry. Pure.
 *
 * Never proposed: ports below 1024; the kernel's ephemeral range and the
 * NodePort range, as they are by default; what an entry or an exception of any
 * layer has for the protocol; what is not in a documented range of the protocol
 * (R2), or for localhost what is in one (R4).
 *
 * Of the others the least objectionable come first, and of those the lowest.
 */
#pragma once

#include "port_ranges.h"
#include "registry.h"

#define NEXT_PRIVILEGED	 1024  /* below it a process needs a capability */
#define NEXT_SMALL_RANGE 100   /* a documented range of fewer ports is somebody's */
#define NEXT_LOCAL_FROM	 10000 /* below it most numbers are known for something */
#define NEXT_APART_MIN	 2     /* ports between a neighbour and a new one, if it can be helped */
#define NEXT_APART_MAX	 16    /* and as many as neighbours there are in a row, up to these */

/* What speaks against a port, the weightiest last. */
enum next_but {
	NEXT_BUT_CROWDED,	 /* closer to a neighbour than it should be */
	NEXT_BUT_LOW,		 /* for localhost, below NEXT_LOCAL_FROM */
	NEXT_BUT_OTHER_PROTOCOL, /* it is another protocol's, where a row or an exception has it */
	NEXT_BUT_SMALL_RANGE,
	NEXT_BUT_RETIRED,
	NEXT_BUT_DROPPED, /* its row was dropped, and may come back */
	NEXT_BUT_MAX,
};

struct next_query {
	uint8_t proto;	      /* enum hp_proto, one that a row can name */
	bool localhost;	      /* else it is to be reached from outside */
	bool retired;	      /* ports of retired rows, too */
	uint16_t first, last; /* only of these, both included */
	size_t count;	      /* this many at most */
};

struct next_port {
	uint16_t port;
	uint16_t below,
		above; /* the nearest that a row or an exception has, of any protocol; 0: none */
	uint32_t buts; /* bits 1 << enum next_but */
};

struct next_ports {
	struct next_port *list; /* in the order in which they are proposed */
	size_t len;
	bool documented; /* some of the ports asked for are in a documented range */
};

/* 0, or -ENOMEM. Fewer than asked for where no more are free. */
int next_find(const struct registry *reg, const struct next_query *query,
	      struct next_ports *ret_ports);

void next_free(struct next_ports *ports);
#define _cleanup_next_ _cleanup_(next_free)

/* What speaks against it, in a few words. */
const char *next_but_words(enum next_but but);
