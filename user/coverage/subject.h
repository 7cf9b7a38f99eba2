/* SPDX-License-Identifier: MIT */
/*
 * The steps of a subject. The result keeps the last step that was made and the
 * state of the socket after it. A step returns whether it succeeded; after a failed
 * step no other is made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "way.h"

/* Note a step; error is 0 or a positive errno. True: 0. */
bool subject_step(struct subject *s, const char *step, int error);

/* The same for a step that fails only if this kernel lacks what it needs. */
bool subject_feature(struct subject *s, const char *step, int error);

/* The same for a step whose errno tells whether the kernel lacks something. */
bool subject_support(struct subject *s, const char *step, int error);

/* As subject_step(), for a step that began at `since_us` and ends now: it may be slow. */
bool subject_timed(struct subject *s, const char *step, uint64_t since_us, int error);

/* Fill in the port, address and state of s->fd as the kernel has them. */
void subject_look(struct subject *s);

/* The address that the way binds to; its length. */
socklen_t subject_address(const struct subject *s, struct sockaddr_storage *ret);

/* An address of 127.0.0.1 and a port in host byte order. */
struct sockaddr_in subject_loopback(uint16_t port);

/* Open the way's socket with its options, as s->fd; the subject keeps it. */
bool subject_open(struct subject *s);

bool subject_bind(struct subject *s);

/* Does nothing if the way's socket does not listen. */
bool subject_listen(struct subject *s);

/* With an open socket: bind() if the way has an address, then listen(). */
void subject_bind_and_listen(struct subject *s);

/* Has a step failed? */
bool subject_failed(const struct subject *s);
