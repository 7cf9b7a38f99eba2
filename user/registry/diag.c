// SPDX-License-Identifier: MIT
#include "diag.h"

#include <string.h>

void diags_add(struct diags *d, const char *file, unsigned int line, unsigned int column,
	       const char *fmt, ...)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct diag *diag;
	va_list ap;

	d->total++;
	if (d->len == DIAGS_MAX)
		return;
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);

	diag = &d->items[d->len++];
	*diag = (struct diag) {
		.file = strdup(file),
		.line = line,
		.column = column,
		.message = buf_take(&message),
	};
}

void diag_text(const struct diag *diag, struct buf *out)
{
	/* A text for which there was no memory is missing; the position is not. */
	buf_put_safe(out, diag->file ? diag->file : "?");
	if (diag->line)
		buf_printf(out, ":%u:%u", diag->line, diag->column);
	buf_puts(out, ": ");
	buf_put_safe(out, diag->message ? diag->message : "out of memory");
}

void diags_text(const struct diags *d, struct buf *out)
{
	for (size_t i = 0; i < d->len; i++) {
		diag_text(&d->items[i], out);
		buf_putc(out, '\n');
	}
	if (d->total > d->len)
		buf_printf(out, "and %zu more\n", d->total - d->len);
}

void diags_free(struct diags *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->items[i].file);
		free(d->items[i].message);
	}
	*d = (struct diags) { 0 };
}
