/* SPDX-License-Identifier: MIT */
/* Curves as SVG: lines and points of several series over one axis. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "../../user/base/buf.h"

#define PLOT_SERIES 6
#define PLOT_POINTS 24

struct plot_series {
	char name[64];
	double x[PLOT_POINTS], y[PLOT_POINTS];
	size_t len;
};

struct plot {
	const char *title, *subtitle;
	const char *x_label, *y_label;
	bool log_x; /* all x are above 0; each doubling is as wide */
	struct plot_series series[PLOT_SERIES];
	size_t len;
};

/* Add a point to the series of a name, a new one if there is no such series; points beyond the
 * limit are left out.
 */
void plot_add(struct plot *plot, const char *series, double x, double y);

/* Append the document. Nothing of a plot without a point. */
void plot_svg(const struct plot *plot, struct buf *out);
