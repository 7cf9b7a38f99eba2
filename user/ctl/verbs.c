// SPDX-License-Identifier: MIT
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../formats/layer_build.h"

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
	*ret_status = fputs(text.data, stdout) < 0 || fflush(stdout) < 0 ? EXIT_SYSTEM : EXIT_OK;
	return r;
}

int verb_parse_layer_name(void *text, const char *value, struct buf *err)
{
	if (layer_is_name(value)) {
		*(const char **)text = value;
		return 0;
	}
	buf_puts(err, "not a name of a layer (a-z, 0-9, inside also - and ., at most 63)");
	return -EINVAL;
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
