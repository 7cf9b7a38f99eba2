/* SPDX-License-Identifier: MIT */
/*
 * The registry, read again while the agent runs: when somebody asks (SIGHUP, the
 * control socket), when its files change (files.h), and when an exception ends.
 * What cannot be taken leaves what is in force, and is told.
 */
#pragma once

#include <time.h>

#include "../base/jsonw.h"
#include "../base/loop.h"
#include "../registry/diag.h"
#include "policy_load.h"

struct request;

struct reload {
	struct timespec loaded;	   /* when the registry in force was read, UTC */
	uint64_t ok, same, failed; /* since the start */
	struct diags errors;	   /* of the last one; none: it did not fail */
	struct loop_source *clock; /* of the next end of an exception */
};

/*
 * Read and apply, and tell what has become of it: in the events, on stderr, to the
 * service manager. As apply_reload(); what was wrong is in agent->reload.errors.
 */
int reload_run(struct agent *agent, const struct apply_request *request, struct buf *changes);

/* SIGHUP */
void reload_signal(struct agent *agent);

/* The document that answers the verb. 0, or a negative errno with a sentence in `out`. */
int reload_json(struct agent *agent, const struct request *request, struct buf *out);

/* Write the status document's member "registry". */
void reload_put(const struct agent *agent, struct jsonw *w);

void reload_stop(struct reload *reload);
