# SPDX-License-Identifier: MIT
"""The map itself, as JSON: what kplug-map writes, or what a person wrote."""
from .. import item as items, schema
from ..report import BadFile

NAME = "json"


def claims(source):
    return source.data.lstrip()[:1] == b"{" and b'"kplug_map"' in source.data


def load(source):
    the_map = source.json()
    found = schema.faults(the_map, "map.schema.json")
    if found:
        raise BadFile(f"{source.name} is no map: " + "; ".join(found[:5]))
    return items.normal(the_map)


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one map in JSON at a time")
    if options.base:
        raise BadFile("--base: a map has no bus addresses")
    the_map = load(sources[0])
    if options.name:
        the_map["name"] = options.name
    for region in the_map["regions"] if options.bar is not None else ():
        region["bar"] = options.bar
    return the_map
