// SPDX-License-Identifier: MIT
/*
 * A client's whole session with the agent's socket: what it sends, in parts (a
 * byte 0x01 ends one), while events happen (0x02) and the answer is read (0x03).
 * Whatever it sends, the agent serves it or refuses it: the answer begins with
 * "ok" or a reason, every line of it is a document, and another client is served
 * all the same.
 */
#include "fuzz.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "../../user/stream/control.h"
#include "../../user/base/loop.h"

#define ROUNDS	   3 /* of the loop, in which all that is ready is served */
#define EVENTS_MAX 40

struct agent {
	char dir[64], path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct loop *loop;
	int always; /* a descriptor that is always ready, so that the loop never waits */
	unsigned int rounds;
	struct history *history;
	struct control *control;
};

static void on_round(void *data, uint32_t events)
{
	struct agent *agent = data;

	(void)events;
	if (++agent->rounds == ROUNDS)
		loop_stop(agent->loop);
}

static void serve(struct agent *agent)
{
	agent->rounds = 0;
	CHECK(loop_run(agent->loop) == 0);
}

static int document(void *data, const struct request *request, struct buf *out)
{
	(void)data;
	CHECK(request->verb != REQUEST_TAIL);
	buf_puts(out, "{\"document\":true}");
	return 0;
}

static struct agent *start(void)
{
	static const struct event event = { .count = 1, .cls = HP_CLASS_SCOPE, .node = "n" };
	struct agent *agent = calloc(1, sizeof(*agent));
	const char *tmp = getenv("TMPDIR");

	CHECK(agent);
	(void)snprintf(agent->dir, sizeof(agent->dir), "%s/fuzz-XXXXXX", tmp ? tmp : "/tmp");
	CHECK(mkdtemp(agent->dir));
	(void)snprintf(agent->path, sizeof(agent->path), "%s/sock", agent->dir);
	agent->history = calloc(1, sizeof(*agent->history));
	agent->always = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	CHECK(agent->history && agent->always >= 0);
	(void)history_add(agent->history, &event);
	CHECK(loop_new(&agent->loop) == 0);
	CHECK(loop_add(agent->loop, agent->always, EPOLLIN, on_round, agent, NULL) == 0);
	CHECK(control_open(agent->loop, agent->path, agent->history, document, agent,
			   &agent->control) == 0);
	return agent;
}

static int dial(const struct agent *agent)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)strcpy(addr.sun_path, agent->path);
	CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	return fd;
}

static void read_all(int fd, struct buf *out)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(out, part, (size_t)n);
}

static bool is_json_tail(const struct buf *sent)
{
	return !sent->len || !memmem(sent->data, sent->len, "form", 4);
}

/* Whole lines of the answer: the first is an agent's, the others what was asked for. */
static void check_answer(struct buf *answer, const struct buf *sent)
{
	bool first = true, ok = false;
	char *save = NULL;

	buf_putc(answer, '\0');
	for (char *line = strtok_r(answer->data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct buf text = { .data = line, .len = strlen(line) };
		_cleanup_(json_freep) struct json *json = NULL;

		if (!first && !is_json_tail(sent))
			continue;
		json = check_json(&text);
		if (first) {
			ok = json_member_bool(json, "ok", false);
			CHECK(ok != (json_member_text(json, "error", NULL) != NULL));
		} else {
			CHECK(ok);
		}
		first = false;
	}
}

static void another_is_served(struct agent *agent)
{
	static const char request[] = "{\"verb\":\"status\"}\n";
	_cleanup_buf_ struct buf answer = { 0 };
	_cleanup_close_ int fd = dial(agent);

	CHECK(write(fd, request, sizeof(request) - 1) == sizeof(request) - 1);
	serve(agent);
	read_all(fd, &answer);
	buf_putc(&answer, '\0');
	CHECK(strcmp(answer.data, "{\"ok\":true}\n{\"document\":true}\n") == 0);
}

static void session(struct agent *agent, int fd, struct feed *feed, struct buf *answer,
		    struct buf *sent)
{
	unsigned int events = 0;

	serve(agent);
	while (feed->left) {
		uint8_t end = 0;
		size_t n = 0;

		while (n < feed->left && (feed->at[n] < 1 || feed->at[n] > 3))
			n++;
		if (n && send(fd, feed->at, n, MSG_NOSIGNAL) == (ssize_t)n)
			buf_add(sent, feed->at, n);
		if (n < feed->left)
			end = feed->at[n++];
		feed->at += n;
		feed->left -= n;
		serve(agent);
		for (size_t i = 0; end == 2 && i < 2 && events++ < EVENTS_MAX; i++)
			control_tell(agent->control, history_back(agent->history, 0, 0));
		control_flush(agent->control);
		if (end == 3)
			read_all(fd, answer);
	}
}

/* A whole line, and one that is too long, are answered; what may still become one is not. */
static void check_answered(const struct buf *answer, const struct buf *sent)
{
	bool due = sent->len >= REQUEST_MAX || (sent->len && memchr(sent->data, '\n', sent->len));

	CHECK((answer->len > 0) == due);
}

static void check_nobody_is_left(struct agent *agent)
{
	unsigned int tails;
	uint64_t lost;

	serve(agent);
	control_stats(agent->control, &tails, &lost);
	CHECK(tails == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf answer = { 0 }, sent = { 0 };
	struct feed feed = { data, size };
	struct agent *agent = start();
	int fd = dial(agent);

	session(agent, fd, &feed, &answer, &sent);
	another_is_served(agent);
	read_all(fd, &answer);
	check_answered(&answer, &sent);
	check_answer(&answer, &sent);
	(void)close(fd);
	check_nobody_is_left(agent);
	control_close(agent->control);
	loop_free(agent->loop);
	(void)close(agent->always);
	history_free(agent->history);
	free(agent->history);
	(void)snprintf(agent->path, sizeof(agent->path), "%s/sock.lock", agent->dir);
	(void)unlink(agent->path);
	(void)rmdir(agent->dir);
	free(agent);
	return 0;
}
