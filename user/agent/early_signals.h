/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What comes while the agent starts must not end it. SIGHUP waits until the event loop runs, which
 * takes it for a request to reload. A reader that is gone, and a file that is as long as it may be,
 * are errors of write(). Call it first of all.
 */
void early_signals_hold(void);
