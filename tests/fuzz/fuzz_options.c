// SPDX-License-Identifier: MIT
/*
 * The agent's command line, a word a line, and its environment: lines that
 * begin with HOSTPORTD_. (A byte 0x01 is a line end within a word.) It is
 * refused with a message, or every value is within its bounds. Then the same
 * words with operands allowed: those are kept, in their order.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/agent/config.h"

#define WORDS_MAX 80
#define ENV	  "HOSTPORTD_"

struct words {
	char *argv[WORDS_MAX + 2];
	int argc;
	char *env[WORDS_MAX];
	size_t env_len;
};

static void take_words(const uint8_t *data, size_t size, struct words *ret)
{
	struct feed feed = { data, size };

	*ret = (struct words) { .argv = { strdup("hostportd") }, .argc = 1 };
	while (feed.left && ret->argc <= WORDS_MAX && ret->env_len < WORDS_MAX) {
		char *word = feed_text(&feed, '\n');

		for (char *c = word; *c; c++)
			*c = *c == 0x01 ? '\n' : *c;
		if (strncmp(word, ENV, strlen(ENV)) == 0 && strchr(word, '='))
			ret->env[ret->env_len++] = word;
		else
			ret->argv[ret->argc++] = word;
	}
	(void)clearenv();
	for (size_t i = 0; i < ret->env_len; i++)
		(void)putenv(ret->env[i]);
}

static void words_done(struct words *words)
{
	(void)clearenv();
	for (int i = 0; i < words->argc; i++)
		free(words->argv[i]);
	for (size_t i = 0; i < words->env_len; i++)
		free(words->env[i]);
}

static void check_config(const struct config *c)
{
	const uint32_t known = (1U << HP_CLASS_MAX) - (1U << HP_CLASS_UNREGISTERED);

	CHECK(c->node.registries_len <= REGISTRY_LAYERS_MAX);
	for (size_t i = 0; i < c->node.registries_len; i++)
		CHECK(c->node.registries[i]);
	CHECK(c->node.role < REG_ROLE_MAX);
	CHECK(c->node.mode == HP_MODE_AUDIT || c->node.mode == HP_MODE_ENFORCE);
	CHECK(c->node.denies && (c->node.denies & ~known) == 0);
	CHECK(c->errno_code == EPERM || c->errno_code == EACCES || c->errno_code == EADDRINUSE);
	CHECK(c->sweep_s <= 86400 && (c->log_json == 0 || c->log_json == 1));
	CHECK(c->fold_ns <= CONFIG_FOLD_MAX_S * 1000000000);
	CHECK((c->ring_bytes & (c->ring_bytes - 1)) == 0 && c->ring_bytes <= KERNEL_RING_MAX);
	CHECK(c->socket);
}

static void check_agent(struct words *words)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct config config;
	int r = config_parse(words->argc, words->argv, &config, &out);

	CHECK(!out.failed);
	CHECK(r < 0 || r == OPTIONS_OK || r == OPTIONS_HELP || r == OPTIONS_VERSION);
	CHECK((r == OPTIONS_OK) == (out.len == 0)); /* a message, help or the version */
	if (r == OPTIONS_OK)
		check_config(&config);
}

static int parse_any(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	*(size_t *)ctx += value ? strlen(value) : 0;
	return 0;
}

static const struct option_spec any[] = {
	{ "a", "VALUE", "any value", .type = OPTION_TYPE_PARSED, .repeatable = true,
	  .parse = parse_any },
	{ "flag", NULL, "none", .type = OPTION_TYPE_PARSED, .repeatable = true,
	  .parse = parse_any },
};

static void check_mixed(const struct words *words)
{
	static const struct options options = {
		.program = "mixed",
		.usage = "",
		.operands = OPTIONS_MIXED_OPERANDS,
		.specs = any,
		.len = ARRAY_LEN(any),
	};
	_cleanup_buf_ struct buf err = { 0 };
	char *argv[WORDS_MAX + 2];
	size_t sum = 0;
	int operands, at = 1;

	memcpy(argv, words->argv, sizeof(argv));
	if (options_parse(&options, &sum, words->argc, argv, &operands, &err) != OPTIONS_OK)
		return;
	CHECK(operands >= 1 && operands <= words->argc);
	for (int i = operands; i < words->argc; i++, at++) {
		while (at < words->argc && words->argv[at] != argv[i])
			at++;
		CHECK(at < words->argc);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(words_done) struct words words;

	take_words(data, size, &words);
	check_mixed(&words);
	check_agent(&words);
	return 0;
}
