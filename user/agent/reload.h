/* SPDX-License-Identifier: MIT */
/*
 * The registry, read again while the agent runs: when somebody asks (SIGHUP, the
 * control socket), when its files change (registry_watch.h), and when an exception
 * ends. What cannot be taken leaves what is in force, and is reported.
 */
#pragma once

#include "../stream/request.h"
#include "exception_timer.h"
#include "policy_load.h"
#include "registry_watch.h"

struct reload {
	/* borrowed, set before the start */
	struct policy_load *load;
	const struct in_force *in_force;
	struct exception_timer *exceptions;
	struct stream *stream;

	uint64_t ok, same, failed; /* since the start */
	struct diags errors;	   /* of the last one; none: it did not fail */
};

/*
 * Read and apply, and report what has become of it: in the events, on stderr, to the
 * service manager. As policy_load_again(); what was wrong is in reload->errors.
 */
int reload_run(struct reload *reload, const struct policy_load_request *request,
	       struct buf *changes);

/* SIGHUP */
void reload_signal(struct reload *reload);

/* registry_watch_fn */
int reload_changed(void *reload, uint64_t stamp);

/* The document that answers the verb. 0, or a negative errno with a sentence in `out`. */
int reload_json(struct reload *reload, const struct request *request, struct buf *out);

/* Write the status document's member "registry". */
void reload_put(const struct reload *reload, const struct registry_watch *watch, struct jsonw *w);

void reload_stop(struct reload *reload);
