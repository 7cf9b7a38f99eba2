/* SPDX-License-Identifier: MIT */
/*
 * What the agent has to say of itself in the stream of events: no violation,
 * and in no counter of them. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../base/buf.h"

enum notice_kind {
	NOTICE_NOT_EFFECTIVE, /* from now on, or for another reason than before */
	NOTICE_EFFECTIVE,     /* again */
	NOTICE_FOREIGN,	      /* a program of others runs after ours */
	NOTICE_FOREIGN_GONE,
	NOTICE_REGISTRY,       /* another policy is in force, or what was wrong is mended */
	NOTICE_REGISTRY_ERROR, /* it could not be taken: what was in force stays */
	NOTICE_EXCEPTION_ENDED,
	NOTICE_MODE, /* it was switched */
	NOTICE_MAX,
};

struct notice {
	struct timespec time; /* UTC */
	const char *node;
	enum notice_kind kind;
	const char *message; /* one line for a person */
	/* of the kinds that are about a program */
	const char *hook; /* NULL: it is about none */
	uint32_t program_id;
	const char *name; /* the program's; empty: not known */
	/* of those about the registry */
	uint32_t generation; /* that is in force; 0: it is about none */
	/* of a switch of the mode */
	const char *mode;  /* NULL: it is about none */
	uint32_t pid, uid; /* by whom */
};

/* Append the notice as one JSON object, without a line end. */
void notice_json(const struct notice *notice, struct buf *out);

/* Append it as one line that a person can read, without a line end; safe for a terminal. */
void notice_text(const struct notice *notice, bool colour, struct buf *out);
