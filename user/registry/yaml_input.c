// SPDX-License-Identifier: MIT
#include "yaml_input.h"

#include <errno.h>
#include <string.h>

/* So many bytes a character, a line end or an escape may need behind its first one. */
#define AHEAD 8

static char *rest_of(struct yaml_input *in)
{
	return in->window + in->first;
}

static size_t rest_len(const struct yaml_input *in)
{
	return in->len - in->first;
}

/* Have enough in the window that more than AHEAD bytes can be taken, or all that are left. */
static int fill(struct yaml_input *in)
{
	ssize_t n;

	if (in->ended || rest_len(in) > 2 * AHEAD)
		return 0;
	memmove(in->window, rest_of(in), rest_len(in));
	in->len = rest_len(in);
	in->first = 0;
	while (!in->ended && in->len < sizeof(in->window)) {
		n = in->read(in->data, in->window + in->len, sizeof(in->window) - in->len);
		if (n < 0) {
			diags_add(in->diags, in->file, 0, 0, "cannot be read: %s",
				  strerror((int)-n));
			return -EINVAL;
		}
		in->len += (size_t)n;
		in->ended = n == 0;
	}
	return 0;
}

/* How many of the next bytes, up to `max`, end neither in a character nor between CR and LF. */
static size_t whole_len(struct yaml_input *in, size_t max)
{
	const char *text = rest_of(in);
	size_t n = in->ended ? rest_len(in) : rest_len(in) - AHEAD;

	if (n > max)
		n = max;
	if (n == rest_len(in))
		return n;
	for (int i = 0; i < 3 && ((unsigned char)text[n] & 0xc0) == 0x80; i++)
		n--;
	return text[n] == '\n' && text[n - 1] == '\r' ? n - 1 : n;
}

/* Move past the next bytes. 0, or -EINVAL with a message. */
static int pass(struct yaml_input *in, size_t len)
{
	const char *why = yaml_text_fault(&in->at, rest_of(in), len);

	if (why) {
		diags_add(in->diags, in->file, in->at.line + 1, in->at.column + 1, "%s", why);
		return -EINVAL;
	}
	in->first += len;
	return 0;
}

int yaml_input_open(struct yaml_input *in)
{
	int r = fill(in);

	if (r < 0)
		return r;
	if (rest_len(in) >= 3 && memcmp(rest_of(in), "\xef\xbb\xbf", 3) == 0)
		in->first += 3;
	in->json = yaml_json_is(rest_of(in), rest_len(in));
	return 0;
}

static int pass_blanks(struct yaml_input *in)
{
	size_t n, whole;
	int r;

	do {
		r = fill(in);
		if (r < 0)
			return r;
		whole = whole_len(in, SIZE_MAX);
		for (n = 0; n < whole && yaml_json_blank(rest_of(in)[n]);)
			n++;
		r = pass(in, n);
	} while (r == 0 && n && n == whole);
	return r;
}

int yaml_input_next(struct yaml_input *in)
{
	bool first = !in->begun;
	int r;

	in->begun = true;
	if (first)
		return 1;
	if (!in->json)
		return 0;
	r = pass_blanks(in);
	if (r < 0)
		return r;
	in->value = (struct yaml_json_value) { .parted = in->value.parted };
	return rest_len(in) > 0;
}

int yaml_input_take(struct yaml_input *in, char *into, size_t size, size_t *ret_len)
{
	char *text;
	size_t n;
	int r;

	*ret_len = 0;
	if (in->value.ended)
		return 0;
	r = fill(in);
	if (r < 0)
		return r;
	text = rest_of(in);
	n = whole_len(in, size);
	if (in->json)
		n = yaml_json_pass(&in->value, text, n, rest_len(in));
	r = pass(in, n);
	if (r < 0)
		return r;
	memcpy(into, text, n);
	*ret_len = n;
	return 0;
}
