/* SPDX-License-Identifier: MIT */
/*
 * Holds back signals that ask the program to end, so that it can clean up first.
 * It is a context, so no handler needs a global flag.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

struct signal_hold {
	int fd;	      /* readable once a signal has come */
	sigset_t old; /* the mask from before; a child restores it */
};

/* Hold SIGINT, SIGTERM and SIGHUP back, unless they are ignored. 0, or a negative errno. */
int signal_hold_open(struct signal_hold *ret_hold);

/* Was the program asked to end? The answer stays yes. */
bool signal_hold_asked(const struct signal_hold *hold);

/* Let the signals through; a pending one ends the program here. */
void signal_hold_close(struct signal_hold *hold);
