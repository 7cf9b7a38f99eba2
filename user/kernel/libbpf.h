/* SPDX-License-Identifier: MIT */
/* libbpf, for the files of this folder and no others. */
#pragma once

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
