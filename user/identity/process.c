// SPDX-License-Identifier: MIT
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_dev.h"

#define SLOTS	   128 /* a power of two: by the pid, the last one of a slot is known */
#define NS_PER_SEC 1000000000ULL

struct process {
	uint32_t pid; /* 0: none */
	uint64_t start_ns;
	char comm[HP_COMM_LEN];
	uint64_t exe_inode; /* of the program that made the record */
	uint32_t exe_dev;
	bool is_swept;	 /* it holds a socket, and what it was when it bound that is not known */
	uint64_t moment; /* in which it was asked */
	bool knows_exe, knows_path;
	char *exe, *path; /* NULL: there is none to be had */
};

struct processes {
	uint64_t moment;
	struct process slots[SLOTS];
};

int processes_new(struct processes **ret_processes)
{
	*ret_processes = calloc(1, sizeof(**ret_processes));
	return *ret_processes ? 0 : -ENOMEM;
}

static void forget(struct process *process)
{
	free(process->exe);
	free(process->path);
	*process = (struct process) { 0 };
}

void processes_free(struct processes *processes)
{
	if (!processes)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		forget(&processes->slots[i]);
	free(processes);
}

void processes_ask_anew(struct processes *processes)
{
	processes->moment++;
}

/* Of /proc/PID/stat. */
struct stat_fields {
	char state;		    /* the third */
	long threads;		    /* the 20th */
	unsigned long long started; /* the 22nd, in clock ticks */
};

/* The second field may hold anything. */
static bool read_stat(uint32_t pid, struct stat_fields *ret)
{
	char path[32], text[1024];
	_cleanup_fclose_ FILE *f = NULL;
	const char *after;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	after = strrchr(text, ')');
	return after && sscanf(after + 1,
			       " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			       " %*s %ld %*s %llu",
			       &ret->state, &ret->threads, &ret->started) == 3;
}

static bool started_at(const struct stat_fields *fields, uint64_t start_ns)
{
	uint64_t tick_ns = NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);

	return !start_ns || fields->started == start_ns / tick_ns;
}

/* Does the process that started at start_ns (0: whenever) still have this pid? */
static bool same_process(uint32_t pid, uint64_t start_ns)
{
	struct stat_fields fields;

	return !start_ns || (read_stat(pid, &fields) && started_at(&fields, start_ns));
}

bool process_lives(uint32_t pid, uint64_t start_ns)
{
	struct stat_fields fields;

	/* a zombie that is not its only thread is a main thread that has ended */
	return read_stat(pid, &fields) && started_at(&fields, start_ns) &&
	       ((fields.state != 'Z' && fields.state != 'X') || fields.threads > 1);
}

/* Is it the file that the kernel saw? */
static bool is_binder_file(const struct process *process, const struct stat *st)
{
	return process->is_swept ||
	       (st->st_ino == process->exe_inode && kernel_dev(st->st_dev) == process->exe_dev);
}

/* Its program, if that is the one that made the record: it may have become another one since. */
static char *read_exe(const struct process *process)
{
	char link[32], exe[PATH_MAX];
	_cleanup_close_ int fd = -1;
	struct stat st;
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/%u/exe", process->pid);
	fd = open(link, O_PATH | O_CLOEXEC); /* one file for both questions */
	if (fd < 0 || fstat(fd, &st) < 0 || !is_binder_file(process, &st))
		return NULL;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, exe, sizeof(exe) - 1);
	return n > 0 ? strndup(exe, (size_t)n) : NULL;
}

/*
 * The path in a line of /proc/PID/cgroup, NUMBER:HIERARCHY:PATH; NULL: it is of another hierarchy.
 * A path may have colons.
 */
static char *path_of(const char *line, const char *hierarchy)
{
	size_t len = strlen(hierarchy);

	line += strspn(line, "0123456789");
	return strncmp(line, hierarchy, len) == 0 ? strndup(line + len, strcspn(line + len, "\n")) :
						    NULL;
}

/* The memory hierarchy's, as records have it; where that says nothing systemd's. */
static char *read_v1_path(uint32_t pid)
{
	char file[32];
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL, *memory = NULL, *named = NULL;
	size_t cap = 0;

	(void)snprintf(file, sizeof(file), "/proc/%u/cgroup", pid);
	f = fopen(file, "re");
	while (f && getline(&line, &cap, f) > 0) {
		if (!memory)
			memory = path_of(line, ":memory:");
		if (!named)
			named = path_of(line, ":name=systemd:");
	}
	return memory && strcmp(memory, "/") != 0 ? TAKE_PTR(memory) : TAKE_PTR(named);
}

static struct process *find(struct processes *processes, const struct hp_event *record)
{
	struct process *process = &processes->slots[record->pid & (SLOTS - 1)];
	bool is_swept = record->hook == HP_HOOK_SWEEP;

	if (process->pid == record->pid && process->start_ns == record->start_ns &&
	    process->moment == processes->moment && process->exe_inode == record->exe_inode &&
	    process->exe_dev == record->exe_dev && process->is_swept == is_swept &&
	    memcmp(process->comm, record->comm, HP_COMM_LEN) == 0)
		return process;
	forget(process);
	process->pid = record->pid;
	process->start_ns = record->start_ns;
	process->exe_inode = record->exe_inode;
	process->exe_dev = record->exe_dev;
	process->is_swept = is_swept;
	process->moment = processes->moment;
	memcpy(process->comm, record->comm, HP_COMM_LEN);
	return process;
}

/* What is read first may be of another process that has the pid by now: that is asked last. */
static char *if_same(const struct process *process, char *text)
{
	if (text && same_process(process->pid, process->start_ns))
		return text;
	free(text);
	return NULL;
}

const char *processes_exe(struct processes *processes, const struct hp_event *record)
{
	struct process *process;

	if (!record->pid)
		return NULL;
	process = find(processes, record);
	if (!process->knows_exe)
		process->exe = if_same(process, read_exe(process));
	process->knows_exe = true;
	return process->exe;
}

const char *processes_v1_path(struct processes *processes, const struct hp_event *record)
{
	struct process *process;

	if (!record->pid)
		return NULL;
	process = find(processes, record);
	if (!process->knows_path)
		process->path = if_same(process, read_v1_path(process->pid));
	process->knows_path = true;
	return process->path;
}
