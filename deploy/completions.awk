# SPDX-License-Identifier: MIT
#
# A help text as lines of fields, which tabs separate:
#   verb    PATH NAME HELP
#   option  PATH LETTER NAME KIND WORDS HELP    LETTER and WORDS may be empty
#   operand PATH KIND WORDS
# PATH is the verbs before it. KIND is flag; words, of which WORDS are all; list, of which WORDS may stand with commas
# between them; file, or one of WORDS; port; text.
function put_option() {
	if (name != "") print "option\t" path "\t" letter "\t" name "\t" kind(arg) "\t" words(arg) "\t" help
	name = ""
}

function kind(arg) {
	if (arg == "") return "flag"
	if (arg ~ /^CLASS/) return "list"
	if (arg ~ /FILE|DIR|PATH/) return "file"
	if (arg ~ /(^|\])PORT(\[|$)/ || arg ~ /^PORT\|FIRST/) return "port"
	return words(arg) == "" ? "text" : "words"
}

function words(arg,    part, n, i, out) {
	if (arg ~ /^CLASS/) return classes
	if (arg == "FORMAT") return formats
	n = split(arg, part, "|")
	for (i = 1; i <= n; i++) {
		if (part[i] ~ /^builtin:/) part[i] = layers
		else if (part[i] !~ /^([a-z][a-z0-9-]*|E[A-Z]+)$/) continue
		out = out (out == "" ? "" : " ") part[i]
	}
	return out
}

# The first operand of the usage that can be completed.
function put_operand(usage,    part, n, i) {
	gsub(/[^ ]*--[^ ]*/, "", usage)
	n = split(usage, part, " ")
	for (i = 1; i <= n; i++) {
		gsub(/^\[|\]$|\.\.\.$/, "", part[i])
		if (part[i] ~ /^(VERB|options)/) continue
		if (kind(part[i]) == "text") continue
		print "operand\t" path "\t" kind(part[i]) "\t" words(part[i])
		return
	}
}

/^Usage: / {
	sub(/^Usage: [^ ]+/, "")
	n = split(path, verbs_of_path, " ")
	for (i = 1; i <= n; i++) sub(/^ [^ ]+/, "")
	put_operand($0)
}

in_verbs && /^$/ { in_verbs = 0 }
in_verbs { verb = $1; sub(/^ +[^ ]+ +/, ""); print "verb\t" path "\t" verb "\t" $0 }
/^verbs:$/ { put_option(); in_verbs = 1 }

/^  (-[A-Za-z], )?--/ {
	put_option()
	line = substr($0, 3)
	letter = line ~ /^-[A-Za-z],/ ? substr(line, 2, 1) : ""
	if (letter != "") line = substr(line, 5)
	at = match(line, /  +/)
	help = at ? substr(line, at + RLENGTH) : ""
	if (at) line = substr(line, 1, at - 1)
	sub(/^--/, "", line)
	at = match(line, /=|\[/)
	name = at ? substr(line, 1, at - 1) : line
	arg = at ? substr(line, at) : ""
	gsub(/^\[?=|\]$/, "", arg)
	next
}
/^                            [^ ]/ && name != "" { help = help (help == "" ? "" : " ") substr($0, 29) }
/^$/ { put_option() }
END { put_option() }
