/* SPDX-License-Identifier: MIT */
/*
 * What a tool found wrong in files: the findings of `registry lint` and of
 * `check`. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/buf.h"

#define FINDINGS_MAX 25000 /* kept; the others are only counted. GitHub takes no more of a run. */

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
	SEVERITY_MAX,
};

/* A kind of finding. Each tool has a constant table of its rules. */
struct rule {
	const char *id; /* words with - between them; it never changes */
	enum severity severity;
	const char *requirement; /* of the Host Port Registry: "R1" to "R4", or NULL */
	const char *summary;	 /* what it finds: a sentence, without full stop */
	const char *help;	 /* sentences: why it matters, and what to do */
};

struct rules {
	const struct rule *items;
	size_t len;
};

/* The rule of an id, or NULL. */
const struct rule *rules_find(const struct rules *rules, const char *id);

struct finding {
	const struct rule *rule;
	unsigned int line, column; /* from 1; 0: the file as a whole */
	uint8_t proto;		   /* enum hp_proto, where port is not 0 */
	uint16_t port;		   /* host byte order; 0: it is about no port */
	size_t order;		   /* in which it was found, among those of one place */
	char *file;
	char *path;	  /* where in a document, "$.spec.containers[0]", or NULL */
	char *message;	  /* what is wrong: a sentence, without full stop */
	char *suggestion; /* what to do, in the same form, or NULL */
	char *accepted;	  /* why it was accepted; NULL: it was not */
};

struct findings {
	struct finding *items;
	size_t len, cap;
	size_t left_out; /* beyond FINDINGS_MAX */
	bool failed;	 /* memory ran out: some are missing */
};

/*
 * Add a finding at a place. The caller may set the other members of the result until
 * the next call. NULL when it is not kept: there are too many, or memory ran out.
 */
struct finding *findings_add(struct findings *findings, const struct rule *rule, const char *file,
			     unsigned int line, unsigned int column, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
struct finding *findings_vadd(struct findings *findings, const struct rule *rule, const char *file,
			      unsigned int line, unsigned int column, const char *fmt, va_list ap)
	__attribute__((format(printf, 6, 0)));

/* Remove the last one that was kept. */
void findings_remove_last(struct findings *findings);

/* Set the other members of a finding; of NULL, nothing. Texts are copied. */
void finding_set_port(struct finding *finding, uint8_t proto, uint16_t port);
void finding_set_path(struct finding *finding, const char *path);
void finding_accept(struct finding *finding, const char *reason);
void finding_suggest(struct finding *finding, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* How many are of a severity and not accepted; how many are accepted. */
size_t findings_count(const struct findings *findings, enum severity severity);
size_t findings_accepted(const struct findings *findings);

/* Order them by file, line and column; those of one place stay in their order. */
void findings_sort(struct findings *findings);

/* Free what they hold and make them empty. */
void findings_free(struct findings *findings);
#define _cleanup_findings_ _cleanup_(findings_free)

const char *severity_word(enum severity severity); /* "error", … */
