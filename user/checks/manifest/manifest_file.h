/* SPDX-License-Identifier: MIT */
/* Reads the documents of a file. Pure. */
#pragma once

#include "../../registry/yaml.h"
#include "manifest_finding.h"

/*
 * Read what a file holds into the model. `file` is its name, in the model's arena.
 * What is wrong with it is a finding; 0, or -ENOMEM.
 */
int manifest_file_read(struct model *model, struct findings *findings, const char *file,
		       const char *text, size_t len);

/* The same of a file of any length, which read() gives: see yaml_stream_read(). */
int manifest_file_read_long(struct model *model, struct findings *findings, const char *file,
			    yaml_read_fn read, void *data);
