/* SPDX-License-Identifier: MIT */
/* A thread for what can be done meanwhile. It gets no signals: the main thread reads them. */
#pragma once

#include <stdbool.h>

#include "cleanup.h"

struct thread;

/* Run fn(data) in a thread. 0, or a negative errno. */
int thread_start(void (*fn)(void *data), void *data, struct thread **ret_thread);

/* Wait until the thread has ended, at most so long. True: it has, and is gone; else it goes on. */
bool thread_join_within(struct thread *thread, unsigned int ms);

/* Wait until the thread has ended. */
void thread_join(struct thread *thread);
