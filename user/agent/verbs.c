// SPDX-License-Identifier: MIT
/* What the control socket answers, verb by verb. */
#include <errno.h>

#include "state.h"

/* Whatever --on-exit says. The answer is written before the loop ends. */
static void detach(struct agent *agent, struct buf *out)
{
	struct jsonw w = { .out = out };

	agent->detach_asked = true;
	loop_stop(agent->loop);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "detaching", true);
	jsonw_u64(&w, "pid", (uint64_t)getpid());
	jsonw_object_end(&w);
}

int serve_document(void *data, const struct request *request, struct buf *out)
{
	struct agent *agent = data;

	switch (request->verb) {
	case REQUEST_STATUS:
		status_json(agent, out);
		return 0;
	case REQUEST_LISTENERS:
		return listeners_json(agent, out);
	case REQUEST_SELFTEST:
		selftest_json(agent, out);
		return 0;
	case REQUEST_DETACH:
		detach(agent, out);
		return 0;
	case REQUEST_RELOAD:
		return reload_json(agent, request, out);
	case REQUEST_MODE:
		return mode_json(agent, request, out);
	case REQUEST_LEARN:
		return learn_json(agent, out);
	case REQUEST_TAIL: /* has lines, no document */
		break;
	}
	return -EINVAL;
}
