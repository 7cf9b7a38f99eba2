// SPDX-License-Identifier: MIT
/* Prints the table of docs/metrics.md: see docs/metrics.sh. */
#include <stdio.h>

#include "../user/agent/metrics.h"

int main(void)
{
	_cleanup_buf_ struct buf page = { 0 };

	metrics_page(&page);
	return page.failed || fputs(page.data, stdout) < 0 || fflush(stdout) < 0;
}
