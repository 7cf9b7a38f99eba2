// SPDX-License-Identifier: MIT
#include "verbs.h"

#include <errno.h>
#include <unistd.h>

#include "../violations/learn.h"
#include "../violations/listeners.h"
#include "context.h"
#include "pods_document.h"
#include "selftest.h"
#include "snapshot.h"
#include "status.h"

/* Whatever --on-exit says. The answer is written before the loop ends. */
static void detach(struct agent *agent, struct buf *out)
{
	struct jsonw w = { .out = out };

	agent->programs.detach_asked = true;
	loop_stop(agent->loop);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "detaching", true);
	jsonw_u64(&w, "pid", (uint64_t)getpid());
	jsonw_object_end(&w);
}

static void status(struct agent *agent, struct buf *out)
{
	struct snapshot snapshot;

	snapshot_take(agent, &snapshot);
	status_json(&snapshot, out);
	snapshot_free(&snapshot);
}

int verbs_document(void *data, const struct request *request, struct buf *out)
{
	struct agent *agent = data;

	switch (request->verb) {
	case REQUEST_STATUS:
		status(agent, out);
		return 0;
	case REQUEST_LISTENERS:
		return listeners_json(&agent->sweep.table, out);
	case REQUEST_SELFTEST:
		selftest_json(&agent->watch, out);
		return 0;
	case REQUEST_DETACH:
		detach(agent, out);
		return 0;
	case REQUEST_RELOAD:
		return reload_json(&agent->reload, request, out);
	case REQUEST_MODE:
		return mode_json(&agent->mode, request, out);
	case REQUEST_IMPACT:
		mode_impact_json(&agent->mode, out);
		return 0;
	case REQUEST_LEARN:
		return learn_json(&agent->violations, out);
	case REQUEST_PODS:
		return pods_document(&agent->pod_sources.pods, agent->owners.groups,
				     agent->identity.v2, out);
	case REQUEST_TAIL: /* has lines, no document */
		break;
	}
	return -EINVAL;
}
