// SPDX-License-Identifier: MIT
#include "losses.h"

#include <stdlib.h>
#include <string.h>

void losses_add(struct losses *losses, const char *workload, uint64_t lost)
{
	size_t i = 0;

	while (i < losses->len && strcmp(losses->workloads[i], workload) != 0)
		i++;
	if (i == LOSSES_LISTED)
		return;
	if (i == losses->len) {
		losses->workloads[i] = strdup(workload);
		if (!losses->workloads[i])
			return;
		losses->lost[i] = 0;
		losses->len++;
	}
	losses->lost[i] += lost;
	losses->sum += lost;
}

static int compare_losses(const void *a, const void *b)
{
	const struct kernel_loss *x = a, *y = b;

	return (x->lost < y->lost) - (x->lost > y->lost);
}

/* A control group as a record would have it. */
static void name_workload(struct identity *identity, const struct kernel_loss *loss,
			  struct buf *out)
{
	bool is_v1 = loss->workload & HP_WORKLOAD_V1;
	struct hp_event record = {
		.cgroup_id = is_v1 ? identity->v2_root : loss->workload,
		.cgroup_v1_id = is_v1 ? loss->workload & ~HP_WORKLOAD_V1 : 0,
	};
	struct workload who;
	const char *path;

	memcpy(record.ancestors, loss->ancestors, sizeof(record.ancestors));
	path = identity_workload(identity, &record, &who);
	buf_reset(out);
	workload_text(&who, path, out);
}

void losses_read(const struct kernel *kernel, struct identity *identity, struct losses *ret_losses)
{
	_cleanup_free_ struct kernel_loss *list = calloc(HP_LOSERS, sizeof(*list));
	_cleanup_buf_ struct buf name = { 0 };
	size_t len = list ? kernel_losses(kernel, list) : 0;

	*ret_losses = (struct losses) { 0 };
	if (len)
		qsort(list, len, sizeof(*list), compare_losses);
	for (size_t i = 0; i < len; i++) {
		name_workload(identity, &list[i], &name);
		if (!name.failed)
			losses_add(ret_losses, name.data, list[i].lost);
	}
}

void losses_put(const struct losses *losses, uint64_t all, struct jsonw *w)
{
	jsonw_array(w, "lost_workloads");
	for (size_t i = 0; i < losses->len; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "workload", losses->workloads[i]);
		jsonw_u64(w, "lost", losses->lost[i]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_u64(w, "lost_others", all > losses->sum ? all - losses->sum : 0);
}

void losses_free(struct losses *losses)
{
	for (size_t i = 0; i < losses->len; i++)
		free(losses->workloads[i]);
	*losses = (struct losses) { 0 };
}
