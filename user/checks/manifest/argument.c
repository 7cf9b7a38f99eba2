// SPDX-License-Identifier: MIT
#include "argument.h"

#include <string.h>

#include "command_word.h"

#define VALUE_MAX 4096 /* of a variable, filled in: they can double one another */

struct variable {
	const struct variable *next;
	const char *name, *value;
};

/* The words of one container, read one after the other. */
struct words {
	struct cursor *cursor;
	const struct variable *variables;
	struct listener *listeners;
	const char *host;	      /* of a flag that gives ports their address, or NULL */
	bool shell;		      /* a shell was named */
	bool script_next;	      /* the next word is a script */
	bool script;		      /* one is read */
	bool collect;		      /* only the variables that it sets */
	bool at_program;	      /* the next word is a program */
	bool client;		      /* the program listens on nothing */
	bool variable;		      /* what is read is a variable's value */
	bool pending;		      /* the next word is the value of `flag` */
	const char *flag;	      /* as written, or an address alone; in the arena */
	const struct yaml_node *item; /* that is read */
	uint32_t *count;	      /* of the pod's listeners */
	struct place place;	      /* of the word that is read */
};

/* ---- variables ----------------------------------------------------------------------------- */
static const char *find_variable(const void *env, const char *name, size_t len)
{
	for (const struct variable *v = env; v; v = v->next)
		if (strlen(v->name) == len && memcmp(v->name, name, len) == 0)
			return v->value;
	return NULL;
}

static void add_variable(struct arena *arena, const char *name, const struct buf *value,
			 const struct variable **list)
{
	struct variable *variable = arena_take(arena, sizeof(*variable));

	arena->failed |= value->failed;
	if (!variable || !name || value->failed)
		return;
	*variable = (struct variable) {
		.next = *list,
		.name = name,
		.value = value->len > VALUE_MAX ? "$" : arena_text(arena, value->data),
	};
	if (variable->value)
		*list = variable;
}

/* A variable whose value comes from elsewhere stands for itself: it is no port. */
static void read_variable(struct cursor *cursor, const struct yaml_node *item,
			  const struct variable **list)
{
	const char *value = yaml_query_text(&cursor->doc, item, "value");
	const char *name = cursor_text(cursor, item, "name");
	_cleanup_buf_ struct buf filled = { 0 };

	if (!name)
		return;
	buf_puts(&filled, "");
	if (yaml_query(&cursor->doc, item, "valueFrom"))
		buf_printf(&filled, "$(%s)", name);
	else if (value)
		argument_fill(value, false, find_variable, *list, &filled);
	add_variable(&cursor->model->arena, name, &filled, list);
}

static const struct variable *read_variables(struct cursor *cursor,
					     const struct yaml_node *container)
{
	const struct yaml_node *item = yaml_query_first(&cursor->doc, container, "env");
	const struct variable *list = NULL;

	for (; item; item = yaml_query_next(&cursor->doc, item))
		read_variable(cursor, item, &list);
	return list;
}

/* ---- listeners ----------------------------------------------------------------------------- */
static void add_listener(struct words *w, const char *host, size_t host_len, uint16_t port,
			 uint8_t proto)
{
	struct arena *arena = &w->cursor->model->arena;
	const char *address = NULL;
	struct listener *listener;

	if (host_len > CURSOR_TEXT_MAX)
		host_len = CURSOR_TEXT_MAX;
	if (host)
		address = arena_printf(arena, "%.*s", (int)host_len, host);
	if (address && argument_is_remote(address))
		return; /* --address=https://vault.example:8200 is a client's */
	listener = arena_take(arena, sizeof(*listener));
	if (!listener ||
	    !cursor_count(w->cursor, w->item, w->count, POD_LISTENERS_MAX, "listening arguments"))
		return;
	*listener = (struct listener) {
		.next = w->listeners,
		.flag = w->flag,
		.address = address,
		.port = port,
		.proto = proto,
		.localhost = host && argument_is_localhost(host, host_len),
		.variable = w->variable,
		.place = w->place,
	};
	w->listeners = listener;
}

/* An address, the first `len` bytes. Where it has no host, other flags may give one. */
static void take_address(struct words *w, const char *value, size_t len, bool host_elsewhere)
{
	const char *host;
	size_t host_len;
	uint16_t port;

	if (argument_address(value, len, &host, &host_len, &port))
		add_listener(w, host_elsewhere && !host_len ? NULL : host, host_len, port,
			     argument_protocol(w->flag, value, len));
}

/* A list of addresses or URLs, with commas between them. */
static void take_addresses(struct words *w, const char *value)
{
	size_t len;

	for (; *value; value += len + (value[len] == ',')) {
		len = strcspn(value, ",");
		take_address(w, value, len, false);
	}
}

