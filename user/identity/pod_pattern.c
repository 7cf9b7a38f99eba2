// SPDX-License-Identifier: MIT
#include "pod_pattern.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../policy/owner.h"

int pod_pattern_check(const char *pattern, struct buf *err)
{
	const char *slash = strchr(pattern, '/');
	bool has_parts = *pattern && (!slash || (slash != pattern && slash[1]));

	if (has_parts && strlen(pattern) <= POD_PATTERN_MAX && !(slash && strchr(slash + 1, '/')))
		return 0;
	buf_puts(err, "not a pod: NAMESPACE/NAME, NAME or UID");
	return -EINVAL;
}

bool pod_pattern_names(const char *pattern, const struct workload *who)
{
	char name[sizeof(who->namespace_) + sizeof(who->pod)];

	if (who->kind != WORKLOAD_POD)
		return false;
	if (!strchr(pattern, '/'))
		return (*who->pod && owner_glob(pattern, who->pod)) ||
		       strcmp(pattern, who->uid) == 0;
	/* names have no slash, so each * stays on its side */
	(void)snprintf(name, sizeof(name), "%s/%s", who->namespace_, who->pod);
	return *who->pod && owner_glob(pattern, name);
}
