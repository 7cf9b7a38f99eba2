// SPDX-License-Identifier: MIT
#include "words.h"

#include <errno.h>
#include <string.h>

#include "../base/suggest.h"
#include "registry.h"

static const char *const protos[] = {
	[HP_PROTO_TCP] = "tcp",	  [HP_PROTO_UDP] = "udp",   [HP_PROTO_UDPLITE] = "udplite",
	[HP_PROTO_SCTP] = "sctp", [HP_PROTO_DCCP] = "dccp", [HP_PROTO_OTHER] = "other",
};

static const char *const classes[] = {
	[HP_CLASS_NONE] = "none",
	[HP_CLASS_UNREGISTERED] = "unregistered",
	[HP_CLASS_RETIRED] = "retired",
	[HP_CLASS_INACTIVE] = "inactive",
	[HP_CLASS_SCOPE] = "scope",
	[HP_CLASS_OWNER] = "owner",
	[HP_CLASS_UNDECLARED] = "undeclared",
	[HP_CLASS_EPHEMERAL] = "ephemeral",
};

static const char *const verdicts[] = {
	[HP_VERDICT_NONE] = "none",	    [HP_VERDICT_ALLOWED] = "allowed",
	[HP_VERDICT_AUDITED] = "audited",   [HP_VERDICT_DENIED] = "denied",
	[HP_VERDICT_EXCEPTED] = "excepted",
};

static const char *const modes[] = {
	[HP_MODE_UNSET] = "unset",
	[HP_MODE_AUDIT] = "audit",
	[HP_MODE_ENFORCE] = "enforce",
};

static const char *const hows[] = {
	[HP_HOW_NONE] = "none",	    [HP_HOW_BIND] = "bind",	    [HP_HOW_BIND0] = "bind0",
	[HP_HOW_LISTEN] = "listen", [HP_HOW_EXISTING] = "existing", [HP_HOW_DECLARED] = "declared",
	[HP_HOW_KERNEL] = "kernel",
};

static const char *const scopes[] = {
	[HP_SCOPE_EXTERNAL] = "external",
	[HP_SCOPE_LOCALHOST] = "localhost",
};

static const char *const kinds[] = {
	[REG_ENTRY] = "entry",	 [REG_RETIRED] = "retired", [REG_CLIENT] = "client",
	[REG_RANGE] = "range",	 [REG_DROP] = "drop",	    [REG_EXCEPTION] = "exception",
	[REG_ACCEPT] = "accept",
};

static const char *const roles[] = {
	[REG_ROLE_ANY] = "any",
	[REG_ROLE_CONTROL_PLANE] = "control-plane",
	[REG_ROLE_WORKER] = "worker",
};

static const char *const answers[] = { "no", "yes" };

_Static_assert(ARRAY_LEN(protos) == HP_PROTO_MAX, "a word for each protocol");
_Static_assert(ARRAY_LEN(classes) == HP_CLASS_MAX, "a word for each class");
_Static_assert(ARRAY_LEN(verdicts) == HP_VERDICT_MAX, "a word for each verdict");
_Static_assert(ARRAY_LEN(modes) == HP_MODE_MAX, "a word for each mode");
_Static_assert(ARRAY_LEN(hows) == HP_HOW_MAX, "a word for each how");
_Static_assert(ARRAY_LEN(scopes) == HP_SCOPE_MAX, "a word for each scope");
_Static_assert(ARRAY_LEN(kinds) == REG_KIND_MAX, "a word for each kind");
_Static_assert(ARRAY_LEN(roles) == REG_ROLE_MAX, "a word for each role");

const struct words words_protos = {
	.list = protos, .first = HP_PROTO_TCP, .last = HP_PROTO_SCTP, .upper = true
};
const struct words words_classes = { .list = classes,
				     .first = HP_CLASS_UNREGISTERED,
				     .last = HP_CLASS_MAX - 1 };
const struct words words_modes = { .list = modes, .first = HP_MODE_AUDIT, .last = HP_MODE_ENFORCE };
const struct words words_scopes = { .list = scopes,
				    .first = HP_SCOPE_EXTERNAL,
				    .last = HP_SCOPE_LOCALHOST };
const struct words words_roles = { .list = roles, .first = REG_ROLE_ANY, .last = REG_ROLE_MAX - 1 };
const struct words words_answers = { .list = answers, .first = 0, .last = 1 };

/* ASCII, whatever the locale is. */
static bool is_upper_case_of(const char *word, const char *text)
{
	for (; *word; word++, text++)
		if (*text != (*word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word))
			return false;
	return !*text;
}

int words_find(const struct words *words, const char *text)
{
	for (unsigned int i = words->first; i <= words->last; i++)
		if (strcmp(words->list[i], text) == 0 ||
		    (words->upper && is_upper_case_of(words->list[i], text)))
			return (int)i;
	return -EINVAL;
}

const char *words_at(const void *list, size_t n)
{
	const struct words *words = list;

	return n <= words->last - words->first ? words->list[words->first + n] : NULL;
}

void words_put_unknown(const struct words *words, const char *text, struct buf *out)
{
	const char *word;

	for (size_t n = 0; (word = words_at(words, n)); n++)
		buf_printf(out, "%s%s", n ? ", " : "not one of ", word);
	suggest_put(text, words_at, words, out);
}

static const char *word(const char *const *words, size_t n, unsigned int i)
{
	return i < n && words[i] ? words[i] : "unknown";
}

const char *word_proto(unsigned int proto)
{
	return word(protos, ARRAY_LEN(protos), proto);
}

const char *word_class(unsigned int cls)
{
	return word(classes, ARRAY_LEN(classes), cls);
}

const char *word_verdict(unsigned int verdict)
{
	return word(verdicts, ARRAY_LEN(verdicts), verdict);
}

const char *word_mode(unsigned int mode)
{
	return word(modes, ARRAY_LEN(modes), mode);
}

const char *word_how(unsigned int how)
{
	return word(hows, ARRAY_LEN(hows), how);
}

const char *word_scope(unsigned int scope)
{
	return word(scopes, ARRAY_LEN(scopes), scope);
}

const char *word_kind(unsigned int kind)
{
	return word(kinds, ARRAY_LEN(kinds), kind);
}

const char *word_role(unsigned int role)
{
	return word(roles, ARRAY_LEN(roles), role);
}

int word_to_proto(const char *text)
{
	return words_find(&words_protos, text);
}

int word_to_class(const char *text)
{
	return words_find(&words_classes, text);
}

int word_to_mode(const char *text)
{
	return words_find(&words_modes, text);
}

int word_to_role(const char *text)
{
	return words_find(&words_roles, text);
}
