/* SPDX-License-Identifier: MIT */
/* What the words of a command line and of a shell's script are. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A shell, by its name or path. */
bool command_word_is_shell(const char *word);

/* The flag of a shell whose value is a script: -c, -ec. */
bool command_word_is_script_flag(const char *word);

/* Does another program follow, as after exec, then and tini? A number, as of timeout, counts. */
bool command_word_is_wrapper(const char *word);

/* A program that listens on no port that its arguments name: echo, ssh, curl. */
bool command_word_is_client(const char *word);

/* The length of the name in NAME=VALUE; 0: it is no assignment. */
size_t command_word_assigns(const char *word);

/*
 * An address of socat's on which it listens: TCP-LISTEN:80,bind=127.0.0.1,fork. The host is ""
 * for all.
 */
struct command_word_socat {
	const char *host;
	size_t host_len;
	uint16_t port;
	uint8_t proto; /* enum hp_proto */
};
bool command_word_socat(const char *word, struct command_word_socat *ret);
