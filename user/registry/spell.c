// SPDX-License-Identifier: MIT
#include "spell.h"

#include <stdint.h>
#include <string.h>

static uint8_t lower(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

unsigned int spell_distance(const char *a, const char *b)
{
	uint8_t d[SPELL_MAX + 1][SPELL_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > SPELL_MAX || lb > SPELL_MAX)
		return SPELL_FAR;
	for (size_t i = 0; i <= la; i++) {
		for (size_t j = 0; j <= lb; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = (uint8_t)(i + j);
				continue;
			}
			d[i][j] = lower(d[i - 1][j], d[i][j - 1]) + 1;
			d[i][j] = lower(d[i][j], d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = lower(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return lower(d[la][lb], SPELL_FAR);
}

const char *spell_near(const char *word, spell_word_fn words, const void *list)
{
	unsigned int best = SPELL_FAR, d;
	const char *near = NULL, *w;

	for (size_t n = 0; (w = words(list, n)); n++) {
		d = spell_distance(word, w);
		if (d < best && d * 2 <= strlen(w)) {
			best = d;
			near = w;
		}
	}
	return near;
}
