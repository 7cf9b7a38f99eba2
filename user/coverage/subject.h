/* SPDX-License-Identifier: MIT */
/*
 * What a subject does, step by step. Each step is noted in the result as the
 * last one that was made, with what the socket is like after it, and answers
 * whether it succeeded; after one that failed, none is made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "way.h"

/* Note a step; error is 0 or a positive errno. True: 0. */
bool subject_step(struct subject *s, const char *step, int error);

/* The same of a step that can only fail where this kernel lacks what it needs. */
bool subject_feature(struct subject *s, const char *step, int error);

/* The same of a step where the errno tells whether the kernel lacks something. */
bool subject_support(struct subject *s, const char *step, int error);

/* As subject_step(), of a step that began at clock_monotonic_us() and ends now: slow, or not. */
bool subject_timed(struct subject *s, const char *step, uint64_t since_us, int error);

/* Fill in what the kernel tells of s->fd: its port, address and state. */
void subject_look(struct subject *s);

/* The address that the way binds to; its length. */
socklen_t subject_address(const struct subject *s, struct sockaddr_storage *ret);

/* An address of 127.0.0.1 and a port in host byte order. */
struct sockaddr_in subject_loopback(uint16_t port);

/* Make the way's socket, with its options: s->fd, which is the subject's to keep. */
bool subject_open(struct subject *s);

bool subject_bind(struct subject *s);

/* Nothing is done and noted if the way's socket doesn't listen. */
bool subject_listen(struct subject *s);

/* What is left to do with a socket that is there: bind() where the way has an address, listen(). */
void subject_bind_and_listen(struct subject *s);

/* Whether a step has failed so far. */
bool subject_failed(const struct subject *s);
