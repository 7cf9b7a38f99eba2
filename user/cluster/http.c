// SPDX-License-Identifier: MIT
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <curl/curl.h>

#include "../base/clock.h"

#define POLL_MS 1000

/* One request after the other. */
struct transfer {
	CURL *easy; /* NULL: there was none yet */
	struct curl_slist *headers, *connect_to;
	int idle_s; /* how long nothing may come */
	/* of the request at hand */
	const struct http_answer *answer;
	uint64_t began_ms;
	bool runs;
	bool begun;	     /* the answer has */
	struct http_end end; /* when it does not run any more */
	char error[CURL_ERROR_SIZE];
};

struct http {
	const struct access *access;
	CURLM *multi;
	struct transfer get, send;
};

/* ---- answers ------------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *transfer = data;
	long code = 0;
	int r = 0;

	if (!transfer->begun) {
		transfer->begun = true;
		(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
		r = transfer->answer->on_answer(transfer->answer->data, code);
	}
	if (r == 0)
		r = transfer->answer->on_body(transfer->answer->data, bytes, size * n);
	return r == 0 ? size * n : 0;
}

/* The end of the headers: a watch may have no body for long. */
static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *transfer = data;
	long code = 0;

	if (transfer->begun || n * size > 2 || bytes[0] != '\r')
		return size * n;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
	if (code < 200)
		return size * n;
	transfer->begun = true;
	return transfer->answer->on_answer(transfer->answer->data, code) == 0 ? size * n : 0;
}

/* ---- options ------------------------------------------------------------------------------- */

static bool set_blob(CURL *easy, CURLoption option, const struct buf *bytes)
{
	struct curl_blob blob = { .data = bytes->data, .len = bytes->len, .flags = 0 };

	return bytes->len == 0 || curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

/* These authorities and no others: curl would also believe the system's directory of them. */
static bool set_authorities(CURL *easy, const struct buf *ca)
{
	return ca->len == 0 || (set_blob(easy, CURLOPT_CAINFO_BLOB, ca) &&
				curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

static bool set_credentials(CURL *easy, const struct access *access)
{
	return set_authorities(easy, &access->ca) &&
	       set_blob(easy, CURLOPT_SSLCERT_BLOB, &access->cert) &&
	       set_blob(easy, CURLOPT_SSLKEY_BLOB, &access->key);
}

/* The name in the URL stays what the certificate must have. */
static bool set_place(struct transfer *transfer, const struct access *access)
{
	if (!access->is_local)
		return true;
	transfer->connect_to = curl_slist_append(NULL, "::127.0.0.1:");
	return transfer->connect_to && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO,
							transfer->connect_to) == CURLE_OK;
}

static bool add_header(struct curl_slist **headers, const char *text)
{
	struct curl_slist *longer = text ? curl_slist_append(*headers, text) : NULL;

	if (longer)
		*headers = longer;
	return longer != NULL;
}

/* `type`: of a body; NULL: there is none. No server is asked first whether it wants the body. */
static bool set_headers(struct transfer *transfer, const struct access *access, const char *type)
{
	_cleanup_buf_ struct buf token = { 0 }, content = { 0 };
	struct curl_slist *headers = NULL;
	bool ok = add_header(&headers, "Accept: application/json");

	if (access->token.len) {
		buf_printf(&token, "Authorization: Bearer %s", access->token.data);
		ok = ok && !token.failed && add_header(&headers, token.data);
	}
	if (type) {
		buf_printf(&content, "Content-Type: %s", type);
		ok = ok && !content.failed && add_header(&headers, content.data) &&
		     add_header(&headers, "Expect:");
	}
	ok = ok && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
	if (!ok) {
		curl_slist_free_all(headers);
		return false;
	}
	curl_slist_free_all(transfer->headers);
	transfer->headers = headers;
	return true;
}

/* Which certificates are believed is all that differs from curl's defaults there. */
static bool set_options(struct transfer *transfer)
{
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_CONNECTTIMEOUT, HTTP_CONNECT_S },
		{ CURLOPT_LOW_SPEED_LIMIT, 1 },
		{ CURLOPT_LOW_SPEED_TIME, transfer->idle_s },
		{ CURLOPT_TCP_KEEPALIVE, 1 },
		{ CURLOPT_TCP_KEEPIDLE, 30 },
		{ CURLOPT_TCP_KEEPINTVL, 15 },
	};
	CURL *easy = transfer->easy;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK)
			return false;
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "hostportd") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK;
}

static void free_transfer(struct http *http, struct transfer *transfer)
{
	if (transfer->runs)
		(void)curl_multi_remove_handle(http->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->connect_to);
	*transfer = (struct transfer) { 0 };
}

static int make_transfer(struct http *http, struct transfer *transfer, int idle_s)
{
	transfer->easy = curl_easy_init();
	transfer->idle_s = idle_s;
	if (transfer->easy && set_options(transfer) && set_place(transfer, http->access) &&
	    set_credentials(transfer->easy, http->access))
		return 0;
	free_transfer(http, transfer);
	return -ENOMEM;
}

int http_new(const struct access *access, struct http **ret_http)
{
	_cleanup_(http_freep) struct http *http = calloc(1, sizeof(*http));

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	http->access = access;
	http->multi = curl_multi_init();
	if (!http->multi || make_transfer(http, &http->get, HTTP_IDLE_S) < 0 ||
	    !set_headers(&http->get, access, NULL))
		return -ENOMEM;
	*ret_http = TAKE_PTR(http);
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	free_transfer(http, &http->get);
	free_transfer(http, &http->send);
	(void)curl_multi_cleanup(http->multi);
	free(http);
}

