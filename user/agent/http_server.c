// SPDX-License-Identifier: MIT
/*
 * libmicrohttpd has an epoll descriptor of its own, which becomes readable when there is something
 * to do. It is run then, and when its next time limit ends.
 *
 * It brings GnuTLS, which takes 2.6 MiB and some milliseconds of each start, more than half of
 * what an agent takes without it. So it is loaded by whoever wants a server.
 */
#include "http_server.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>

#include <microhttpd.h>

#define RUN_MS 1000 /* how often it is run while there are clients */

/* What is called of the library. */
#define FUNCTIONS(X)                                                                               \
	X(start_daemon)                                                                            \
	X(stop_daemon)                                                                             \
	X(get_daemon_info)                                                                         \
	X(run)                                                                                     \
	X(get_timeout)                                                                             \
	X(lookup_connection_value)                                                                 \
	X(create_response_from_buffer)                                                             \
	X(add_response_header)                                                                     \
	X(queue_response)                                                                          \
	X(destroy_response)

struct library {
#define MEMBER(function) __typeof__(MHD_##function) *function;
	FUNCTIONS(MEMBER)
#undef MEMBER
};

struct http_server {
	struct library mhd;
	struct MHD_Daemon *daemon;
	struct loop_source *source, *timer;
	bool had_clients; /* after the last run */
	http_server_fn fn;
	void *data;
};

/* 0, or -ELIBACC. It stays loaded until the process ends. */
static int load(struct library *library)
{
	void *handle = dlopen(HTTP_SERVER_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool all = handle != NULL;

#define LOAD(function)                                                                             \
	if (all) {                                                                                 \
		library->function =                                                                \
			(__typeof__(library->function))dlsym(handle, "MHD_" #function);            \
		all = library->function != NULL;                                                   \
	}
	FUNCTIONS(LOAD)
#undef LOAD
	return all ? 0 : -ELIBACC;
}

/* A connection is for one request: one that is kept open would keep others out. */
static enum MHD_Result respond(const struct library *mhd, struct MHD_Connection *connection,
			       const struct http_answer *answer)
{
	struct MHD_Response *response = mhd->create_response_from_buffer(
		answer->len, (void *)answer->text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	(void)mhd->add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	(void)mhd->add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)mhd->add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = mhd->queue_response(connection, answer->status, response);
	mhd->destroy_response(response);
	return result;
}

/* The answer is given before a body is read, so none ever is. */
static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *body,
				  size_t *body_len, void **state)
{
	static const char not_allowed[] = "only GET and HEAD\n";
	const struct http_server *server = data;
	struct http_answer answer = {
		.status = MHD_HTTP_METHOD_NOT_ALLOWED,
		.type = "text/plain; charset=utf-8",
		.text = not_allowed,
		.len = sizeof(not_allowed) - 1,
	};

	(void)version;
	(void)body;
	(void)body_len;
	(void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		server->fn(server->data, url,
			   server->mhd.lookup_connection_value(connection, MHD_HEADER_KIND,
							       MHD_HTTP_HEADER_ACCEPT),
			   &answer);
	return respond(&server->mhd, connection, &answer);
}

/*
 * What is due at once is done in the next turn of the loop, so that others have theirs.
 *
 * Where no more clients may connect, the library stops looking for new ones, and looks again only
 * from the beginning of a run on. So it is run now and then while there are clients, and once
 * after the last has gone.
 */
static void run(struct http_server *server)
{
	MHD_UNSIGNED_LONG_LONG ms;
	bool has_clients;

	(void)server->mhd.run(server->daemon);
	has_clients = server->mhd.get_timeout(server->daemon, &ms) == MHD_YES;
	if (!has_clients)
		ms = server->had_clients ? RUN_MS : 0;
	else if (ms > RUN_MS)
		ms = RUN_MS;
	else if (ms == 0)
		ms = 1;
	server->had_clients = has_clients;
	(void)loop_timer_set(server->timer, (unsigned int)ms, 0);
}

static void on_event(void *data, uint32_t events)
{
	(void)events;
	run(data);
}

static struct MHD_Daemon *start(struct http_server *server, int fd)
{
	return server->mhd.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, server,
					MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
					(unsigned int)HTTP_SERVER_CLIENTS_MAX,
					MHD_OPTION_CONNECTION_TIMEOUT,
					(unsigned int)HTTP_SERVER_IDLE_S,
					MHD_OPTION_CONNECTION_MEMORY_LIMIT,
					(size_t)HTTP_SERVER_REQUEST_BYTES, MHD_OPTION_END);
}

/* 0, or a negative errno. */
static int watch(struct http_server *server, struct loop *loop)
{
	const union MHD_DaemonInfo *info =
		server->mhd.get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	int r = info ? loop_timer(loop, on_event, server, &server->timer) : -EIO;

	return r < 0 ? r :
		       loop_add(loop, info->epoll_fd, EPOLLIN, on_event, server, &server->source);
}

int http_server_open(struct loop *loop, int fd, http_server_fn fn, void *data,
		     struct http_server **ret_server)
{
	struct http_server *server = calloc(1, sizeof(*server));
	int r = server ? load(&server->mhd) : -ENOMEM;

	if (r < 0) {
		(void)close(fd);
		free(server);
		return r;
	}
	server->fn = fn;
	server->data = data;
	errno = 0;
	server->daemon = start(server, fd);
	if (!server->daemon) {
		/* it has closed the socket, or not: one that is left open ends with the agent */
		r = errno ? -errno : -EIO;
		free(server);
		return r;
	}
	r = watch(server, loop);
	if (r < 0)
		http_server_close(server);
	else
		*ret_server = server;
	return r;
}

void http_server_close(struct http_server *server)
{
	if (!server)
		return;
	loop_remove(server->source);
	loop_remove(server->timer);
	server->mhd.stop_daemon(server->daemon);
	free(server);
}
