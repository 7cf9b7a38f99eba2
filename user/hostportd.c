// SPDX-License-Identifier: MIT
/* hostportd: the agent. */
#include <malloc.h>
#include <stdio.h>

#include "agent/agent.h"
#include "agent/early_signals.h"
#include "base/log.h"
#include "base/standard_files.h"
#include "base/terminal.h"

#define MMAP_FROM (64 * 1024)

int main(int argc, char **argv)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct config config;
	int r;

	early_signals_hold();
	standard_files_open();
	/* or what libbpf frees teaches glibc to keep such sizes in the heap, for good: a megabyte
	 */
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	/* or a thread has a heap of its own, of which little is given back */
	(void)mallopt(M_ARENA_MAX, 1);
	terminal_use_utf8();
	log_setup("hostportd", LOG_LEVEL_INFO);
	r = config_parse(argc, argv, &config, &out);
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", out.data ? out.data : "hostportd: out of memory");
		return EXIT_USAGE;
	}
	if (r != OPTIONS_OK)
		return out.failed || fputs(out.data, stdout) < 0 || fflush(stdout) < 0 ?
			       EXIT_SYSTEM :
			       EXIT_OK;
	return agent_run(&config);
}
