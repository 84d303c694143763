# SPDX-License-Identifier: MIT
"""Checks JSON against the two schemas that are shipped: the part of JSON Schema that they use."""
import functools
import json
import os
import re

HERE = os.path.dirname(os.path.realpath(__file__))
MAX_FAULTS = 20
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "integer": int}


@functools.lru_cache(None)
def _document(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as handle:
        return json.load(handle)


def faults(value, document):
    """What is wrong with the value: a list of messages, each with the path."""
    checker = _Checker(document)
    try:
        checker.check(value, checker.root, "")
    except RecursionError:
        return ["the file: nested too deeply"]
    return checker.found[:MAX_FAULTS]


class _Checker:
    def __init__(self, document):
        self.document = document
        self.root = _document(document)
        self.found = []

    def say(self, path, text):
        self.found.append(f"{path or 'the file'}: {text}")

    def check(self, value, schema, path, document=None):
        document = document or self.document
        if len(self.found) >= MAX_FAULTS:
            return
        if "$ref" in schema:
            self.reference(value, schema["$ref"], path, document)
            return
        for keyword, argument in schema.items():
            if keyword in ("$schema", "$defs", "title"):
                continue
            if keyword == "additionalProperties":
                self.others(value, schema, path, document)
            elif not getattr(self, "on_" + keyword)(value, argument, path, document):
                return

    def reference(self, value, target, path, document):
        file, _, place = target.partition("#")
        document = file or document
        schema = _document(document)
        for part in place.strip("/").split("/"):
            schema = schema[part]
        self.check(value, schema, path, document)

    def quietly(self, value, schema, document):
        inner = _Checker(document)
        inner.check(value, schema, "", document)
        return not inner.found

    def on_type(self, value, names, path, _):
        names = [names] if isinstance(names, str) else names
        good = any(isinstance(value, TYPES[name]) and
                   (name == "boolean" or not isinstance(value, bool)) for name in names)
        if not good:
            self.say(path, f"is no {' or '.join(names)}")
        return good

    def on_const(self, value, wanted, path, _):
        return self.one_of(value, [wanted], path)

    def on_enum(self, value, words, path, _):
        return self.one_of(value, words, path)

    def one_of(self, value, words, path):
        if any(value == word and isinstance(value, type(word)) for word in words):
            return True
        self.say(path, f"is {str(value)[:40]!r}, not {', '.join(str(word) for word in words)}")
        return False

    def on_minimum(self, value, least, path, _):
        if isinstance(value, int) and value < least:
            self.say(path, f"is less than {least}")
        return True

    def on_maximum(self, value, most, path, _):
        if isinstance(value, int) and value > most:
            self.say(path, f"is more than {most}")
        return True

    def on_minItems(self, value, least, path, _):
        if isinstance(value, list) and len(value) < least:
            self.say(path, f"has less than {least} items")
        return True

    def on_maxItems(self, value, most, path, _):
        if isinstance(value, list) and len(value) > most:
            self.say(path, f"has more than {most} items")
        return True

    def on_pattern(self, value, pattern, path, _):
        if isinstance(value, str) and \
                not re.search(pattern.replace("$", r"\Z"), value, re.ASCII):
            self.say(path, f"is {value[:40]!r}, which has another form than it must have")
        return True

    def on_required(self, value, names, path, _):
        for name in names if isinstance(value, dict) else ():
            if name not in value:
                self.say(path, f"lacks {name!r}")
        return True

    def on_anyOf(self, value, schemas, path, document):
        if not any(self.quietly(value, schema, document) for schema in schemas):
            self.say(path, f"is {str(value)[:40]!r}, which has no form that it may have")
        return True

    def on_oneOf(self, value, schemas, path, document):
        if sum(self.quietly(value, schema, document) for schema in schemas) != 1:
            names = " and ".join(schema["required"][0] for schema in schemas)
            self.say(path, f"needs exactly one of {names}")
        return True

    def on_items(self, value, schema, path, document):
        for at, one in enumerate(value if isinstance(value, list) else ()):
            name = one.get("name") if isinstance(one, dict) else None
            self.check(one, schema, f"{path}[{name if isinstance(name, str) else at}]", document)
        return True

    def on_properties(self, value, schemas, path, document):
        for name, schema in schemas.items() if isinstance(value, dict) else ():
            if name in value:
                self.check(value[name], schema, f"{path}.{name}".strip("."), document)
        return True

    def on_propertyNames(self, value, schema, path, document):
        for name in value if isinstance(value, dict) else ():
            self.check(name, schema, f"the name in {path}", document)
        return True

    def others(self, value, schema, path, document):
        if not isinstance(value, dict):
            return
        for name in value:
            if name in schema.get("properties", ()):
                continue
            if schema["additionalProperties"] is False:
                self.say(path, f"has {name[:60]!r}, which no such object has")
            else:
                self.check(value[name], schema["additionalProperties"],
                           f"{path}.{name}".strip("."), document)
