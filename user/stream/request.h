/* SPDX-License-Identifier: MIT */
/* What a client asks on the control socket: one line of JSON. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buf.h"
#include "../identity/pod_pattern.h"

#define REQUEST_MAX 4096 /* bytes of a request */
#define REPLAY_MAX  1000 /* lines that the agent keeps for --replay */

enum request_verb {
	REQUEST_STATUS,
	REQUEST_TAIL,
	REQUEST_LISTENERS,
	REQUEST_SELFTEST,
	REQUEST_DETACH,
	REQUEST_RELOAD,
	REQUEST_MODE,
	REQUEST_LEARN,
	REQUEST_PODS,
	REQUEST_IMPACT,
};

/* The forms of a line. */
enum form { FORM_JSON, FORM_TEXT, FORM_COLOUR, FORM_MAX };

struct request {
	enum request_verb verb;
	enum form form;	  /* tail */
	uint32_t classes; /* tail: bits 1 << class; 0: all */
	char pod[POD_PATTERN_MAX +
		 1];	      /* tail: of these pods, see pod_pattern.h; "": of any workload */
	char unit[256];	      /* tail: of this unit, in which * stands for anything; "": of any */
	uint32_t verdicts;    /* tail: bits 1 << verdict; 0: all */
	uint16_t first, last; /* tail: of these ports; 0: of any */
	bool has_proto;	      /* tail: of one protocol only */
	uint8_t proto;	      /* enum hp_proto */
	uint64_t since;	      /* tail: not before this second, UTC; 0: whenever */
	size_t replay;	      /* tail: earlier events to begin with */
	bool shrink;	      /* reload: also if layers or all of a layer's rows are gone */
	uint32_t mode;	      /* mode: enum hp_mode */
	bool yes;	      /* mode: also if listeners would be denied */
	uint32_t pid, uid;    /* of the client; filled in by the reader of the request */
};

/* 0, or -EINVAL with one sentence in `err`. */
int request_parse(const char *text, size_t len, struct request *ret_request, struct buf *err);
