// SPDX-License-Identifier: MIT
#include "notice.h"

#include "../base/jsonw.h"
#include "../base/stamp.h"

static const struct {
	const char *word, *colour;
} kinds[] = {
	[NOTICE_NOT_EFFECTIVE] = { "not-effective", "\033[1;31m" },
	[NOTICE_EFFECTIVE] = { "effective", "\033[32m" },
	[NOTICE_FOREIGN] = { "foreign-program", "\033[33m" },
	[NOTICE_FOREIGN_GONE] = { "foreign-program-gone", "\033[32m" },
	[NOTICE_REGISTRY] = { "registry", "\033[32m" },
	[NOTICE_REGISTRY_ERROR] = { "registry-error", "\033[1;31m" },
	[NOTICE_EXCEPTION_ENDED] = { "exception-ended", "\033[33m" },
	[NOTICE_MODE] = { "mode", "\033[33m" },
	[NOTICE_NODE] = { "node", "\033[32m" },
	[NOTICE_NODE_UNREAD] = { "node-unread", "\033[1;31m" },
	[NOTICE_PODS] = { "pods", "\033[32m" },
	[NOTICE_PODS_LOST] = { "pods-lost", "\033[1;31m" },
	[NOTICE_MANY_PORTS] = { "many-ports", "\033[33m" },
	[NOTICE_NOT_BOUND] = { "not-bound", "\033[33m" },
	[NOTICE_PINS] = { "pins", "\033[33m" },
	[NOTICE_PINS_LOST] = { "pins-lost", "\033[1;31m" },
};

_Static_assert(ARRAY_LEN(kinds) == NOTICE_MAX, "a word for each kind");

void notice_json(const struct notice *notice, struct buf *out)
{
	struct jsonw w = { .out = out };
	char time[STAMP_LEN + 1];

	stamp_utc(&notice->time, time);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "time", time);
	jsonw_string(&w, "node", notice->node);
	jsonw_string(&w, "notice", kinds[notice->kind].word);
	jsonw_string(&w, "message", notice->message);
	if (notice->hook) {
		jsonw_string(&w, "hook", notice->hook);
		jsonw_u64(&w, "program_id", notice->program_id);
		jsonw_string_opt(&w, "name", notice->name);
	}
	if (notice->generation)
		jsonw_u64(&w, "generation", notice->generation);
	if (notice->mode) {
		jsonw_string(&w, "mode", notice->mode);
		jsonw_u64(&w, "pid", notice->pid);
		jsonw_u64(&w, "uid", notice->uid);
	}
	jsonw_object_end(&w);
}

void notice_text(const struct notice *notice, bool colour, struct buf *out)
{
	stamp_put_clock(&notice->time, out);
	buf_puts(out, colour ? kinds[notice->kind].colour : "");
	buf_puts(out, "NOTICE");
	buf_puts(out, colour ? "\033[0m   " : "   "); /* as wide as a verdict */
	buf_put_safe(out, notice->message);
}
