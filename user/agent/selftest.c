// SPDX-License-Identifier: MIT
#include "selftest.h"

#include "../base/clock.h"
#include "../base/jsonw.h"
#include "status.h"

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

void selftest_json(struct watch *watch, struct buf *out)
{
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	struct jsonw w = { .out = out };
	uint64_t from = clock_monotonic_us();

	watch_check(watch);
	jsonw_object(&w, NULL);
	status_put_health(&watch->health, watch_age_s(watch), &w);
	put_hooks(&w, watch);
	status_put_attached(attached, kernel_attachments(watch->kernel, attached),
			    watch->target->cgroup, &w);
	jsonw_u64(&w, "took_us", clock_monotonic_us() - from);
	jsonw_object_end(&w);
}
