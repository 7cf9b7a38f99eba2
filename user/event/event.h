/* SPDX-License-Identifier: MIT */
/* What one line of the stream says of a violation, and its two forms. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../../bpf/abi.h"
#include "../base/buf.h"
#include "../identity/workload.h"

/* The process and the address are those of the last violation that the line stands for. */
struct event {
	struct timespec time;  /* of the last violation that the line stands for, UTC */
	struct timespec first; /* of the first line of its repeats */
	uint64_t count;	       /* violations that the line stands for, at least 1 */
	/* at least so many different ones made them; 0 or 1: no more than one is known */
	uint32_t processes, addresses;
	uint8_t mode, verdict, cls, proto, how; /* enums of abi.h */
	uint8_t family;				/* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN];		/* network byte order */
	uint16_t port;				/* host byte order */
	uint32_t pid, uid;			/* pid 0: not known */
	char comm[HP_COMM_LEN + 1];
	struct workload workload;
	/* Not owned; NULL or empty: not known. */
	const char *node, *exe, *cgroup;
	const char *entry_layer, *entry_process, *entry_team; /* layer NULL: no row */
	/* the key of the pod whose Pod.Spec alone names the port; NULL: it was bound */
	const char *pod;
};

/* What only a listening socket has, or a port that is declared. */
struct event_listener {
	int documented; /* its port is in a documented range: 1, 0; -1: does not apply */
	bool no_socket; /* it is a port that only a Pod.Spec names: it has no socket */
	uint64_t inode, cookie;
	const char *held_by; /* the word for who has it: see receiver_holder_word() */
	int declared;	     /* its own pod declares the port: 1, 0; -1: not known, or no pod */
	bool shadowed;	     /* a hostPort of a pod takes what is sent to it */
	bool orphan;	     /* it is of a pod that no source knows */
	/* the pod that declares the port, its own if it does; NULL: none does, or no more is known
	 */
	const char *by_namespace, *by_pod, *by_container;
};

#define EVENT_ADDRESS_MAX 46 /* INET6_ADDRSTRLEN */

/* Write an address as text; "" where the family is neither 4 nor 6. */
void event_address(uint8_t family, const uint8_t addr[HP_ADDR_LEN],
		   char ret_text[EVENT_ADDRESS_MAX]);

/* Append the event as one JSON object, without a line end. */
void event_json(const struct event *event, struct buf *out);

/*
 * Append a listening socket as one JSON object: the members of an event that apply to a
 * socket, so no times, mode and way.
 */
void event_listener_json(const struct event *event, const struct event_listener *listener,
			 struct buf *out);

/*
 * Append the event as one line that a person can read, without a line end; with
 * colours if asked. Safe for a terminal.
 */
void event_text(const struct event *event, bool colour, struct buf *out);
