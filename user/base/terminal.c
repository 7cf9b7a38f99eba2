// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

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

static void put_hidden(const char *s, size_t n, uint32_t c, bool json, struct buf *out)
{
	if (!json)
		for (size_t i = 0; i < (n ? n : 1); i++)
			buf_printf(out, "\\x%02x", (unsigned char)s[i]);
	else if (n || !*s)
		buf_printf(out, "\\u%04x", c);
	else
		buf_puts(out, "\xef\xbf\xbd");
}

/* `line` ends with a zero byte as well, but may have others. */
void terminal_put(const char *line, size_t len, enum terminal_form form, struct buf *out)
{
	const char *end = line + len, *s = line, *plain = line;
	uint32_t c;
	size_t n;

	while (s < end) {
		n = utf8_printable(s);
		if (!n && form == TERMINAL_COLOUR)
			n = colour_sequence(s);
		if (n) {
			s += n;
			continue;
		}
		buf_add(out, plain, (size_t)(s - plain));
		c = 0;
		n = utf8_decode(s, &c);
		put_hidden(s, n, c, form == TERMINAL_JSON, out);
		s += n ? n : 1;
		plain = s;
	}
	buf_add(out, plain, (size_t)(end - plain));
}
