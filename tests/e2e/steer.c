// SPDX-License-Identifier: MIT
/*
 * A subject that answers on a port which no socket has, or that no bind() takes.
 *
 *   steer sk-lookup PORT TO    a program of the network namespace gives TCP connections for PORT
 *                              to a listener on TO
 *   steer transparent TO       a listener on TO to which a TPROXY rule may give connections
 *   steer bpf-bind PORT TO     a program of the own control group's connect() binds the socket to
 *                              PORT; then connect to TO
 *   steer vsock PORT           an AF_VSOCK socket
 *   steer tun PORT             a TUN device answers for 192.0.2.2: it waits for a UDP packet to
 * PORT
 *
 * All on IPv4. It prints "ok" and, where there is one, the port that a socket has; then it sends
 * "steered" to each connection until its standard input ends. Status 77: this kernel lacks it, with
 * the reason; 2: usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL_OF(id)                                                                                \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = (id)                                            \
	}
#define EXIT                                                                                       \
	{                                                                                          \
		.code = BPF_JMP | BPF_EXIT                                                         \
	}
#define MOV(r, v)                                                                                  \
	{                                                                                          \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (r), .imm = (v)                    \
	}
#define COPY(r, s)                                                                                 \
	{                                                                                          \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (r), .src_reg = (s)                \
	}
#define ADD(r, v)                                                                                  \
	{                                                                                          \
		.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (r), .imm = (v)                    \
	}
#define LOAD(r, s, o)                                                                              \
	{                                                                                          \
		.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = (r), .src_reg = (s), .off = (o)      \
	}
#define STORE(o, v)                                                                                \
	{                                                                                          \
		.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_10, .off = (o), .imm = (v)    \
	}
#define UNLESS(r, v, n)                                                                            \
	{                                                                                          \
		.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = (r), .imm = (v), .off = (n)          \
	}
#define IF(r, v, n)                                                                                \
	{                                                                                          \
		.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = (r), .imm = (v), .off = (n)          \
	}
#define LEN(array)  (sizeof(array) / sizeof(*(array)))
#define TUN_ADDRESS 0xc0000201 /* 192.0.2.1; the device's neighbour answers */

static _Noreturn void stop(const char *what)
{
	(void)fprintf(stderr, "steer: %s: %s\n", what, strerror(errno));
	exit(errno == EINVAL || errno == EAFNOSUPPORT || errno == ENOENT || errno == ENODEV ? 77 :
											      1);
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static uint16_t port_of(const char *word)
{
	return (uint16_t)strtoul(word, NULL, 10);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int open_listener(uint16_t port, int transparent)
{
	struct sockaddr_in addr = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (transparent &&
	    setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &transparent, sizeof(int)) < 0)
		stop("IP_TRANSPARENT");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 8) < 0)
		stop("listener");
	return fd;
}

static int load(uint32_t type, uint32_t attach_type, const struct bpf_insn *insns, size_t len)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	union bpf_attr attr = { 0 };
	int fd;

	(void)setrlimit(RLIMIT_MEMLOCK, &unlimited); /* programs count until Linux 5.11 */
	attr.prog_type = type;
	attr.expected_attach_type = attach_type;
	attr.license = (uintptr_t) "GPL";
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)len;
	(void)strcpy(attr.prog_name, "steer");
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		stop("load");
	return fd;
}

/* Open until this process ends. */
static void attach(int program, const char *target, uint32_t type)
{
	union bpf_attr attr = { 0 };

	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_fd = (uint32_t)open(target, O_RDONLY | O_CLOEXEC);
	attr.link_create.attach_type = type;
	if (bpf(BPF_LINK_CREATE, &attr) < 0)
		stop("attach");
}

/* A map with one socket. */
static int map_with(int socket)
{
	union bpf_attr attr = { 0 };
	uint64_t value = (uint64_t)socket;
	uint32_t key = 0;
	int fd;

	attr.map_type = BPF_MAP_TYPE_SOCKMAP;
	attr.key_size = sizeof(key);
	attr.value_size = sizeof(value);
	attr.max_entries = 1;
	fd = bpf(BPF_MAP_CREATE, &attr);
	attr = (union bpf_attr) { 0 };
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&value;
	if (fd < 0 || bpf(BPF_MAP_UPDATE_ELEM, &attr) < 0)
		stop("map of sockets");
	return fd;
}

static int steer_sk_lookup(uint16_t port, uint16_t to)
{
	int listener = open_listener(to, 0);
	const struct bpf_insn insns[] = {
		COPY(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_REG_2, BPF_REG_1, offsetof(struct bpf_sk_lookup, local_port)),
		UNLESS(BPF_REG_2, port, 14),
		STORE(-4, 0),
		COPY(BPF_REG_2, BPF_REG_10),
		ADD(BPF_REG_2, -4),
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map_with(listener) },
		{ 0 },
		CALL_OF(BPF_FUNC_map_lookup_elem),
		IF(BPF_REG_0, 0, 7),
		COPY(BPF_REG_7, BPF_REG_0),
		COPY(BPF_REG_1, BPF_REG_6),
		COPY(BPF_REG_2, BPF_REG_0),
		MOV(BPF_REG_3, 0),
		CALL_OF(BPF_FUNC_sk_assign),
		COPY(BPF_REG_1, BPF_REG_7),
		CALL_OF(BPF_FUNC_sk_release),
		MOV(BPF_REG_0, SK_PASS),
		EXIT,
	};

	attach(load(BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, insns, LEN(insns)), "/proc/self/ns/net",
	       BPF_SK_LOOKUP);
	return listener;
}

