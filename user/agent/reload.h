/* SPDX-License-Identifier: MIT */
/*
 * The registry is read again while the agent runs: when an operator asks (SIGHUP, the control
 * socket), when its files change (registry_watch.h), and when an exception ends. If that
 * fails, what is in force stays, and the error is reported.
 */
#pragma once

#include "../stream/request.h"
#include "exception_timer.h"
#include "policy_load.h"

/* Since the start. */
struct reload_counts {
	uint64_t ok, same, failed;
};

struct reload {
	/* borrowed, set before the start */
	struct policy_load *load;
	const struct in_force *in_force;
	struct exception_timer *exceptions;

	struct reload_counts counts;
	struct diags errors; /* of the last one; none: it did not fail */
};

/*
 * Read and apply, and report what has become of it: in the events, on stderr, to the
 * service manager. As policy_load_again(); what was wrong is in reload->errors.
 */
int reload_run(struct reload *reload, const struct policy_load_request *request,
	       struct buf *changes);

/* SIGHUP */
void reload_signal(struct reload *reload);

/* The files have changed; registry_watch_fn, the data is a struct reload. */
int reload_changed(void *reload, uint64_t stamp);

/* The document that answers the verb. 0, or a negative errno with a sentence in `out`. */
int reload_json(struct reload *reload, const struct request *request, struct buf *out);

/* Append the first error, and how many more there are; nothing where there is none. */
void reload_put_error(const struct diags *errors, struct buf *out);

/* Write the member `layers`: of a registry, with what kept each from being read again. */
void reload_put_layers(const struct registry *registry, const struct diags *errors,
		       struct jsonw *w);

void reload_stop(struct reload *reload);
