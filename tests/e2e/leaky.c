// SPDX-License-Identifier: MIT
/* Forgets what it has allocated, for a checker of leaks to find. Exit status 0 where none does. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
	/* volatile: neither the call nor the forgetting is to be optimised away */
	char *volatile text = strdup("forgotten");

	text = NULL;
	return text != NULL;
}
