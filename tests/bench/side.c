// SPDX-License-Identifier: MIT
#include "side.h"

#include <stdarg.h>

#include "../../user/base/buf.h"
#include "../../user/base/log.h"
#include "name.h"
#include "targets.h"

void side_each(struct bench *b, const char *row, void (*measure)(const struct side *side))
{
	struct side ours = { .bench = b, .programs = bench_dir(b) };
	struct side other = { .bench = b, .programs = bench_other(b), .is_other = true };

	if (!bench_wants(b, row))
		return;
	measure(&ours);
	if (other.programs)
		measure(&other);
}

void side_put(const struct side *side, const char *row, const char *what, const char *instance,
	      double value)
{
	if (side->is_other)
		side_note(side, row, what, instance, value,
			  targets_find(targets_row(row), what)->unit);
	else
		bench_put(side->bench, row, what, instance, value);
}

void side_note(const struct side *side, const char *row, const char *what, const char *instance,
	       double value, const char *unit)
{
	bench_note(side->bench, row, side->is_other ? name("%s, other revision", what).text : what,
		   instance, value, unit);
}

void side_fail(const struct side *side, const char *row, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (side->is_other)
		log_warning("%s of the other revision: %s", row, text.data ? text.data : "");
	else
		bench_fail(side->bench, row, "%s", text.data ? text.data : "");
}
