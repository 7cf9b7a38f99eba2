// SPDX-License-Identifier: MIT
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH	    720
#define HEIGHT	    420
#define LEFT	    70
#define RIGHT	    24
#define TOP	    64
#define BOTTOM	    (60 + LEGEND_LINE * PLOT_SERIES / 2)
#define LEGEND_LINE 18
#define TICKS	    6  /* about so many on the y axis */
#define TICK_ROOM   30 /* between two numbers of the x axis */

/* Dashes tell series apart for a reader who sees no colours. */
static const struct {
	const char *colour, *dashes;
} looks[PLOT_SERIES] = {
	{ "#0072b2", "none" },	  { "#d55e00", "7 3" }, { "#009e73", "2 3" },
	{ "#cc79a7", "9 3 2 3" }, { "#56b4e9", "4 2" }, { "#444444", "1 2" },
};

/* What is shown. */
struct frame {
	double x_min, x_max, y_min, y_max, y_step;
	bool log_x;
};

void plot_add(struct plot *plot, const char *series, double x, double y)
{
	struct plot_series *s = NULL;

	for (size_t i = 0; i < plot->len && !s; i++)
		if (strcmp(plot->series[i].name, series) == 0)
			s = &plot->series[i];
	if (!s && plot->len < PLOT_SERIES) {
		s = &plot->series[plot->len++];
		(void)snprintf(s->name, sizeof(s->name), "%s", series);
	}
	if (!s || s->len == PLOT_POINTS || !isfinite(x) || !isfinite(y) || (plot->log_x && x <= 0))
		return;
	s->x[s->len] = x;
	s->y[s->len++] = y;
}

/* ---- the axes ------------------------------------------------------------------------------ */

/* 1, 2 or 5 times a power of ten. */
static double nice_step(double span)
{
	double rough = span / TICKS, power = pow(10, floor(log10(rough))), times = rough / power;

	return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

static bool frame_of(const struct plot *plot, struct frame *ret_frame)
{
	struct frame f = { .x_min = INFINITY, .x_max = -INFINITY, .log_x = plot->log_x };

	for (size_t i = 0; i < plot->len; i++)
		for (size_t k = 0; k < plot->series[i].len; k++) {
			f.x_min = fmin(f.x_min, plot->series[i].x[k]);
			f.x_max = fmax(f.x_max, plot->series[i].x[k]);
			f.y_min = fmin(f.y_min, plot->series[i].y[k]);
			f.y_max = fmax(f.y_max, plot->series[i].y[k]);
		}
	if (!(f.x_min <= f.x_max))
		return false;
	if (f.x_min == f.x_max)
		f.x_max = f.x_min + 1;
	if (f.y_min == f.y_max)
		f.y_max = f.y_min + 1;
	f.y_step = nice_step(f.y_max - f.y_min);
	f.y_min = floor(f.y_min / f.y_step) * f.y_step;
	f.y_max = ceil(f.y_max / f.y_step) * f.y_step;
	*ret_frame = f;
	return true;
}

static double at_x(const struct frame *f, double x)
{
	double share = f->log_x ? log(x / f->x_min) / log(f->x_max / f->x_min) :
				  (x - f->x_min) / (f->x_max - f->x_min);

	return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static double at_y(const struct frame *f, double y)
{
	return HEIGHT - BOTTOM - (y - f->y_min) / (f->y_max - f->y_min) * (HEIGHT - TOP - BOTTOM);
}

/* ---- the document -------------------------------------------------------------------------- */

static void put_text(struct buf *out, double x, double y, const char *how, const char *text)
{
	buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, how);
	for (const char *c = text; *c; c++) {
		if (*c == '<')
			buf_puts(out, "&lt;");
		else if (*c == '&')
			buf_puts(out, "&amp;");
		else if ((unsigned char)*c >= ' ')
			buf_putc(out, *c);
	}
	buf_puts(out, "</text>\n");
}

static void put_line(struct buf *out, double x1, double y1, double x2, double y2, const char *how)
{
	buf_printf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"%s/>\n", x1, y1, x2,
		   y2, how);
}

struct number {
	char text[32];
};

