// SPDX-License-Identifier: MIT
#include "machine_facts.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"

static void read_cpu(char *cpu, size_t size)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/cpuinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t cap = 0;
	char *colon;

	while (f && getline(&line, &cap, f) > 0) {
		colon = strchr(line, ':');
		if (strncmp(line, "model name", 10) != 0 || !colon)
			continue;
		(void)snprintf(cpu, size, "%s", colon[1] == ' ' ? colon + 2 : colon + 1);
		cpu[strcspn(cpu, "\n")] = '\0';
		return;
	}
}

void machine_facts(struct machine_facts *ret_facts)
{
	struct machine_facts facts = { 0 };
	struct utsname uts;
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm))
		(void)strftime(facts.date, sizeof(facts.date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (uname(&uts) == 0)
		(void)snprintf(facts.kernel, sizeof(facts.kernel), "Linux %s %s", uts.release,
			       uts.machine);
	read_cpu(facts.cpu, sizeof(facts.cpu));
	facts.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	*ret_facts = facts;
}
