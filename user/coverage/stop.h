/* SPDX-License-Identifier: MIT */
/*
 * Signals that ask the program to end, held back so that what it made is
 * removed first. A context instead of a handler's global flag.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

struct stop {
	int fd;	      /* polls readable once it was asked to end */
	sigset_t old; /* the mask from before; a child restores it */
};

/* Hold SIGINT, SIGTERM and SIGHUP back, unless they are ignored. 0, or a negative errno. */
int stop_open(struct stop *ret_stop);

/* Was the program asked to end? It stays so. */
bool stop_asked(const struct stop *stop);

/* Let the signals through; one that waits ends the program here. */
void stop_close(struct stop *stop);
