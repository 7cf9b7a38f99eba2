// SPDX-License-Identifier: MIT
#include "escape.h"

#include <inttypes.h>
#include <string.h>

#include "utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum escape_class {
	CLASS_PLAIN,	    /* printable ASCII: kept, unless it is special */
	CLASS_C0,	    /* control characters below the blank */
	CLASS_C1,	    /* DEL, and control characters from U+0080 to U+009F */
	CLASS_STEERING,	    /* what else a terminal obeys: utf8_printable() */
	CLASS_WIDE,	    /* printable, beyond ASCII */
	CLASS_NONCHARACTER, /* U+FFFE, U+FFFF */
	CLASS_INVALID,	    /* a byte that is not UTF-8 */
	CLASS_MAX,
};

/* What stands for a character of a class. */
struct substitute {
	const char *text; /* NULL: the character itself */
	uint8_t digits;	  /* of the code point, which follows the text; 0: it does not */
	bool upper;	  /* in upper case */
	bool bytes;	  /* for each byte, with that byte's number */
	bool lossy;	  /* it could stand for other characters, too */
	const char *after;
};

#define KEPT                                                                                       \
	{                                                                                          \
		.text = NULL                                                                       \
	}
#define TEXT(as)                                                                                   \
	{                                                                                          \
		.text = (as), .lossy = true                                                        \
	}
#define EACH_BYTE(as)                                                                              \
	{                                                                                          \
		.text = (as), .bytes = true, .lossy = true                                         \
	}
#define CODE(before, n)                                                                            \
	{                                                                                          \
		.text = (before), .digits = (n)                                                    \
	}
#define UPPER_CODE(before, n, behind)                                                              \
	{                                                                                          \
		.text = (before), .digits = (n), .upper = true, .after = (behind)                  \
	}
#define HEX_BYTES                                                                                  \
	{                                                                                          \
		.text = "\\x", .digits = 2, .bytes = true                                          \
	}

/* An ASCII character with a substitute of its own; NULL: it is kept. */
struct special {
	char c;
	const char *as;
};

#define SPECIALS_MAX 8

struct escape {
	struct special specials[SPECIALS_MAX + 1];
	struct substitute classes[CLASS_MAX];
};

