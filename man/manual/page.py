# SPDX-License-Identifier: MIT
"""Writes one page of the manual, and its other names."""
import re
import textwrap

from . import example, roff
from .header import COMMAND, FUNCTION, MACRO

WIDTH = 72  # of code, which the page indents
HARD = "\N{NO-BREAK SPACE}"
OVERVIEW = {"3": "libkplug", "4": "kplug", "9": "kplug"}
DEVICE_HEADER = "#include <uapi/kplug_abi.h>"
# What a reader of the library's sources has to know.
LIBRARY_NOTE = "kplug_ioctl() calls ioctl(2) for the device, and returns -errno on failure."


def _without_digits(name):
    return re.sub(r"\d+$", "", name)


def _includes(topic):
    """The headers that a source includes to use the symbols."""
    if topic.section == "4":
        commands = any(symbol.kind == COMMAND for symbol in topic.symbols)
        return ["#include <sys/ioctl.h>"] * commands + [DEVICE_HEADER]
    names = {symbol.header.name for symbol in topic.symbols}
    common = {"handler.h", "chunk.h"}
    lines = [f"kplug/{name}" for name in sorted(names & common, reverse=True)]
    if topic.section == "3":
        lines = (["kplug.h"] if names - {"chunk.h"} else []) + lines
    elif names - common:
        lines = [f"kplug/{name}" for name in sorted(names)]
    return [f"#include <{line}>" for line in lines if line != "kplug/handler.h"
            or topic.section == "9" or names == {"handler.h"}]


def _prototype(code):
    """The lines of a function's declaration, with the arguments below each other."""
    if len(code) <= WIDTH:
        return [code]
    kind, name, arguments = re.fullmatch(r"(.*?)(\w+\()(.*)", code).groups()
    # An argument stays on one line: its spaces are no places to break.
    arguments = arguments.replace(" ", HARD).replace("," + HARD, ", ")
    own_line = len(kind + name) + max(map(len, arguments.split(" "))) > WIDTH
    start = name if own_line else (kind + name).replace(" ", HARD)
    lines = textwrap.wrap(start + arguments, WIDTH, subsequent_indent=" " * len(start),
                          break_long_words=False, break_on_hyphens=False)
    return [kind.strip()] * own_line + [line.replace(HARD, " ") for line in lines]


def _synopsis(topic):
    lines = [*_includes(topic)]
    before = None
    for symbol in topic.symbols:
        together = symbol.kind == MACRO and before and before.kind == MACRO
        if not together or symbol.note != before.note:
            lines.append("")
            lines += symbol.note.split("\n") if symbol.note and not symbol.comment else []
        code = symbol.code
        called = symbol.kind in (FUNCTION, COMMAND)
        lines += _prototype(code) if called else code.split("\n")
        before = symbol
    return [".SH SYNOPSIS", *roff.code("\n".join(lines))]


def _title(symbol):
    if symbol.kind == FUNCTION:
        return symbol.name + "()"
    if symbol.kind == COMMAND:
        return symbol.name
    if symbol.kind == MACRO:
        return symbol.code.split()[1].partition("(")[0] + "()"
    return symbol.code.split()[0] + " " + symbol.name


def _described(symbol):
    comment = symbol.comment
    brief = comment.brief[0].upper() + comment.brief[1:]
    out = [f'.SS "{roff.plain(_title(symbol))}"', roff.marked(brief + ".")]
    for name, text in comment.arguments:
        font = "B" if name.isupper() else "I"
        out += [".TP", rf"\f{font}{roff.plain(name)}\fP", roff.marked(text)]
    return out + roff.blocks(comment.blocks)


def _check(topic, docs):
    """Each symbol is described by its own comment or by one of the page."""
    text = " ".join(line for doc in docs for block in doc.blocks for line in block)
    for symbol in topic.symbols:
        beside = symbol.kind == MACRO and "/*" in symbol.code
        if not (symbol.comment or symbol.note or beside
                or _without_digits(symbol.name) in text):
            raise ValueError(f"{symbol.header}: no comment says what {symbol.name} is")
        _check_constants(symbol)


