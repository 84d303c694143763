# SPDX-License-Identifier: MIT
"""Text of comments in the language of man pages."""
import errno
import re

ERRORS = "|".join(name for name in dir(errno) if name.startswith("E"))
MARKED = re.compile(
    r"``(?P<code>.+?)``|@(?P<name>\w+)|\*(?P<word>[a-z]+)\*"
    r"|(?P<function>\b\w+\(\))|(?P<constant>\bKPLUG_[A-Z0-9_]+\b\*?)"
    rf"|(?P<error>(?<!\w)-?(?:{ERRORS})\b)")


def plain(text):
    """Characters that mean something else there."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text)


def _font(match):
    kind, text = match.lastgroup, plain(match[match.lastgroup])
    if kind in ("name", "word"):
        return rf"\fI{text}\fP"
    if kind == "function":
        return rf"\fB{text[:-2]}\fP()"
    return rf"\fB{text}\fP"


def marked(text):
    """One paragraph, with names in their fonts."""
    out, end = [], 0
    for match in MARKED.finditer(text):
        out += [plain(text[end:match.start()]), _font(match)]
        end = match.end()
    out.append(plain(text[end:]))
    line = "".join(out)
    return line if not re.match(r"[.']", line) else r"\&" + line


def code(text):
    """Lines as they are."""
    return [".nf", *(plain(line.replace("\t", " " * 8)) for line in text.splitlines()), ".fi"]


def _items(lines, mark):
    """A list: each item begins with a mark, and may go on in further lines."""
    items = []
    for line in lines:
        match = re.match(mark, line)
        if match:
            items.append([match[1], line[match.end():]])
        else:
            items[-1][1] += " " + line.strip()
    return [text for one, text in items
            for text in (f'.IP "{BULLETS.get(one, one)}" 4', marked(text))]


BULLETS = {"-": r"\[u2022]"}
ITEM = r"\s*(-|\d+\.) +"


def _literal(lines):
    """Lines below '::', shown as they are."""
    margin = min(len(re.match(r"\s*", line)[0]) for line in lines if line)
    text = "\n".join(line[margin:] for line in lines).strip("\n")
    return [".PP", ".RS 4", *code(text), ".RE"]


def blocks(paragraphs):
    """The paragraphs of a comment."""
    out = []
    for lines in paragraphs:
        tag = re.match(r"(Return|Context): +(.*)", lines[0])
        if tag:
            out += [".TP", f".B {tag[1]}", marked(" ".join([tag[2], *map(str.strip, lines[1:])]))]
        elif re.match(ITEM, lines[0]):
            out += _items(lines, ITEM)
        elif lines[0][0].isspace():
            out += _literal(lines)
        else:
            text = " ".join(line.strip() for line in lines)
            out += [".PP", marked(re.sub(r"::$", ":", text))]
    return out
