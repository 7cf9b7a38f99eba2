// SPDX-License-Identifier: MIT
/* Owners that match no workload. */
#include <string.h>

#include "lint_context.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* The names of a kind of Kubernetes object, by RFC 1123. */
struct name_form {
	const char *what;  /* the key */
	const char *chars; /* beside these only * stands in a glob */
	size_t max;	   /* characters of a name */
	bool dots;	   /* names of several labels */
};

static const struct name_form namespaces = { "namespace", LOWER DIGITS "-", 63, false };
static const struct name_form pods = { "pod", LOWER DIGITS "-.", 253, true };
static const struct name_form containers = { "container", LOWER DIGITS "-", 63, false };

/* Why a glob matches no name of a form, or NULL. */
static const char *why_not_name(const struct name_form *form, const char *glob)
{
	size_t n = strlen(glob), literal = 0;

	for (size_t i = 0; i < n; i++) {
		if (glob[i] != '*' && !strchr(form->chars, glob[i]))
			return form->dots ? "such names have a-z, 0-9, - and . only" :
					    "such names have a-z, 0-9 and - only";
		literal += glob[i] != '*';
	}
	if (literal > form->max)
		return "such names are shorter";
	if (strchr("-.", glob[0]) || strchr("-.", glob[n - 1]))
		return "such names begin and end with a letter or a digit";
	if (strstr(glob, "..") || strstr(glob, ".-") || strstr(glob, "-."))
		return "between dots, such names begin and end with a letter or a digit";
	return NULL;
}

static bool ends(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

/* As ../event/workload.c names units: by these kinds, which have processes. */
static const char *why_not_unit(const char *glob)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

	if (strspn(glob, LOWER UPPER DIGITS ":-_.\\@*") != strlen(glob))
		return "names of units have letters, digits and :-_.\\@ only";
	if (ends(glob, "@.service"))
		return "no process runs in a template: name its instances, NAME@*.service";
	if (glob[strlen(glob) - 1] == '*')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (ends(glob, kinds[i]))
			return NULL;
	return "a unit that has processes ends with .service, .scope, .socket, .mount or .swap";
}

/* The kernel shows resolved paths of files. */
static const char *why_not_exe(const char *path)
{
	if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") || ends(path, "/.") ||
	    ends(path, "/.."))
		return "the kernel shows paths without //, /./ and /../";
	if (ends(path, "/"))
		return "it is the path of a directory";
	return NULL;
}

static void report(struct lint *lint, const struct lint_row *at, const char *key, const char *value,
		   const char *why)
{
	struct finding *finding = lint_add_finding(lint, LINT_OWNER_NEVER_MATCHES, at, NULL,
						   "%s: no workload can be owner %s: %s",
						   lint_row_name(at->row).text, key, value);

	finding_suggest(finding, "%s", why);
}

static void check_name(struct lint *lint, const struct lint_row *at, const struct name_form *form,
		       const char *glob)
{
	const char *why = glob ? why_not_name(form, glob) : NULL;

	if (why)
		report(lint, at, form->what, glob, why);
}

static void check_row(struct lint *lint, const struct lint_row *at)
{
	const char *why;

	for (size_t i = 0; i < at->row->owners_len; i++) {
		const struct reg_owner *owner = &at->row->owners[i];

		check_name(lint, at, &namespaces, owner->namespace_);
		check_name(lint, at, &pods, owner->pod);
		check_name(lint, at, &containers, owner->container);
		why = owner->unit ? why_not_unit(owner->unit) : NULL;
		if (why)
			report(lint, at, "unit", owner->unit, why);
		why = owner->exe ? why_not_exe(owner->exe) : NULL;
		if (why)
			report(lint, at, "exe", owner->exe, why);
	}
}

int lint_owners(struct lint *lint)
{
	const struct lint_rows *const lists[] = {
		&lint->entries,
		&lint->retired,
		&lint->clients,
		&lint->exceptions,
	};

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->len; i++)
			check_row(lint, &lists[l]->items[i]);
	return 0;
}
