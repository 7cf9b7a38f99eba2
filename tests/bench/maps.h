/* SPDX-License-Identifier: MIT */
/* The maps of a process: those it has open, and those that these have in them. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct map_info {
	uint32_t id, type; /* enum bpf_map_type */
	uint64_t memlock;  /* bytes, as the kernel accounts for them */
	char name[16];
};

#define MAPS_MAX 64

/* Find them, each once. How many, or a negative errno (-E2BIG: more than MAPS_MAX). */
int maps_of(pid_t pid, struct map_info maps[MAPS_MAX]);

/* The positions of a process's ring buffer, which only grow: bytes written, bytes read. */
struct ring_view {
	const volatile unsigned long *written, *read;
	uint32_t bytes;	    /* its size */
	uint32_t map_bytes; /* of what is mapped */
};

/* 0, or a negative errno (-ENOENT: it has none). Until ring_view_close(). */
int ring_view_open(pid_t pid, struct ring_view *ring);
void ring_view_close(struct ring_view *ring);
#define _cleanup_view_ __attribute__((cleanup(ring_view_close)))
