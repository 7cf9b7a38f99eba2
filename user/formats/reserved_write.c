// SPDX-License-Identifier: MIT
#include "reserved_write.h"

#include <errno.h>
#include <inttypes.h>

/* What the kernel takes of one write: a page, with the zero byte at its end. */
#define VALUE_MAX 4095

bool reserved_needed(const struct export_job *job)
{
	struct portset set = { 0 };

	policy_registered(job->policy, job->first, job->last, &set);
	return portset_count(&set) > 0;
}

int reserved_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	size_t range = (size_t)job->last - job->first + 1, count;
	_cleanup_buf_ struct buf value = { 0 };
	struct portset set = { 0 };

	policy_registered(job->policy, job->first, job->last, &set);
	count = portset_count(&set);
	portset_put(&set, PORTSET_TEXT_MAX, &value);
	if (count > range / 2) {
		buf_printf(said,
			   "%zu of the %zu ephemeral ports are registered, more than half: "
			   "reserved, they would starve the node\n",
			   count, range);
		return -EINVAL;
	}
	if (value.len > VALUE_MAX) {
		buf_printf(
			said,
			"%zu ports in a list that the kernel does not take, longer than %d bytes\n",
			count, VALUE_MAX);
		return -EINVAL;
	}
	buf_printf(out,
		   "# Registered ports in the ephemeral range %" PRIu16 "-%" PRIu16
		   ", which the kernel must not hand out.\n"
		   "# It replaces any other list of reserved ports.\n",
		   job->first, job->last);
	if (count)
		buf_printf(out, "net.ipv4.ip_local_reserved_ports = %s\n", value.data);
	else
		buf_puts(out, "# There are none.\n");
	return out->failed || value.failed ? -ENOMEM : 0;
}
