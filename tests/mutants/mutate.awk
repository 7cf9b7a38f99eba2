# SPDX-License-Identifier: MIT
#
# mutate.awk: the single changes that one can make to the functions of C files, a line each:
# file, line, function, kind, the line as it is and as it would be, with tabs between them. The
# lines have no indentation. Strings, comments and what stands outside of functions stay as they
# are. It knows the style of this tree: a body is from a line { to the next line }.

# The line with blanks in place of strings, characters and comments: each column keeps its place.
function blank(line,    i, c, out, quote) {
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			if (substr(line, i, 2) == "*/") {
				in_comment = 0
				out = out " "
				i++
			}
			out = out " "
		} else if (quote != "") {
			if (c == "\\") {
				out = out " "
				i++
			} else if (c == quote) {
				quote = ""
			}
			out = out " "
		} else if (substr(line, i, 2) == "/*") {
			in_comment = 1
			out = out "  "
			i++
		} else if (substr(line, i, 2) == "//") {
			break
		} else if (c == "\"" || c == "\x27") {
			quote = c
			out = out " "
		} else {
			out = out c
		}
	}
	return out
}

function trim(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	gsub(/\t/, " ", text)
	return text
}

function emit(kind, changed) {
	print file "\t" at_line "\t" name "\t" kind "\t" trim(line) "\t" trim(changed)
}

# The line with other text in place of `len` characters at `at`.
function splice(at, len, text) { return substr(line, 1, at - 1) text substr(line, at + len) }

# Each place of a word in the code becomes another.
function swap(kind, from, to,    rest, at, base) {
	rest = code
	while ((at = index(rest, from)) > 0) {
		emit(kind, splice(base + at, length(from), to))
		base += at + length(from) - 1
		rest = substr(code, base + 1)
	}
}

function swap_words(kind, from, to,    rest, at, base, before, after) {
	rest = code
	while ((at = index(rest, from)) > 0) {
		before = substr(code, base + at - 1, 1)
		after = substr(code, base + at + length(from), 1)
		if (before !~ /[A-Za-z0-9_]/ && after !~ /[A-Za-z0-9_]/)
			emit(kind, splice(base + at, length(from), to))
		base += at + length(from) - 1
		rest = substr(code, base + 1)
	}
}

# Each decimal number, but of { 0 }: that one is a way to say "empty".
function constants(    rest, base, number, before, after) {
	rest = code
	while (match(rest, /[0-9]+/)) {
		number = substr(rest, RSTART, RLENGTH)
		before = substr(code, 1, base + RSTART - 1)
		after = substr(rest, RSTART + RLENGTH)
		if (before !~ /[A-Za-z0-9_.]$/ && after !~ /^[xX.A-KM-TV-Za-km-tv-z_]/ &&
		    !(before ~ /\{ $/ && number == "0" && after ~ /^ \}/))
			emit("constant", splice(base + RSTART, RLENGTH, number + 1))
		base += RSTART + RLENGTH - 1
		rest = substr(code, base + 1)
	}
}

# The end of the bracket that opens at `at`, or 0 if it is not on this line.
function bracket_end(at,    depth, c) {
	for (; at <= length(code); at++) {
		c = substr(code, at, 1)
		depth += (c == "(") - (c == ")")
		if (depth == 0)
			return at
	}
	return 0
}

function conditions(    at, end) {
	if (!match(code, /(^|[^A-Za-z0-9_])if \(/))
		return
	at = RSTART + RLENGTH - 1
	end = bracket_end(at)
	if (!end)
		return
	emit("condition", splice(at, end - at + 1, "(0)"))
	emit("condition", splice(at, end - at + 1, "(1)"))
}

function indent(    at) {
	match(line, /^[ \t]*/)
	return substr(line, 1, RLENGTH)
}

# A call or an assignment that is one line, and no declaration.
function is_statement(text,    balance) {
	if (text !~ /;$/ || text ~ /^(return|goto|break|continue|if|for|while|do|else|switch|case|default|sizeof)([^A-Za-z0-9_]|$)/)
		return 0
	balance = gsub(/\(/, "(", text) - gsub(/\)/, ")", text)
	if (balance != 0)
		return 0
	return text ~ /^(\(void\))?[A-Za-z_][A-Za-z0-9_.>-]*\(.*\);$/ ||
		text ~ /^[(*]*[A-Za-z_][^ ;]* (=|[-+*\/|&^%]=|<<=|>>=) .*;$/ ||
		text ~ /^(\+\+|--)[^ ;=]+;$/ || text ~ /^[(*]*[A-Za-z_][^ ;=]*(\+\+|--);$/
}

function returns() {
	if (match(code, /return (-E[A-Z0-9]+|r);/))
		emit("return", splice(RSTART, RLENGTH, "return 0;"))
}

function statements() {
	if (is_statement(trim(code)) || code ~ /^[ \t]*(break|continue);[ \t]*$/)
		emit("statement", indent() ";")
}

# All changes of a line.
function change() {
	conditions()
	swap("condition", " == ", " != ")
	swap("condition", " != ", " == ")
	swap("condition", "&&", "||")
	swap("condition", "||", "&&")
	swap("bound", " < ", " <= ")
	swap("bound", " <= ", " < ")
	swap("bound", " > ", " >= ")
	swap("bound", " >= ", " > ")
	swap("arithmetic", " + ", " - ")
	swap("arithmetic", " - ", " + ")
	swap_words("boolean", "true", "false")
	swap_words("boolean", "false", "true")
	constants()
	returns()
	statements()
}

# All changes of a file. Its lines are in `lines`.
function change_file(len,    in_body, head) {
	in_comment = 0
	for (at_line = 1; at_line <= len; at_line++) {
		line = lines[at_line]
		code = blank(line)
		if (line ~ /^\{/) {
			in_body = 1
			name = head
			sub(/\(.*/, "", name)
			sub(/^.*[ *]/, "", name)
		} else if (line ~ /^\}/) {
			in_body = 0
		} else if (!in_body && line ~ /^[A-Za-z_].*\(/ && line !~ /;[ \t]*$/) {
			head = line
		} else if (in_body && line !~ /^#/ && code !~ /^[ \t]*$/) {
			change()
		}
	}
	split("", lines)
}

FNR == 1 { change_file(len); file = FILENAME }
{ lines[len = FNR] = $0 }
END { change_file(len) }
