// SPDX-License-Identifier: MIT
#include "event.h"

#include <arpa/inet.h>

#include "../base/stamp.h"
#include "../registry/words.h"

/* Columns are as wide as usual values; a longer one moves the rest of its line. */
#define WIDTH_VERDICT  8  /* EXCEPTED */
#define WIDTH_PROTOCOL 4  /* sctp */
#define WIDTH_ADDRESS  21 /* 255.255.255.255:65535 */
#define WIDTH_CLASS    16 /* unregistered x12 */
#define WIDTH_PROCESS  24

_Static_assert(EVENT_ADDRESS_MAX == INET6_ADDRSTRLEN, "room for each address");

static char *put_byte(char *p, uint8_t n)
{
	if (n >= 100)
		*p++ = (char)('0' + n / 100);
	if (n >= 10)
		*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

void event_address(uint8_t family, const uint8_t addr[HP_ADDR_LEN],
		   char ret_text[EVENT_ADDRESS_MAX])
{
	char *p = ret_text;

	if (family == 6 && inet_ntop(AF_INET6, addr, ret_text, EVENT_ADDRESS_MAX))
		return;
	for (int i = 0; family == 4 && i < 4; i++) {
		if (i)
			*p++ = '.';
		p = put_byte(p, addr[i]);
	}
	*p = '\0';
}

/* Pad a column that began at `start`, and leave a blank after it. */
static void pad_column(struct buf *out, size_t start, size_t width)
{
	do
		buf_putc(out, ' ');
	while (!out->failed && out->len < start + width + 1);
}

static void put_verdict(uint8_t verdict, bool colour, struct buf *out)
{
	static const char *const colours[HP_VERDICT_MAX] = {
		[HP_VERDICT_DENIED] = "\033[31m",
		[HP_VERDICT_AUDITED] = "\033[33m",
		[HP_VERDICT_EXCEPTED] = "\033[36m",
	};
	const char *on = colour && verdict < HP_VERDICT_MAX ? colours[verdict] : NULL;
	size_t start;

	if (on)
		buf_puts(out, on);
	start = out->len;
	for (const char *s = word_verdict(verdict); *s; s++)
		buf_putc(out, *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s);
	if (on) {
		buf_puts(out, "\033[0m");
		start += 4;
	}
	pad_column(out, start, WIDTH_VERDICT);
}

static void put_socket(const struct event *e, struct buf *out)
{
	char address[EVENT_ADDRESS_MAX];
	size_t start = out->len;

	buf_puts(out, word_proto(e->proto));
	pad_column(out, start, WIDTH_PROTOCOL);
	start = out->len;
	event_address(e->family, e->addr, address);
	buf_puts(out, e->family == 6 ? "[" : "");
	buf_puts(out, *address ? address : "*");
	buf_puts(out, e->family == 6 ? "]:" : ":");
	buf_put_u64(out, e->port);
	pad_column(out, start, WIDTH_ADDRESS);
}

static void put_class(const struct event *e, struct buf *out)
{
	size_t start = out->len;

	buf_puts(out, word_class(e->cls));
	if (e->count > 1) {
		buf_puts(out, " x");
		buf_put_u64(out, e->count);
	}
	pad_column(out, start, WIDTH_CLASS);
}

static void put_process(const struct event *e, struct buf *out)
{
	size_t start = out->len;

	buf_put_safe(out, *e->comm ? e->comm : e->how == HP_HOW_DECLARED ? "no process" : "?");
	if (e->pid) {
		buf_putc(out, '[');
		buf_put_u64(out, e->pid);
		buf_puts(out, "] uid ");
		buf_put_u64(out, e->uid);
	}
	pad_column(out, start, WIDTH_PROCESS);
}

static void put_entry(const struct event *e, struct buf *out)
{
	if (!e->entry_layer) {
		buf_puts(out, "  (no entry)");
		return;
	}
	buf_puts(out, "  ");
	buf_put_safe(out, e->entry_layer);
	if (e->entry_process && *e->entry_process) {
		buf_puts(out, ": ");
		buf_put_safe(out, e->entry_process);
	}
	if (e->entry_team && *e->entry_team) {
		buf_puts(out, " (");
		buf_put_safe(out, e->entry_team);
		buf_putc(out, ')');
	}
}

/* Whom the line stands for beside the one that it names. */
static void put_more(const struct event *e, struct buf *out)
{
	if (e->processes < 2 && e->addresses < 2)
		return;
	buf_puts(out, "  [");
	if (e->processes > 1)
		buf_printf(out, "%u processes", e->processes);
	if (e->processes > 1 && e->addresses > 1)
		buf_puts(out, ", ");
	if (e->addresses > 1)
		buf_printf(out, "%u addresses", e->addresses);
	buf_putc(out, ']');
}

void event_text(const struct event *event, bool colour, struct buf *out)
{
	stamp_put_clock(&event->time, out);
	put_verdict(event->verdict, colour, out);
	put_socket(event, out);
	put_class(event, out);
	put_process(event, out);
	workload_text(&event->workload, event->cgroup ? event->cgroup : "", out);
	put_entry(event, out);
	if (event->how != HP_HOW_NONE && event->how != HP_HOW_BIND) {
		buf_puts(out, "  [");
		buf_puts(out, word_how(event->how));
		buf_putc(out, ']');
	}
	put_more(event, out);
}
