// SPDX-License-Identifier: MIT
#include "registry_json.h"

#include <errno.h>

#include "../registry/row_json.h"

void registry_json(const struct registry *registry, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_array(&w, "rows");
	for (size_t l = 0; l < registry->len; l++)
		for (size_t i = 0; i < registry->layers[l].len; i++)
			row_json(&w, &registry->layers[l], &registry->layers[l].rows[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
}

int json_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	(void)said;
	registry_json(job->registry, out);
	return out->failed ? -ENOMEM : 0;
}
