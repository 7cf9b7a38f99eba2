/* SPDX-License-Identifier: MIT */
/*
 * The registry is read again while the agent runs: when an operator asks (SIGHUP, the control
 * socket), when its files change (file_watch.h), and when an exception ends. If that
 * fails, the policy in force stays, and the error is reported.
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
	struct diags errors; /* of the last reload; none: it did not fail */
	bool asked;	     /* for the next one that the files lead to: an operator did */
};

/*
 * Read the registry, apply it, and report the result: in the events, on stderr, to the
 * service manager. Returns as policy_load_again(); the errors are in reload->errors.
 */
int reload_run(struct reload *reload, const struct policy_load_request *request,
	       struct buf *changes);

/* SIGHUP, where no files are watched; else see `asked`. */
void reload_signal(struct reload *reload);

/* The files have changed: a file_watch_fn; its data is a struct reload. */
int reload_changed(void *reload, uint64_t stamp);

/* The document that answers the verb. 0, or a negative errno with a sentence in `out`. */
int reload_json(struct reload *reload, const struct request *request, struct buf *out);

/* Append the first error and the number of others; nothing if there is none. */
void reload_put_error(const struct diags *errors, struct buf *out);

/* Write the member `layers`: the layers of a registry, each with the error of its last reading. */
void reload_put_layers(const struct registry *registry, const struct diags *errors,
		       struct jsonw *w);

void reload_stop(struct reload *reload);
