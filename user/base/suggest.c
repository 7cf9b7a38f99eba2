// SPDX-License-Identifier: MIT
#include "suggest.h"

#include <stdint.h>
#include <string.h>

static uint8_t lower(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

unsigned int suggest_distance(const char *a, const char *b)
{
	uint8_t d[SUGGEST_MAX + 1][SUGGEST_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > SUGGEST_MAX || lb > SUGGEST_MAX)
		return SUGGEST_FAR;
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
	return lower(d[la][lb], SUGGEST_FAR);
}

const char *suggest_near(const char *word, suggest_word_fn words, const void *list)
{
	unsigned int best = SUGGEST_FAR, d;
	const char *near = NULL, *w;

	for (size_t n = 0; (w = words(list, n)); n++) {
		d = suggest_distance(word, w);
		if (d < best && d * 2 <= strlen(w)) {
			best = d;
			near = w;
		}
	}
	return near;
}

const char *suggest_array_word(const void *array, size_t n)
{
	return ((const char *const *)array)[n];
}

void suggest_put(const char *word, suggest_word_fn words, const void *list, struct buf *out)
{
	const char *near = suggest_near(word, words, list);

	if (near)
		buf_printf(out, "; did you mean %s?", near);
}
