// SPDX-License-Identifier: MIT
#include "answer.h"

#include <errno.h>
#include <string.h>

#include "../base/terminal.h"

int answer_try(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer,
	       struct buf *reason)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	char *line;
	size_t len;
	int r;

	r = client_open(ctl->socket, request, &answer.client, reason);
	if (r < 0)
		return r;
	r = client_line(&answer.client, &line, &len);
	if (r <= 0)
		return r < 0 ? r : -ECONNRESET;
	if (json_parse(line, len, reason, &answer.document) < 0)
		return -EPROTO;
	terminal_put(line, len, TERMINAL_JSON, &answer.shown);
	if (answer.shown.failed)
		return -ENOMEM;
	*ret_answer = answer;
	answer = (struct answer) { .client.fd = -1 };
	return 0;
}

int answer_ask(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer)
{
	_cleanup_buf_ struct buf reason = { 0 };
	int r = answer_try(ctl, request, ret_answer, &reason);

	return r < 0 ? verb_no_agent(ctl, r, reason.data) : EXIT_OK;
}

int answer_get(const struct ctl *ctl, const char *verb, struct answer *ret_answer)
{
	_cleanup_buf_ struct buf request = { 0 };

	buf_printf(&request, "{\"verb\":\"%s\"}", verb);
	return answer_ask(ctl, &request, ret_answer);
}

int answer_document(const struct ctl *ctl, const char *verb, struct json **ret_document,
		    struct buf *why)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	_cleanup_buf_ struct buf request = { 0 };
	int r;

	buf_printf(&request, "{\"verb\":\"%s\"}", verb);
	r = answer_try(ctl, &request, &answer, why);
	if (r == 0)
		*ret_document = TAKE_PTR(answer.document);
	else if (!why->len)
		buf_puts(why, strerror(-r));
	return r;
}

void answer_free(struct answer *answer)
{
	json_freep(&answer->document);
	buf_free(&answer->shown);
	client_close(&answer->client);
}
