// SPDX-License-Identifier: MIT
#include "early_signals.h"

#include <signal.h>

void early_signals_hold(void)
{
	sigset_t held;

	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &held, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}
