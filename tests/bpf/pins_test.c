// SPDX-License-Identifier: MIT
/* The pins: whose directory is trusted, and what stands there. */
#include "pins_world.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>

#define NOBODY 65534

/* ---- the directory --------------------------------------------------------------------------- */

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_made(void **state)
{
	struct world *w = *state;
	struct pins *pins;

	refused("there is none", w->pins, false, -ENOENT, NULL);
	assert_int_not_equal(access(w->pins, F_OK), 0);
	pins = opened(w);
	check_int("mode", mode_of(w->pins), 0700);
	check_text("path", pins_path(pins), w->pins);
	check_int("instance", pins_instance(pins), 0);
	check_int("none is there", pins_next(pins, 0), 0);
	refused("locked", w->pins, false, -EBUSY, NULL);
	pins_close(pins);
	pins_close(NULL);
	assert_true(access(w->pins, F_OK) == 0);
	remove_pins(w);
}

/* What others may only read is closed to them; where they may write, nothing is trusted. */
static void test_modes(void **state)
{
	static const struct {
		mode_t mode;
		bool trusted;
	} cases[] = {
		{ 0700, true },	 { 0755, true },  { 0750, true },  { 0711, true },  { 0705, true },
		{ 0777, false }, { 0720, false }, { 0702, false }, { 0775, false }, { 0757, false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pins *pins = NULL;
		char text[256], name[32];

		(void)snprintf(name, sizeof(name), "mode %03o", cases[i].mode);
		assert_int_equal(mkdir(w->pins, 0700), 0);
		assert_int_equal(chmod(w->pins, cases[i].mode), 0);
		if (cases[i].trusted) {
			check_int(name, open_pins(w->pins, true, &pins, text, sizeof(text)), 0);
			check_int(name, mode_of(w->pins), 0700);
		} else {
			refused(name, w->pins, true, -EPERM, "others may write there");
			check_int(name, mode_of(w->pins), cases[i].mode);
			/* root may remove what is there all the same */
			check_int(name, open_pins(w->pins, false, &pins, text, sizeof(text)), 0);
			check_int(name, mode_of(w->pins), cases[i].mode);
		}
		pins_close(pins);
		assert_int_equal(rmdir(w->pins), 0);
	}
}

static void test_owners(void **state)
{
	struct world *w = *state;
	struct pins *pins = NULL;
	char text[256];

	assert_int_equal(mkdir(w->pins, 0700), 0);
	assert_int_equal(chown(w->pins, NOBODY, 0), 0);
	refused("another user's", w->pins, true, -EPERM, "is of user 65534, not of 0");
	check_int("root may remove it", open_pins(w->pins, false, &pins, text, sizeof(text)), 0);
	pins_close(pins);
	/* nobody else may */
	assert_int_equal(chmod(w->pins, 0755), 0);
	assert_int_equal(chown(w->pins, 0, 0), 0);
	assert_int_equal(chmod(w->bpffs, 0755), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	refused("root's", w->pins, false, -EPERM, "is of user 0, not of 65534");
	assert_int_equal(seteuid(0), 0);
	remove_pins(w);
}

static void test_places(void **state)
{
	char plain[] = "/tmp/hostportd-test-XXXXXX", path[64], path2[160], *longest;
	struct world *w = *state;
	struct pins *pins;
	size_t len = PATH_MAX - 64;

	assert_non_null(mkdtemp(plain));
	(void)snprintf(path, sizeof(path), "%s/pins", plain);
	refused("no bpffs", path, true, -EINVAL, "is not in a bpffs");
	assert_int_not_equal(access(path, F_OK), 0);
	refused("no bpffs, there", plain, false, -EINVAL, "is not in a bpffs");
	assert_int_equal(symlink(w->bpffs, path), 0);
	refused("a symbolic link", path, false, -ENOTDIR, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(plain), 0);

	pins = opened(w);
	assert_int_equal(pins_begin(pins), 0);
	put_new(pins, "x", new_map());
	(void)snprintf(path2, sizeof(path2), "%s/1/x", w->pins);
	refused("no directory", path2, false, -ENOTDIR, path2);
	pins_close(pins);
	(void)snprintf(path2, sizeof(path2), "%s/there/pins", w->bpffs);
	refused("nothing above it", path2, true, -EINVAL, "is not in a bpffs");

	longest = malloc(len + 2);
	memset(longest, '/', len + 1);
	longest[len + 1] = '\0';
	refused("too long", longest, false, -ENAMETOOLONG, "too long");
	longest[len] = '\0';
	refused("as long as may be", longest, false, -EINVAL, "is not in a bpffs");
	free(longest);
	remove_pins(w);
}

/* Does the process have a descriptor of this path? */
static bool has_open(pid_t pid, const char *path)
{
	char dir[64], target[PATH_MAX];
	_cleanup_closedir_ DIR *fds = NULL;
	const struct dirent *entry;
	ssize_t n;

	(void)snprintf(dir, sizeof(dir), "/proc/%d/fd", (int)pid);
	fds = opendir(dir);
	while (fds && (entry = readdir(fds))) {
		n = readlinkat(dirfd(fds), entry->d_name, target, sizeof(target) - 1);
		if (n > 0 && (size_t)n == strlen(path) && strncmp(target, path, (size_t)n) == 0)
			return true;
	}
	return false;
}

/* The one before removes the directory while we wait for it: another one is made. */
static void test_removed_meanwhile(void **state)
{
	struct world *w = *state;
	struct stat before, after;
	int ready[2], status;
	pid_t parent = getpid(), pid;
	struct pins *pins;
	char c;

	assert_int_equal(mkdir(w->pins, 0700), 0);
	assert_int_equal(stat(w->pins, &before), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd = open(w->pins, O_RDONLY | O_DIRECTORY);

		if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (int i = 0; i < 6000 && !has_open(parent, w->pins); i++)
			(void)usleep(1000);
		_exit(rmdir(w->pins) == 0 ? 0 : 2);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	pins = opened(w);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(stat(w->pins, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	/* it is usable */
	assert_int_equal(pins_begin(pins), 0);
	assert_true(is_there(w, "1"));
	pins_close(pins);
	(void)close(ready[0]);
	(void)close(ready[1]);
	remove_pins(w);
}

/* ---- instances ------------------------------------------------------------------------------- */

static void test_instances(void **state)
{
	static const char *const names[] = {
		"2", "10", "999999", "1000000", "0", "007", "x", "5x", "-3", "99999999999999999999"
	};
	struct world *w = *state;
	struct pins *pins = opened(w);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		make(w, names[i]);
	check_int("the newest", pins_next(pins, 0), 999999);
	check_int("below it", pins_next(pins, 999999), 10);
	check_int("below that", pins_next(pins, 10), 2);
	check_int("and no more", pins_next(pins, 2), 0);
	check_int("begins", pins_begin(pins), 0);
	check_int("the lowest that is free", pins_instance(pins), 1);
	check_int("begins once more", pins_begin(pins), 0);
	check_int("the next one", pins_instance(pins), 3);
	assert_true(is_there(w, "1") && is_there(w, "3"));
	pins_use(pins, 10);
	check_int("another", pins_instance(pins), 10);
	assert_false(pins_are_there(pins));
	put_new(pins, PINS_INFO, new_map());
	assert_true(pins_are_there(pins));
	pins_use(pins, 2);
	assert_false(pins_are_there(pins));
	pins_close(pins);
	remove_pins(w);
}

/* ---- pins ------------------------------------------------------------------------------------ */

static void check_get(const char *name, struct pins *pins, const char *pin, enum pins_kind kind,
		      int want)
{
	int fd = pins_get(pins, pin, kind);

	check_int(name, fd < 0 ? fd : 0, want);
	if (fd >= 0) {
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		(void)close(fd);
	}
}

static void test_kinds(void **state)
{
	struct world *w = *state;
	struct pins *pins = opened(w);
	char path[256];

	check_int("begins", pins_begin(pins), 0);
	check_get("none", pins, "map", PINS_MAP, -ENOENT);
	put_new(pins, "map", new_map());
	put_new(pins, "link", new_link(w));
	put_new(pins, "program", world_foreign(BPF_CGROUP_INET4_BIND, true));
	make(w, "1/dir");
	check_get("a map", pins, "map", PINS_MAP, 0);
	check_get("a link", pins, "link", PINS_A_LINK, 0);
	check_get("a map for a link", pins, "map", PINS_A_LINK, -EINVAL);
	check_get("a link for a map", pins, "link", PINS_MAP, -EINVAL);
	check_get("a program for a map", pins, "program", PINS_MAP, -EINVAL);
	check_get("a program for a link", pins, "program", PINS_A_LINK, -EINVAL);
	check_get("a directory", pins, "dir", PINS_MAP, -EACCES);
	/* of another user: not taken */
	(void)snprintf(path, sizeof(path), "%s/1/map", w->pins);
	assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	check_get("another user's", pins, "map", PINS_MAP, -EPERM);
	assert_int_equal(chown(path, 0, NOBODY), 0);
	check_get("ours again", pins, "map", PINS_MAP, 0);
	pins_close(pins);
	remove_pins(w);
}

/* The directory that is locked is meant, whatever has its name by now. */
static void test_moved(void **state)
{
	struct world *w = *state;
	struct pins *pins = opened(w);
	_cleanup_buf_ struct buf path = { 0 };
	char other[128];
	int map = new_map();

	check_int("begins", pins_begin(pins), 0);
	(void)snprintf(other, sizeof(other), "%s/other", w->bpffs);
	assert_int_equal(rename(w->pins, other), 0);
	assert_int_equal(mkdir(w->pins, 0700), 0);
	check_int("put", pins_put(pins, "x", map), 0);
	assert_false(is_there(w, "1/x"));
	check_get("got", pins, "x", PINS_MAP, 0);
	pins_put_path(pins, "x", &path);
	assert_int_equal(access(path.data, F_OK), 0);
	check_int("removed", pins_remove_own(pins), 0);
	assert_true(access(w->pins, F_OK) == 0); /* which is not ours */
	pins_close(pins);
	(void)close(map);
	assert_int_equal(rmdir(other), 0);
	remove_pins(w);
}

static void check_is(const char *name, struct pins *pins, const char *pin, int map)
{
	_cleanup_close_ int fd = pins_get(pins, pin, PINS_MAP);

	assert_true(fd >= 0);
	check_int(name, map_id(fd), map_id(map));
}

static void test_put(void **state)
{
	struct world *w = *state;
	struct pins *pins = opened(w);
	int a = new_map(), b = new_map();

	pins_use(pins, 7);
	check_int("no such instance", pins_put(pins, "x", a), -ENOENT);
	check_int("begins", pins_begin(pins), 0);
	check_int("put", pins_put(pins, "x", a), 0);
	check_is("put", pins, "x", a);
	check_int("replaced", pins_put(pins, "x", b), 0);
	check_is("replaced", pins, "x", b);
	assert_false(is_there(w, "1/x_new"));
	/* what an agent that was killed has left */
	check_int("left", pins_put(pins, "x_new", b), 0);
	check_int("over it", pins_put(pins, "x", a), 0);
	check_is("over it", pins, "x", a);
	assert_false(is_there(w, "1/x_new"));
	make(w, "1/dir");
	assert_true(pins_put(pins, "dir", a) < 0);
	assert_false(is_there(w, "1/dir_new"));
	assert_true(pins_put(pins, "y", -1) < 0);
	assert_false(is_there(w, "1/y"));

	check_int("dropped", pins_drop(pins, "x"), 0);
	assert_false(is_there(w, "1/x"));
	check_int("dropped again", pins_drop(pins, "x"), 0);
	assert_true(pins_drop(pins, "dir") < 0);
	(void)close(a);
	(void)close(b);
	pins_close(pins);
	remove_pins(w);
}

static bool is_wanted(const void *data, const char *name)
{
	return strcmp(name, data) == 0;
}

static void test_prune(void **state)
{
	struct world *w = *state;
	struct pins *pins = opened(w);

	check_int("begins", pins_begin(pins), 0);
	put_new(pins, "link_a", new_link(w));
	put_new(pins, "link_b", new_link(w));
	put_new(pins, "hp_counts", new_map());
	put_new(pins, "a_link_", new_map());
	check_int("another", pins_begin(pins), 0);
	put_new(pins, "link_a", new_link(w));
	pins_use(pins, 1);
	pins_prune(pins, is_wanted, "link_b");
	assert_false(is_there(w, "1/link_a"));
	assert_true(is_there(w, "1/link_b"));
	assert_true(is_there(w, "1/hp_counts"));
	assert_true(is_there(w, "1/a_link_"));
	assert_true(is_there(w, "2/link_a"));
	pins_close(pins);
	remove_pins(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_made),
		WORLD_TEST(test_modes),
		WORLD_TEST(test_owners),
		WORLD_TEST(test_places),
		WORLD_TEST(test_removed_meanwhile),
		WORLD_TEST(test_instances),
		WORLD_TEST(test_kinds),
		WORLD_TEST(test_moved),
		WORLD_TEST(test_put),
		WORLD_TEST(test_prune),
	};

	return WORLD_RUN("pins", tests);
}
