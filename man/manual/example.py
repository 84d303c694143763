# SPDX-License-Identifier: MIT
"""Excerpts from programs of the tree, which the tests compile and run."""
import re


def _body(text):
    """A program without the comment on its top."""
    return re.sub(r"\A(//[^\n]*\n)?(/\*.*?\*/\n)?", "", text, flags=re.S).strip("\n")


def _definition(text, name):
    """The function or variable of this name, with the comment above it."""
    pattern = rf"^(?:/\*(?:(?!\*/).)*\*/\n)?(?:(?!/\*)\S[^\n;{{]*\b){name}\b[^\n;]*\n?[^;]*?"
    found = re.search(pattern + r"\{\n(?:.*?\n)??\};?$", text, re.S | re.M)
    if not found:
        raise ValueError(f"there is no {name}")
    return found[0]


def read(top, place):
    """The text that a topic asks for: a file, and perhaps names of definitions in it."""
    text = (top / place[0]).read_text()
    if len(place) == 1:
        return _body(text)
    try:
        return "\n\n".join(_definition(text, name) for name in place[1:])
    except ValueError as error:
        raise ValueError(f"{place[0]}: {error}") from None
