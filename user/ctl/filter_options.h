/* SPDX-License-Identifier: MIT */
/* The options by which verbs choose violations and listeners. */
#pragma once

#include "../base/options.h"
#include "../registry/port_argument.h"

/* Parsers for option rows; the parameter names the type of the field. */
int filter_options_classes(void *u32, const char *value,
			   struct buf *err); /* adds bits 1 << class */
int filter_options_port(void *port_argument, const char *value, struct buf *err);
int filter_options_pod(void *text, const char *value, struct buf *err);
int filter_options_protocol(void *text, const char *value, struct buf *err);

#define FILTER_OPTION_CLASS(struct_, field, what)                                                  \
	{                                                                                          \
		"class", "CLASS,...", "only " what " of these classes (all)",                      \
			OPTION_PARSED(struct_, field, filter_options_classes), .repeatable = true  \
	}
#define FILTER_OPTION_PORT(struct_, field, what)                                                   \
	{                                                                                          \
		"port", "PORT",                                                                    \
			"only " what " of this port, FIRST-LAST, or either with /PROTOCOL",        \
			OPTION_PARSED(struct_, field, filter_options_port)                         \
	}
#define FILTER_OPTION_POD(struct_, field, what)                                                    \
	{                                                                                          \
		"pod", "NAMESPACE/NAME",                                                           \
			"only " what " of this pod; NAME: in any namespace; * is anything",        \
			OPTION_PARSED(struct_, field, filter_options_pod)                          \
	}
#define FILTER_OPTION_UNIT(struct_, field, what)                                                   \
	{                                                                                          \
		"unit", "UNIT", "only " what " of this systemd unit; * is anything",               \
			OPTION_TEXT(struct_, field)                                                \
	}
#define FILTER_OPTION_PROTOCOL(struct_, field, what)                                               \
	{                                                                                          \
		"protocol", "tcp|udp|udplite|sctp|dccp", "only " what " of this protocol",         \
			OPTION_PARSED(struct_, field, filter_options_protocol)                     \
	}
