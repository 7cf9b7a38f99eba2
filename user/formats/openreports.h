/* SPDX-License-Identifier: MIT */
/*
 * A ClusterReport of openreports.io/v1alpha1, as JSON: what a policy engine found, for programs
 * that show the reports of many. Results are written one by one. Pure.
 */
#pragma once

#include "../base/jsonw.h"

enum openreports_outcome {
	OPENREPORTS_PASS,
	OPENREPORTS_FAIL,
	OPENREPORTS_WARN, /* it counts for nothing: a hint */
	OPENREPORTS_ERROR,
	OPENREPORTS_SKIP, /* it was accepted */
	OPENREPORTS_OUTCOME_MAX,
};

/* How much a result matters. */
enum openreports_severity {
	OPENREPORTS_INFO,
	OPENREPORTS_MEDIUM,
	OPENREPORTS_HIGH,
	OPENREPORTS_SEVERITY_MAX,
};

struct openreports {
	struct jsonw w;
	size_t counts[OPENREPORTS_OUTCOME_MAX];
};

struct openreports_result {
	enum openreports_outcome outcome;
	enum openreports_severity severity;
	const char *rule;
	const char *category; /* the rule of the Host Port Registry: "R1", or NULL */
	const char *message;
};

/*
 * Begin a report in `out`. Its name is made of the tool's, "hostportctl check", and of the node
 * that it is about (NULL: of none); what no object's name may have becomes a -.
 */
void openreports_begin(struct openreports *report, const char *tool, const char *node,
		       struct buf *out);

/* Begin a result, and end it. Between these the caller may write members with report->w. */
void openreports_begin_result(struct openreports *report, const struct openreports_result *result);
void openreports_end_result(struct openreports *report);

/* In a result's object `properties`, whose values are texts: one; NULL and "" are none. */
void openreports_property(struct openreports *report, const char *name, const char *value);
void openreports_property_u64(struct openreports *report, const char *name, uint64_t value);

/* A result that says how many others are left out; of none, nothing. */
void openreports_left_out(struct openreports *report, uint64_t n);

/* End the report, with its summary. */
void openreports_end(struct openreports *report);
