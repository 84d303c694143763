# SPDX-License-Identifier: MIT
"""The lines of a header that one of the two sides compiles."""
import re

CONDITION = re.compile(r"#\s*(ifdef|ifndef|if|elif|else|endif)\b\s*(.*)")


def _holds(word, name, kernel):
    """Whether a condition holds; None for one that is about something else."""
    known = {"__KERNEL__": kernel, "__cplusplus": False}
    if word not in ("ifdef", "ifndef") or name not in known:
        return None
    return known[name] == (word == "ifdef")


def side(text, kernel):
    """The lines for a plugin or for a program; those of conditions about neither stay."""
    lines = []
    open_conditions = []
    for line in text.splitlines():
        match = CONDITION.match(line)
        if not match:
            if all(holds is not False for holds in open_conditions):
                lines.append(line)
        elif match[1] == "endif":
            open_conditions.pop()
        elif match[1] in ("else", "elif"):
            if open_conditions[-1] is not None:
                open_conditions[-1] = not open_conditions[-1]
        else:
            open_conditions.append(_holds(match[1], match[2], kernel))
    return lines


def _macro(lines, start):
    """The lines of the macro that begins there, without backslashes."""
    body = []
    for line in lines[start:]:
        body.append(line.rstrip("\\").rstrip())
        if not line.endswith("\\"):
            break
    return body


def expand(lines):
    """Expands the macros whose body is functions, for example the accessors of each width."""
    bodies = {}
    result = []
    for number, line in enumerate(lines):
        define = re.fullmatch(r"#define (\w+)\(([\w, ]+)\)\s*\\", line)
        call = re.fullmatch(r"(\w+)\(([\w, ]+)\)", line)
        if define and re.match(r"\s*static inline ", lines[number + 1]):
            bodies[define[1]] = (define[2].split(", "), _macro(lines, number)[1:])
        if not call or call[1] not in bodies:
            result.append(line)
            continue
        names, body = bodies[call[1]]
        for text in body:
            for name, value in zip(names, call[2].split(", ")):
                text = re.sub(rf"##{name}\b", value, text)
            result.append(text.removeprefix("\t"))
        result.append("")
    return result
