// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"

void terminal_use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

bool terminal_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

/* The length of a sequence that sets colours at s, or 0: ESC [ digits and semicolons m. */
static size_t colour_sequence(const char *s)
{
	size_t n;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	n = 2 + strspn(s + 2, "0123456789;");
	return s[n] == 'm' ? n + 1 : 0;
}

void terminal_put(const char *line, size_t len, enum terminal_form form, struct buf *out)
{
	enum escape_format format = form == TERMINAL_JSON ? ESCAPE_JSON_LINE : ESCAPE_TERMINAL;
	const char *end = line + len, *s = line, *from = line;
	size_t n;

	while (form == TERMINAL_COLOUR && s < end) {
		n = colour_sequence(s);
		if (n) {
			(void)escape_bytes(format, from, (size_t)(s - from), out);
			buf_add(out, s, n);
			from = s + n;
		}
		s += n ? n : 1;
	}
	(void)escape_bytes(format, from, (size_t)(end - from), out);
}
