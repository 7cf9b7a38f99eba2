/* SPDX-License-Identifier: MIT */
/* Rows of process "p", and lists of them, for the tests of the rules of lint. */
#pragma once

#include "lint_cases.h"

#define TCP(ports, keys) "{protocol: tcp, ports: " ports ", process: p" keys "},"
#define UDP(ports, keys) "{protocol: udp, ports: " ports ", process: p" keys "},"
#define ENTRIES(rows)	 "entries: [" rows "]"
#define LINES(rows)	 "entries: [\n" rows "]"
#define RANGES(rows)	 "ranges: [" rows "]\n"
#define RETIRED(ports)	 "retired: [{protocol: tcp, ports: " ports ", process: q, removed: '4.1'}]"
#define GENERAL		 RANGES("{protocol: tcp, ports: 9000-9999}")
#define LOCALHOST	 ", scope: localhost"
#define EXTERNAL_TABLE	 ", table: external"
#define WORKER		 ", role: worker"
#define CONTROL_PLANE	 ", role: control-plane"
#define YES		 ", control_plane: 'yes'"
#define NO		 ", control_plane: 'no'"
#define ON(platforms)	 ", platforms: [" platforms "]"
#define NOTES(text)	 ", notes: '" text "'"
#define FULL		 ", team: t, since: '4.1'" /* nothing is missing */
