# SPDX-License-Identifier: MIT
#
# draw.awk: candidates of mutate.awk in the order in which they are tried, with -v n=N -v seed=SEED.
# The files take turns until N have a place, so each has as many as the others, if it has so many.
# In front of each line stands how many of its file are to count. One that doesn't compile does not
# count, and the next of its file takes its place. FILE "equivalent" is read first: see equivalent.tsv.

function shuffle(list, len,    i, at, other) {
	for (i = len; i > 1; i--) {
		at = 1 + int(rand() * i)
		other = list[i]
		list[i] = list[at]
		list[at] = other
	}
}

BEGIN { FS = "\t"; srand(seed) }

FILENAME ~ /equivalent\.tsv$/ {
	if (!/^#/ && NF)
		equivalent[$1, $2, $3, $4]
	next
}

($1, $3, $5, $6) in equivalent { next }

!($1 in len) { files[++files_len] = $1 }
{ line[$1, ++len[$1]] = $0 }

END {
	shuffle(files, files_len)
	for (given = -1; given != total && total < n;) {
		given = total
		for (i = 1; i <= files_len && total < n; i++)
			if (quota[files[i]] < len[files[i]]) {
				quota[files[i]]++
				total++
			}
	}
	for (i = 1; i <= files_len; i++) {
		for (j = 1; j <= len[files[i]]; j++)
			list[j] = line[files[i], j]
		shuffle(list, len[files[i]])
		for (j = 1; quota[files[i]] && j <= len[files[i]]; j++)
			print quota[files[i]] "\t" list[j]
	}
}
