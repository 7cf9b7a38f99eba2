// SPDX-License-Identifier: MIT
/* bind() and listen() as io_uring requests, one at a time, without a library. */
#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "subject.h"
#include "subject_take.h"

/* since 6.11 */
#define OP_BIND	    56
#define OP_LISTEN   57

#define ENTRIES	    2
#define SQ_IDLE_MS  1000
#define COMPLETE_MS 4000

struct ring {
	int fd;
	struct io_uring_params params;
	uint8_t *map; /* both rings */
	size_t map_len;
	struct io_uring_sqe *sqes;
	uint8_t sqe_flags; /* of each request */
};

static void ring_close(struct ring *ring)
{
	if (ring->map != MAP_FAILED)
		(void)munmap(ring->map, ring->map_len);
	if (ring->sqes != MAP_FAILED)
		(void)munmap(ring->sqes, ENTRIES * sizeof(*ring->sqes));
	if (ring->fd >= 0)
		(void)close(ring->fd);
}

static void *ring_map(const struct ring *ring, size_t len, uint64_t offset)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
		    (off_t)offset);
}

/* 0 or an errno. */
static int ring_open(struct ring *ring)
{
	const struct io_uring_params *p = &ring->params;

	ring->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &ring->params);
	if (ring->fd < 0)
		return errno;
	/* since 5.4: one mapping holds both rings */
	if (!(p->features & IORING_FEAT_SINGLE_MMAP))
		return ENOSYS;
	ring->map_len = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	if (ring->map_len < p->sq_off.array + p->sq_entries * sizeof(uint32_t))
		ring->map_len = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	ring->map = ring_map(ring, ring->map_len, IORING_OFF_SQ_RING);
	ring->sqes = ring_map(ring, ENTRIES * sizeof(*ring->sqes), IORING_OFF_SQES);
	return ring->map == MAP_FAILED || ring->sqes == MAP_FAILED ? errno : 0;
}

/* 0; EINVAL: the kernel has no such request; or another errno. */
static int ring_knows(const struct ring *ring, unsigned int op)
{
	union {
		struct io_uring_probe probe;
		char space[sizeof(struct io_uring_probe) + 64 * sizeof(struct io_uring_probe_op)];
	} u;

	memset(&u, 0, sizeof(u));
	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PROBE, &u, 64) < 0)
		return errno;
	return op < u.probe.ops_len && u.probe.ops[op].flags & IO_URING_OP_SUPPORTED ? 0 : EINVAL;
}

static uint32_t *ring_word(const struct ring *ring, uint32_t offset)
{
	return (uint32_t *)(ring->map + offset);
}

/* Put a request into the queue and submit it: 0 or an errno. */
static int ring_submit(struct ring *ring, const struct io_uring_sqe *sqe)
{
	const struct io_uring_params *p = &ring->params;
	uint32_t *tail = ring_word(ring, p->sq_off.tail);
	uint32_t index = *tail & *ring_word(ring, p->sq_off.ring_mask), awake = 0, flags;

	ring->sqes[index] = *sqe;
	ring->sqes[index].flags |= ring->sqe_flags;
	ring_word(ring, p->sq_off.array)[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (p->flags & IORING_SETUP_SQPOLL) {
		/* either the kernel's thread sees the tail, or we see that it sleeps */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		flags = __atomic_load_n(ring_word(ring, p->sq_off.flags), __ATOMIC_RELAXED);
		if (!(flags & IORING_SQ_NEED_WAKEUP))
			return 0;
		awake = IORING_ENTER_SQ_WAKEUP;
	}
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, awake, NULL, 0) < 0 ? errno : 0;
}

/* Submit a request and wait some seconds for its completion: 0 or an errno. */
static int ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	const struct io_uring_params *p = &ring->params;
	struct pollfd end = { .fd = ring->fd, .events = POLLIN };
	uint32_t *head = ring_word(ring, p->cq_off.head);
	const struct io_uring_cqe *cqe;
	int error = ring_submit(ring, sqe);

	if (error)
		return error;
	if (poll(&end, 1, COMPLETE_MS) <= 0)
		return ETIMEDOUT;
	if (__atomic_load_n(ring_word(ring, p->cq_off.tail), __ATOMIC_ACQUIRE) == *head)
		return ENOMSG;
	cqe = (const struct io_uring_cqe *)(ring->map + p->cq_off.cqes);
	error = -cqe[*head & *ring_word(ring, p->cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return error > 0 ? error : 0;
}

static bool request(struct subject *s, struct ring *ring, const char *step,
		    struct io_uring_sqe *sqe)
{
	uint64_t since = clock_monotonic_us();

	sqe->fd = s->fd;
	(void)subject_timed(s, step, since, ring_do(ring, sqe));
	subject_look(s);
	return !subject_failed(s);
}

static bool request_bind(struct subject *s, struct ring *ring)
{
	struct sockaddr_storage addr;
	struct io_uring_sqe sqe = { .opcode = OP_BIND };

	/* the length is in the field of the second address */
	sqe.addr2 = subject_address(s, &addr);
	sqe.addr = (uintptr_t)&addr;
	return request(s, ring, "uring-bind", &sqe);
}

static bool request_listen(struct subject *s, struct ring *ring)
{
	struct io_uring_sqe sqe = { .opcode = OP_LISTEN, .len = 1 };

	return request(s, ring, "uring-listen", &sqe);
}

static void take_through(struct subject *s, uint32_t setup_flags, uint8_t sqe_flags)
{
	_cleanup_(ring_close) struct ring ring = {
		.fd = -1,
		.params = { .flags = setup_flags, .sq_thread_idle = SQ_IDLE_MS },
		.map = MAP_FAILED,
		.sqes = MAP_FAILED,
		.sqe_flags = sqe_flags,
	};

	/* kernel.io_uring_disabled and seccomp filters forbid all of io_uring */
	if (!subject_feature(s, "uring-setup", ring_open(&ring)) ||
	    !subject_feature(s, "uring-probe", ring_knows(&ring, OP_LISTEN)) || !subject_open(s))
		return;
	if (!s->way->socket.addr || request_bind(s, &ring))
		(void)request_listen(s, &ring);
}

void subject_take_uring(struct subject *s)
{
	take_through(s, 0, 0);
}

void subject_take_uring_async(struct subject *s)
{
	take_through(s, 0, IOSQE_ASYNC);
}

void subject_take_uring_sqpoll(struct subject *s)
{
	take_through(s, IORING_SETUP_SQPOLL, 0);
}
