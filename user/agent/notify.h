/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tell the service manager, where NOTIFY_SOCKET names it (sd_notify(3), whose
 * protocol is stable and meant to be spoken without its library). 0, also
 * where nobody asked; or a negative errno.
 */
int notify(const char *state);
