// SPDX-License-Identifier: MIT
#include "manifest_finding.h"

#include <string.h>

/* The first annotation of a list that accepts a finding, or NULL. All that do count as used. */
static const struct ignore *find_ignore(struct ignore *ignores, const struct rule *rule,
					uint16_t port)
{
	const struct ignore *first = NULL;

	for (struct ignore *i = ignores; i; i = i->next) {
		if (i->fault || !i->rule || strcmp(i->rule, rule->id) != 0 ||
		    (i->port && i->port != port))
			continue;
		i->used = true;
		if (!first)
			first = i;
	}
	return first;
}

struct finding *manifest_add_finding(struct findings *findings, enum manifest_rule id,
				     const struct place *place, struct ignore *ignores,
				     struct ignore *more, uint8_t proto, uint16_t port,
				     const char *fmt, ...)
{
	const struct rule *rule = manifest_rule(id);
	const struct ignore *first = find_ignore(ignores, rule, port);
	const struct ignore *second = find_ignore(more, rule, port);
	struct finding *finding;
	va_list ap;

	va_start(ap, fmt);
	finding = findings_vadd(findings, rule, place->file, place->line, place->column, fmt, ap);
	va_end(ap);
	if (place->path)
		finding_set_path(finding, place->path);
	if (port)
		finding_set_port(finding, proto, port);
	if (first || second)
		finding_accept(finding, first ? first->reason : second->reason);
	return finding;
}
