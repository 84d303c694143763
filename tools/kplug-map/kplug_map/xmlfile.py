# SPDX-License-Identifier: MIT
"""XML files: small trees with the numbers of lines, and without entities or namespaces."""
from xml.parsers import expat

from .report import BadFile

MAX_DEPTH = 64
MAX_ELEMENTS = 2_000_000


class Element:
    """One element: `tag` and attributes without their namespace."""

    __slots__ = ("tag", "attributes", "children", "text", "line")

    def __init__(self, tag, attributes, line, children=None, text=""):
        self.tag = tag
        self.attributes = attributes
        self.children = [] if children is None else children
        self.text = text
        self.line = line

    def all(self, *tags):
        return [child for child in self.children if child.tag in tags]

    def child(self, *tags):
        return next((child for child in self.children if child.tag in tags), None)

    def path(self, *tags):
        """The elements that a chain of tags leads to."""
        here = [self]
        for tag in tags:
            here = [child for element in here for child in element.all(tag)]
        return here

    def value(self, *tags):
        """The text of the first child with one of the tags, or None."""
        child = self.child(*tags)
        return None if child is None else child.text.strip()

    def get(self, name, otherwise=None):
        return self.attributes.get(name, otherwise)


def _local(name):
    return name.rsplit(":", 1)[-1]


class _Reader:
    def __init__(self, name):
        self.name = name
        self.root = None
        self.stack = []
        self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def refuse(self, why):
        raise BadFile(f"{self.name}:{self.parser.CurrentLineNumber}: {why}")

    def doctype(self, *_):
        self.refuse("the file has a DOCTYPE, and so may have entities; remove it")

    def start(self, tag, attributes):
        self.count += 1
        if len(self.stack) >= MAX_DEPTH or self.count > MAX_ELEMENTS:
            self.refuse(f"more than {MAX_DEPTH} levels or {MAX_ELEMENTS} elements")
        element = Element(_local(tag), {_local(k): v for k, v in attributes.items()},
                          self.parser.CurrentLineNumber)
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, _):
        self.stack.pop()

    def characters(self, text):
        self.stack[-1].text += text


def parse(data, name):
    """The root element of the bytes of a file."""
    reader = _Reader(name)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadFile(f"{name}:{error.lineno}: no XML that can be read: "
                      f"{expat.ErrorString(error.code)}") from None
    except (LookupError, ValueError) as error:  # an encoding that Python lacks
        raise BadFile(f"{name}: {error}") from None
    return reader.root