/*
 * A server listens on :PORT, whatever the flag's name, and on a port of all addresses; a flag may
 * give it as tcp://0.0.0.0:PORT.
 */
static void take_any(struct words *w, const char *value, bool of_flag)
{
	static const char *const all[] = { ":", "0.0.0.0:", "[::]:", "*:" };
	const char *address = value;
	size_t before;

	if (of_flag)
		address += argument_scheme(value);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		before = strlen(all[i]);
		if (strncmp(address, all[i], before) == 0 &&
		    !address[before + strspn(address + before, "0123456789")])
			take_address(w, value, strlen(value), false);
	}
}

static void take_value(struct words *w, const char *value)
{
	const char *name = w->flag + strspn(w->flag, "-");

	switch (argument_flag(name, strlen(name))) {
	case FLAG_PORT:
		take_address(w, value, strlen(value), true);
		break;
	case FLAG_URLS:
		if (strchr(value, ':'))
			take_addresses(w, value);
		break;
	case FLAG_ADDRESS:
		take_addresses(w, value);
		break;
	case FLAG_HOST:
		if (!w->variable)
			w->host = arena_text_max(&w->cursor->model->arena, value, CURSOR_TEXT_MAX);
		take_address(w, value, strlen(value), false);
		break;
	case FLAG_CLIENT:
		break;
	case FLAG_NONE:
		take_any(w, value, true);
	}
}

static void take_socat(struct words *w, const struct command_word_socat *socat)
{
	const char *host = socat->host;
	size_t len = socat->host_len;

	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	add_listener(w, host, len, socat->port, socat->proto);
}

/* A word that is no flag's value; in a script it may belong to another program. */
static void take_alone(struct words *w, const char *word)
{
	struct command_word_socat socat;
	bool is_socat = command_word_socat(word, &socat);

	if (w->script && !is_socat)
		return;
	w->flag = arena_text_max(&w->cursor->model->arena, word, CURSOR_TEXT_MAX);
	if (!w->flag)
		return;
	if (is_socat)
		take_socat(w, &socat);
	else
		take_any(w, word, false);
}

/* Note which program the words that follow are for. */
static void take_program(struct words *w, const char *word)
{
	if (*word == '-' || command_word_assigns(word) || command_word_is_wrapper(word))
		return;
	w->at_program = false;
	w->client = command_word_is_client(word);
}

/* One word of a command line. */
static void take_word(struct words *w, const char *word)
{
	const char *name = word + strspn(word, "-");
	size_t dashes = (size_t)(name - word), len = strcspn(name, "=");
	bool pending = w->pending;

	w->pending = false;
	if (w->at_program)
		take_program(w, word);
	if (w->client)
		return;
	if (dashes == 0) {
		if (pending)
			take_value(w, word);
		else
			take_alone(w, word);
		return;
	}
	if (dashes > 2 || len == 0)
		return;
	w->flag = arena_printf(&w->cursor->model->arena, "%.*s",
			       (int)(len < CURSOR_TEXT_MAX ? dashes + len : CURSOR_TEXT_MAX), word);
	if (!w->flag)
		return;
	if (name[len] == '=')
		take_value(w, name + len + 1);
	else /* `grep -q :80` and `lsof -i :80` look for it, and do not listen */
		w->pending = !w->script || dashes == 2 || argument_flag(name, len) != FLAG_NONE;
}

/* ---- scripts ------------------------------------------------------------------------------- */
/* A variable that a script sets, for the commands behind it. */
static void take_assignment(struct words *w, const char *word)
{
	struct arena *arena = &w->cursor->model->arena;
	size_t len = command_word_assigns(word);
	_cleanup_buf_ struct buf value = { 0 };

	if (!w->at_program)
		return;
	if (!len) {
		take_program(w, word);
		return;
	}
	argument_fill(word + len + 1, true, find_variable, w->variables, &value);
	add_variable(arena, arena_text_max(arena, word, len), &value, &w->variables);
}

static void end_word(struct words *w, struct buf *word, bool command)
{
	w->cursor->model->arena.failed |= word->failed;
	if (word->len && !word->failed) {
		if (w->collect)
			take_assignment(w, word->data);
		else
			take_word(w, word->data);
	}
	buf_reset(word);
	if (command) {
		w->pending = w->client = false;
		w->at_program = true;
	}
}

