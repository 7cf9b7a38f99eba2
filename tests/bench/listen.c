// SPDX-License-Identifier: MIT
/*
 * The cost of a hook that reports listen(), for listen() and for each TCP connection. If the
 * kernel loads tracing programs, the hook runs at listen() only; here it is the one that
 * loads everywhere, and runs for connections, too.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../user/kernel/kernel.h"
#include "../../user/kernel/netns.h"
#include "made.h"
#include "groups.h"
#include "samples.h"
#include "scene.h"

/* Which made_policy() allows. Those of connections are not those of listen(): what lingers there,
 * the kernel looks through. */
#define PORT_LISTEN  100
#define PORT_CONNECT 101
#define LISTENS	     SAMPLES_MAX
#define CONNECTIONS  SAMPLES_MAX
#define WARM_UP	     50
#define ADDRESSES    64 /* of 127/8: none runs out of ports while its connections linger */

struct listening {
	const struct scene *scene;
	unsigned int rounds;
	const char *failed; /* at what */
	int empty;	    /* a program that does nothing */
	struct samples listen_none, listen_extra, listen_empty;
	struct samples connection_none, connection_extra, connection_empty;
	double runs, runs_ns; /* of the hook, in a connection; and what bpf_stats says of them */
};

static struct sockaddr_in address(uint32_t last_byte, uint16_t port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = last_byte ? htonl(0x7f000000U | last_byte) : 0,
	};
}

/* Bound to all addresses. A negative errno: it could not be. */
static int bound_socket(uint16_t port)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in any = address(0, port);
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* The median of listen(), in ns, or a negative errno. */
static double time_listen(int times)
{
	struct samples ns = { .len = 0 };

	for (int i = 0; i < times; i++) {
		_cleanup_close_ int fd = bound_socket(PORT_LISTEN);
		uint64_t began = monotonic_ns();

		if (fd < 0 || listen(fd, 1) < 0)
			return -errno;
		samples_add(&ns, (double)(monotonic_ns() - began));
	}
	return samples_median(&ns);
}

/* A connect(), an accept(), and close() of both ends. The client's, which has a port of its own,
 * closes first: it is that end which lingers. */
static int connect_once(int listener, int client, const struct sockaddr_in *to)
{
	int server, r = 0;

	if (connect(client, (const struct sockaddr *)to, sizeof(*to)) < 0)
		r = -errno;
	server = r == 0 ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
	if (r == 0 && server < 0)
		r = -errno;
	(void)close(client);
	if (server >= 0)
		(void)close(server);
	return r;
}

/* The median of a connection, in ns, or a negative errno. The caller does all of it. */
static double time_connections(int times)
{
	_cleanup_close_ int listener = bound_socket(PORT_CONNECT);
	struct samples ns = { .len = 0 };

	if (listener < 0 || listen(listener, 16) < 0)
		return -errno;
	for (int i = 0; i < times; i++) {
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;
		struct sockaddr_in to = address(1 + (uint32_t)i % ADDRESSES, PORT_CONNECT);
		uint64_t began = monotonic_ns();

		r = client < 0 ? -errno : connect_once(listener, client, &to);
		if (r < 0)
			return r;
		samples_add(&ns, (double)(monotonic_ns() - began));
	}
	return samples_median(&ns);
}

static int attach(const struct listening *l, struct kernel *kernel)
{
	int r = kernel_attach(kernel, l->scene->cgroup_fd);

	return r < 0 ? r : kernel_attach_listen(kernel, l->scene->cgroup_fd);
}

/* What is at the hook. */
enum way {
	WAY_NONE,
	WAY_EMPTY,
	WAY_OURS,
	WAYS,
};

static int load_empty(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCK_OPS, "bench_empty", "GPL", insns,
			       ARRAY_LEN(insns), NULL);

	return fd < 0 ? -errno : fd;
}

/* What is attached for binds with ours is asked by neither listen() nor a connection. */
static int measure_one(struct listening *l, struct kernel *kernel, enum way way, double *listen_ns,
		       double *connection_ns)
{
	_cleanup_close_ int link = -1;
	int r = way == WAY_OURS ? attach(l, kernel) : 0;

	if (way == WAY_EMPTY) {
		link = bpf_link_create(l->empty, l->scene->cgroup_fd, BPF_CGROUP_SOCK_OPS, NULL);
		r = link < 0 ? -errno : 0;
	}

	l->failed = "attaching";
	if (r < 0)
		return r;
	l->failed = "listen(), or a connection";
	if (time_connections(WARM_UP) < 0)
		return -EPROTO;
	*listen_ns = time_listen(LISTENS);
	*connection_ns = time_connections(CONNECTIONS);
	if (way == WAY_OURS)
		kernel_detach(kernel);
	return *listen_ns < 0 ? (int)*listen_ns : *connection_ns < 0 ? (int)*connection_ns : 0;
}

/* What bpf_stats has counted of the hook that is attached; all zero: it can't be asked. */
static struct bpf_prog_info hook_info(struct kernel *kernel)
{
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	struct bpf_prog_info info = { 0 };
	size_t n = kernel_attachments(kernel, attached);

