// SPDX-License-Identifier: MIT
#include "mountinfo.h"

#include <stdio.h>
#include <string.h>

static bool octal(char c)
{
	return c >= '0' && c <= '7';
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && octal(s[1]) && s[1] <= '3' && octal(s[2]) && octal(s[3])) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static bool has_option(char *options, const char *option)
{
	char *save = NULL;

	for (char *o = strtok_r(options, ",", &save); o; o = strtok_r(NULL, ",", &save))
		if (strcmp(o, option) == 0)
			return true;
	return false;
}

/* ... (5) mount point ... - type source super-options */
bool mountinfo_parse(const char *line, struct mountinfo *ret_mount)
{
	struct mountinfo mount = { 0 };
	char type[32], options[256];
	const char *tail = strstr(line, " - ");

	if (!tail || sscanf(line, "%*s %*s %*s %*s %4095s", mount.point) != 1 ||
	    sscanf(tail, " - %31s %*s %255s", type, options) != 2)
		return false;
	if (strcmp(type, "cgroup2") == 0)
		mount.kind = MOUNTINFO_CGROUP2;
	else if (strcmp(type, "cgroup") == 0 && has_option(options, "memory"))
		mount.kind = MOUNTINFO_MEMORY;
	else
		return false;
	unescape(mount.point);
	*ret_mount = mount;
	return true;
}
