// SPDX-License-Identifier: MIT
#include "policy.h"

#include <errno.h>
#include <string.h>

#include "../registry/words.h"

#define WORD_MAX 32

/* The classes that the n bytes at word name, as bits; 0: none of them. */
static uint32_t bits_of(const char *word, size_t n)
{
	char text[WORD_MAX];
	int cls;

	if (n >= sizeof(text))
		return 0;
	memcpy(text, word, n);
	text[n] = '\0';
	if (strcmp(text, "default") == 0)
		return POLICY_DENIES_DEFAULT;
	cls = word_to_class(text);
	return cls < 0 ? 0 : 1U << cls;
}

int policy_denies_parse(const char *list, uint32_t *ret_denies, const char **ret_bad,
			size_t *ret_bad_len)
{
	uint32_t denies = 0, bits;
	const char *word = list;
	size_t n;

	for (;;) {
		n = strcspn(word, ",");
		bits = bits_of(word, n);
		if (!bits) {
			*ret_bad = word;
			*ret_bad_len = n;
			return -EINVAL;
		}
		denies |= bits;
		if (!word[n])
			break;
		word += n + 1;
	}
	*ret_denies = denies;
	return 0;
}
