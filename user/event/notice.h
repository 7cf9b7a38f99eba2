/* SPDX-License-Identifier: MIT */
/*
 * A line about the agent itself. It is no violation, and no counter of them counts it. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../base/buf.h"

enum notice_kind {
	NOTICE_NOT_EFFECTIVE, /* from now on, or for a new reason */
	NOTICE_EFFECTIVE,     /* again */
	NOTICE_FOREIGN,	      /* a foreign program runs after ours */
	NOTICE_FOREIGN_GONE,
	NOTICE_REGISTRY,       /* another policy is in force, or an error is gone */
	NOTICE_REGISTRY_ERROR, /* it can't be used: the policy in force stays */
	NOTICE_EXCEPTION_ENDED,
	NOTICE_MODE,	    /* the mode was switched */
	NOTICE_NODE,	    /* what this node is, for the policy */
	NOTICE_NODE_UNREAD, /* that can't be read: what is known stays */
	NOTICE_PODS,	    /* a pod source works again */
	NOTICE_PODS_LOST,   /* it does not: what is known stays */
	NOTICE_MANY_PORTS,  /* a workload violates on many ports: one finding */
	NOTICE_NOT_BOUND,   /* a pod has declared a port for long, and nothing listens on it */
	NOTICE_PINS,	    /* somebody has removed or replaced pins: they are made anew */
	NOTICE_PINS_LOST,   /* the same, and they can't be made anew */
	NOTICE_MAX,
};

struct notice {
	struct timespec time; /* UTC */
	const char *node;
	enum notice_kind kind;
	const char *message; /* one line for a person */
	/* about a program */
	const char *hook; /* NULL: about none */
	uint32_t program_id;
	const char *name; /* empty: not known */
	/* about the registry */
	uint32_t generation; /* of the policy in force; 0: about none */
	/* about a switch of the mode */
	const char *mode;  /* NULL: about none */
	uint32_t pid, uid; /* of the client that asked for it */
};

/* Append the notice as one JSON object, without a line end. */
void notice_json(const struct notice *notice, struct buf *out);

/* Append it as one line that a person can read, without a line end; safe for a terminal. */
void notice_text(const struct notice *notice, bool colour, struct buf *out);
