// SPDX-License-Identifier: MIT
#include "pins.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "../base/lock.h"
#include "libbpf.h"
#include "pins_internal.h"

#define ANON	   "anon_inode:"
#define NUMBER_MAX 999999U
#define OPEN_TRIES 10
#define SUFFIX_NEW "_new" /* of a pin before it gets its name; bpffs takes no dots */

/* Pins are removed by an agent that has run out of memory, too: opendir() would allocate some. */
void pins_each_entry(int at, const char *name, pins_entry_fn fn, void *data)
{
	_Alignas(struct dirent64) char entries[4096];
	_cleanup_close_ int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t len;

	while ((len = getdents64(dir, entries, sizeof(entries))) > 0)
		for (ssize_t at_byte = 0; at_byte < len;) {
			const struct dirent64 *entry = (void *)(entries + at_byte);

			at_byte += entry->d_reclen;
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				fn(data, dir, entry->d_name);
		}
}

/* ---- the directory ------------------------------------------------------------------------- */

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* Looks first: no directory is made in another file system. */
static int make_dir(const char *path, struct buf *err)
{
	char parent[PATH_MAX];
	int r;

	(void)strcpy(parent, path); /* dirname() changes it */
	if (!is_bpffs(dirname(parent))) {
		buf_printf(err, "%s is not in a bpffs: mount one (mount -t bpf bpf /sys/fs/bpf)",
			   path);
		return -EINVAL;
	}
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	r = -errno;
	buf_printf(err, "%s: %s", path, strerror(-r));
	return r;
}

/* Only our user may have put anything there. To remove everything, root need not trust it. */
static int check_dir(int fd, const char *path, bool trust, struct buf *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!is_bpffs(path)) {
		buf_printf(err, "%s is not in a bpffs", path);
		return -EINVAL;
	}
	if (!trust && geteuid() == 0)
		return 0;
	if (st.st_uid != geteuid()) {
		buf_printf(err,
			   "%s is of user %u, not of %u: its pins are not trusted: remove it,"
			   " or name another",
			   path, st.st_uid, geteuid());
		return -EPERM;
	}
	if (st.st_mode & 022) {
		buf_printf(err,
			   "%s: others may write there (mode %03o): its pins are not trusted:"
			   " remove it, or name another",
			   path, st.st_mode & 0777);
		return -EPERM;
	}
	return st.st_mode & 077 && fchmod(fd, 0700) < 0 ? -errno : 0;
}

int pins_open_dir(const char *path, bool trust, struct buf *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int r;

	if (fd < 0) {
		r = -errno;
		if (r != -ENOENT)
			buf_printf(err, "%s: %s", path, strerror(-r));
		return r;
	}
	r = check_dir(fd, path, trust, err);
	return r < 0 ? r : TAKE_FD(fd);
}

bool pins_is_dir_at(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino;
}

/* One try. -ESTALE: the directory went while it was opened. */
static int open_locked(const char *path, bool make, int wait_ms, struct buf *err)
{
	int r = make ? make_dir(path, err) : 0;
	_cleanup_close_ int fd = -1;

	if (r < 0)
		return r;
	fd = pins_open_dir(path, make, err);
	if (fd < 0)
		return make && fd == -ENOENT ? -ESTALE : fd;
	r = lock_take(fd, wait_ms);
	if (r < 0)
		return r == -EWOULDBLOCK ? -EBUSY : r;
	return pins_is_dir_at(fd, path) ? TAKE_FD(fd) : -ESTALE;
}

int pins_open(const char *path, bool make, struct pins **ret_pins, struct buf *err)
{
	_cleanup_(pins_closep) struct pins *pins = calloc(1, sizeof(*pins));

	if (!pins)
		return -ENOMEM;
	pins->fd = -1;
	/* names below it must fit, too */
	if (strlen(path) + 64 > sizeof(pins->path)) {
		buf_puts(err, "the path is too long");
		return -ENAMETOOLONG;
	}
	(void)strcpy(pins->path, path);
	for (int i = 0; i < OPEN_TRIES; i++) {
		pins->fd = open_locked(path, make, make ? LOCK_START_MS : 0, err);
		if (pins->fd != -ESTALE)
			break;
	}
	if (pins->fd < 0)
		return pins->fd == -ESTALE && !make ? -ENOENT : pins->fd;
	*ret_pins = TAKE_PTR(pins);
	return 0;
}

void pins_close(struct pins *pins)
{
	if (!pins)
		return;
	if (pins->fd >= 0)
		(void)close(pins->fd);
	free(pins);
}

const char *pins_path(const struct pins *pins)
{
	return pins->path;
}

/* ---- instances ----------------------------------------------------------------------------- */

unsigned int pins_number_of(const char *name)
{
	unsigned long n =
		isdigit((unsigned char)*name) && *name != '0' ? strtoul(name, NULL, 10) : 0;
	char same[16];

	(void)snprintf(same, sizeof(same), "%lu", n);
	return n <= NUMBER_MAX && strcmp(same, name) == 0 ? (unsigned int)n : 0;
}

