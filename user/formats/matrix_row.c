// SPDX-License-Identifier: MIT
#include "matrix_row.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "../../bpf/abi.h"
#include "layer_build.h"

#define SHOWN	  64 /* bytes of a cell that a message repeats */
#define HOST	  "Host system service"
#define NAME_MAX_ 251 /* of a glob's 253, with the -* of a pod */

static const char *const titles[] = {
	[MATRIX_DIRECTION] = "Direction", [MATRIX_PROTOCOL] = "Protocol",
	[MATRIX_PORT] = "Port",		  [MATRIX_NAMESPACE] = "Namespace",
	[MATRIX_SERVICE] = "Service",	  [MATRIX_POD] = "Pod",
	[MATRIX_CONTAINER] = "Container", [MATRIX_ROLE] = "Node Role",
	[MATRIX_OPTIONAL] = "Optional",
};

_Static_assert(ARRAY_LEN(titles) == MATRIX_COLUMN_MAX, "a title for each column");

const char *matrix_column_title(enum matrix_column column)
{
	return titles[column];
}

int matrix_column_of(const char *title)
{
	if (strcasecmp(title, "NodeGroup") == 0 || strcasecmp(title, "Node Group") == 0)
		return MATRIX_ROLE;
	for (int i = 0; i < MATRIX_COLUMN_MAX; i++)
		if (strcasecmp(titles[i], title) == 0)
			return i;
	return -EINVAL;
}

/* A record's cells, by their columns. */
struct cells {
	const char *text[MATRIX_COLUMN_MAX];
	const struct csv_field *field[MATRIX_COLUMN_MAX];
	const struct csv *csv;
	const struct layer_pools *pools;
};

static bool add_fault(const struct cells *c, enum matrix_column column, const char *why)
{
	diags_add(c->csv->diags, c->csv->file, c->field[column]->line, c->field[column]->column,
		  "%s: %.*s%s%s", titles[column], SHOWN, c->text[column],
		  *c->text[column] ? ": " : "", why);
	return false;
}

struct word {
	const char *word;
	int value;
};

static const struct word protos[] = {
	{ "TCP", HP_PROTO_TCP },
	{ "UDP", HP_PROTO_UDP },
	{ "SCTP", HP_PROTO_SCTP },
};
static const struct word roles[] = {
	{ "master", REG_ROLE_CONTROL_PLANE },
	{ "worker", REG_ROLE_WORKER },
	{ "", REG_ROLE_ANY },
};
static const struct word optional[] = { { "TRUE", 1 }, { "FALSE", 0 } };
static const struct word directions[] = { { "Ingress", 0 } };

/* The value of a cell's word, in any case; -EINVAL: none of them. */
static int value_of(const struct cells *c, enum matrix_column column, const struct word *words,
		    size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strcasecmp(words[i].word, c->text[column]) == 0)
			return words[i].value;
	return -EINVAL;
}

#define VALUE_OF(c, column, words) value_of(c, column, words, ARRAY_LEN(words))

/* enum reg_role, or -EINVAL. */
static int role_of(const struct cells *c)
{
	const char *text = c->text[MATRIX_ROLE];
	int role = VALUE_OF(c, MATRIX_ROLE, roles);

	for (size_t i = 0; role < 0 && c->pools && i < c->pools->len; i++)
		if (c->pools->items[i].len == strlen(text) &&
		    memcmp(c->pools->items[i].name, text, c->pools->items[i].len) == 0)
			role = c->pools->items[i].role;
	return role;
}

/* A name within Kubernetes, which can be no glob. */
static bool is_name(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0' &&
	       strlen(text) <= NAME_MAX_;
}

static bool is_unit(const char *text)
{
	static const char more[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.@-";

	return *text && text[strspn(text, more)] == '\0' && strlen(text) <= 240;
}

static bool is_host(const struct cells *c)
{
	return strcasecmp(c->text[MATRIX_NAMESPACE], HOST) == 0;
}

static bool check_names(const struct cells *c)
{
	static const enum matrix_column names[] = { MATRIX_NAMESPACE, MATRIX_POD,
						    MATRIX_CONTAINER };
	bool fine = true;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i] == MATRIX_NAMESPACE && is_host(c))
			continue;
		if (!is_name(c->text[names[i]]))
			fine = add_fault(c, names[i], "not a name (a-z, 0-9, - and .)");
	}
	if (is_host(c) && (*c->text[MATRIX_POD] || *c->text[MATRIX_CONTAINER]))
		fine = add_fault(c, MATRIX_POD,
				 "a host system service has neither pod nor container");
	if (!*c->text[MATRIX_POD] && *c->text[MATRIX_CONTAINER])
		fine = add_fault(c, MATRIX_CONTAINER, "a container of no pod");
	if (!*c->text[MATRIX_POD] && !*c->text[MATRIX_SERVICE])
		fine = add_fault(c, MATRIX_SERVICE, "neither a pod nor a service");
	return fine;
}

