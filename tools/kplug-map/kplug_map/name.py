# SPDX-License-Identifier: MIT
"""Names of items: C identifiers, and what becomes of those that are none."""
import re

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
MAX_LENGTH = 200


def is_identifier(text):
    return bool(IDENTIFIER.match(text)) and len(text) <= MAX_LENGTH


def identifier(text):
    """The C identifier nearest to a name: other characters become underscores."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text.strip()).strip("_") or "unnamed"
    if name[0].isdigit():
        name = "_" + name
    return name[:MAX_LENGTH]


def put_name(item, text, report, line=None, file=None):
    """Names the item; a spelling that C does not have stays in `was`, and the report says so."""
    text = (text or "").strip()
    if is_identifier(text):
        item["name"] = text
        return item
    item["name"] = identifier(text)
    item["was"] = text
    report.note(f"the name {text[:60]!r} is no C identifier; it becomes {item['name']}", line, file)
    return item


def put_array_name(item, text, report, line=None, file=None):
    """As put_name(), for CH%s and CH[%s]: the mark of the index goes."""
    plain = text.replace("[%s]", "").replace("%s", "")
    if is_identifier(plain):
        item["name"], item["was"] = plain, text
        return item
    return put_name(item, plain, report, line, file)
