// SPDX-License-Identifier: MIT
/* The reading end of a ring, over a file that is laid out as the kernel lays out its map. */
#include "test.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../user/kernel/records.h"

#define SIZE   4096 /* of the data */
#define RECORD 136
#define ROOM   144 /* that one takes */

struct world {
	int fd;
	size_t page;
	unsigned long *consumer, *producer;
	char *data;
	struct records *records;
	unsigned int got[64], len;
};

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char *p;

	assert_non_null(w);
	w->page = (size_t)sysconf(_SC_PAGESIZE);
	w->fd = memfd_create("ring", MFD_CLOEXEC);
	assert_true(w->fd >= 0);
	assert_int_equal(ftruncate(w->fd, (off_t)(2 * w->page + SIZE)), 0);
	p = mmap(NULL, 2 * w->page + SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w->fd, 0);
	assert_true(p != MAP_FAILED);
	w->consumer = (unsigned long *)p;
	w->producer = (unsigned long *)(p + w->page);
	w->data = p + 2 * w->page;
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	records_close(w->records);
	assert_int_equal(munmap(w->consumer, 2 * w->page + SIZE), 0);
	(void)close(w->fd);
	free(w);
	return 0;
}

static void start(struct world *w)
{
	assert_int_equal(records_open(w->fd, SIZE, RECORD, &w->records), 0);
}

static void put_byte(struct world *w, unsigned long at, unsigned char byte)
{
	w->data[at & (SIZE - 1)] = (char)byte;
}

/* A record of one number in every byte. `flags`: of its header; `len`: as that says. */
static unsigned long put(struct world *w, unsigned char number, uint32_t flags, uint32_t len)
{
	unsigned long at = *w->producer;
	uint32_t header = len | flags;

	memcpy(w->data + (at & (SIZE - 1)), &header, sizeof(header));
	for (uint32_t i = 0; i < len; i++)
		put_byte(w, at + BPF_RINGBUF_HDR_SZ + i, number);
	*w->producer = at + ((BPF_RINGBUF_HDR_SZ + len + 7) & ~7UL);
	return at;
}

static void on_record(void *data, const void *record)
{
	const unsigned char *bytes = record;
	struct world *w = data;

	for (size_t i = 1; i < RECORD; i++)
		assert_int_equal(bytes[i], bytes[0]);
	assert_true(w->len < 64);
	w->got[w->len++] = bytes[0];
}

static void take(struct world *w, const char *name, unsigned int max, unsigned int want,
		 unsigned int first)
{
	w->len = 0;
	check_u64(name, records_take(w->records, max, on_record, w), want);
	check_u64(name, w->len, want);
	for (unsigned int i = 0; i < want; i++)
		check_u64(name, w->got[i], first + i);
}

/* What was taken is not given back before that is said. */
static void test_takes_and_releases(void **state)
{
	struct world *w = *state;

	start(w);
	take(w, "empty", 10, 0, 0);
	for (unsigned char i = 1; i <= 5; i++)
		(void)put(w, i, 0, RECORD);
	take(w, "three of five", 3, 3, 1);
	check_u64("not released", *w->consumer, 0);
	take(w, "the rest", 3, 2, 4);
	records_release(w->records);
	check_u64("released", *w->consumer, 5 * ROOM);
	take(w, "none", 3, 0, 0);
}

/* Another reader begins with what this one has not released. */
static void test_next_reader(void **state)
{
	struct world *w = *state;

	start(w);
	for (unsigned char i = 1; i <= 4; i++)
		(void)put(w, i, 0, RECORD);
	take(w, "two", 2, 2, 1);
	records_release(w->records);
	take(w, "two more", 2, 2, 3);
	records_close(w->records);
	start(w);
	take(w, "once more", 9, 2, 3);
}

/* One that is being written holds up those behind it; one that was given up does not. */
static void test_busy_and_discarded(void **state)
{
	struct world *w = *state;
	unsigned long busy;
	uint32_t header = RECORD;

	start(w);
	(void)put(w, 1, 0, RECORD);
	(void)put(w, 9, BPF_RINGBUF_DISCARD_BIT, RECORD);
	(void)put(w, 2, 0, RECORD);
	busy = put(w, 3, BPF_RINGBUF_BUSY_BIT, RECORD);
	(void)put(w, 4, 0, RECORD);
	take(w, "before the busy one", 9, 2, 1);
	take(w, "still busy", 9, 0, 0);
	records_release(w->records);
	check_u64("released up to it", *w->consumer, busy);
	memcpy(w->data + busy, &header, sizeof(header));
	take(w, "written", 9, 2, 3);
}

/* Shorter records are not ours; of longer ones we read the first part. */
static void test_lengths(void **state)
{
	struct world *w = *state;

	start(w);
	(void)put(w, 7, 0, RECORD - 1);
	(void)put(w, 1, 0, RECORD);
	(void)put(w, 2, 0, RECORD + 20);
	(void)put(w, 3, 0, RECORD);
	take(w, "by length", 9, 3, 1);
	records_release(w->records);
	check_u64("all of it", *w->consumer, *w->producer);
}

/* Records that begin at the end of the data and end at its start, at every place there is. */
static void test_wraps(void **state)
{
	struct world *w = *state;

	start(w);
	for (unsigned int i = 0; i < 20000; i++) {
		(void)put(w, (unsigned char)i, 0, RECORD + i % 3 * 8);
		take(w, "around", 9, 1, (unsigned char)i);
		records_release(w->records);
	}
	assert_true(*w->consumer > 100UL * SIZE);
}

static void test_errors(void **state)
{
	struct world *w = *state;

	assert_int_equal(records_open(-1, SIZE, RECORD, &w->records), -EBADF);
	assert_null(w->records);
	records_close(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_takes_and_releases),
		TEST(test_next_reader),
		TEST(test_busy_and_discarded),
		TEST(test_lengths),
		TEST(test_wraps),
		TEST(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
