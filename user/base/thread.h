/* SPDX-License-Identifier: MIT */
/* A thread for what can be done meanwhile. It gets no signals: the main thread reads them. */
#pragma once

#include "cleanup.h"

struct thread;

/* Run fn(data) in a thread. 0, or a negative errno. */
int thread_start(void (*fn)(void *data), void *data, struct thread **ret_thread);

/* Wait until the thread has ended. */
void thread_join(struct thread *thread);
