// SPDX-License-Identifier: MIT
#include "../base/jsonw.h"
#include "../registry/words.h"
#include "report.h"

static void put_text(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_string(w, key, value);
	else
		jsonw_null(w, key);
}

static void put_number(struct jsonw *w, const char *key, unsigned int value)
{
	if (value)
		jsonw_u64(w, key, value);
	else
		jsonw_null(w, key);
}

static void put_finding(struct jsonw *w, const struct finding *finding)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "rule", finding->rule->id);
	jsonw_string(w, "severity", severity_word(finding->rule->severity));
	jsonw_string(w, "message", finding->message);
	jsonw_string(w, "file", finding->file);
	put_number(w, "line", finding->line);
	put_number(w, "column", finding->column);
	put_text(w, "path", finding->path);
	put_text(w, "protocol", finding->port ? word_proto(finding->proto) : NULL);
	put_number(w, "port", finding->port);
	put_text(w, "suggestion", finding->suggestion);
	jsonw_string_opt(w, "reason", finding->accepted);
	jsonw_object_end(w);
}

static void put_list(struct jsonw *w, const char *key, const struct findings *findings,
		     bool accepted)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < findings->len; i++)
		if ((findings->items[i].accepted != NULL) == accepted)
			put_finding(w, &findings->items[i]);
	jsonw_array_end(w);
}

void report_json(const struct report *report, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	put_list(&w, "findings", report->findings, false);
	put_list(&w, "accepted", report->findings, true);
	jsonw_u64(&w, "files", report->files_len);
	jsonw_u64(&w, "left_out", report->findings->left_out);
	jsonw_object_end(&w);
	buf_putc(out, '\n');
}
