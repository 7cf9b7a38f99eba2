// SPDX-License-Identifier: MIT
/* What `hostportctl selftest` is answered: everything that is watched, looked at now. */
#include "../base/jsonw.h"
#include "context.h"
#include "selftest.h"
#include "status.h"

static uint64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static const char *words(size_t hook, enum canary_result result)
{
	if (result != CANARY_EFFECTIVE)
		return canary_words(result);
	return hook == KERNEL_BIND4 || hook == KERNEL_BIND6 ? "denied" : "seen";
}

/* The word of the last try on each hook; proved is one that had it then, or the last time. */
static void put_hooks(struct jsonw *w, const struct watch *watch)
{
	jsonw_array(w, "hooks");
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "hook", kernel_hook_name((enum kernel_hook)i));
		jsonw_bool(w, "proved", canary_is_proved(watch->proof.result[i]));
		jsonw_string(w, "canary", words(i, watch->tried.result[i]));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void selftest_json(struct agent *agent, struct buf *out)
{
	struct jsonw w = { .out = out };
	uint64_t from = now_us();

	watch_check(&agent->watch);
	jsonw_object(&w, NULL);
	watch_put(&agent->watch, &agent->watch.health, &w);
	put_hooks(&w, &agent->watch);
	status_put_attached(agent, &w);
	jsonw_u64(&w, "took_us", now_us() - from);
	jsonw_object_end(&w);
}
