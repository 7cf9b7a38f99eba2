// SPDX-License-Identifier: MIT
#include "plots.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "machine_facts.h"
#include "plot.h"

static const struct {
	const char *row, *suffix;
	struct plot plot;
} curves[] = {
	{ "curve-rows",
	  "rows",
	  { .title = "An allowed bind() as the registry grows",
	    .x_label = "rows of the registry, each port bound in turn",
	    .y_label = "ns of bind() over an empty program",
	    .log_x = true } },
	{ "curve-threads",
	  "threads",
	  { .title = "Threads that bind allowed ports at the same time",
	    .x_label = "threads",
	    .y_label = "loops of socket(), bind(), close() a second, of all threads" } },
	{ "curve-foreign",
	  "foreign",
	  { .title = "Programs of others at the same cgroup",
	    .x_label = "other programs at each bind hook",
	    .y_label = "ns of bind()" } },
};

static int write_file(const char *path, const struct buf *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	if (!f || fwrite(text->data, 1, text->len, f) != text->len || fflush(f) != 0)
		return -errno;
	return 0;
}

static int write_curve(const struct results *r, size_t number, const char *prefix)
{
	_cleanup_free_ struct plot *plot = malloc(sizeof(*plot));
	_cleanup_buf_ struct buf text = { 0 };
	struct machine_facts facts;
	char path[PATH_MAX], subtitle[512];

	if (!plot)
		return -ENOMEM;
	machine_facts(&facts);
	(void)snprintf(subtitle, sizeof(subtitle), "%s, %u CPUs, %s, %.10s", facts.cpu, facts.cpus,
		       facts.kernel, facts.date);
	*plot = curves[number].plot;
	plot->subtitle = subtitle;
	for (size_t i = 0; i < r->notes.len; i++) {
		const struct figure *f = &r->notes.list[i];

		if (strcmp(f->row, curves[number].row) == 0)
			plot_add(plot, f->what, strtod(f->instance, NULL), f->value);
	}
	plot_svg(plot, &text);
	if (text.failed)
		return -ENOMEM;
	if (!text.len)
		return 0;
	if (snprintf(path, sizeof(path), "%s-%s.svg", prefix, curves[number].suffix) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	return write_file(path, &text);
}

int plots_write(const struct results *r, const char *prefix)
{
	int e = 0;

	for (size_t i = 0; i < ARRAY_LEN(curves) && e == 0; i++)
		e = write_curve(r, i, prefix);
	return e;
}
