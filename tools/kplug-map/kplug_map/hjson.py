# SPDX-License-Identifier: MIT
"""Hjson: JSON with comments, keys and strings without quotes, and commas that may be missing."""
import re

from .report import BadFile

MAX_DEPTH = 64
LITERAL = re.compile(r"(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)"
                     r"(?=\s*(?:[,\]}\n\r]|#|//|/\*|$))")
WORDS = {"true": True, "false": False, "null": None}
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'')
KEY = re.compile(r"[^\s,:\[\]{}\"']+")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Object(dict):
    """An object that knows its line."""

    line = None


def parse(text, name):
    """The value of the text of a file."""
    return _Parser(text, name).parse()


class _Parser:
    def __init__(self, text, name):
        self.text = text
        self.name = name
        self.at = 0
        self.depth = 0

    def parse(self):
        value = self.value()
        self.skip()
        if self.at < len(self.text):
            self.fail("text after the end")
        return value

    def line(self):
        return self.text.count("\n", 0, self.at) + 1

    def fail(self, why):
        raise BadFile(f"{self.name}:{self.line()}: no Hjson: {why}")

    def skip(self, commas=False):
        """Blanks and comments, and in lists commas."""
        while self.at < len(self.text):
            rest = self.text[self.at:self.at + 2]
            if rest[:1].isspace() or (commas and rest[:1] == ","):
                self.at += 1
            elif rest[:1] == "#" or rest == "//":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif rest == "/*":
                end = self.text.find("*/", self.at + 2)
                if end < 0:
                    self.fail("a comment does not end")
                self.at = end + 2
            else:
                return

    def value(self):
        self.skip()
        first = self.text[self.at:self.at + 1]
        if first in ("{", "["):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self.fail(f"more than {MAX_DEPTH} levels")
            result = self.object() if first == "{" else self.list()
            self.depth -= 1
            return result
        if self.text.startswith("'''", self.at):
            return self.long_string()
        if first in ('"', "'"):
            return self.string()
        return self.bare()

    def object(self):
        result = Object()
        result.line = self.line()
        self.at += 1
        while True:
            self.skip(commas=True)
            if self.text[self.at:self.at + 1] == "}":
                self.at += 1
                return result
            key = self.key()
            self.skip()
            if self.text[self.at:self.at + 1] != ":":
                self.fail(f"no colon after {key[:40]!r}")
            self.at += 1
            if key in result:
                self.fail(f"the key {key[:40]!r} is there twice in one object")
            result[key] = self.value()

    def key(self):
        if self.text[self.at:self.at + 1] in ('"', "'"):
            return self.string()
        match = KEY.match(self.text, self.at)
        if not match:
            self.fail("a key is missing" if self.at < len(self.text) else "an object does not end")
        self.at = match.end()
        return match.group()

    def list(self):
        result = []
        self.at += 1
        while True:
            self.skip(commas=True)
            if self.at >= len(self.text):
                self.fail("a list does not end")
            if self.text[self.at] == "]":
                self.at += 1
                return result
            result.append(self.value())

    def long_string(self):
        end = self.text.find("'''", self.at + 3)
        if end < 0:
            self.fail("a string of ''' does not end")
        result = self.text[self.at + 3:end]
        self.at = end + 3
        return result

    def string(self):
        match = STRING.match(self.text, self.at)
        if not match:
            self.fail("a string does not end on its line")
        self.at = match.end()
        text = match.group(1) if match.group(1) is not None else match.group(2)
        return ESCAPE.sub(self.escape, text)

    @staticmethod
    def escape(match):
        mark = match.group(1)
        return chr(int(mark[1:], 16)) if len(mark) == 5 else ESCAPES.get(mark, mark)

    def bare(self):
        """A number or a word; else a string without quotes, which goes to the end of the line."""
        literal = LITERAL.match(self.text, self.at)
        if literal:
            self.at = literal.end()
            word = literal.group(1)
            if word in WORDS:
                return WORDS[word]
            return word if len(word) > 40 or not word.lstrip("-").isdigit() else int(word)
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        result = self.text[self.at:end].strip()
        if not result or result[0] in ",]}:":
            self.fail("a value is missing")
        self.at = end
        return result
