// SPDX-License-Identifier: MIT
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../base/suggest.h"
#include "../base/table.h"
#include "../registry/registry.h"

static void put_verbs(const char *program, const struct verb *verbs, size_t len)
{
	(void)printf("\nverbs:\n");
	for (size_t i = 0; i < len; i++)
		(void)printf("  %-10s %s\n", verbs[i].name, verbs[i].help);
	(void)printf("\nSee `%s VERB --help`, or `help VERB`, for what a verb takes.\n", program);
}

struct verbs {
	const struct verb *list;
	size_t len;
};

static const char *verb_name(const void *verbs, size_t n)
{
	static const char *const of_all[] = { "help", "version", NULL };
	const struct verbs *v = verbs;

	return n < v->len ? v->list[n].name : of_all[n - v->len];
}

/* One line: the verb that was meant, or those that there are. */
static int refuse_verb(const char *program, const struct verbs *verbs, const char *given)
{
	const char *within = strchr(program, ' ');
	const char *near = given ? suggest_near(given, verb_name, verbs) : NULL, *name;
	_cleanup_buf_ struct buf why = { 0 };

	if (given)
		buf_printf(&why, "unknown verb: %s: ", given);
	else
		buf_puts(&why, "a verb is missing: ");
	if (near)
		buf_printf(&why, "did you mean %s?", near);
	for (size_t n = 0; !near && (name = verb_name(verbs, n)); n++)
		buf_printf(&why, "%s%s", n ? ", " : given ? "not one of " : "one of ", name);
	log_error("%s%s%s", within ? within + 1 : "", within ? ": " : "",
		  why.data ? why.data : "?");
	return EXIT_USAGE;
}

/* `help [VERB]` is `[VERB] --help`; `version` is `--version`. False: it is another verb. */
static bool rewrite(int argc, char **argv)
{
	if (strcmp(argv[0], "version") == 0) {
		argv[0] = (char *)"--version";
		return true;
	}
	if (strcmp(argv[0], "help") != 0)
		return false;
	memmove(argv, argv + 1, (size_t)(argc - 1) * sizeof(*argv));
	argv[argc - 1] = (char *)"--help";
	return true;
}

/* `--json VERB` is `VERB --json`, and also behind the verb's own verb. */
static void move_json(int argc, char **argv, int at)
{
	if (at + 1 < argc && strcmp(argv[at], "--json") == 0 && argv[at + 1][0] != '-') {
		char *json = argv[at];

		argv[at] = argv[at + 1];
		argv[at + 1] = json;
	}
}

int verb_run(const struct options *options, const struct verb *verbs, size_t len, struct ctl *ctl,
	     int argc, char **argv)
{
	int operands, status, r;

	move_json(argc, argv, options_to_front(options, &argc, argv));
	r = verb_parse(options, ctl, argc, argv, &operands, &status);
	if (r == OPTIONS_HELP)
		put_verbs(options->program, verbs, len);
	if (r != OPTIONS_OK)
		return status;
	for (size_t i = 0; operands < argc && i < len; i++)
		if (strcmp(argv[operands], verbs[i].name) == 0)
			return verbs[i].run(ctl, argc - operands, argv + operands);
	if (operands < argc && rewrite(argc - operands, argv + operands))
		return verb_run(options, verbs, len, ctl, argc, argv);
	return refuse_verb(options->program, &(struct verbs) { verbs, len },
			   operands < argc ? argv[operands] : NULL);
}

int verb_parse(const struct options *options, void *target, int argc, char **argv,
	       int *ret_operands, int *ret_status)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = options_parse(options, target, argc, argv, ret_operands, &text);

	if (r == OPTIONS_OK)
		return 0;
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", text.data ? text.data : "hostportctl: out of memory");
		*ret_status = EXIT_USAGE;
		return r;
	}
	*ret_status = text.failed || fputs(text.data, stdout) < 0 || fflush(stdout) < 0 ?
			      EXIT_SYSTEM :
			      EXIT_OK;
	return r;
}

int verb_parse_output(void *json, const char *value, struct buf *err)
{
	static const char *const forms[] = { "text", "json", NULL };

	if (strcmp(value, "json") == 0)
		*(bool *)json = true; /* text is what it is, unless --json says otherwise */
	else if (strcmp(value, "text") != 0) {
		buf_puts(err, "not text or json");
		suggest_put(value, suggest_array_word, forms, err);
		return -EINVAL;
	}
	return 0;
}

int verb_parse_layer_name(void *text, const char *value, struct buf *err)
{
	if (reg_name_valid(value)) {
		*(const char **)text = value;
		return 0;
	}
	buf_puts(err, "not a name of a layer (a-z, 0-9, inside also - and ., at most 63)");
	return -EINVAL;
}

int verb_no_agent(const struct ctl *ctl, int r, const char *reason)
{
	if (r == -ENOENT || r == -ECONNREFUSED)
		log_error("no agent: %s: %s: start it (systemctl start hostportd), or name its "
			  "socket with --socket",
			  ctl->socket, strerror(-r));
	else if (r == -EACCES || r == -EPERM)
		log_error("asking the agent: %s: %s: only root may: try sudo", ctl->socket,
			  strerror(-r));
	else if (r == -EAGAIN)
		log_error("the agent does not answer: %s", ctl->socket);
	else if (r == -EPROTO)
		log_error("the agent refused: %s: %s", ctl->socket, reason);
	else
		log_error("asking the agent: %s: %s", ctl->socket, strerror(-r));
	return EXIT_SYSTEM;
}

int verb_failed(const char *verb, int r)
{
	log_error("%s: %s", verb, strerror(-r));
	return EXIT_SYSTEM;
}

static int flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_OK;
	log_error("standard output: %s", strerror(errno));
	return EXIT_SYSTEM;
}

int verb_write(const struct buf *bytes)
{
	if (bytes->failed)
		return verb_failed("output", -ENOMEM);
	if (bytes->len)
		(void)fwrite(bytes->data, 1, bytes->len, stdout);
	return flush();
}

int verb_print(const struct buf *text)
{
	if (text->failed)
		return verb_failed("output", -ENOMEM);
	if (text->len)
		(void)fwrite(text->data, 1, text->len, stdout);
	if (!text->len || text->data[text->len - 1] != '\n')
		(void)putchar('\n');
	return flush();
}

int verb_print_table(const char *verb, struct table *table, int r)
{
	if (r == 0)
		r = table_print(table, stdout);
	return r < 0 ? verb_failed(verb, r) : flush();
}
