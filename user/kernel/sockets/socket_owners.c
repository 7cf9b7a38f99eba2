// SPDX-License-Identifier: MIT
#include "socket_owners.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "socket_iterator.h"

#define INITIAL_PID_NS 0xeffffffcU /* the inode of /proc/PID/ns/pid there, fixed by the kernel */

struct socket_owners {
	uint32_t netns_inum;
	bool see_all;
	bool tried; /* to load the iterator */
	struct socket_iterator *iterator;
};

struct search {
	struct socket_owner *owners;
	size_t len;
};

int socket_owners_new(uint32_t netns_inum, struct socket_owners **ret_finder)
{
	struct socket_owners *finder = calloc(1, sizeof(*finder));
	struct stat st;

	if (!finder)
		return -ENOMEM;
	finder->netns_inum = netns_inum;
	finder->see_all = stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NS;
	*ret_finder = finder;
	return 0;
}

void socket_owners_free(struct socket_owners *finder)
{
	if (!finder)
		return;
	socket_iterator_close(finder->iterator);
	free(finder);
}

static int by_inode(const void *a, const void *b)
{
	const struct socket_owner *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

const struct socket_owner *socket_owners_of(const struct socket_owner *owners, size_t len,
					    uint64_t inode)
{
	struct socket_owner key = { .inode = inode };

	return len ? bsearch(&key, owners, len, sizeof(*owners), by_inode) : NULL;
}

/* The owner to fill in: the socket is asked for, and no lower pid has it; or NULL. */
static struct socket_owner *wanted(const struct search *search, uint64_t inode, uint32_t pid)
{
	struct socket_owner *found =
		(struct socket_owner *)socket_owners_of(search->owners, search->len, inode);

	return found && (!found->pid || pid < found->pid) ? found : NULL;
}

static void on_owner(void *data, const struct hp_socket_owner *seen)
{
	struct socket_owner *owner = wanted(data, seen->inode, seen->pid);

	if (!owner)
		return;
	owner->pid = seen->pid;
	owner->asked = seen->asked;
	memcpy(owner->comm, seen->comm, sizeof(owner->comm));
}

static void read_comm(struct hp_socket_owner *seen)
{
	char path[32], comm[HP_COMM_LEN + 1] = "";
	_cleanup_fclose_ FILE *f = NULL;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%u/comm", seen->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	n = fread(comm, 1, sizeof(comm) - 1, f);
	comm[n] = '\0';
	memcpy(seen->comm, comm, strcspn(comm, "\n"));
}

/* One entry of /proc/PID/fd. */
static void look_at(int dir, const char *name, struct hp_socket_owner *seen, struct search *search)
{
	char target[64];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	uint64_t inode;

	if (n <= 0)
		return;
	target[n] = '\0';
	if (sscanf(target, "socket:[%" SCNu64 "]", &inode) != 1 ||
	    !wanted(search, inode, seen->pid))
		return;
	if (!seen->comm[0])
		read_comm(seen);
	seen->inode = inode;
	on_owner(search, seen);
}

/* Errors are ignored: the process may have ended. */
static void look_into(uint32_t pid, struct search *search)
{
	struct hp_socket_owner seen = { .pid = pid };
	char path[32];
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;

	(void)snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(dirfd(dir), entry->d_name, &seen, search);
}

static int walk(struct search *search)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		return -errno;
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_into((uint32_t)strtoul(entry->d_name, NULL, 10), search);
	return 0;
}

bool socket_owners_see_all(const struct socket_owners *finder)
{
	return finder->see_all;
}

int socket_owners_ask_kernel(const struct socket_owners *finder)
{
	return finder->tried ? finder->iterator != NULL : -1;
}

int socket_owners_find(struct socket_owners *finder, struct socket_owner *owners, size_t len)
{
	struct search search = { owners, len };

	if (!len)
		return 0;
	qsort(owners, len, sizeof(*owners), by_inode);
	if (!finder->tried) {
		finder->tried = true;
		(void)socket_iterator_open(finder->netns_inum, &finder->iterator);
	}
	if (finder->iterator && socket_iterator_read(finder->iterator, on_owner, &search) == 0)
		return 0;
	return walk(&search);
}
