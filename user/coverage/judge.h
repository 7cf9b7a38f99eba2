/* SPDX-License-Identifier: MIT */
/*
 * Judges a way by what was observed of it. Pure: the judgement depends on the
 * observations only, so it can be tested. No event is believed if the port
 * contradicts it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/buf.h"
#include "port_probe.h"
#include "trial.h"
#include "way.h"

/* Each way is tried in each round, in a process of its own. */
enum round {
	ROUND_NONE,	 /* no programs: what the way does by itself */
	ROUND_AUDIT,	 /* programs in audit mode */
	ROUND_ENFORCE,	 /* programs in enforce mode */
	ROUND_HELD_NONE, /* no programs, and another socket holds the port */
	ROUND_HELD,	 /* audit mode, and another socket holds the port */
	ROUND_MAX,
};

/* A record that names the port, from a hook or from the sweep. */
struct sighting {
	uint8_t hook;	 /* enum hp_hook */
	uint8_t family;	 /* 4 or 6 */
	uint8_t verdict; /* enum hp_verdict */
	uint8_t how;	 /* enum hp_how */
	bool outside;	 /* the programs are not attached to the socket's cgroup */
};
#define LOOK_SIGHTINGS 8 /* different ones that are kept */

/* What was observed of a way in a round. */
struct look {
	enum trial_state state;
	struct way_result result;
	enum held before; /* was the port held when the programs were attached? */
	enum held after;  /* and at the end? Unknown in rounds where another socket holds it */
	struct sighting seen[LOOK_SIGHTINGS];
	size_t seen_len;
	uint64_t events; /* violations that the hooks counted while it took the port */
	uint64_t denied; /* how many of them were denied */
	uint16_t astray; /* another port that a record named meanwhile; 0: none */
};

enum answer {
	ANSWER_ABSENT, /* this kernel lacks what the way needs */
	ANSWER_DENIED,
	ANSWER_REPORTED,
	ANSWER_INVISIBLE,
};

struct judgement {
	enum answer answer;
	bool bind;	/* a hook sees it before the port is taken */
	bool confirmed; /* in audit mode an event reports that the port was taken */
	bool harmless;	/* audit mode makes no difference, whether the way works or fails */
	bool fails;	/* it fails if another socket holds the port */
	bool promised; /* an explicit TCP or UDP bind() that the programs can see: must be denied */
	char hook[40]; /* the one that denied or reported it; empty: none */
	char reason[256]; /* why it is as it is */
};

/* The word of an answer, as --json has it. */
const char *answer_word(enum answer answer);

/* Does the way work without the programs? If not, it is absent or failed. */
bool judge_works(const struct look *look);

/* Is it useful to try the way while another socket holds its port? */
bool judge_can_be_held(const struct way *way, const struct look *without);

/* Did it fail with an errno? */
bool judge_fails(const struct look *look);

/*
 * Is the result the same with the programs, as far as a program can tell? Being
 * faster is no difference.
 */
bool judge_same(const struct look *with, const struct look *without);

/* Does a record say "denied"? */
bool judge_says_denied(const struct look *look);

/* Judge the looks of all rounds. */
void judge(const struct way *way, const struct look looks[ROUND_MAX],
	   struct judgement *ret_judgement);

/* The name of a result's error, "ok" or "EPERM"; or what hindered it, "hung" or "not tried". */
const char *judge_error(const struct look *look);
