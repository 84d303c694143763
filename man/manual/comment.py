# SPDX-License-Identifier: MIT
"""A comment in the form of the kernel's documentation."""
import re
from dataclasses import dataclass, field

ARGUMENT = re.compile(r"@(\w+):\s*(.*)")
TITLE = re.compile(r"(?:(struct|enum) )?(\w+)(?:\(\))? - (.*)")


@dataclass
class Comment:
    """What a comment says: its title, the arguments or members, and the text below."""
    title: str = ""
    brief: str = ""
    arguments: list = field(default_factory=list)
    blocks: list = field(default_factory=list)  # each the lines of a paragraph


def _take_arguments(lines, comment):
    """Moves the arguments from the lines, and returns the other lines."""
    rest = []
    argument = None
    for line in lines:
        match = ARGUMENT.match(line)
        if match:
            argument = [match[1], match[2]]
            comment.arguments.append(argument)
        elif argument and line.startswith("\t"):
            argument[1] += " " + line.strip()
        else:
            argument = None
            rest.append(line)
    return rest


def _blocks(lines):
    """Paragraphs. What is indented below '::' is one block, with its empty lines."""
    blocks = [[]]
    literal = False
    for line in lines:
        if literal and line and not line[0].isspace():
            literal = False
            blocks.append([])
        if line or literal:
            blocks[-1].append(line)
        else:
            literal = bool(blocks[-1]) and blocks[-1][-1].endswith("::")
            blocks.append([])
        if re.match(r"(Return|Context): ", line) and len(blocks[-1]) > 1:
            blocks.append([blocks[-1].pop()])
    return [block for block in blocks if any(block)]


def parse(lines):
    """The comment of these lines, from which asterisks were taken."""
    comment = Comment()
    first, rest = lines[0], lines[1:]
    if first.startswith("DOC: "):
        comment.title = first.removeprefix("DOC: ")
    else:
        match = TITLE.fullmatch(first)
        if not match:
            raise ValueError(f"'{first}' is not 'NAME() - what it does'")
        comment.title, comment.brief = match[2], match[3]
        rest = _take_arguments(rest, comment)
    comment.blocks = _blocks(rest)
    return comment