/* clang-format off */
static const struct escape escapes[] = {
	[ESCAPE_TERMINAL] = {
		.classes = {
			[CLASS_C0] = HEX_BYTES, [CLASS_C1] = HEX_BYTES,
			[CLASS_STEERING] = HEX_BYTES, [CLASS_INVALID] = HEX_BYTES,
		},
	},
	[ESCAPE_ASCII] = {
		.classes = {
			[CLASS_C0] = HEX_BYTES, [CLASS_C1] = HEX_BYTES,
			[CLASS_STEERING] = HEX_BYTES, [CLASS_INVALID] = HEX_BYTES,
			[CLASS_WIDE] = HEX_BYTES, [CLASS_NONCHARACTER] = HEX_BYTES,
		},
	},
	[ESCAPE_JSON] = {
		.specials = { { '"', "\\\"" }, { '\\', "\\\\" } },
		.classes = {
			[CLASS_C0] = CODE("\\u", 4), [CLASS_C1] = CODE("\\u", 4),
			[CLASS_STEERING] = CODE("\\u", 4), [CLASS_INVALID] = TEXT(REPLACEMENT),
		},
	},
	[ESCAPE_JSON_LINE] = {
		.classes = {
			[CLASS_C0] = CODE("\\u", 4), [CLASS_C1] = CODE("\\u", 4),
			[CLASS_STEERING] = CODE("\\u", 4), [CLASS_INVALID] = TEXT(REPLACEMENT),
		},
	},
	[ESCAPE_SCRIPT] = {
		.specials = { { '<', "\\u003c" }, { '>', "\\u003e" }, { '&', "\\u0026" } },
		.classes = { [CLASS_STEERING] = CODE("\\u", 4) },
	},
	[ESCAPE_HTML] = {
		.specials = {
			{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
			{ '\'', "&#39;" }, { '\n', " " }, { '\r', " " }, { '\t', " " },
		},
		.classes = {
			[CLASS_C0] = UPPER_CODE("⟨U+", 4, "⟩"),
			[CLASS_C1] = UPPER_CODE("⟨U+", 4, "⟩"),
			[CLASS_STEERING] = UPPER_CODE("⟨U+", 4, "⟩"),
			[CLASS_INVALID] = TEXT(REPLACEMENT),
		},
	},
	/* The other characters below the blank are none of XML 1.0. */
	[ESCAPE_XML] = {
		.specials = {
			{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
			{ '\t', "&#x9;" }, { '\n', "&#xa;" }, { '\r', "&#xd;" },
		},
		.classes = {
			[CLASS_C0] = TEXT(REPLACEMENT),
			[CLASS_C1] = { .text = "&#x", .digits = 1, .after = ";" },
			[CLASS_STEERING] = { .text = "&#x", .digits = 1, .after = ";" },
			[CLASS_NONCHARACTER] = TEXT(REPLACEMENT),
			[CLASS_INVALID] = TEXT(REPLACEMENT),
		},
	},
	[ESCAPE_YAML] = {
		.specials = {
			{ '"', "\\\"" }, { '\\', "\\\\" }, { '\n', "\\n" }, { '\t', "\\t" },
		},
		.classes = {
			[CLASS_C0] = UPPER_CODE("\\x", 2, ""), [CLASS_C1] = UPPER_CODE("\\x", 2, ""),
			[CLASS_STEERING] = UPPER_CODE("\\u", 4, ""),
			[CLASS_NONCHARACTER] = UPPER_CODE("\\u", 4, ""),
			[CLASS_INVALID] = TEXT("\\uFFFD"),
		},
	},
	[ESCAPE_CSV] = {
		.specials = { { '"', "\"\"" }, { '\n', NULL }, { '\t', NULL } },
		.classes = {
			[CLASS_C0] = TEXT("?"), [CLASS_C1] = TEXT("?"),
			[CLASS_STEERING] = TEXT("?"), [CLASS_INVALID] = TEXT("?"),
		},
	},
	/* Whatever it was, it must not end the line. */
	[ESCAPE_MARKDOWN] = {
		.specials = { { '\t', NULL } },
		.classes = {
			[CLASS_C0] = EACH_BYTE(" "), [CLASS_C1] = EACH_BYTE(" "),
			[CLASS_STEERING] = EACH_BYTE(" "), [CLASS_INVALID] = EACH_BYTE(" "),
		},
	},
	[ESCAPE_COMMENT] = {
		.classes = {
			[CLASS_C0] = TEXT("?"), [CLASS_C1] = TEXT("?"),
			[CLASS_STEERING] = TEXT("?"), [CLASS_NONCHARACTER] = TEXT("?"),
			[CLASS_INVALID] = TEXT("?"),
		},
	},
	[ESCAPE_METRICS] = {
		.specials = { { '"', "\\\"" }, { '\\', "\\\\" }, { '\n', "\\n" } },
		.classes = {
			[CLASS_C0] = TEXT(REPLACEMENT), [CLASS_C1] = TEXT(REPLACEMENT),
			[CLASS_STEERING] = TEXT(REPLACEMENT),
			[CLASS_INVALID] = TEXT(REPLACEMENT),
		},
	},
};
/* clang-format on */

_Static_assert(ARRAY_LEN(escapes) == ESCAPE_FORMAT_MAX, "an escape for each format");

/* The class of the character that starts the len bytes at s; its bytes and code point. */
static enum escape_class classify(const char *s, size_t len, size_t *ret_n, uint32_t *ret_code)
{
	size_t n = *s ? utf8_decode(s, ret_code) : 1;

	*ret_n = 1;
	if (!*s)
		*ret_code = 0;
	if (n == 0 || n > len) {
		*ret_code = (unsigned char)*s;
		return CLASS_INVALID;
	}
	*ret_n = n;
	if (*ret_code < 0x20)
		return CLASS_C0;
	if (*ret_code >= 0x7f && *ret_code < 0xa0)
		return CLASS_C1;
	if (!utf8_printable(s))
		return CLASS_STEERING;
	if (*ret_code == 0xfffe || *ret_code == 0xffff)
		return CLASS_NONCHARACTER;
	return n > 1 ? CLASS_WIDE : CLASS_PLAIN;
}

static void put_code(const struct substitute *as, uint32_t code, struct buf *out)
{
	buf_puts(out, as->text);
	if (as->digits && as->upper)
		buf_printf(out, "%0*" PRIX32, as->digits, code);
	else if (as->digits)
		buf_printf(out, "%0*" PRIx32, as->digits, code);
	if (as->after)
		buf_puts(out, as->after);
}

static void put_substitute(const struct substitute *as, const char *s, size_t n, uint32_t code,
			   struct buf *out)
{
	for (size_t i = 0; as->bytes && i < n; i++)
		put_code(as, (unsigned char)s[i], out);
	if (!as->bytes)
		put_code(as, code, out);
}

/* Printable ASCII that no format treats specially: most of any text needs no closer look. */
static const bool is_plain[256] = {
	[' ' ... '!'] = true, ['#' ... '%'] = true, ['(' ... ';'] = true,
	['='] = true,	      ['?' ... '['] = true, [']' ... '~'] = true,
};

static const struct special *find_special(const struct escape *escape, char c)
{
	for (const struct special *special = escape->specials; special->c; special++)
		if (special->c == c)
			return special;
	return NULL;
}

/* What stands for the character at s; its bytes and code point. */
static struct substitute substitute(const struct escape *escape, const char *s, size_t len,
				    size_t *ret_n, uint32_t *ret_code)
{
	const struct special *special = find_special(escape, *s);

	if (special)
		return (struct substitute) { .text = special->as };
	return escape->classes[classify(s, len, ret_n, ret_code)];
}

size_t escape_plain(const char *text)
{
	size_t n = 0;

	while (is_plain[(unsigned char)text[n]])
		n++;
	return n;
}

bool escape_bytes(enum escape_format format, const char *text, size_t len, struct buf *out)
{
	const struct escape *escape = &escapes[format];
	const char *end = text + len, *kept = text;
	bool whole = true;
	size_t n;

	for (const char *s = text; s < end; s += n) {
		struct substitute as;
		uint32_t code = 0;

		n = 1;
		if (is_plain[(unsigned char)*s])
			continue;
		as = substitute(escape, s, (size_t)(end - s), &n, &code);
		if (!as.text)
			continue;
		buf_add(out, kept, (size_t)(s - kept));
		put_substitute(&as, s, n, code, out);
		whole &= !as.lossy;
		kept = s + n;
	}
	buf_add(out, kept, (size_t)(end - kept));
	return whole;
}

void escape_put(enum escape_format format, const char *text, struct buf *out)
{
	if (text)
		(void)escape_bytes(format, text, strlen(text), out);
}

void buf_put_safe(struct buf *b, const char *s)
{
	(void)escape_put(ESCAPE_TERMINAL, s, b);
}
