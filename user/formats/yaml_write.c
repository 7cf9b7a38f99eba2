// SPDX-License-Identifier: MIT
#include "yaml_write.h"

#include <errno.h>
#include <string.h>

#include "../registry/row_fields.h"
#include "export_rows.h"
#include "layer_yaml.h"

/* The rows of all layers as one's: copies of the structs alone, which are not freed. */
struct merged {
	struct reg_layer layer;
	size_t ranges;
};

static void merged_done(struct merged *m)
{
	free(m->layer.rows);
}

static int collect(const struct registry *registry, struct merged *m)
{
	struct export_rows rows = { .registry = registry };
	const struct reg_row *row;
	size_t n = 0;

	for (size_t i = 0; i < registry->len; i++)
		n += registry->layers[i].len;
	m->layer.rows = calloc(n ? n : 1, sizeof(*m->layer.rows));
	if (!m->layer.rows)
		return -ENOMEM;
	while ((row = export_rows_next(&rows, NULL))) {
		m->layer.rows[m->layer.len++] = *row;
		m->ranges += row->kind == REG_RANGE;
	}
	/* its own findings are those of one layer alone */
	for (size_t i = 0; registry->len == 1 && i < registry->layers[0].len; i++)
		if (registry->layers[0].rows[i].kind == REG_ACCEPT)
			m->layer.rows[m->layer.len++] = registry->layers[0].rows[i];
	return 0;
}

/* "layers a, b, c", cut at the end where there are many. */
static void put_names(const struct registry *registry, struct buf *source)
{
	buf_puts(source, "layers");
	for (size_t i = 0; i < registry->len; i++) {
		if (source->len + strlen(registry->layers[i].name) + 8 > ROW_LONG_MAX) {
			buf_puts(source, ", ...");
			return;
		}
		buf_printf(source, "%s %s", i ? "," : "", registry->layers[i].name);
	}
}

int yaml_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	const struct registry *registry = job->registry;
	_cleanup_(merged_done) struct merged m = { 0 };
	_cleanup_buf_ struct buf source = { 0 }, name = { 0 };
	int r = collect(registry, &m);

	if (r < 0)
		return r;
	if (m.ranges > REGISTRY_RANGES_MAX) {
		buf_printf(said, "%zu ranges in one file are more than %d\n", m.ranges,
			   REGISTRY_RANGES_MAX);
		return -EINVAL;
	}
	buf_puts(&name, job->name	   ? job->name :
			registry->len == 1 ? registry->layers[0].name :
					     "exported");
	if (registry->len != 1)
		export_accepts(registry, said);
	if (registry->len == 1)
		buf_puts(&source, registry->layers[0].source ? registry->layers[0].source : "");
	else
		put_names(registry, &source);
	if (name.failed || source.failed)
		return -ENOMEM;
	m.layer.name = name.data;
	m.layer.source = source.len ? source.data : NULL;
	layer_yaml(&m.layer, out);
	return out->failed ? -ENOMEM : 0;
}
