// SPDX-License-Identifier: MIT
#include "openmetrics.h"

#include <inttypes.h>
#include <string.h>

#include "escape.h"

#define NS_PER_S 1000000000ULL

static const struct type {
	const char *word, *suffix; /* of names; OpenMetrics takes it off a family's name */
	const char *prometheus;
} types[] = {
	[OPENMETRICS_GAUGE] = { "gauge", "", "gauge" },
	[OPENMETRICS_COUNTER] = { "counter", "_total", "counter" },
	[OPENMETRICS_INFO] = { "info", "_info", "gauge" },
};
_Static_assert(ARRAY_LEN(types) == OPENMETRICS_TYPES, "words for each type");

const char *openmetrics_type_word(enum openmetrics_type type)
{
	return types[type].word;
}

const char *openmetrics_content_type(enum openmetrics_form form)
{
	return form == OPENMETRICS_1_0 ?
		       "application/openmetrics-text; version=1.0.0; charset=utf-8" :
		       "text/plain; version=0.0.4; charset=utf-8";
}

enum openmetrics_form openmetrics_form_for(const char *accept)
{
	return accept && strcasestr(accept, "text/plain") &&
			       !strcasestr(accept, "application/openmetrics-text") ?
		       OPENMETRICS_PROMETHEUS :
		       OPENMETRICS_1_0;
}

void openmetrics_family(struct openmetrics *m, const char *name, enum openmetrics_type type,
			const char *help)
{
	m->name = name;
	m->type = type;
	m->help = help;
	m->begun = false;
}

static void put_head(struct openmetrics *m)
{
	const struct type *type = &types[m->type];
	size_t len = strlen(m->name), end = strlen(type->suffix);
	bool old = m->form == OPENMETRICS_PROMETHEUS;

	if (!old && len > end && strcmp(m->name + len - end, type->suffix) == 0)
		len -= end;
	buf_printf(m->out, "# HELP %.*s ", (int)len, m->name);
	escape_put(ESCAPE_METRICS, m->help, m->out);
	buf_printf(m->out, "\n# TYPE %.*s %s\n", (int)len, m->name,
		   old ? type->prometheus : type->word);
	m->begun = true;
}

/* The sample but for its value. */
static void put_name(struct openmetrics *m, const struct openmetrics_label *labels, size_t len)
{
	if (!m->begun)
		put_head(m);
	buf_puts(m->out, m->name);
	for (size_t i = 0; i < len; i++) {
		buf_putc(m->out, i ? ',' : '{');
		buf_puts(m->out, labels[i].name);
		buf_puts(m->out, "=\"");
		escape_put(ESCAPE_METRICS, labels[i].value, m->out);
		buf_putc(m->out, '"');
	}
	buf_puts(m->out, len ? "} " : " ");
}

void openmetrics_u64(struct openmetrics *m, const struct openmetrics_label *labels, size_t len,
		     uint64_t value)
{
	put_name(m, labels, len);
	buf_printf(m->out, "%" PRIu64 "\n", value);
}

void openmetrics_seconds(struct openmetrics *m, const struct openmetrics_label *labels, size_t len,
			 uint64_t ns)
{
	put_name(m, labels, len);
	buf_printf(m->out, "%llu.%09llu\n", (unsigned long long)(ns / NS_PER_S),
		   (unsigned long long)(ns % NS_PER_S));
}

void openmetrics_end(struct openmetrics *m)
{
	if (m->form == OPENMETRICS_1_0)
		buf_puts(m->out, "# EOF\n");
}
