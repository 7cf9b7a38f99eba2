// SPDX-License-Identifier: MIT
#include "listeners_page.h"

#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "../page/page.h"
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

int listeners_page(const struct registry *registry, const struct json *document, const char *path)
{
	_cleanup_buf_ struct buf page = { 0 }, title = { 0 }, generated = { 0 };

	put_title(&title);
	put_generated(&generated);
	page_put(&(struct page) { .registry = registry,
				  .listeners = document,
				  .title = title.data,
				  .generated = generated.data },
		 &page);
	return outfile_write(path, &page);
}