struct search {
	unsigned int below, found;
};

static void search_entry(void *data, int dir, const char *name)
{
	struct search *search = data;
	unsigned int n = pins_number_of(name);

	(void)dir;
	if (n > search->found && (!search->below || n < search->below))
		search->found = n;
}

unsigned int pins_next(const struct pins *pins, unsigned int below)
{
	struct search search = { .below = below };

	pins_each_entry(pins->fd, ".", search_entry, &search);
	return search.found;
}

void pins_use(struct pins *pins, unsigned int instance)
{
	pins->instance = instance;
	pins->begun = false;
}

int pins_begin(struct pins *pins)
{
	char name[16];

	for (unsigned int n = 1; n <= NUMBER_MAX; n++) {
		(void)snprintf(name, sizeof(name), "%u", n);
		if (mkdirat(pins->fd, name, 0700) == 0) {
			pins->instance = n;
			pins->begun = true;
			return 0;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -ERANGE;
}

/* The lock is one on the directory, so another directory needs another one. */
static int mend_dir(struct pins *pins, struct buf *err)
{
	int fd = open_locked(pins->path, true, 0, err);

	if (fd < 0)
		return fd;
	(void)close(pins->fd);
	pins->fd = fd;
	return pins_begin(pins);
}

int pins_mend(struct pins *pins, struct buf *err)
{
	char name[16];

	if (!pins_is_dir_at(pins->fd, pins->path))
		return mend_dir(pins, err);
	(void)snprintf(name, sizeof(name), "%u", pins->instance);
	return mkdirat(pins->fd, name, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

unsigned int pins_instance(const struct pins *pins)
{
	return pins->instance;
}

bool pins_are_there(const struct pins *pins)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%u/" PINS_INFO, pins->instance);
	return faccessat(pins->fd, name, F_OK, 0) == 0;
}

/* ---- pins ---------------------------------------------------------------------------------- */

/*
 * A path to a pin: bpf(2) takes no directory's descriptor before 6.7. It leads below the
 * directory that is locked, even if another one has its name by now.
 */
struct pin_path {
	char at[128];
};

static struct pin_path path_of(const struct pins *pins, const char *name, const char *suffix)
{
	struct pin_path path;

	(void)snprintf(path.at, sizeof(path.at), "/proc/self/fd/%d/%u/%s%s", pins->fd,
		       pins->instance, name, suffix);
	return path;
}

bool pins_is_kind(int fd, enum pins_kind kind)
{
	static const char *const words[] = { [PINS_MAP] = "map", [PINS_A_LINK] = "link" };
	char path[32], target[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return strncmp(target, ANON "bpf", strlen(ANON "bpf")) == 0 &&
	       strcmp(target + strlen(ANON "bpf") + 1, words[kind]) == 0;
}

int pins_get(const struct pins *pins, const char *name, enum pins_kind kind)
{
	struct pin_path path = path_of(pins, name, "");
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (lstat(path.at, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid())
		return -EPERM;
	fd = bpf_obj_get(path.at);
	if (fd < 0)
		return -errno;
	return pins_is_kind(fd, kind) ? TAKE_FD(fd) : -EINVAL;
}

void pins_put_path(const struct pins *pins, const char *name, struct buf *out)
{
	struct pin_path path = path_of(pins, name, "");

	buf_puts(out, path.at);
}

int pins_put(const struct pins *pins, const char *name, int fd)
{
	struct pin_path to = path_of(pins, name, ""), new = path_of(pins, name, SUFFIX_NEW);

	(void)unlink(new.at); /* an agent that was killed here has left it */
	if (bpf_obj_pin(fd, new.at) < 0)
		return -errno;
	if (rename(new.at, to.at) < 0) {
		int r = -errno;

		(void)unlink(new.at);
		return r;
	}
	return 0;
}

int pins_drop(const struct pins *pins, const char *name)
{
	struct pin_path path = path_of(pins, name, "");

	return unlink(path.at) < 0 && errno != ENOENT ? -errno : 0;
}

bool pins_is_link(const char *name)
{
	return strncmp(name, PINS_LINK, strlen(PINS_LINK)) == 0;
}

struct prune {
	bool (*wanted)(const void *data, const char *name);
	const void *data;
};

static void prune_entry(void *data, int dir, const char *name)
{
	const struct prune *prune = data;

	if (pins_is_link(name) && !prune->wanted(prune->data, name))
		(void)unlinkat(dir, name, 0);
}

void pins_prune(const struct pins *pins, bool (*wanted)(const void *data, const char *name),
		const void *data)
{
	struct prune prune = { wanted, data };
	char name[16];

	(void)snprintf(name, sizeof(name), "%u", pins->instance);
	pins_each_entry(pins->fd, name, prune_entry, &prune);
}
