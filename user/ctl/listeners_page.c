// SPDX-License-Identifier: MIT
#include "listeners_page.h"

#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../checks/lint/lint.h"
#include "../formats/html/page.h"
#include "../source/node_options.h"
#include "outfile.h"

static void put_generated(struct buf *out)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	buf_printf(out, "hostportctl " HOSTPORTD_VERSION ", %s", text);
}

/* The agent is asked over a socket of the file system, so its host is ours. */
static void put_title(struct buf *out)
{
	char host[HOST_NAME_MAX + 1] = "";

	(void)gethostname(host, sizeof(host) - 1);
	buf_printf(out, "Host ports of %s", *host ? host : "this node");
}

static int find(const struct registry *registry, struct findings *findings)
{
	const struct node_options unknown = { 0 };
	const struct lint_facts facts = {
		.today = node_options_facts(&unknown).today,
		.ephemeral_first = EPHEMERAL_FIRST,
		.ephemeral_last = EPHEMERAL_LAST,
		.least = SEVERITY_NOTE,
	};

	return lint_registry(registry, &facts, findings);
}

int listeners_page(const struct registry *registry, const struct json *document,
		   const struct json *violations, const char *path)
{
	_cleanup_buf_ struct buf page = { 0 }, title = { 0 }, generated = { 0 };
	_cleanup_findings_ struct findings findings = { 0 };
	int r = find(registry, &findings);

	if (r < 0) {
		log_error("listeners: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	put_title(&title);
	put_generated(&generated);
	html_page_put(&(struct page) { .registry = registry,
				       .listeners = document,
				       .violations = violations,
				       .findings = &findings,
				       .title = title.data,
				       .generated = generated.data },
		      &page);
	return outfile_write(path, &page);
}