def _check_constants(symbol):
    """The comment above an enumeration describes each constant."""
    described = [name for name, _ in symbol.comment.arguments] if symbol.comment else []
    for name in symbol.constants if symbol.comment else []:
        if name not in described:
            raise ValueError(f"{symbol.header}: no comment says what {name} is")


def _description(topic, docs):
    out = [".SH DESCRIPTION"]
    for doc in docs:
        body = roff.blocks(doc.blocks)
        out += body[1:] if len(out) == 1 and body[0] == ".PP" else body
    for symbol in topic.symbols:
        if symbol.comment:
            out += _described(symbol)
    return out


def _example(topic, top):
    if not topic.example:
        return []
    note = [".PP", roff.marked(LIBRARY_NOTE)] if topic.example[0].startswith("userlib/") else []
    return [".SH EXAMPLES", f"From {roff.plain(topic.example[0])}:", ".PP",
            *roff.code(example.read(top, topic.example)), *note]


def _see(topic, pages):
    names = [pages.reference(name, topic.section) for name in topic.see]
    names.append(f"{OVERVIEW[topic.section]}({topic.section})")
    return [".SH SEE ALSO", *references(names)]


def references(names):
    """A list of pages, as 'NAME(3)'."""
    split = [re.fullmatch(r"([\w-]+)\((\w+)\)", name).groups() for name in names]
    lines = [f".BR {roff.plain(name)} ({section})" for name, section in split]
    return [line + "," for line in lines[:-1]] + lines[-1:]


def head(name, section, names, brief, pages):
    """The beginning of each page."""
    return [r'.\" Made from the comments of the headers by man/make.',
            f'.TH {name.upper()} {section} "{pages.date}" "kplug {pages.version}" "kplug manual"',
            ".nh", ".ad l", ".SH NAME", f"{', '.join(names)} \\- {roff.marked(brief)}"]


def page(topic, docs, pages):
    """The lines of a page."""
    _check(topic, docs)
    names = [symbol.name for symbol in topic.symbols if symbol.kind != MACRO or symbol.comment]
    names = list(dict.fromkeys([topic.name, *names]))
    return [*head(topic.name, topic.section, names, topic.brief, pages), *_synopsis(topic),
            *_description(topic, docs), *_example(topic, pages.top), *_see(topic, pages)]


def _contents(topic):
    """What is on a page: its brief, and the commands."""
    commands = [symbol.name for symbol in topic.symbols if symbol.kind == COMMAND]
    return topic.brief + (": " + ", ".join(commands) if commands else "")


def overview(section, brief, docs, topics, pages):
    """The page that leads to all others of a section."""
    out = head(OVERVIEW[section], section, [OVERVIEW[section]], brief, pages)
    if section == "3":
        out += [".SH SYNOPSIS", ".nf", ".B #include <kplug.h>", ".fi", ".PP", "Compile and link "
                "with", r"\fBpkg\-config \-\-cflags \-\-libs libkplug\fP."]
    if section == "4":
        out += [".SH SYNOPSIS", ".nf", f".B {DEVICE_HEADER}", ".fi", ".PP", "Compile with",
                r"\fBpkg\-config \-\-cflags libkplug\fP."]
    for doc in docs:
        body = roff.blocks(doc.blocks)
        out += [f".SH {roff.plain(doc.title.upper())}", *(body[1:] if body[0] == ".PP" else body)]
    out.append(".SH PAGES")
    for topic in topics:
        out += [".TP", f".BR {topic.name} ({section})", roff.marked(_contents(topic))]
    others = [f"{name}({number})" for number, name in OVERVIEW.items() if number != section]
    return [*out, ".SH SEE ALSO", *references([*others, "kplug(1)", "kplug-map(1)"])]