/* ---- ends ---------------------------------------------------------------------------------- */

/* Always the same for the same reason: curl's own messages of these have milliseconds in them. */
static void put_error(const struct transfer *transfer, CURLcode code, struct http_end *end)
{
	long number = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number);
	if (end->timeout)
		(void)snprintf(end->error, sizeof(end->error), "nothing came for %d seconds",
			       transfer->idle_s);
	else if (code == CURLE_COULDNT_CONNECT && number)
		(void)snprintf(end->error, sizeof(end->error), "can't connect: %s",
			       strerror((int)number));
	else if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
		 !*transfer->error)
		(void)snprintf(end->error, sizeof(end->error), "%s", curl_easy_strerror(code));
	else
		(void)snprintf(end->error, sizeof(end->error), "%s", transfer->error);
}

/* What curl says of the transfer, when it has ended. */
static void take_end(struct transfer *transfer, CURLcode code)
{
	struct http_end *end = &transfer->end;
	curl_off_t retry_after = 0;

	*end = (struct http_end) { .lasted_ms = clock_boot_ms() - transfer->began_ms };
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &end->code);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
	if (retry_after > 0)
		end->retry_after_s = (uint64_t)retry_after;
	if (code == CURLE_OK)
		return;
	end->timeout = code == CURLE_OPERATION_TIMEDOUT && end->code;
	put_error(transfer, code, end);
}

static void take_ends(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct transfer *transfer =
			message->easy_handle == http->get.easy ? &http->get : &http->send;

		if (message->msg != CURLMSG_DONE)
			continue;
		take_end(transfer, message->data.result);
		/* the message is gone with it */
		(void)curl_multi_remove_handle(http->multi, transfer->easy);
		transfer->runs = false;
	}
}

/* ---- requests ------------------------------------------------------------------------------ */

static int begin(struct http *http, struct transfer *transfer, const char *path,
		 const struct http_answer *answer)
{
	_cleanup_buf_ struct buf url = { 0 };

	buf_printf(&url, "%s%s", http->access->server.data, path);
	if (url.failed || curl_easy_setopt(transfer->easy, CURLOPT_URL, url.data) != CURLE_OK)
		return -ENOMEM;
	transfer->answer = answer;
	transfer->begun = false;
	transfer->error[0] = '\0';
	transfer->began_ms = clock_boot_ms();
	transfer->runs = curl_multi_add_handle(http->multi, transfer->easy) == CURLM_OK;
	return transfer->runs ? 0 : -ENOMEM;
}

static int wait_for(struct http *http, int fd, bool reads, uint64_t ms)
{
	struct curl_waitfd stop = {
		.fd = fd,
		.events = (short)(CURL_WAIT_POLLPRI | (reads ? CURL_WAIT_POLLIN : 0)),
	};
	struct pollfd hung = { .fd = fd };

	if (curl_multi_poll(http->multi, &stop, 1, ms < POLL_MS ? (int)ms : POLL_MS, NULL) !=
	    CURLM_OK)
		return -ENOMEM;
	return poll(&hung, 1, 0) > 0 && (hung.revents & (POLLHUP | POLLERR)) ? -ECANCELED : 0;
}

/* Until `get` has ended; NULL: until a time. */
static int run(struct http *http, const struct transfer *get, uint64_t until_ms,
	       const struct http_beside *beside)
{
	int r, running;

	for (;;) {
		uint64_t now_ms = clock_boot_ms();

		if (curl_multi_perform(http->multi, &running) != CURLM_OK)
			return -ENOMEM;
		take_ends(http);
		r = beside->turn(beside->data);
		if (r < 0 || (get ? !get->runs : now_ms >= until_ms))
			return r < 0 ? r : 0;
		r = wait_for(http, beside->fd, r > 0, get ? POLL_MS : until_ms - now_ms);
		if (r < 0)
			return r;
	}
}

int http_get(struct http *http, const char *path, const struct http_answer *answer,
	     const struct http_beside *beside, struct http_end *ret_end)
{
	struct transfer *get = &http->get;
	int r = begin(http, get, path, answer);

	if (r < 0)
		return r;
	r = run(http, get, 0, beside);
	if (get->runs)
		(void)curl_multi_remove_handle(http->multi, get->easy);
	get->runs = false;
	if (r == 0)
		*ret_end = get->end;
	return r;
}

int http_pause(struct http *http, unsigned int ms, const struct http_beside *beside)
{
	return run(http, NULL, clock_boot_ms() + ms, beside);
}

int http_send(struct http *http, const struct http_request *request,
	      const struct http_answer *answer)
{
	struct transfer *send = &http->send;
	CURL *easy;

	/* most agents send nothing */
	if (!send->easy && make_transfer(http, send, HTTP_SEND_S) < 0)
		return -ENOMEM;
	easy = send->easy;
	if (!set_headers(send, http->access, request->type) ||
	    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)HTTP_SEND_S) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body->len) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body->data) != CURLE_OK ||
	    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) != CURLE_OK)
		return -ENOMEM;
	return begin(http, send, request->path, answer);
}

bool http_sent(const struct http *http, struct http_end *ret_end)
{
	if (http->send.runs)
		return false;
	*ret_end = http->send.end;
	return true;
}
