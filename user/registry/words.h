/* SPDX-License-Identifier: MIT */
/* The words of files, options and events: one table for each enum of bpf/abi.h and of rows. */
#pragma once

#include "../../bpf/abi.h"
#include "../base/buf.h"

/* The words that a user may write for an enum: those of the numbers first to last. */
struct words {
	const char *const *list; /* by their numbers */
	unsigned int first, last;
	bool upper; /* also in upper case: Kubernetes writes TCP */
};

extern const struct words words_protos;	 /* that a row can name */
extern const struct words words_classes; /* from unregistered on */
extern const struct words words_modes;	 /* audit and enforce */
extern const struct words words_scopes;
extern const struct words words_roles;	 /* enum reg_role */
extern const struct words words_answers; /* no, yes */

/* The number of a word that a user may write, or -EINVAL. */
int words_find(const struct words *words, const char *text);

/* The nth word of a struct words, or NULL after the last one: a suggest_word_fn. */
const char *words_at(const void *words, size_t n);

/* Append "not one of a, b, c", and the word that was meant, if one is near. */
void words_put_unknown(const struct words *words, const char *text, struct buf *out);

/*
 * The word of a number; "unknown" for a number out of range (which only a newer kernel
 * side could send).
 */
const char *word_proto(unsigned int proto);
const char *word_class(unsigned int cls);
const char *word_verdict(unsigned int verdict);
const char *word_mode(unsigned int mode);
const char *word_how(unsigned int how);
const char *word_scope(unsigned int scope);
const char *word_kind(unsigned int kind); /* enum reg_kind */
const char *word_role(unsigned int role); /* enum reg_role */

/* words_find() in the words of each. */
int word_to_proto(const char *word);
int word_to_class(const char *word);
int word_to_mode(const char *word);
int word_to_role(const char *word);
