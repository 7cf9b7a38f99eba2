# SPDX-License-Identifier: MIT
#
# gojq -r -f normalise.jq: the document of `hostportctl coverage --json` without
# what no kernel decides (its own name, the titles), a way on each line, so that
# two of them can be compared and a difference can be read. What it prints is
# JSON, and comes out of it unchanged.
def lines: map("\n  " + (del(.title?) | tojson)) | join(",");
"{\n \"ways\": [\(.ways | lines)\n ],\n \"absent\": [\(.absent | lines)\n ],\n \"findings\": [\(.findings | map("\n  " + tojson) | join(","))\n ]\n}"
