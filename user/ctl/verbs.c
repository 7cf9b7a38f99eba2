// SPDX-License-Identifier: MIT
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"

int verb_parse(const struct options *options, void *ctx, int argc, char **argv, int *ret_operands,
	       int *ret_status)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = options_parse(options, ctx, argc, argv, ret_operands, &text);

	if (r == OPTIONS_OK)
		return 0;
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", text.data ? text.data : "hostportctl: out of memory");
		*ret_status = EXIT_USAGE;
		return r;
	}
	if (r == OPTIONS_HELP)
		options_help(options, &text);
	else
		buf_puts(&text, "hostportctl " HOSTPORTD_VERSION "\n");
	*ret_status = fputs(text.data, stdout) < 0 || fflush(stdout) < 0 ? EXIT_SYSTEM : EXIT_OK;
	return r;
}

int verb_set_flag(void *ctx, const char *value, struct buf *err)
{
	(void)value;
	(void)err;
	*(bool *)ctx = true;
	return 0;
}

int verb_no_agent(const struct ctl *ctl, int r, const char *reason)
{
	if (r == -ENOENT || r == -ECONNREFUSED)
		log_error("no agent: %s: %s", ctl->socket, strerror(-r));
	else if (r == -EAGAIN)
		log_error("the agent does not answer: %s", ctl->socket);
	else if (r == -EPROTO)
		log_error("the agent refused: %s: %s", ctl->socket, reason);
	else
		log_error("asking the agent: %s: %s", ctl->socket, strerror(-r));
	return EXIT_SYSTEM;
}

int verb_print(const struct buf *text)
{
	if (text->failed) {
		log_error("output: %s", strerror(ENOMEM));
		return EXIT_SYSTEM;
	}
	if (text->len)
		(void)fwrite(text->data, 1, text->len, stdout);
	if (!text->len || text->data[text->len - 1] != '\n')
		(void)putchar('\n');
	if (fflush(stdout) < 0 || ferror(stdout)) {
		log_error("standard output: %s", strerror(errno));
		return EXIT_SYSTEM;
	}
	return EXIT_OK;
}
