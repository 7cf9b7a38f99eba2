/* SPDX-License-Identifier: MIT */
/*
 * Ports that a container's arguments make it listen on, as far as they are well
 * known: --port=, --secure-port=, --metrics-bind-address=, --listen… and the
 * like; and of its environment. Pure.
 */
#pragma once

#include "cursor.h"

/*
 * Read them from a container's command and args, `sh -c` scripts included, and its env.
 * Variables are filled in where the manifest has their values. The path is
 * that of the container; *count is that of the pod's listeners, which are bounded.
 */
void argument_read(struct cursor *cursor, const struct yaml_node *container, uint32_t *count,
		   struct listener **ret_listeners);

/* The environment's text for a name, or NULL. */
typedef const char *(*argument_env_fn)(const void *env, const char *name, size_t len);

/*
 * Append a text with its $(NAME), and in a script ${NAME} and $NAME, filled in;
 * what is not known stays as it is.
 */
void argument_fill(const char *text, bool script, argument_env_fn env, const void *data,
		   struct buf *out);

enum flag_kind {
	FLAG_NONE,
	FLAG_PORT,    /* its value is a port */
	FLAG_ADDRESS, /* HOST:PORT, :PORT or a list of URLs */
	FLAG_URLS,    /* the same, where it has a colon */
	FLAG_HOST,    /* an address for the ports of other flags, or HOST:PORT */
	FLAG_CLIENT,  /* nothing that listens: an address to connect to, a user, a group */
};

/*
 * What a flag, without its dashes, is. Its words may be written as-this, as_this, asThis or
 * AS_THIS; the names of protocols in it count for argument_protocol() only.
 */
enum flag_kind argument_flag(const char *name, size_t len);

/*
 * Read a listening address: [scheme://]HOST:PORT[/…], [V6]:PORT, :PORT or PORT,
 * the first `len` bytes. False: it names no port, port 0, or one that is not known.
 */
bool argument_address(const char *text, size_t len, const char **ret_host, size_t *ret_host_len,
		      uint16_t *ret_port);

/* How many bytes a scheme of a protocol has in a text that begins with one: tcp://, udp://. */
size_t argument_scheme(const char *text);

/*
 * The protocol (enum hp_proto) of the first `len` bytes of a flag's value, which is an address:
 * as its scheme or its end says (udp://…, …/udp), else the flag (listen-udp), else TCP.
 */
uint8_t argument_protocol(const char *flag, const char *value, size_t len);

/* Is it the name of a host, to which a client goes: no address, localhost or variable? */
bool argument_is_remote(const char *host);

/* Is it a loopback address, or localhost? */
bool argument_is_localhost(const char *host, size_t len);
