// SPDX-License-Identifier: MIT
/* What the control socket answers, verb by verb. */
#include <errno.h>

#include "state.h"

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
	case REQUEST_TAIL: /* has lines, no document */
		break;
	}
	return -EINVAL;
}