/* With commas: 131,072. Only the last digits of what has any behind the point. */
static struct number number(double v)
{
	struct number n;
	double size = fabs(v);
	const char *sign = v < 0 ? "-" : "";

	if (size >= 1e6)
		(void)snprintf(n.text, sizeof(n.text), "%s%.4gM", sign, size / 1e6);
	else if (size >= 1000)
		(void)snprintf(n.text, sizeof(n.text), "%s%.0f,%03.0f", sign, floor(size / 1000),
			       fmod(size, 1000));
	else
		(void)snprintf(n.text, sizeof(n.text), "%s%.4g", sign, size);
	return n;
}

static void put_y_axis(const struct plot *plot, const struct frame *f, struct buf *out)
{
	for (double y = f->y_min; y <= f->y_max + f->y_step / 2; y += f->y_step) {
		put_line(out, LEFT, at_y(f, y), WIDTH - RIGHT, at_y(f, y),
			 fabs(y) < f->y_step / 2 ? " stroke=\"#888\"" : " stroke=\"#ddd\"");
		put_text(out, LEFT - 8, at_y(f, y) + 4, " text-anchor=\"end\"",
			 number(fabs(y) < f->y_step / 2 ? 0 : y).text);
	}
	put_text(out, LEFT, TOP - 10, " fill=\"#444\"", plot->y_label);
}

/* Numbers where the points are, as far as there is room. */
static void put_x_axis(const struct plot *plot, const struct frame *f, struct buf *out)
{
	const struct plot_series *longest = &plot->series[0];
	double last = -WIDTH, x;

	for (size_t i = 1; i < plot->len; i++)
		if (plot->series[i].len > longest->len)
			longest = &plot->series[i];
	for (size_t k = 0; k < longest->len; k++) {
		x = at_x(f, longest->x[k]);
		put_line(out, x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5, " stroke=\"#888\"");
		if (x - last < TICK_ROOM)
			continue;
		put_text(out, x, HEIGHT - BOTTOM + 19, " text-anchor=\"middle\"",
			 number(longest->x[k]).text);
		last = x;
	}
	put_text(out, (WIDTH + LEFT - RIGHT) / 2.0, HEIGHT - BOTTOM + 38,
		 " text-anchor=\"middle\" fill=\"#444\"", plot->x_label);
}

static void put_series(const struct plot_series *s, const struct frame *f, size_t number,
		       struct buf *out)
{
	const char *colour = looks[number].colour;
	double legend_x = LEFT + (double)(number % 2) * (WIDTH - LEFT - RIGHT) / 2,
	       legend_y = HEIGHT - BOTTOM + 62 + LEGEND_LINE * (double)(number / 2);

	buf_printf(out,
		   "<g stroke=\"%s\" fill=\"%s\">\n<polyline fill=\"none\" stroke-width=\"2\" "
		   "stroke-dasharray=\"%s\" points=\"",
		   colour, colour, looks[number].dashes);
	for (size_t k = 0; k < s->len; k++)
		buf_printf(out, "%s%.1f,%.1f", k ? " " : "", at_x(f, s->x[k]), at_y(f, s->y[k]));
	buf_puts(out, "\"/>\n");
	for (size_t k = 0; k < s->len; k++)
		buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", at_x(f, s->x[k]),
			   at_y(f, s->y[k]));
	buf_printf(out,
		   "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke-width=\"2\" "
		   "stroke-dasharray=\"%s\"/>\n</g>\n",
		   legend_x, legend_y, legend_x + 28, legend_y, looks[number].dashes);
	put_text(out, legend_x + 36, legend_y + 4, "", s->name);
}

void plot_svg(const struct plot *plot, struct buf *out)
{
	struct frame f = { 0 };

	if (!frame_of(plot, &f))
		return;
	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		   "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
		   "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
		   WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	put_text(out, 16, 22, " font-size=\"15\" font-weight=\"bold\"", plot->title);
	put_text(out, 16, 39, " font-size=\"11\" fill=\"#666\"", plot->subtitle);
	put_y_axis(plot, &f, out);
	put_x_axis(plot, &f, out);
	for (size_t i = 0; i < plot->len; i++)
		put_series(&plot->series[i], &f, i, out);
	buf_puts(out, "</svg>\n");
}
