/* SPDX-License-Identifier: MIT */
/* The words of files, options and events for the numbers of bpf/abi.h. */
#pragma once

#include "../../bpf/abi.h"

/*
 * The word of a number, as files, options and events spell it; "unknown" for a
 * number out of range (which only a newer kernel side could send).
 */
const char *word_proto(unsigned int proto);
const char *word_class(unsigned int cls);
const char *word_verdict(unsigned int verdict);
const char *word_mode(unsigned int mode);
const char *word_how(unsigned int how);
const char *word_scope(unsigned int scope);

/*
 * The number of a word; -EINVAL when it is none. Only what a user may write is
 * accepted: the protocols that a row can name, the modes audit and enforce, the
 * classes from unregistered on.
 */
int word_to_proto(const char *word);
int word_to_class(const char *word);
int word_to_mode(const char *word);
