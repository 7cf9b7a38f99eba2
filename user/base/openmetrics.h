/* SPDX-License-Identifier: MIT */
/*
 * Metrics as text, in two forms: OpenMetrics 1.0, and the older text of Prometheus. They differ
 * in the names of families, in types and at the end. Label values may be any text. Pure.
 */
#pragma once

#include <stdint.h>

#include "buf.h"

enum openmetrics_form {
	OPENMETRICS_1_0,
	OPENMETRICS_PROMETHEUS, /* text/plain; version=0.0.4 */
	OPENMETRICS_FORMS,
};

enum openmetrics_type {
	OPENMETRICS_GAUGE,
	OPENMETRICS_COUNTER, /* its name ends in _total */
	OPENMETRICS_INFO,    /* its name ends in _info; the value is 1, the labels tell */
	OPENMETRICS_TYPES,
};

struct openmetrics_label {
	const char *name; /* letters, digits and underscores */
	const char *value;
};

/* A document that is written. Set `out` and `form`, and the rest to zero. */
struct openmetrics {
	struct buf *out;
	enum openmetrics_form form;
	/* the family at hand */
	const char *name, *help;
	enum openmetrics_type type;
	bool begun; /* it has a sample */
};

/* "gauge", "counter" or "info". */
const char *openmetrics_type_word(enum openmetrics_type type);

/* The value of the header Content-Type. */
const char *openmetrics_content_type(enum openmetrics_form form);

/*
 * The form for a client with this Accept header (NULL: it has none): OpenMetrics, unless it
 * names text/plain and not OpenMetrics.
 */
enum openmetrics_form openmetrics_form_for(const char *accept);

/* The samples that follow are of this family; a family without any is left out. */
void openmetrics_family(struct openmetrics *m, const char *name, enum openmetrics_type type,
			const char *help);

/* A sample: its labels, and a whole number, or nanoseconds that are written as seconds. */
void openmetrics_u64(struct openmetrics *m, const struct openmetrics_label *labels, size_t len,
		     uint64_t value);
void openmetrics_seconds(struct openmetrics *m, const struct openmetrics_label *labels, size_t len,
			 uint64_t ns);

void openmetrics_end(struct openmetrics *m);
