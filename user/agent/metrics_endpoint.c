// SPDX-License-Identifier: MIT
#include "metrics_endpoint.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/status.h"
#include "context.h"
#include "metrics.h"
#include "snapshot.h"

#define VIEW_MS	   1000 /* for so long a view is shown */
#define BACKLOG	   128
#define PLAIN_TEXT "text/plain; charset=utf-8"

/* ---- what is shown ----------------------------------------------------------------------- */

static void write_view(const struct snapshot *snapshot, struct metrics_endpoint *endpoint)
{
	const struct health *health = &snapshot->health;

	for (enum openmetrics_form form = 0; form < OPENMETRICS_FORMS; form++) {
		buf_reset(&endpoint->metrics[form]);
		metrics_text(snapshot, form, &endpoint->metrics[form]);
	}
	endpoint->ready = health->effective;
	buf_reset(&endpoint->readiness);
	buf_puts(&endpoint->readiness, health->effective ? "effective" : "not effective: ");
	if (!health->effective && health->reason.data)
		buf_puts(&endpoint->readiness, health->reason.data);
	buf_putc(&endpoint->readiness, '\n');
}

static void refresh_view(struct agent *agent)
{
	struct metrics_endpoint *endpoint = &agent->metrics;
	uint64_t now_ms = clock_boot_ms();
	struct snapshot snapshot;

	if (endpoint->taken_ms && now_ms - endpoint->taken_ms < VIEW_MS)
		return;
	snapshot_take(agent, &snapshot);
	write_view(&snapshot, endpoint);
	snapshot_free(&snapshot);
	endpoint->taken_ms = now_ms;
}

static struct http_answer answer_of(unsigned int status, const char *type, const struct buf *text)
{
	static const char no_memory[] = "out of memory\n";

	if (text->failed)
		return (struct http_answer) { 500, PLAIN_TEXT, no_memory, sizeof(no_memory) - 1 };
	return (struct http_answer) { status, type, text->data, text->len };
}

static void on_request(void *data, const char *path, const char *accept,
		       struct http_answer *ret_answer)
{
	static const char alive[] = "ok\n", unknown[] = "there are /metrics, /readyz, /healthz\n";
	struct agent *agent = data;
	struct metrics_endpoint *endpoint = &agent->metrics;
	enum openmetrics_form form = openmetrics_form_for(accept);

	if (strcmp(path, "/healthz") == 0) {
		*ret_answer = (struct http_answer) { 200, PLAIN_TEXT, alive, sizeof(alive) - 1 };
	} else if (strcmp(path, "/readyz") == 0) {
		refresh_view(agent);
		*ret_answer =
			answer_of(endpoint->ready ? 200 : 503, PLAIN_TEXT, &endpoint->readiness);
	} else if (strcmp(path, "/metrics") == 0) {
		refresh_view(agent);
		*ret_answer =
			answer_of(200, openmetrics_content_type(form), &endpoint->metrics[form]);
	} else {
		*ret_answer =
			(struct http_answer) { 404, PLAIN_TEXT, unknown, sizeof(unknown) - 1 };
	}
}

/* ---- the port ---------------------------------------------------------------------------- */

static socklen_t address_of(const struct endpoint *at, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_address;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_address;

	*ret_address =
		(struct sockaddr_storage) { .ss_family = at->family == 6 ? AF_INET6 : AF_INET };
	if (at->family == 6) {
		v6->sin6_port = htons(at->port);
		memcpy(&v6->sin6_addr, at->addr, sizeof(v6->sin6_addr));
		return sizeof(*v6);
	}
	v4->sin_port = htons(at->port);
	memcpy(&v4->sin_addr, at->addr, sizeof(v4->sin_addr));
	return sizeof(*v4);
}

/* [::] is every address of both families, whatever the sysctl says. A descriptor, or an errno. */
static int listen_at(const struct endpoint *at)
{
	struct sockaddr_storage address;
	socklen_t len = address_of(at, &address);
	int on = 1, off = 0;
	_cleanup_close_ int fd =
		socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd < 0)
		return -errno;
	/* connections of the agent before this one don't keep the port */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (at->family == 6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (const struct sockaddr *)&address, len) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static void log_failed(const struct agent *agent, int r)
{
	const struct hp_config *decision = &agent->in_force.decision;
	bool denied = decision->mode == HP_MODE_ENFORCE &&
		      (r == -EPERM || r == -(int)decision->errno_code);

	log_error("--metrics=%s: %s%s", agent->config->metrics,
		  r == -EADDRINUSE ? "another program has the port" :
		  r == -ELIBACC	   ? HTTP_SERVER_LIBRARY " can't be loaded: is it installed?" :
				     strerror(-r),
		  denied ? ": if the registry has no row for it, it is denied like any other port: "
			   "the built-in layer hostportd has one for 9937" :
			   "");
}

int metrics_endpoint_open(struct agent *agent)
{
	int r;

	if (!agent->config->metrics)
		return EXIT_OK;
	r = listen_at(&agent->config->metrics_at);
	if (r >= 0)
		r = http_server_open(agent->loop, r, on_request, agent, &agent->metrics.server);
	if (r < 0)
		log_failed(agent, r);
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

void metrics_endpoint_close(struct metrics_endpoint *endpoint)
{
	http_server_close(endpoint->server);
	for (enum openmetrics_form form = 0; form < OPENMETRICS_FORMS; form++)
		buf_free(&endpoint->metrics[form]);
	buf_free(&endpoint->readiness);
}
