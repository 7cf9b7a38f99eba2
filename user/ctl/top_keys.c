// SPDX-License-Identifier: MIT
#include "top_keys.h"

#include <string.h>

#define KEY_ESCAPE    '\033'
#define KEY_BACKSPACE '\b'
#define KEY_DELETE    '\177'

static void type(struct top_keys *keys, char key)
{
	size_t len = strlen(keys->filter);

	if (key == '\n' || key == '\r') {
		keys->typing = false;
	} else if (key == KEY_ESCAPE) {
		keys->typing = false;
		keys->filter[0] = '\0';
	} else if (key == KEY_BACKSPACE || key == KEY_DELETE) {
		if (len)
			keys->filter[len - 1] = '\0';
	} else if (key >= ' ' && key <= '~' && len < TOP_FILTER_MAX) {
		keys->filter[len] = key;
		keys->filter[len + 1] = '\0';
	}
}

void top_keys_take(struct top_keys *keys, char key)
{
	if (keys->typing) {
		type(keys, key);
		return;
	}
	switch (key) {
	case 'q':
		keys->quit = true;
		break;
	case 's':
		keys->order = (keys->order + 1) % TOP_ORDER_MAX;
		break;
	case 'v':
		keys->only_wrong = !keys->only_wrong;
		break;
	case '/':
		keys->typing = true;
		keys->filter[0] = '\0';
		break;
	default:
		break;
	}
}
