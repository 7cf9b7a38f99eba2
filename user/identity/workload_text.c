// SPDX-License-Identifier: MIT
#include "workload.h"

#include <stddef.h>

/* The characters of an id that are shown. */
#define POD_UID_SHOWN	   8
#define CONTAINER_ID_SHOWN 12

/* At most the first n bytes of an id. */
static void put_id(const char *id, size_t n, struct buf *out)
{
	char shown[CONTAINER_ID_SHOWN + 1] = { 0 };

	for (size_t i = 0; i < n && id[i]; i++)
		shown[i] = id[i];
	buf_put_safe(out, shown);
}

static void put_names(const struct workload *who, struct buf *out)
{
	buf_puts(out, "pod ");
	buf_put_safe(out, who->namespace_);
	buf_putc(out, '/');
	buf_put_safe(out, who->pod);
	if (*who->container || *who->container_id)
		buf_putc(out, '/');
	if (*who->container)
		buf_put_safe(out, who->container);
	else
		put_id(who->container_id, CONTAINER_ID_SHOWN, out);
}

void workload_text(const struct workload *who, const char *cgroup, struct buf *out)
{
	if (who->kind == WORKLOAD_POD && *who->pod)
		put_names(who, out);
	else
		workload_key(who, cgroup, out);
}

void workload_key(const struct workload *who, const char *cgroup, struct buf *out)
{
	switch (who->kind) {
	case WORKLOAD_POD:
		buf_puts(out, "pod ");
		put_id(who->uid, POD_UID_SHOWN, out);
		buf_puts(out, "\xe2\x80\xa6");
		if (*who->container_id) {
			buf_putc(out, '/');
			put_id(who->container_id, CONTAINER_ID_SHOWN, out);
		}
		break;
	case WORKLOAD_UNIT:
		buf_puts(out, "unit ");
		buf_put_safe(out, who->unit);
		break;
	case WORKLOAD_KERNEL:
		buf_puts(out, "kernel");
		break;
	case WORKLOAD_CGROUP:
		buf_puts(out, "cgroup ");
		buf_put_safe(out, cgroup);
		break;
	default:
		buf_puts(out, "unknown workload");
	}
}
