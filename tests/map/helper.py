# SPDX-License-Identifier: MIT
"""What the tests of kplug-map share."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
COMMAND = os.path.join(TOP, "tools", "kplug-map", "kplug-map")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(COMMAND))

from kplug_map import check, formats, item as items, schema  # noqa: E402
from kplug_map.report import Report  # noqa: E402
from kplug_map.source import Options, Source  # noqa: E402


def path(name):
    return os.path.join(HERE, "files", name)


def text(name):
    with open(path(name), encoding="utf-8") as handle:
        return handle.read()


class MapTest(unittest.TestCase):
    maxDiff = None

    def read(self, *names, **options):
        """Imports files of this folder; the map is checked against the schema."""
        return self.read_sources([Source(path(name)) for name in names], **options)

    def read_text(self, content, name="test", **options):
        data = content if isinstance(content, bytes) else content.encode()
        return self.read_sources([Source(name, data)], **options)

    def read_sources(self, sources, form=None, **options):
        report = Report()
        the_map = formats.read(sources, Options(**options), report, form)
        self.assertEqual(schema.faults(items.written(the_map), "map.schema.json"), [])
        check.check(the_map, report)
        return the_map, report

    def find(self, the_map, place):
        """The item or field at a path that begins with its region."""
        here = None
        for name in place.split("."):
            children = the_map["regions"] if here is None else \
                here.get("items", []) + here.get("fields", [])
            found = [one for one in children if one["name"] == name]
            self.assertEqual(len(found), 1, f"{name} of {place}")
            here = found[0]
        return here

    def has(self, item, **wanted):
        """The item has these keys with these values; None means that it lacks the key."""
        self.assertEqual({key: item.get(key) for key in wanted}, wanted)

    def one_error(self, report, part):
        self.assertEqual(len(report.errors), 1, report.errors)
        self.assertIn(part, report.errors[0])

    def noted(self, report, part):
        self.assertTrue(any(part in note for note in report.notes), report.notes)


def run(*arguments):
    """(exit code, output, messages) of the command."""
    done = subprocess.run([sys.executable, COMMAND, *arguments], capture_output=True, text=True,
                          timeout=60)
    return done.returncode, done.stdout, done.stderr


def scratch(content, suffix=".json"):
    """The path of a new file, which the test removes."""
    with tempfile.NamedTemporaryFile("w", suffix=suffix, delete=False) as handle:
        handle.write(content)
    return handle.name
