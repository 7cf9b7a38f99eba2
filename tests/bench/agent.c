// SPDX-License-Identifier: MIT
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/json.h"

#define OPTIONS_MAX 24
#define READY_MS    30000
#define STOP_MS	    15000
#define ANSWER_S    30

/* ---- start ----------------------------------------------------------------------------------- */

struct command {
	char program[PATH_MAX + 16], cgroup[PATH_MAX + 16], socket[112], pin[112];
	char notify[112];
	const char *argv[OPTIONS_MAX];
};

static int make_command(struct command *c, const struct side *side, const struct scene *scene,
			const struct bench_agent_plan *plan, const struct bench_agent *agent)
{
	size_t n = 0;

	(void)snprintf(c->program, sizeof(c->program), "%s/hostportd", side->programs);
	(void)snprintf(c->cgroup, sizeof(c->cgroup), "--cgroup=%s", scene->cgroup);
	(void)snprintf(c->socket, sizeof(c->socket), "--socket=%s", agent->socket);
	(void)snprintf(c->pin, sizeof(c->pin), "--pin=%s/pins", scene->bpffs);
	(void)snprintf(c->notify, sizeof(c->notify), "NOTIFY_SOCKET=%s/notify", scene->dir);
	c->argv[n++] = c->program;
	c->argv[n++] = c->cgroup;
	c->argv[n++] = c->socket;
	c->argv[n++] = c->pin;
	c->argv[n++] = "--on-exit=detach";
	c->argv[n++] = "--log=json";
	for (size_t i = 0; plan->options[i]; i++) {
		if (n + 1 == OPTIONS_MAX)
			return -E2BIG;
		c->argv[n++] = plan->options[i];
	}
	c->argv[n] = NULL;
	return 0;
}

/* What the agent says to a service manager comes here. */
static int open_notify(const struct scene *scene)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/notify", scene->dir);
	(void)unlink(addr.sun_path); /* of an agent before this one */
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/*
 * In the child. As on a node, the agent is in the control group and in the namespace that it
 * checks. It ends with the bench, and with it all that it has attached.
 */
static void become_agent(struct command *c, const struct scene *scene, int log, pid_t parent,
			 volatile uint64_t *exec_ns)
{
	/* registries of the bench have none of the rows that a node can't do without */
	char essential[] = "HOSTPORTD_DENY_ESSENTIAL=1";
	char *const environment[] = { essential, c->notify, NULL };
	char path[128];
	int null, err;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || scene_enter(scene) < 0)
		_exit(127);
	(void)snprintf(path, sizeof(path), "%s/log", scene->dir);
	null = open("/dev/null", O_RDWR);
	err = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (null < 0 || err < 0 || dup2(null, 0) < 0 || dup2(log > 0 ? log : null, 1) < 0 ||
	    dup2(err, 2) < 0)
		_exit(127);
	(void)close(null);
	(void)close(err);
	*exec_ns = monotonic_ns();
	(void)execve(c->program, (char *const *)c->argv, environment);
	_exit(127);
}

