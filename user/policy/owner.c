// SPDX-License-Identifier: MIT
#include "owner.h"

#include <string.h>

bool owner_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL; /* after the last star, and what it has not taken */

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static bool is_any(const char *pattern)
{
	return *pattern && pattern[strspn(pattern, "*")] == '\0';
}

/* YES, NO, or UNKNOWN; a member that the owner does not have is anything. */
static enum owner_answer member_answer(const char *pattern, const char *text)
{
	if (!pattern || is_any(pattern))
		return OWNER_YES;
	if (!text)
		return OWNER_UNKNOWN;
	return owner_glob(pattern, text) ? OWNER_YES : OWNER_NO;
}

static enum owner_answer both_answers(enum owner_answer a, enum owner_answer b)
{
	if (a == OWNER_NO || b == OWNER_NO)
		return OWNER_NO;
	return a == OWNER_YES ? b : a;
}

static enum owner_answer pod_answer(const struct reg_owner *owner, const struct owner_of *who)
{
	enum owner_answer answer;

	if (who->unit)
		return OWNER_NO;
	answer = both_answers(member_answer(owner->namespace_, who->namespace_),
			      member_answer(owner->pod, who->pod));
	answer = both_answers(answer, member_answer(owner->container, who->container));
	/* any pod is the owner, but is the process in one? */
	if (answer == OWNER_YES && !who->namespace_ && !who->pod && !who->container)
		return OWNER_UNKNOWN;
	return answer;
}

static enum owner_answer exe_answer(const char *exe, const char *is)
{
	if (!is)
		return OWNER_UNKNOWN;
	return strcmp(exe, is) == 0 ? OWNER_YES : OWNER_NO;
}

static enum owner_answer unit_answer(const char *unit, const struct owner_of *who)
{
	if (who->unit)
		return *who->unit && owner_glob(unit, who->unit) ? OWNER_YES : OWNER_NO;
	return who->namespace_ || who->pod || who->container ? OWNER_NO : OWNER_UNKNOWN;
}

static enum owner_answer answer_of(const struct reg_owner *owner, const struct owner_of *who)
{
	if (owner->exe)
		return exe_answer(owner->exe, who->exe);
	if (owner->unit)
		return unit_answer(owner->unit, who);
	return pod_answer(owner, who);
}

bool owner_matches(const struct reg_owner *owner, const struct owner_of *who)
{
	return answer_of(owner, who) == OWNER_YES;
}

enum owner_answer owner_of_row(const struct reg_row *row, const struct owner_of *who)
{
	enum owner_answer answer = OWNER_NO;

	if (!row->owners_len ||
	    !(who->namespace_ || who->pod || who->container || who->unit || who->exe))
		return OWNER_NOT_ASKED;
	for (size_t i = 0; i < row->owners_len && answer != OWNER_YES; i++) {
		enum owner_answer one = answer_of(&row->owners[i], who);

		if (one != OWNER_NO)
			answer = one;
	}
	return answer;
}

/* Does a member of an owner let through what another one names? NULL lets all through. */
static bool glob_covers(const char *glob, const char *other)
{
	if (!glob)
		return true;
	return other && owner_glob(glob, other);
}

static bool owner_covers(const struct reg_owner *a, const struct reg_owner *b)
{
	if (a->exe || b->exe)
		return a->exe && b->exe && strcmp(a->exe, b->exe) == 0;
	if (a->unit || b->unit)
		return a->unit && glob_covers(a->unit, b->unit);
	return glob_covers(a->namespace_, b->namespace_) && glob_covers(a->pod, b->pod) &&
	       glob_covers(a->container, b->container);
}

bool owner_row_covers(const struct reg_row *row, const struct reg_row *other)
{
	if (row->owners_len == 0)
		return true;
	for (size_t i = 0; i < other->owners_len; i++) {
		bool found = false;

		for (size_t j = 0; j < row->owners_len && !found; j++)
			found = owner_covers(&row->owners[j], &other->owners[i]);
		if (!found)
			return false;
	}
	return true;
}
