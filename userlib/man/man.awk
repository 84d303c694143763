# SPDX-License-Identifier: MIT
# Writes the man pages of section 3 from the comments of the library's headers.
# Usage: awk -v dir=OUT -v version=VERSION -f man.awk kplug.h kplug/device.h ...

function quote(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

# "@name" and "*word*" in italics, "function()" in bold.
function mark(text,    out, word) {
	text = quote(text)
	out = ""
	while (match(text, /@[a-z_0-9]+|\*[a-z]+\*|kplug_[a-z_0-9]+\(\)/)) {
		word = substr(text, RSTART, RLENGTH)
		out = out substr(text, 1, RSTART - 1)
		if (sub(/\*$/, "", word) || word ~ /^@/)
			out = out "\\fI" substr(word, 2) "\\fP"
		else
			out = out "\\fB" substr(word, 1, length(word) - 2) "\\fP()"
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}

function say(text) {
	print text > page
}

# Functions that the text names, except the page's own.
function note_links(text,    word) {
	while (match(text, /kplug_[a-z_0-9]+\(\)/)) {
		word = substr(text, RSTART, RLENGTH - 2)
		if (word != name && !(word in linked)) {
			linked[word] = 1
			links[++num_links] = word
		}
		text = substr(text, RSTART + RLENGTH)
	}
}

function begin_page(title, brief) {
	page = dir "/" title ".3"
	printf "" > page
	say(".\\\" Made from the comments of kplug.h and the headers that it includes.")
	say(".TH " toupper(title) " 3 \"\" \"kplug " version "\" \"kplug manual\"")
	say(".SH NAME")
	say(title " \\- " mark(brief))
}

function begin_synopsis() {
	say(".SH SYNOPSIS")
	say(".nf")
	say(".B #include <kplug.h>")
	say(".PP")
	say(".ft B")
}

function end_synopsis() {
	say(".ft P")
	say(".fi")
}

function write_parameters(heading,    i) {
	if (!num_params)
		return
	say(".SH " heading)
	for (i = 1; i <= num_params; i++) {
		say(".TP")
		say(".I " params[i])
		say(mark(param_text[i]))
	}
}

# The paragraphs of the description; "Return:" starts a section.
function write_body(    i, text, shown) {
	for (i = 1; i <= num_paras; i++) {
		text = paras[i]
		if (text == "")
			continue
		if (sub(/^Return: */, "", text)) {
			say(".SH RETURN VALUE")
			text = toupper(substr(text, 1, 1)) substr(text, 2)
		} else if (!shown++) {
			say(".SH DESCRIPTION")
		} else {
			say(".PP")
		}
		say(mark(text))
	}
}

function write_links(    i) {
	say(".SH SEE ALSO")
	for (i = 1; i <= num_links; i++)
		say(".BR " links[i] " (3),")
	say(".BR libkplug (3),")
	say(".BR kplug (1)")
	close(page)
}

# Structures of this header that the prototype names.
function note_structs(    i) {
	for (i = 1; i <= num_structs; i++)
		if (index(code, "struct " structs[i] " "))
			note_links(structs[i] "()")
}

function write_page() {
	begin_page(name, brief)
	begin_synopsis()
	say(quote(code))
	end_synopsis()
	write_parameters(is_struct ? "MEMBERS" : "ARGUMENTS")
	write_body()
	if (is_struct) {
		structs[++num_structs] = name
	} else {
		note_structs()
		functions[++num_functions] = name
		briefs[num_functions] = brief
	}
	write_links()
}

function write_overview(    i) {
	name = "libkplug"
	begin_page(name, "use a device's interrupts, registers and plugin from a program")
	begin_synopsis()
	say(".ft P")
	say("Compile and link with `pkg\\-config \\-\\-cflags \\-\\-libs libkplug`.")
	say(".fi")
	for (i = 1; i <= num_docs; i++) {
		say(".SH " toupper(docs[i]))
		say(doc_text[i])
	}
	say(".SH FUNCTIONS")
	for (i = 1; i <= num_functions; i++) {
		say(".TP")
		say(".BR " functions[i] " (3)")
		say(mark(briefs[i]))
	}
	num_links = 0
	say(".SH SEE ALSO")
	say(".BR kplug (1)")
	close(page)
}

# The paragraphs of a DOC comment, which libkplug(3) shows under its title.
function keep_doc(    i, text) {
	for (i = 1; i <= num_paras; i++)
		if (paras[i] != "")
			text = text (text == "" ? "" : "\n.PP\n") mark(paras[i])
	doc_text[num_docs] = text
}

function reset() {
	delete linked
	num_params = num_paras = num_links = 0
	name = brief = code = ""
	in_params = is_struct = is_doc = 0
}

# A line of a comment, without its asterisk.
function take_comment(text) {
	note_links(text)
	if (name == "") {
		if (sub(/^DOC: /, "", text)) {
			is_doc = 1
			name = "DOC"
			docs[++num_docs] = text
			return
		}
		is_struct = sub(/^struct /, "", text)
		name = text
		sub(/(\(\))? - .*/, "", name)
		brief = text
		sub(/^[^-]* - /, "", brief)
		num_links = 0	# its own name
		return
	}
	if (text ~ /^@[a-z_0-9]+:/) {
		num_params++
		params[num_params] = text
		sub(/:.*/, "", params[num_params])
		sub(/^@/, "", params[num_params])
		sub(/^@[a-z_0-9]+: */, "", text)
		param_text[num_params] = text
		in_params = 1
		return
	}
	if (text == "") {
		in_params = 0
		paras[++num_paras] = ""
		return
	}
	sub(/^[ \t]+/, "", text)
	if (in_params)
		param_text[num_params] = param_text[num_params] " " text
	else if (num_paras && paras[num_paras] != "")
		paras[num_paras] = paras[num_paras] " " text
	else
		paras[num_paras ? num_paras : ++num_paras] = text
}

# A line of the code below the comment. Returns whether the declaration is complete.
function take_code(line) {
	if (!is_struct)
		sub(/^static inline /, "", line)
	if (!is_struct && line == "{") {
		code = code ";"
		return 1
	}
	code = code (code == "" ? "" : "\n") line
	return is_struct ? line == "};" : line ~ /;$/
}

/^\/\*\*$/ {
	reset()
	state = "comment"
	next
}

state == "comment" && /^ \*\/$/ {
	if (is_doc)
		keep_doc()
	state = is_doc ? "" : "code"
	next
}

state == "comment" {
	sub(/^ \* ?/, "")
	take_comment($0)
	next
}

state == "code" {
	if (take_code($0)) {
		# The members of struct kplug are private to the library.
		if (name != "kplug")
			write_page()
		state = ""
	}
}

END {
	write_overview()
}
