// SPDX-License-Identifier: MIT
#include "embedded.h"

#include <errno.h>
#include <string.h>

#include "../../base/base64.h"
#include "../../base/cleanup.h"

bool embedded_is_manifest(const char *text)
{
	return strstr(text, "apiVersion") && strstr(text, "kind") &&
	       (strstr(text, "hostNetwork") || strstr(text, "hostPort"));
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) % 16 : -EINVAL;
}

/* %41 is A. */
static int unescape(const char *text, struct buf *out)
{
	int high, low;

	for (; *text; text++) {
		if (*text != '%') {
			buf_putc(out, *text);
			continue;
		}
		high = hex(text[1]);
		low = high < 0 ? high : hex(text[2]);
		if (low < 0)
			return low;
		buf_putc(out, (char)(high << 4 | low));
		text += 2;
	}
	return 0;
}

int embedded_decode(const char *url, struct buf *out)
{
	static const char base64[] = ";base64";
	size_t start = out->len, head;
	int r;

	if (strncmp(url, "data:", 5) != 0)
		return -EINVAL;
	head = strcspn(url, ",");
	if (!url[head])
		return -EINVAL;
	if (head >= strlen(base64) &&
	    memcmp(url + head - strlen(base64), base64, strlen(base64)) == 0)
		r = base64_decode(url + head + 1, out);
	else
		r = unescape(url + head + 1, out);
	if (r < 0)
		return r;
	return out->len > start && memchr(out->data + start, '\0', out->len - start) ? -EINVAL : 0;
}