static bool check_texts(const struct cells *c)
{
	bool fine = true;

	for (int i = 0; i < MATRIX_COLUMN_MAX; i++)
		if (strpbrk(c->text[i], "\r\n"))
			fine = add_fault(c, (enum matrix_column)i, "a line end in a cell");
	if (utf8_length(c->text[MATRIX_SERVICE], strlen(c->text[MATRIX_SERVICE])) > ROW_SHORT_MAX)
		fine = add_fault(c, MATRIX_SERVICE, "too long");
	if (strlen(c->text[MATRIX_POD]) > ROW_SHORT_MAX)
		fine = add_fault(c, MATRIX_POD, "too long");
	return fine;
}

static bool check_cells(const struct cells *c)
{
	uint16_t first, last;
	bool fine = check_texts(c) && check_names(c);

	if (VALUE_OF(c, MATRIX_DIRECTION, directions) < 0)
		fine = add_fault(c, MATRIX_DIRECTION,
				 "not Ingress: it says nothing about listeners");
	if (VALUE_OF(c, MATRIX_PROTOCOL, protos) < 0)
		fine = add_fault(c, MATRIX_PROTOCOL, "not TCP, UDP or SCTP");
	if (reg_ports_parse(c->text[MATRIX_PORT], &first, &last) < 0)
		fine = add_fault(c, MATRIX_PORT, "not ports (N or N-M, each 1 to 65535)");
	if (role_of(c) < 0)
		fine = add_fault(c, MATRIX_ROLE,
				 "not master or worker: what are the nodes of this pool? Say it "
				 "with --pool=NAME=control-plane|worker|any");
	if (VALUE_OF(c, MATRIX_OPTIONAL, optional) < 0)
		fine = add_fault(c, MATRIX_OPTIONAL, "not TRUE or FALSE");
	return fine;
}

/* NULL for a blank cell: the owners of a row have no empty texts, and nobody writes to this one. */
static char *owner_text(const char *text)
{
	return *text ? (char *)(uintptr_t)text : NULL;
}

static void set_owner(const struct cells *c, struct matrix_row *row)
{
	const char *service = c->text[MATRIX_SERVICE];
	size_t len = strlen(service);

	if (*c->text[MATRIX_POD]) {
		buf_printf(&row->pod, "%s-*", c->text[MATRIX_POD]);
		row->owner.pod = row->pod.data;
		row->owner.container = owner_text(c->text[MATRIX_CONTAINER]);
	}
	if (!is_host(c)) {
		row->owner.namespace_ = owner_text(c->text[MATRIX_NAMESPACE]);
	} else if (is_unit(service)) {
		buf_printf(&row->unit, "%s%s", service,
			   len > 8 && strcmp(service + len - 8, ".service") == 0 ? "" : ".service");
		row->owner.unit = row->unit.data;
	}
}

static void set_notes(const struct cells *c, struct matrix_row *row)
{
	const char *service = c->text[MATRIX_SERVICE], *pod = c->text[MATRIX_POD];

	if (*pod && *service && strcmp(pod, service) != 0)
		row->service = service;
	row->optional = VALUE_OF(c, MATRIX_OPTIONAL, optional) == 1;
}

int matrix_row_parse(const struct csv *csv, const struct csv_record *record,
		     const enum matrix_column *columns, const struct layer_pools *pools,
		     struct matrix_row *ret_row)
{
	_cleanup_matrix_row_ struct matrix_row row = { 0 };
	struct cells c = { .csv = csv, .pools = pools };

	for (size_t i = 0; i < MATRIX_COLUMN_MAX; i++) {
		c.field[columns[i]] = &record->fields[i];
		c.text[columns[i]] = record->fields[i].text;
	}
	if (!check_cells(&c))
		return -EINVAL;
	(void)reg_ports_parse(c.text[MATRIX_PORT], &row.first, &row.last);
	row.proto = (uint8_t)VALUE_OF(&c, MATRIX_PROTOCOL, protos);
	row.role = (enum reg_role)role_of(&c);
	row.process = *c.text[MATRIX_POD] ? c.text[MATRIX_POD] : c.text[MATRIX_SERVICE];
	set_owner(&c, &row);
	set_notes(&c, &row);
	if (row.pod.failed || row.unit.failed)
		return -ENOMEM;
	*ret_row = row;
	row = (struct matrix_row) { 0 };
	return 0;
}

void matrix_row_free(struct matrix_row *row)
{
	buf_free(&row->pod);
	buf_free(&row->unit);
	*row = (struct matrix_row) { 0 };
}
