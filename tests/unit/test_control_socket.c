// SPDX-License-Identifier: MIT
/* Whose the control socket's path is, and what may be replaced there. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "directory.h"

#include "../../user/stream/control_socket.h"

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

static int dial(const char *path, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	(void)strcpy(addr.sun_path, path);
	assert_true(fd >= 0);
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : TAKE_FD(fd);
}

/* A socket of another program. */
static int bind_other(const char *path, int type, int backlog)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	(void)strcpy(addr.sun_path, path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	if (backlog >= 0)
		assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

static void test_listens(void **state)
{
	_cleanup_close_ int fd = -1, client = -1, served = -1;

	(void)state;
	(void)umask(022);
	fd = control_socket_listen("sock");
	assert_true(fd >= 0);
	assert_int_equal(mode_of("sock"), S_IFSOCK | 0600);
	assert_int_equal(umask(022), 022); /* as it was */
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	client = dial("sock", SOCK_STREAM);
	assert_true(client >= 0);
	served = accept(fd, NULL, NULL);
	assert_true(served >= 0);
}

/* Clients that come at once wait until they are taken. */
static void test_backlog(void **state)
{
	_cleanup_close_ int fd = control_socket_listen("sock");
	int clients[8];

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		clients[i] = dial("sock", SOCK_STREAM | SOCK_NONBLOCK);
		assert_true(clients[i] >= 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		(void)close(clients[i]);
}

/* What a dead agent left is replaced. */
static void test_dead(void **state)
{
	_cleanup_close_ int fd = -1, client = -1;

	(void)state;
	(void)close(bind_other("sock", SOCK_STREAM, 1));
	assert_int_equal(dial("sock", SOCK_STREAM), -ECONNREFUSED);
	fd = control_socket_listen("sock");
	assert_true(fd >= 0);
	client = dial("sock", SOCK_STREAM);
	assert_true(client >= 0);
}

/* What somebody answers on, of whatever type, is left. */
static void test_served(void **state)
{
	static const struct {
		const char *path;
		int type, backlog;
	} cases[] = {
		{ "stream", SOCK_STREAM, 1 },
		{ "seqpacket", SOCK_SEQPACKET, 1 },
		{ "datagram", SOCK_DGRAM, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_close_ int other =
			bind_other(cases[i].path, cases[i].type, cases[i].backlog);

		check_int(cases[i].path, control_socket_listen(cases[i].path), -EADDRINUSE);
		check_int(cases[i].path, S_ISSOCK(mode_of(cases[i].path)), true);
	}
}

/* A program whose backlog is full is there all the same. */
static void test_busy(void **state)
{
	_cleanup_close_ int other = bind_other("sock", SOCK_STREAM, 0);
	_cleanup_close_ int first = dial("sock", SOCK_STREAM);

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(dial("sock", SOCK_STREAM | SOCK_NONBLOCK), -EAGAIN);
	assert_int_equal(control_socket_listen("sock"), -EADDRINUSE);
}

static void test_no_socket(void **state)
{
	(void)state;
	(void)close(creat("file", 0600));
	assert_int_equal(mkdir("directory", 0700), 0);
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(control_socket_listen("file"), -EEXIST);
	assert_int_equal(control_socket_listen("directory"), -EEXIST);
	assert_int_equal(control_socket_listen("link"), -EEXIST);
	assert_true(S_ISREG(mode_of("file")));
	assert_int_equal(control_socket_listen("none/sock"), -ENOENT);
}

/* An address has room for 107 characters. */
static void test_length(void **state)
{
	const size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
	_cleanup_close_ int fd = -1;
	char path[256];

	(void)state;
	memset(path, 'p', sizeof(path));
	path[max + 1] = '\0';
	assert_int_equal(control_socket_listen(path), -ENAMETOOLONG);
	path[max] = '\0';
	fd = control_socket_listen(path);
	assert_true(fd >= 0);
	assert_true(S_ISSOCK(mode_of(path)));
}

static void test_lock(void **state)
{
	_cleanup_close_ int other = -1;
	int fd;

	(void)state;
	fd = control_socket_lock("sock");
	assert_true(fd >= 0);
	assert_int_equal(mode_of("sock.lock"), S_IFREG | 0600);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	other = open("sock.lock", O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
	(void)close(fd);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(flock(other, LOCK_UN), 0);
	fd = control_socket_lock("sock"); /* the file may be there */
	assert_true(fd >= 0);
	(void)close(fd);
}

/* The next agent may have opened the file before it is removed. */
static void test_unlock(void **state)
{
	_cleanup_close_ int late = -1, other = -1;
	int fd = control_socket_lock("sock");

	(void)state;
	assert_true(fd >= 0);
	late = open("sock.lock", O_RDWR | O_CLOEXEC);
	control_socket_unlock("sock", fd);
	assert_int_equal(access("sock.lock", F_OK), -1);
	assert_int_equal(flock(late, LOCK_EX | LOCK_NB), 0); /* of a file without a name */
	fd = control_socket_lock("sock");
	assert_true(fd >= 0);
	/* somebody has put another file there: it is not ours to remove */
	assert_int_equal(unlink("sock.lock"), 0);
	other = creat("sock.lock", 0600);
	control_socket_unlock("sock", fd);
	assert_int_equal(access("sock.lock", F_OK), 0);
}

static void test_clear(void **state)
{
	_cleanup_close_ int other = -1;
	int fd;

	(void)state;
	/* what a killed agent leaves */
	fd = control_socket_lock("sock");
	assert_true(fd >= 0);
	(void)close(fd);
	fd = control_socket_listen("sock");
	assert_true(fd >= 0);
	(void)close(fd);
	control_socket_clear("sock");
	assert_int_equal(access("sock", F_OK), -1);
	assert_int_equal(access("sock.lock", F_OK), -1);
	/* nothing is there */
	control_socket_clear("sock");
	control_socket_clear("none/sock");
	assert_int_equal(access("sock.lock", F_OK), -1);
	/* an agent that runs has the lock */
	fd = control_socket_lock("sock");
	other = control_socket_listen("sock");
	assert_true(fd >= 0 && other >= 0);
	control_socket_clear("sock");
	assert_true(S_ISSOCK(mode_of("sock")));
	assert_int_equal(mode_of("sock.lock"), S_IFREG | 0600);
	control_socket_unlock("sock", fd);
	/* without its lock it is served all the same */
	control_socket_clear("sock");
	assert_true(S_ISSOCK(mode_of("sock")));
	/* a file of somebody else */
	(void)close(creat("file", 0600));
	control_socket_clear("file");
	assert_true(S_ISREG(mode_of("file")));
}

struct taking {
	int result;
	pthread_t thread;
};

static void *take_lock(void *data)
{
	struct taking *taking = data;

	taking->result = control_socket_lock("sock");
	return NULL;
}

/* One that waits when the file is removed has the lock of the next file. */
static void test_lock_handed_over(void **state)
{
	int fd = control_socket_lock("sock");
	struct taking taking = { .result = -1 };

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pthread_create(&taking.thread, NULL, take_lock, &taking), 0);
	control_socket_unlock("sock", fd); /* before it waits, while it does, or between */
	assert_int_equal(pthread_join(taking.thread, NULL), 0);
	assert_true(taking.result >= 0);
	assert_int_equal(mode_of("sock.lock"), S_IFREG | 0600);
	fd = open("sock.lock", O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	(void)close(fd);
	control_socket_unlock("sock", taking.result);
	assert_int_equal(access("sock.lock", F_OK), -1);
}

/* A link could lead the agent to a file of others. */
static void test_lock_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(symlink("elsewhere", "sock.lock"), 0);
	assert_int_equal(control_socket_lock("sock"), -ELOOP);
	assert_int_equal(access("elsewhere", F_OK), -1);
	assert_int_equal(control_socket_lock("none/sock"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_listens, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_dead, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_backlog, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_served, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_busy, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_no_socket, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_length, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_unlock, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_clear, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_lock_handed_over, into_directory,
						out_of_directory),
		cmocka_unit_test_setup_teardown(test_lock, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_lock_elsewhere, into_directory,
						out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