/* The last line of what it said on standard error. */
static void last_words(const struct scene *scene, char *line, size_t size)
{
	char path[128], next[512];
	_cleanup_fclose_ FILE *f = NULL;

	line[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s/log", scene->dir);
	f = fopen(path, "re");
	while (f && fgets(next, sizeof(next), f))
		(void)snprintf(line, size, "%.*s", (int)strcspn(next, "\n"), next);
}

/* Wait for READY=1. 0, or a negative errno. */
static int wait_ready(struct bench_agent *agent, int notify)
{
	struct pollfd p[] = { { .fd = notify, .events = POLLIN },
			      { .fd = agent->pidfd, .events = POLLIN } };
	uint64_t end = monotonic_ns() + READY_MS * 1000000ULL;
	char text[256];
	ssize_t n;

	while (monotonic_ns() < end) {
		if (poll(p, 2, READY_MS) < 0 && errno != EINTR)
			return -errno;
		n = recv(notify, text, sizeof(text) - 1, MSG_DONTWAIT);
		if (n > 0) {
			text[n] = '\0';
			agent->ready_ns = monotonic_ns();
			if (strstr(text, "READY=1"))
				return process_ns(agent->pid, &agent->cpu_ready_ns);
		}
		if (p[1].revents)
			return -ESRCH;
	}
	return -ETIMEDOUT;
}

static int launch(struct command *c, const struct scene *scene, int log, struct bench_agent *agent)
{
	volatile uint64_t *exec_ns = mmap(NULL, sizeof(*exec_ns), PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_cleanup_close_ int notify = open_notify(scene);
	pid_t parent = getpid();
	int r;

	if (exec_ns == MAP_FAILED)
		return -errno;
	if (notify < 0)
		return notify;
	agent->pid = fork();
	if (agent->pid < 0) {
		agent->pid = 0;
		return -errno;
	}
	if (agent->pid == 0)
		become_agent(c, scene, log, parent, exec_ns);
	agent->pidfd = (int)syscall(SYS_pidfd_open, agent->pid, 0);
	r = agent->pidfd < 0 ? -errno : wait_ready(agent, notify);
	agent->exec_ns = *exec_ns;
	(void)munmap((void *)exec_ns, sizeof(*exec_ns));
	return r;
}

int bench_agent_start(const struct side *side, const char *row, const struct scene *scene,
		      const struct bench_agent_plan *plan, struct bench_agent *agent)
{
	struct command command;
	char words[512];
	int r;

	*agent = (struct bench_agent)BENCH_AGENT_NONE;
	agent->scene = scene;
	(void)snprintf(agent->socket, sizeof(agent->socket), "%s/socket", scene->dir);
	r = make_command(&command, side, scene, plan, agent);
	if (r == 0)
		r = launch(&command, scene, plan->log, agent);
	if (r == 0)
		return 0;
	bench_agent_stop(agent);
	last_words(scene, words, sizeof(words));
	side_fail(side, row, "%s is not ready: %s: %s", command.program, strerror(-r), words);
	return -1;
}

void bench_agent_stop(struct bench_agent *agent)
{
	struct pollfd p = { .fd = agent->pidfd, .events = POLLIN };

	if (!agent->pid)
		return;
	(void)kill(agent->pid, SIGCONT);
	(void)kill(agent->pid, SIGTERM);
	if (agent->pidfd < 0 || poll(&p, 1, STOP_MS) <= 0)
		(void)kill(agent->pid, SIGKILL);
	(void)process_ns(agent->pid, &agent->cpu_ns);
	(void)waitpid(agent->pid, NULL, 0);
	agent->pid = 0;
	if (agent->pidfd >= 0)
		(void)close(agent->pidfd);
	agent->pidfd = -1;
}

uint64_t bench_agent_cpu_ns(const struct bench_agent *agent)
{
	uint64_t ns = 0;

	(void)process_ns(agent->pid, &ns);
	return ns;
}

double bench_agent_user_share(const struct bench_agent *agent)
{
	unsigned long user = 0, system = 0;
	char path[64];
	_cleanup_fclose_ FILE *f = NULL;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", agent->pid);
	f = fopen(path, "re");
	/* its name is the program's, and has no blank */
	if (f)
		(void)!fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			      &user, &system);
	return user + system ? (double)user / (double)(user + system) : 0;
}

/* ---- questions ------------------------------------------------------------------------------- */

static int connect_to(const struct bench_agent *agent)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = ANSWER_S };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", agent->socket);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* The document of an answer; what hostportctl gets, without the time that it takes to start. */
static int ask(const struct bench_agent *agent, const char *verb, struct json **ret_json)
{
	_cleanup_close_ int fd = connect_to(agent);
	_cleanup_buf_ struct buf answer = { 0 }, err = { 0 };
	char bytes[4096], *document;
	ssize_t n;

	if (fd < 0)
		return fd;
	(void)snprintf(bytes, sizeof(bytes), "{\"verb\":\"%s\"}\n", verb);
	if (send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) < 0)
		return -errno;
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		buf_add(&answer, bytes, (size_t)n);
	if (n < 0)
		return -errno;
	document = answer.data ? strchr(answer.data, '\n') : NULL;
	if (!document || strncmp(answer.data, "{\"ok\":true", 10) != 0)
		return -EPROTO;
	return json_parse(document, strlen(document), &err, ret_json);
}

/* What the programs have counted as violations, whatever became of them. */
static uint64_t sum_classes(const struct json *counters)
{
	static const char *const classes[] = { "unregistered", "retired",    "inactive", "scope",
					       "owner",	       "undeclared", "ephemeral" };
	static const char *const verdicts[] = { "audited", "denied", "excepted" };
	const struct json *all = json_member(counters, "classes");
	uint64_t sum = 0;

	for (size_t c = 0; c < ARRAY_LEN(classes); c++)
		for (size_t v = 0; v < ARRAY_LEN(verdicts); v++)
			sum += json_member_u64(json_member(all, classes[c]), verdicts[v], 0);
	return sum;
}

int bench_agent_status(const struct side *side, const char *row, const struct bench_agent *agent,
		       struct bench_counters *counters)
{
	_cleanup_(json_freep) struct json *status = NULL;
	int r = ask(agent, "status", &status);
	const struct json *c = json_member(status, "counters"), *by = json_member(c, "lost_by");

	if (r < 0 || !c) {
		side_fail(side, row, "the agent's status: %s", strerror(r < 0 ? -r : EPROTO));
		return -1;
	}
	*counters = (struct bench_counters) {
		.violations = json_member_u64(c, "violations", 0),
		.delivered = json_member_u64(c, "delivered", 0),
		.folded = json_member_u64(c, "folded", 0),
		.lost = json_member_u64(c, "lost", 0),
		.pending = json_member_u64(c, "pending", 0),
		.lost_ring = json_member_u64(by, "ring", 0),
		.lost_rate = json_member_u64(by, "rate", 0),
		.lost_note = json_member_u64(by, "note", 0),
		.counted = sum_classes(c),
		.log_lines_lost =
			json_member_u64(json_member(status, "readers"), "log_lines_lost", 0),
	};
	return 0;
}

int bench_agent_reload(const struct side *side, const char *row, const struct bench_agent *agent)
{
	_cleanup_(json_freep) struct json *answer = NULL;
	int r = ask(agent, "reload", &answer);

	if (r == 0)
		return 0;
	side_fail(side, row, "reload: %s", strerror(-r));
	return -1;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

uint64_t bench_miscounted(const struct bench_counters *c, uint64_t attempts)
{
	return apart(c->counted, attempts) + apart(c->violations, attempts) +
	       apart(c->delivered + c->folded + c->lost, attempts) + c->pending;
}
