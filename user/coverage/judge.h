/* SPDX-License-Identifier: MIT */
/*
 * From what was seen of a way to what can be said of it. Pure: what is said
 * depends on nothing but the observations, so that it can be tested, and what
 * an event claims counts for nothing where the port tells another story.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/buf.h"
#include "port_probe.h"
#include "trial.h"
#include "way.h"

/* Each way is tried in each of them, in a process and a namespace of its own. */
enum round {
	ROUND_NONE,	 /* no programs: what the way does by itself */
	ROUND_AUDIT,	 /* programs in audit mode */
	ROUND_ENFORCE,	 /* programs in enforce mode */
	ROUND_HELD_NONE, /* no programs, and somebody else holds the port */
	ROUND_HELD,	 /* audit mode, and somebody else holds the port */
	ROUND_MAX,
};

/* A record of the port, by a hook or by the sweep. */
struct sighting {
	uint8_t hook;	 /* enum hp_hook */
	uint8_t family;	 /* 4 or 6 */
	uint8_t verdict; /* enum hp_verdict */
	uint8_t how;	 /* enum hp_how */
	bool outside;	 /* the socket's cgroup is one that the programs are not attached to */
};
#define LOOK_SIGHTINGS 8 /* different ones; more are not kept */

/* What was seen of a way in a round. */
struct look {
	enum trial_state state;
	struct way_result result;
	enum held before; /* was the port held when the programs were attached? */
	enum held after;  /* and in the end? Unknown in rounds where somebody else holds it */
	struct sighting seen[LOOK_SIGHTINGS];
	size_t seen_len;
	uint64_t events; /* violations that the hooks counted while it took the port */
	uint64_t denied; /* those of them that were denied */
	uint16_t astray; /* port of a record that came meanwhile and is not its own; 0: none */
};

enum answer {
	ANSWER_ABSENT, /* this kernel lacks it: nothing is said */
	ANSWER_DENIED,
	ANSWER_REPORTED,
	ANSWER_INVISIBLE,
};

struct judgement {
	enum answer answer;
	bool bind;	/* seen before the port is taken */
	bool confirmed; /* an event said that it was taken, in audit mode */
	bool harmless;	/* audit mode made no difference, whether the way works or fails */
	bool fails;	/* somebody who holds the port makes it fail */
	bool promised; /* an explicit TCP or UDP bind() that the programs can see: must be denied */
	char hook[40]; /* that denied or reported it; empty: none */
	char reason[256]; /* why it is as it is */
};

/* The word of an answer, as --json has it. */
const char *answer_word(enum answer answer);

/* Does the way work without the programs? What is not so is absent, or its try failed. */
bool judge_works(const struct look *look);

/* Would it tell anything to try the way while somebody else holds its port? */
bool judge_can_be_held(const struct way *way, const struct look *without);

/* Did it fail, by an errno? */
bool judge_fails(const struct look *look);

/*
 * Is it the same with the programs, as far as a program can tell? To be faster
 * is no difference.
 */
bool judge_same(const struct look *with, const struct look *without);

/* Is there a record that says so? */
bool judge_says_denied(const struct look *look);

/* Judge the looks of all rounds. */
void judge(const struct way *way, const struct look looks[ROUND_MAX],
	   struct judgement *ret_judgement);

/* The name of a result's error, "ok" or "EPERM". */
const char *judge_error(const struct look *look);
