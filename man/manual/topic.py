# SPDX-License-Identifier: MIT
"""The list of pages: which symbols are on which page."""
import fnmatch
import re
from dataclasses import dataclass, field


@dataclass
class Topic:
    """A page, before it is written."""
    name: str
    section: str
    brief: str = ""
    names: list = field(default_factory=list)
    docs: list = field(default_factory=list)
    example: list = field(default_factory=list)  # a file, and functions in it
    see: list = field(default_factory=list)
    symbols: list = field(default_factory=list)


def read(path):
    """The topics of the file, and the symbols that have no page, each with the reason."""
    topics, hidden = [], {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word, _, value = line.partition(":")
        value = value.strip()
        if not line or line.startswith("#"):
            continue
        if word == "page":
            match = re.fullmatch(r"(\w+)\((\d)\)", value)
            topics.append(Topic(match[1], match[2]))
        elif word == "hidden":
            name, _, reason = value.partition(" ")
            hidden[name] = reason
        elif word == "brief":
            topics[-1].brief = value
        elif word == "doc":
            topics[-1].docs.append(value)
        elif word in ("names", "example", "see"):
            getattr(topics[-1], word).extend(value.split())
        else:
            raise ValueError(f"{path}:{number}: '{word}' is not a word of this list")
    return topics, hidden


def _named(pattern, symbols):
    found = [symbol for symbol in symbols if fnmatch.fnmatchcase(symbol.name, pattern)]
    if not found:
        raise ValueError(f"no header has {pattern}, which man/topics names")
    return found


def distribute(topics, symbols, hidden):
    """Gives each topic of one section its symbols; each symbol goes to one topic."""
    places = {}
    for topic in topics:
        for pattern in topic.names:
            for symbol in _named(pattern, symbols):
                if places.setdefault((symbol.name, symbol.kind), topic) is not topic:
                    raise ValueError(f"{symbol.name} is on two pages")
                if symbol not in topic.symbols:
                    topic.symbols.append(symbol)
    lost = sorted({symbol.name for symbol in symbols
                   if (symbol.name, symbol.kind) not in places and symbol.name not in hidden})
    if lost:
        raise ValueError(f"man/topics has no page for {', '.join(lost)}")
