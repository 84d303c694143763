# SPDX-License-Identifier: MIT
"""Roles: what a person says about a map. They lie over it, so that it can be imported again."""
import copy
import re

from . import item as items, schema
from .report import BadFile

INDEX = re.compile(r"\[(\d+)\]$")


def load(source):
    roles = source.json()
    found = schema.faults(roles, "roles.schema.json")
    if found:
        raise BadFile(f"{source.name} is no roles file: " + "; ".join(found[:5]))
    return roles


def apply(the_map, roles):
    """A copy of the map with the corrections of the roles."""
    if roles.get("map", the_map["name"]) != the_map["name"]:
        raise BadFile(f"the roles are for the map {roles['map']}, not for {the_map['name']}")
    result = copy.deepcopy(the_map)
    # All places are those of the map as it was imported: a correction may rename what it corrects.
    places = [(path, change, definition(result, path))
              for path, change in roles.get("corrections", {}).items()]
    for path, change, (siblings, target) in places:
        if change is None:
            siblings[:] = [one for one in siblings if one is not target]
        else:
            _merge(target, items.normal(change))
    result = items.normal(result)
    found = schema.faults(result, "map.schema.json")
    if found:
        raise BadFile("the corrections of the roles make the map wrong: " + "; ".join(found[:5]))
    return result


def _merge(target, change):
    """An object merges, null removes, and what has a name merges with what has the same name."""
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif key in ("fields", "items") and isinstance(target.get(key), list) and \
                isinstance(value, list):
            _merge_list(target[key], value)
        else:
            target[key] = value


def _merge_list(target, change):
    for one in change:
        name = one.get("name") if isinstance(one, dict) else None
        named = [item for item in target if isinstance(item, dict) and item.get("name") == name]
        same = named[0] if named else None
        if same is None:
            target.append(one)
        else:
            _merge(same, one)


def _children(thing):
    return [key for key in ("items", "fields") if key in thing]


def _lookup(lists, names):
    for siblings in lists:
        for one in siblings:
            if one["name"] != names[0]:
                continue
            if len(names) == 1:
                return siblings, one
            found = _lookup([one[key] for key in _children(one)], names[1:])
            if found:
                return found
    return None


def definition(the_map, path):
    """(siblings, the item) that a path names: from its region, or from an item of one region."""
    names = path.split(".")
    found = _lookup([the_map["regions"]], names)
    if found:
        return found
    every = [_lookup([region["items"]], names) for region in the_map["regions"]]
    every = [one for one in every if one]
    if len(every) == 1:
        return every[0]
    if every:
        raise BadFile(f"{path} is in several regions; begin with the name of one")
    raise BadFile(f"the roles name {path}, which the map does not have")


def _refs(value, key=None):
    """(key, text) of every reference in the roles."""
    if isinstance(value, list):
        for one in value:
            yield from _refs(one, key)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("descriptor", "match", "corrections", "done", "own", "last"):
                yield from _refs(one, name)
            elif name == "done" and isinstance(one, dict):
                yield from _refs(one, name)
    elif isinstance(value, str) and key in REFERENCES:
        yield key, value


REFERENCES = ("at", "status", "raw", "ack_at", "enable", "enable_set", "enable_clear", "raise_at",
              "capture", "cleared_by", "host", "device", "head", "tail", "error", "moved")


def check(the_map, roles, report):
    """Every reference of the roles names something of the map, with indexes that it has."""
    for _, text in _refs(roles):
        _check_ref(the_map, text, report)
    for engine in roles.get("dma", ()):
        if "done" in engine:
            _check_source(engine, roles, report)


def _check_source(engine, roles, report):
    interrupt, _, source = engine["done"].partition(".")
    known = {one["name"]: [each["name"] for each in one.get("sources", ())]
             for one in roles.get("interrupts", ())}
    if interrupt not in known or (source and source not in known[interrupt]):
        report.error(f"dma {engine['name']}: done is {engine['done']}, which is no source of "
                     f"an interrupt in the roles")


def _check_ref(the_map, text, report):
    parts = text.split(".")
    names = [INDEX.sub("", part) for part in parts]
    try:
        _, target = definition(the_map, ".".join(names))
    except BadFile as error:
        report.error(str(error))
        return
    items_of = chain(the_map["regions"], target)
    for part, one in zip(parts[::-1], items_of[::-1]):
        index = INDEX.search(part)
        count = one.get("count", 1)
        if index and int(index.group(1)) >= count:
            report.error(f"{text}: {one['name']} has {count} elements")
        if count > 1 and not index:
            report.error(f"{text}: {one['name']} is an array; say which element, as in "
                         f"{one['name']}[0]")


def chain(siblings, target):
    """The items from a region down to the target, or an empty list."""
    for one in siblings:
        if one is target:
            return [one]
        for key in _children(one):
            found = chain(one[key], target)
            if found:
                return [one] + found
    return []
