// SPDX-License-Identifier: MIT
#include "standard_files.h"

#include <fcntl.h>
#include <unistd.h>

/* The lowest descriptor that is free. Where there is no /dev, one that nothing can be done with. */
static int open_nothing(void)
{
	int fd = open("/dev/null", O_RDWR | O_NOCTTY);

	return fd < 0 ? open("/", O_PATH | O_DIRECTORY) : fd;
}

void standard_files_open(void)
{
	int fd;

	do
		fd = open_nothing();
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}
