/* SPDX-License-Identifier: MIT */
/* "Did you mean": which of the words that are known is nearly the one given. Pure. */
#pragma once

#include <stddef.h>

#include "buf.h"

#define SUGGEST_MAX 32 /* longer words are nobody's typing error */

#define SUGGEST_FAR 3

/*
 * The least number of letters to insert, delete, replace or exchange with their
 * neighbours; more than 2 is SUGGEST_FAR.
 */
unsigned int suggest_distance(const char *a, const char *b);

/* The nth word of a list, or NULL after the last one. */
typedef const char *(*suggest_word_fn)(const void *list, size_t n);

/* The nearest word of the list, at most two letters and half the word away, or NULL. */
const char *suggest_near(const char *word, suggest_word_fn words, const void *list);

/* The words of an array that ends with NULL. */
const char *suggest_array_word(const void *array, size_t n);

/* Append "; did you mean WORD?", if a word is near. */
void suggest_put(const char *word, suggest_word_fn words, const void *list, struct buf *out);