/* The directory of the process's own control group of version 2. */
static void own_cgroup(char *ret_path, size_t size)
{
	char line[4096], mount[2048] = "";
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && fgets(line, sizeof(line), f))
		if (!*mount && strstr(line, " - cgroup2 "))
			(void)sscanf(line, "%*s %*s %*s %*s %2047s", mount);
	f = f ? freopen("/proc/self/cgroup", "re", f) : NULL;
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0)
			(void)snprintf(ret_path, size, "%s%s", mount, line + 3);
	}
}

/* struct sockaddr_in at the top of the stack: family and port, address, and nothing. */
static int steer_bpf_bind(uint16_t port, uint16_t to)
{
	struct sockaddr_in addr = loopback(to), own;
	struct {
		uint16_t family, port;
	} head = { AF_INET, htons(port) };
	socklen_t len = sizeof(own);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char cgroup[4096] = "";
	int32_t word;

	memcpy(&word, &head, sizeof(word));
	{
		const struct bpf_insn insns[] = {
			STORE(-16, word),
			STORE(-12, (int32_t)addr.sin_addr.s_addr),
			STORE(-8, 0),
			STORE(-4, 0),
			COPY(BPF_REG_2, BPF_REG_10),
			ADD(BPF_REG_2, -16),
			MOV(BPF_REG_3, sizeof(struct sockaddr_in)),
			CALL_OF(BPF_FUNC_bind),
			MOV(BPF_REG_0, 1),
			EXIT,
		};

		own_cgroup(cgroup, sizeof(cgroup));
		attach(load(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT, insns,
			    LEN(insns)),
		       cgroup, BPF_CGROUP_INET4_CONNECT);
	}
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &len) < 0)
		stop("connect");
	(void)printf("ok %u\n", ntohs(own.sin_port));
	return -1;
}

static int steer_vsock(uint16_t port)
{
	struct sockaddr_vm addr = { .svm_family = AF_VSOCK,
				    .svm_cid = VMADDR_CID_ANY,
				    .svm_port = port };
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 8) < 0)
		stop("vsock");
	return fd;
}

static void set_up_device(struct ifreq *device)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in *addr = (struct sockaddr_in *)&device->ifr_addr;

	*addr = (struct sockaddr_in) { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(TUN_ADDRESS) };
	if (ioctl(fd, SIOCSIFADDR, device) < 0)
		stop("address");
	addr->sin_addr.s_addr = htonl(0xffffff00);
	if (ioctl(fd, SIOCSIFNETMASK, device) < 0)
		stop("mask");
	device->ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, device) < 0)
		stop("up");
	(void)close(fd);
}

/* Somebody sends a UDP packet to 192.0.2.2; the "stack" here only reads to which port. */
static int steer_tun(uint16_t port)
{
	struct ifreq device = { .ifr_name = "steer", .ifr_flags = IFF_TUN | IFF_NO_PI };
	int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	unsigned char packet[2048];
	ssize_t n;

	if (tun < 0 || ioctl(tun, TUNSETIFF, &device) < 0)
		stop("tun");
	set_up_device(&device);
	(void)printf("ok\n");
	(void)fflush(stdout);
	while ((n = read(tun, packet, sizeof(packet))) > 0) {
		/* IPv4 without options, UDP */
		if (n < 28 || packet[0] != 0x45 || packet[9] != IPPROTO_UDP ||
		    (packet[22] << 8 | packet[23]) != port)
			continue;
		(void)printf("got %u\n", port);
		(void)fflush(stdout);
	}
	return -1;
}

static void answer(int listener)
{
	static const char word[] = "steered\n";
	struct pollfd fds[] = { { .fd = STDIN_FILENO }, { .fd = listener, .events = POLLIN } };

	/* a pipe that is at its end, or has nobody at its other end */
	fds[0].events = POLLIN;
	while (poll(fds, LEN(fds), -1) > 0 && !fds[0].revents) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			continue;
		(void)send(fd, word, sizeof(word) - 1, MSG_NOSIGNAL);
		(void)close(fd);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	uint16_t port = argc > 2 ? port_of(argv[2]) : 0, to = argc > 3 ? port_of(argv[3]) : 0;
	int listener;

	if (strcmp(what, "sk-lookup") == 0 && to) {
		listener = steer_sk_lookup(port, to);
	} else if (strcmp(what, "transparent") == 0) {
		listener = open_listener(port, 1);
	} else if (strcmp(what, "bpf-bind") == 0 && to) {
		listener = steer_bpf_bind(port, to);
	} else if (strcmp(what, "vsock") == 0) {
		listener = steer_vsock(port);
	} else if (strcmp(what, "tun") == 0) {
		listener = steer_tun(port);
	} else {
		(void)fputs("usage: steer sk-lookup PORT TO|transparent TO|bpf-bind PORT TO|vsock "
			    "PORT|tun PORT\n",
			    stderr);
		return 2;
	}
	if (listener >= 0)
		(void)printf("ok\n");
	(void)fflush(stdout);
	answer(listener);
	return 0;
}
