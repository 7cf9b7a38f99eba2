// SPDX-License-Identifier: MIT
#include "records.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNED 8

struct records {
	unsigned long *consumer;       /* a page, ours to write */
	const unsigned long *producer; /* a page, and the data behind it */
	const char *data;
	size_t page, size, record_size;
	unsigned long taken; /* all records before this position were handed out */
	void *copy; /* of a record that begins at the end of the data and ends at its start */
};

int records_open(int map_fd, size_t size, size_t record_size, struct records **ret_records)
{
	_cleanup_(records_closep) struct records *records = calloc(1, sizeof(*records));
	void *p;

	if (!records)
		return -ENOMEM;
	records->page = (size_t)sysconf(_SC_PAGESIZE);
	records->size = size;
	records->record_size = record_size;
	records->copy = malloc(record_size);
	if (!records->copy)
		return -ENOMEM;
	p = mmap(NULL, records->page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	records->consumer = p;
	p = mmap(NULL, records->page + size, PROT_READ, MAP_SHARED, map_fd, (off_t)records->page);
	if (p == MAP_FAILED)
		return -errno;
	records->producer = p;
	records->data = (const char *)p + records->page;
	records->taken = *records->consumer;
	*ret_records = TAKE_PTR(records);
	return 0;
}

void records_close(struct records *records)
{
	if (!records)
		return;
	if (records->consumer)
		(void)munmap(records->consumer, records->page);
	if (records->producer)
		(void)munmap((void *)records->producer, records->page + records->size);
	free(records->copy);
	free(records);
}

/* The record at a position, in one piece. */
static const void *record_at(const struct records *records, size_t at)
{
	size_t first = records->size - at;

	if (first >= records->record_size)
		return records->data + at;
	memcpy(records->copy, records->data + at, first);
	memcpy((char *)records->copy + first, records->data, records->record_size - first);
	return records->copy;
}

unsigned int records_take(struct records *records, unsigned int max, records_fn fn, void *data)
{
	unsigned long end = __atomic_load_n(records->producer, __ATOMIC_ACQUIRE);
	unsigned int n = 0;

	while (records->taken < end && n < max) {
		const void *header = records->data + (records->taken & (records->size - 1));
		uint32_t word = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
		uint32_t len = word & ~(uint32_t)(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		unsigned long body = records->taken + BPF_RINGBUF_HDR_SZ;

		if (word & BPF_RINGBUF_BUSY_BIT) /* it is being written, and so may be the next */
			break;
		records->taken = body + ((len + ALIGNED - 1) & ~(unsigned long)(ALIGNED - 1));
		if (word & BPF_RINGBUF_DISCARD_BIT || len < records->record_size)
			continue;
		fn(data, record_at(records, body & (records->size - 1)));
		n++;
	}
	return n;
}

void records_release(struct records *records)
{
	__atomic_store_n(records->consumer, records->taken, __ATOMIC_RELEASE);
}
