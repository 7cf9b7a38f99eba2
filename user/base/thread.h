/* SPDX-License-Identifier: MIT */
/* A thread for what can be done meanwhile. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* Run fn(data) in a thread that gets no signals: they are for the one that reads them. False: it
 * could not be started. */
bool thread_start(pthread_t *thread, void *(*fn)(void *), void *data);