	for (size_t i = 0; i < n; i++) {
		_cleanup_close_ int fd = -1;
		uint32_t len = sizeof(info);

		if (attached[i].required)
			continue;
		fd = bpf_prog_get_fd_by_id(attached[i].program_id);
		if (fd >= 0)
			(void)bpf_obj_get_info_by_fd(fd, &info, &len);
	}
	return info;
}

/* How often a connection runs the hook, and for how long. */
static int measure_runs(struct listening *l, struct kernel *kernel)
{
	_cleanup_close_ int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	struct bpf_prog_info before, after;
	int r = attach(l, kernel);

	l->failed = "bpf_stats";
	if (stats < 0 || r < 0)
		return r < 0 ? r : -errno;
	before = hook_info(kernel);
	if (time_connections(CONNECTIONS) < 0)
		r = -EPROTO;
	after = hook_info(kernel);
	kernel_detach(kernel);
	l->runs = (double)(after.run_cnt - before.run_cnt) / CONNECTIONS;
	l->runs_ns = (double)(after.run_time_ns - before.run_time_ns) / CONNECTIONS;
	return r;
}

static int measure_round(struct listening *l, struct kernel *kernel, unsigned int round)
{
	double listens[WAYS] = { 0 }, connections[WAYS] = { 0 };
	int r = 0;

	for (unsigned int i = 0; i < WAYS && r == 0; i++) {
		enum way way = (round + i) % WAYS;

		r = measure_one(l, kernel, way, &listens[way], &connections[way]);
	}
	samples_add(&l->listen_none, listens[WAY_NONE]);
	samples_add(&l->listen_extra, listens[WAY_OURS] - listens[WAY_NONE]);
	samples_add(&l->listen_empty, listens[WAY_EMPTY] - listens[WAY_NONE]);
	samples_add(&l->connection_none, connections[WAY_NONE]);
	samples_add(&l->connection_extra, connections[WAY_OURS] - connections[WAY_NONE]);
	samples_add(&l->connection_empty, connections[WAY_EMPTY] - connections[WAY_NONE]);
	return r;
}

static int pin_to_one(void)
{
	cpu_set_t all, one;
	int cpu = CPU_SETSIZE - 1;

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return -errno;
	while (cpu > 0 && !CPU_ISSET(cpu, &all))
		cpu--;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) < 0 ? -errno : 0;
}

/* In the scene. */
static int measure(void *data)
{
	struct kernel_settings settings = { .listen = KERNEL_LISTEN_SOCKOPS };
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(kernel_freep) struct kernel *kernel = NULL;
	struct hp_config config = { .mode = HP_MODE_AUDIT, .denies = POLICY_DENIES_DEFAULT };
	struct listening *l = data;
	struct netns netns;
	int r = pin_to_one();

	l->failed = "loading";
	l->empty = load_empty();
	if (r == 0 && l->empty < 0)
		r = l->empty;
	if (r == 0)
		r = netns_open(NULL, &netns);
	if (r < 0)
		return r;
	settings.netns_cookie = netns.cookie;
	settings.netns_inum = netns.inum;
	netns_close(&netns);
	r = made_policy(256, &policy);
	if (r == 0)
		r = kernel_load(&settings, &kernel);
	if (r == 0)
		r = kernel_publish(kernel, policy, &config);
	for (unsigned int i = 0; i < l->rounds && r == 0; i++)
		r = measure_round(l, kernel, i);
	if (r == 0)
		r = measure_runs(l, kernel);
	return r;
}

static void put(struct bench *b, struct listening *l)
{
	double none = samples_median(&l->connection_none);

	bench_put(b, "listen", "ns over none", "sockops", samples_median(&l->listen_extra));
	bench_put(b, "listen", "% of a connection", "sockops",
		  100 * samples_median(&l->connection_extra) / none);
	bench_least(b, "listen", "ns over none", "sockops", samples_median(&l->listen_empty));
	bench_least(b, "listen", "% of a connection", "sockops",
		    100 * samples_median(&l->connection_empty) / none);
	bench_note(b, "listen", "listen() with none", "", samples_median(&l->listen_none), "ns");
	bench_note(b, "listen", "a connection with none", "", none, "ns");
	bench_note(b, "listen", "a connection, over none", "sockops",
		   samples_median(&l->connection_extra), "ns");
	bench_note(b, "listen", "runs a connection", "sockops", l->runs, "count");
	bench_note(b, "listen", "their ns, by bpf_stats", "sockops", l->runs_ns, "ns");
}

void bench_listen(struct bench *b)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	struct listening *l;
	int r;

	if (!bench_wants(b, "listen"))
		return;
	l = scene_share(sizeof(*l));
	r = l ? scene_open(b, "listen", &scene) : -ENOMEM;
	if (r == 0) {
		l->scene = &scene;
		l->rounds = bench_quick(b) ? 5 : 120;
		r = scene_call(&scene, measure, l);
	}
	if (r < 0)
		bench_fail(b, "listen", "%s: %s", l && l->failed ? l->failed : "start",
			   strerror(-r));
	else
		put(b, l);
	if (l)
		(void)munmap(l, sizeof(*l));
}