/* The next character of a script; how many were taken. */
static size_t take_character(struct words *w, const char *s, char *quote, struct buf *word)
{
	if (s[0] == '\\' && s[1] && *quote != '\'') {
		if (!strchr("\n\r ", s[1])) {
			buf_putc(word, s[1]);
			return 2;
		}
		end_word(w, word, false); /* a line that goes on, which YAML may have joined */
		return s[1] == '\r' && s[2] == '\n' ? 3 : 2;
	}
	if (*quote) {
		if (*s == *quote)
			*quote = '\0';
		else
			buf_putc(word, *s);
	} else if (*s == '"' || *s == '\'') {
		*quote = *s;
	} else if (*s == '#' && !word->len) {
		return strcspn(s, "\n");
	} else if (*s == ' ' || *s == '\t') {
		end_word(w, word, false);
	} else if (strchr("\n;|&()", *s)) {
		end_word(w, word, true);
	} else {
		buf_putc(word, *s);
	}
	return 1;
}

/* Word by word, as a shell splits it; nothing else of its language is understood. */
static void split_script(struct words *w, const char *script)
{
	_cleanup_buf_ struct buf word = { 0 };
	char quote = '\0';

	end_word(w, &word, true);
	while (*script)
		script += take_character(w, script, &quote, &word);
	end_word(w, &word, true);
	w->at_program = false;
}

/* With the variables of the container, and those that the script itself sets to values. */
static void take_script(struct words *w, const char *text)
{
	const struct variable *outer = w->variables;
	_cleanup_buf_ struct buf first = { 0 }, filled = { 0 };

	argument_fill(text, true, find_variable, outer, &first);
	w->script = w->collect = true;
	if (!first.failed)
		split_script(w, first.data);
	w->collect = false;
	if (!first.failed)
		argument_fill(first.data, true, find_variable, w->variables, &filled);
	w->cursor->model->arena.failed |= first.failed || filled.failed;
	if (!first.failed && !filled.failed)
		split_script(w, filled.data);
	w->script = false;
	w->variables = outer;
}

static void take_argument(struct words *w, const char *text)
{
	bool script = w->script_next || strchr(text, '\n');
	_cleanup_buf_ struct buf filled = { 0 };

	w->script_next = w->shell && command_word_is_script_flag(text);
	w->shell |= command_word_is_shell(text);
	if (script) {
		take_script(w, text);
		return;
	}
	argument_fill(text, false, find_variable, w->variables, &filled);
	w->cursor->model->arena.failed |= filled.failed;
	if (!filled.failed)
		take_word(w, filled.data);
}

static void take_list(struct words *w, const struct yaml_node *container, const char *key)
{
	struct cursor *cursor = w->cursor;
	const struct yaml_node *item;
	struct cursor_list list;

	for (item = cursor_first(cursor, container, key, &list); item;
	     item = cursor_next(cursor, &list)) {
		if (item->kind != YAML_KIND_SCALAR)
			continue;
		w->item = item;
		w->place = cursor_place(cursor, item, NULL);
		take_argument(w, yaml_tree_text(cursor->doc.tree, item));
	}
}

/* A variable is like a flag of its name; but `port`, in lower case, is kube-vip's of the API
 * server. */
static void take_variables(struct words *w, const struct yaml_node *container)
{
	struct cursor *cursor = w->cursor;
	const struct yaml_node *item, *value;
	struct cursor_list list;
	const char *known;

	w->variable = true;
	w->client = false;
	for (item = cursor_first(cursor, container, "env", &list); item;
	     item = cursor_next(cursor, &list)) {
		w->flag = cursor_text(cursor, item, "name");
		value = yaml_query(&cursor->doc, item, "value");
		if (!w->flag || !value || value->kind != YAML_KIND_SCALAR ||
		    strcmp(w->flag, "port") == 0)
			continue;
		w->item = value;
		w->place = cursor_place(cursor, value, "value");
		known = find_variable(w->variables, w->flag, strlen(w->flag));
		if (known)
			take_value(w, known);
	}
	w->variable = false;
}

void argument_read(struct cursor *cursor, const struct yaml_node *container, uint32_t *count,
		   struct listener **ret_listeners)
{
	struct words w = { .cursor = cursor,
			   .count = count,
			   .variables = read_variables(cursor, container) };
	struct listener *listener;
	bool remote;

	w.at_program = true;
	take_list(&w, container, "command");
	w.at_program = false; /* that of the image */
	take_list(&w, container, "args");
	take_variables(&w, container);
	*ret_listeners = NULL;
	remote = w.host && argument_is_remote(w.host); /* --host=db --port=3306 are a client's */
	while (w.listeners) {			       /* back to the order of the words */
		listener = w.listeners;
		w.listeners = listener->next;
		if (remote && !listener->address)
			continue;
		listener->next = *ret_listeners;
		*ret_listeners = listener;
		if (listener->address || !w.host)
			continue;
		listener->address = w.host;
		listener->localhost = argument_is_localhost(w.host, strlen(w.host));
	}
}
