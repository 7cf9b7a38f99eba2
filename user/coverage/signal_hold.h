/* SPDX-License-Identifier: MIT */
/*
 * Signals that ask the program to end, held back so that what it made is
 * removed first. A context instead of a handler's global flag.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

struct signal_hold {
	int fd;	      /* polls readable once it was asked to end */
	sigset_t old; /* the mask from before; a child restores it */
};

/* Hold SIGINT, SIGTERM and SIGHUP back, unless they are ignored. 0, or a negative errno. */
int signal_hold_open(struct signal_hold *ret_hold);

/* Was the program asked to end? It stays so. */
bool signal_hold_asked(const struct signal_hold *hold);

/* Let the signals through; one that waits ends the program here. */
void signal_hold_close(struct signal_hold *hold);
