/* SPDX-License-Identifier: MIT */
/*
 * Room for the next policy: what kernel_settle() does, some time after each
 * publication and not within it, so that a switch of the mode or a reload need
 * not wait for the kernel.
 */
#pragma once

struct agent;

/* Make room soon, and again after each room_later(). 0, or a negative errno. */
int room_start(struct agent *agent);

/* A policy has been published. Before room_start(): nothing. */
void room_later(struct agent *agent);
