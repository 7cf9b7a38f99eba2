// SPDX-License-Identifier: MIT
#include "table_output.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../base/terminal.h"

static const char *const forms[] = {
	[TABLE_FORM_TABLE] = "table",
	[TABLE_FORM_WIDE] = "wide",
	[TABLE_FORM_JSON] = "json",
	[TABLE_FORM_YAML] = "yaml",
	[TABLE_FORM_OPENREPORTS] = "openreports",
};

/* table, wide, json, or the form `more`. What is no form names columns; which of them there are is
 * seen later. */
static int parse(struct table_output *output, const char *value, enum table_form more,
		 struct buf *err)
{
	if (!*value) {
		buf_puts(err, "empty");
		return -EINVAL;
	}
	output->view.columns = NULL;
	output->form = TABLE_FORM_TABLE;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (strcmp(value, forms[i]) != 0 || (i > TABLE_FORM_JSON && i != more))
			continue;
		output->form = (int)i;
		return 0;
	}
	output->view.columns = value;
	return 0;
}

int table_output_parse(void *output, const char *value, struct buf *err)
{
	return parse(output, value, TABLE_FORM_JSON, err);
}

int table_output_parse_yaml(void *output, const char *value, struct buf *err)
{
	return parse(output, value, TABLE_FORM_YAML, err);
}

int table_output_parse_reports(void *output, const char *value, struct buf *err)
{
	return parse(output, value, TABLE_FORM_OPENREPORTS, err);
}

int table_output_parse_json(void *output, const char *value, struct buf *err)
{
	(void)value;
	return parse(output, forms[TABLE_FORM_JSON], TABLE_FORM_JSON, err);
}

int table_output_check(struct table_output *output, const struct table_column *columns, size_t len,
		       const char *verb)
{
	_cleanup_buf_ struct buf err = { 0 };

	output->view.keep = output->view.columns; /* what was asked for */
	output->view.wide = output->form == TABLE_FORM_WIDE;
	output->view.colour = output->colour == TABLE_COLOUR_ALWAYS ||
			      (output->colour == TABLE_COLOUR_AUTO && terminal_colour());
	if (table_view_check(&output->view, columns, len, &err) == 0)
		return EXIT_OK;
	log_error("%s: neither a form nor a column: %s", verb,
		  err.data ? err.data : strerror(ENOMEM));
	return EXIT_USAGE;
}
