// SPDX-License-Identifier: MIT
/* Which socket is the default; what an agent may answer first: the agent is a child that reads
 * nothing. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/ctl/client.h"
#include "directory.h"

static const struct {
	const char *answer;
	int r;
	const char *reason;
} cases[] = {
	{ "{\"ok\":true}\n", 0, NULL },
	{ "{\"ok\":true}\nmore\n", 0, NULL },
	{ "{\"error\":\"only root may ask\"}\n", -EPROTO, "only root may ask" },
	{ "{\"error\":\"\\u001b[2J\"}\n", -EPROTO, "\\x1b[2J" },
	{ "{\"error\":\"\"}\n", -EPROTO, "the agent gave no reason" },
	{ "{\"ok\":1}\n", -EPROTO, "the agent gave no reason" },
	{ "{}\n", -EPROTO, "the agent gave no reason" },
	{ "HTTP/1.1 400 Bad Request\r\n", -EPROTO, "the answer is not an agent's" },
	{ "{\"ok\":true}", -ECONNRESET, NULL },
	{ "", -ECONNRESET, NULL },
};

/* Answer one client in a process of its own. */
static pid_t start_agent(int listening, const char *answer)
{
	pid_t pid = fork();
	char request[64];
	int fd;

	if (pid != 0)
		return pid;
	fd = accept(listening, NULL, NULL);
	if (fd < 0 || read(fd, request, sizeof(request)) < 0 ||
	    write(fd, answer, strlen(answer)) < 0)
		_exit(1);
	_exit(0);
}

static void check_answer(int listening, const char *path, size_t i)
{
	struct buf request = { .data = (char *)"{}", .len = 2 };
	_cleanup_client_ struct client client = { .fd = -1 };
	_cleanup_buf_ struct buf reason = { 0 };
	pid_t pid = start_agent(listening, cases[i].answer);
	int status;

	assert_true(pid > 0);
	check_int(cases[i].answer, client_open(path, &request, &client, &reason), cases[i].r);
	check_text(cases[i].answer, reason.data, cases[i].reason);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_answers(void **state)
{
	_cleanup_close_ int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/test_client-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	assert_int_equal(bind(listening, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listening, 1), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_answer(listening, addr.sun_path, i);
	(void)unlink(addr.sun_path);
	(void)rmdir(dir);
}

/* What there is, and which of the sockets `usual` and `unit` it makes the default. */
static const struct {
	const char *name, *file, *link, *of_unit, *picked;
} places[] = {
	{ "nothing", NULL, NULL, NULL, "usual" },
	{ "an agent without the unit", "usual", NULL, NULL, "usual" },
	{ "its note", "usual.reserved", NULL, NULL, "usual" },
	{ "the unit is active", NULL, "usual", "unit", "unit" },
	{ "the DaemonSet", NULL, NULL, "unit", "unit" },
	{ "the unit was stopped", NULL, NULL, "unit.reserved", "unit" },
	{ "a link to nothing", NULL, "usual", NULL, "usual" },
	{ "both", "usual", NULL, "unit", "usual" },
	{ "one, and the note of the other", "usual", NULL, "unit.reserved", "usual" },
	{ "another file of the unit", NULL, NULL, "unit.lock", "usual" },
};

static void make_file(const char *name)
{
	int fd = name ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

	assert_true(!name || fd >= 0);
	if (fd >= 0)
		(void)close(fd);
}

static void remove_file(const char *name)
{
	assert_true(!name || unlink(name) == 0);
}

static void test_pick_socket(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		make_file(places[i].file);
		make_file(places[i].of_unit);
		assert_true(!places[i].link || symlink("unit", places[i].link) == 0);
		check_text(places[i].name, client_pick_socket("usual", "unit"), places[i].picked);
		remove_file(places[i].file);
		remove_file(places[i].of_unit);
		remove_file(places[i].link);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test_setup_teardown(test_pick_socket, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
