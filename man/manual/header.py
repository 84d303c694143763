# SPDX-License-Identifier: MIT
"""The public symbols of a header, each with its comment and its code."""
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import command, source
from . import comment as comments

FUNCTION, TYPE, MACRO, COMMAND = "function", "type", "macro", "command"


@dataclass
class Symbol:
    """A function, a structure or enumeration, a macro, or a command of ioctl()."""
    name: str
    kind: str
    code: str
    header: Path
    comment: comments.Comment = None
    note: str = ""  # an ordinary comment above
    constants: list = field(default_factory=list)  # the names in an enumeration


def _public(name):
    return re.match(r"kplug(_|$)|KPLUG_|module_kplug|MODULE_KPLUG", name) is not None


def _constants(code):
    """The names in an enumeration."""
    return [name for name in re.findall(r"^\s+(\w+)(?=,| =|$)", code, re.M) if _public(name)]


def _plain(lines):
    """The text of a comment's lines."""
    text = [re.sub(r"^\s*/?\*+/? ?", "", line) for line in lines]
    text[-1] = re.sub(r"\s*\*/$", "", text[-1])
    return [line.rstrip() for line in text]


class Header:
    """Reads one header, as a plugin or a program sees it."""

    def __init__(self, path, kernel):
        self.path = path
        self.symbols = []
        self.docs = {}
        self._lines = source.expand(source.side(path.read_text(), kernel))
        self._at = 0
        self._comment = None  # of the next declaration
        self._note = ""
        while self._at < len(self._lines):
            self._item()

    def _take(self, last):
        """The lines from here to the first for which last() holds."""
        start = self._at
        while not last(self._lines[self._at]):
            self._at += 1
        self._at += 1
        return self._lines[start:self._at]

    def _item(self):
        line = self._lines[self._at]
        if line.startswith("/*"):
            self._take_comment(self._take(lambda one: one.endswith("*/")))
        elif line.startswith("#define"):
            self._take_macro(self._take(lambda one: not one.endswith("\\")))
        elif re.match(r"(struct|enum) \w+ \{", line):
            self._take_type(self._take(lambda one: one == "};"))
        elif re.fullmatch(r"struct \w+;", line):
            self._take_forward(self._take(lambda one: True)[0])
        elif re.match(r"[a-z_]\w*[ *].*\(", line, re.I) and not line.startswith("extern"):
            self._take_function(self._take(lambda one: one == "{" or one.endswith(");")))
        else:
            if not line:
                self._comment, self._note = None, ""
            self._at += 1

    def _take_comment(self, lines):
        if not lines[0].startswith("/**"):
            self._note = "\n".join(lines)
            return
        comment = comments.parse(_plain(lines)[1:-1])
        if comment.brief:
            self._comment = comment
        else:
            self.docs[comment.title] = comment

    def _add(self, name, kind, code):
        if not _public(name):
            self._comment = None
            return
        if self._comment and self._comment.title != name:
            raise ValueError(f"{self.path}: the comment of {name} is about {self._comment.title}")
        self.symbols.append(Symbol(name, kind, code, self.path, self._comment, self._note,
                                   _constants(code) if code.startswith("enum ") else []))
        self._comment = None

    def _take_macro(self, lines):
        match = re.match(r"#define (\w+)(\([^)]*\))?\s*(.*)", lines[0])
        name, arguments, value = match.groups()
        if not (arguments or value):  # the guard of the header
            return
        code = f"#define {name}{arguments}" if arguments else f"#define {name}"
        if not arguments and len(lines) == 1:
            code = lines[0]
        self._add(name, MACRO, code)

    def _take_type(self, lines):
        self._add(lines[0].split()[1], TYPE, "\n".join(lines))
        for line in lines:
            match = re.match(r'#include "(.+\.def)"', line)
            if match:
                self._take_commands(self.path.parent / match[1])

    def _take_commands(self, path):
        for one in command.read(path):
            comment = comments.Comment(one.name, one.does, blocks=[one.rules()])
            self.symbols.append(Symbol(one.name, COMMAND, one.prototype(), path, comment))

    def _take_forward(self, line):
        if self._note:
            self._add(line.split()[1].rstrip(";"), TYPE, line)

    def _take_function(self, lines):
        code = " ".join(line.strip() for line in lines).removeprefix("static inline ")
        if lines[-1] == "{":
            code = code.removesuffix(" {") + ";"
            self._take(lambda one: one == "}")
        self._add(re.search(r"(\w+)\(", code)[1], FUNCTION, code)
