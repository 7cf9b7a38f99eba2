// SPDX-License-Identifier: MIT
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <curl/curl.h>

#include "../base/clock.h"

#define POLL_MS 1000

struct http {
	const struct access *access;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	/* of the request at hand */
	const struct http_answer *answer;
	bool begun;
	char error[CURL_ERROR_SIZE];
};

static size_t on_bytes(char *bytes, size_t size, size_t n, void *data)
{
	struct http *http = data;
	long code = 0;
	int r = 0;

	if (!http->begun) {
		http->begun = true;
		(void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &code);
		r = http->answer->on_answer(http->answer->data, code);
	}
	if (r == 0)
		r = http->answer->on_body(http->answer->data, bytes, size * n);
	return r == 0 ? size * n : 0;
}

/* The end of the headers: a watch may have no body for long. */
static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct http *http = data;
	long code = 0;

	if (http->begun || n * size > 2 || bytes[0] != '\r')
		return size * n;
	(void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &code);
	if (code < 200)
		return size * n;
	http->begun = true;
	return http->answer->on_answer(http->answer->data, code) == 0 ? size * n : 0;
}

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

static bool set_credentials(struct http *http)
{
	const struct access *access = http->access;
	_cleanup_buf_ struct buf header = { 0 };

	http->headers = curl_slist_append(NULL, "Accept: application/json");
	if (access->token.len) {
		struct curl_slist *headers;

		buf_printf(&header, "Authorization: Bearer %s", access->token.data);
		headers = header.failed ? NULL : curl_slist_append(http->headers, header.data);
		if (!headers)
			return false;
		http->headers = headers;
	}
	return http->headers && set_authorities(http->easy, &access->ca) &&
	       set_blob(http->easy, CURLOPT_SSLCERT_BLOB, &access->cert) &&
	       set_blob(http->easy, CURLOPT_SSLKEY_BLOB, &access->key) &&
	       curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, http->headers) == CURLE_OK;
}

/* Which certificates are believed is all that differs from curl's defaults there. */
static bool set_options(struct http *http)
{
	static const struct {
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
		{ CURLOPT_LOW_SPEED_TIME, HTTP_IDLE_S },
		{ CURLOPT_TCP_KEEPALIVE, 1 },
		{ CURLOPT_TCP_KEEPIDLE, 30 },
		{ CURLOPT_TCP_KEEPINTVL, 15 },
	};
	CURL *easy = http->easy;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK)
			return false;
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "hostportd") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, http) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, http) == CURLE_OK;
}

int http_new(const struct access *access, struct http **ret_http)
{
	_cleanup_(http_freep) struct http *http = calloc(1, sizeof(*http));

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	http->access = access;
	http->multi = curl_multi_init();
	http->easy = curl_easy_init();
	if (!http->multi || !http->easy || !set_options(http) || !set_credentials(http))
		return -ENOMEM;
	*ret_http = TAKE_PTR(http);
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->easy);
	(void)curl_multi_cleanup(http->multi);
	curl_slist_free_all(http->headers);
	free(http);
}

/* Always the same for the same reason: curl's own messages of these have milliseconds in them. */
static void put_error(struct http *http, CURLcode code, struct http_end *end)
{
	long number = 0;

	(void)curl_easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &number);
	if (end->timeout)
		(void)snprintf(end->error, sizeof(end->error), "nothing came for %d seconds",
			       HTTP_IDLE_S);
	else if (code == CURLE_COULDNT_CONNECT && number)
		(void)snprintf(end->error, sizeof(end->error), "can't connect: %s",
			       strerror((int)number));
	else if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT || !*http->error)
		(void)snprintf(end->error, sizeof(end->error), "%s", curl_easy_strerror(code));
	else
		(void)snprintf(end->error, sizeof(end->error), "%s", http->error);
}

/* What curl says of the transfer, when it has ended. */
static void take_end(struct http *http, CURLcode code, uint64_t began_ms, struct http_end *ret_end)
{
	curl_off_t retry_after = 0;

	*ret_end = (struct http_end) { .lasted_ms = clock_boot_ms() - began_ms };
	(void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &ret_end->code);
	(void)curl_easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &retry_after);
	if (retry_after > 0)
		ret_end->retry_after_s = (uint64_t)retry_after;
	if (code == CURLE_OK)
		return;
	ret_end->timeout = code == CURLE_OPERATION_TIMEDOUT && ret_end->code;
	put_error(http, code, ret_end);
}

static int wait_for(struct http *http, int stop_fd)
{
	struct curl_waitfd stop = { .fd = stop_fd, .events = CURL_WAIT_POLLPRI };
	struct pollfd hung = { .fd = stop_fd };

	if (curl_multi_poll(http->multi, &stop, 1, POLL_MS, NULL) != CURLM_OK)
		return -ENOMEM;
	return poll(&hung, 1, 0) > 0 && (hung.revents & (POLLHUP | POLLERR)) ? -ECANCELED : 0;
}

static int run(struct http *http, int stop_fd, struct http_end *ret_end)
{
	uint64_t began_ms = clock_boot_ms();
	int running = 1, left, r = 0;
	CURLMsg *message;

	while (running && r == 0) {
		if (curl_multi_perform(http->multi, &running) != CURLM_OK)
			return -ENOMEM;
		if (running)
			r = wait_for(http, stop_fd);
	}
	message = r == 0 ? curl_multi_info_read(http->multi, &left) : NULL;
	if (message)
		take_end(http, message->data.result, began_ms, ret_end);
	return r == 0 && !message ? -EPROTO : r;
}

int http_get(struct http *http, const char *path, const struct http_answer *answer, int stop_fd,
	     struct http_end *ret_end)
{
	_cleanup_buf_ struct buf url = { 0 };
	int r;

	buf_printf(&url, "%s%s", http->access->server.data, path);
	if (url.failed || curl_easy_setopt(http->easy, CURLOPT_URL, url.data) != CURLE_OK)
		return -ENOMEM;
	http->answer = answer;
	http->begun = false;
	http->error[0] = '\0';
	if (curl_multi_add_handle(http->multi, http->easy) != CURLM_OK)
		return -ENOMEM;
	r = run(http, stop_fd, ret_end);
	(void)curl_multi_remove_handle(http->multi, http->easy);
	return r;
}
