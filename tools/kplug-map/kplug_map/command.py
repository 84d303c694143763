# SPDX-License-Identifier: MIT
"""The command kplug-map."""
import argparse
import json
import re
import sys

from . import check, formats, header, item as items, roles as roles_file, schema
from .formats import own
from .number import number
from .project import new
from .report import BadFile, Report
from .source import Options, Source

GOOD, WRONG, UNUSABLE = 0, 1, 2

EXAMPLES = """\
examples:
  kplug-map import csr.json soc.svd > map.json
  kplug-map import design.hwh --base 0x40000000 --bar 0 > map.json
  kplug-map check map.json roles.json
  kplug-map header map.json roles.json > card_regs.h
exit codes: 0 good; 1 the map has errors; 2 a file cannot be used
"""


def _number(text):
    try:
        return number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _setting(text):
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, _number(value)


def _arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="kplug-map", epilog=EXAMPLES, description="Imports register maps, checks them, and "
        "writes their C headers.", formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("import", help="print the map that files of another format describe")
    one.add_argument("file", nargs="+", metavar="FILE")
    one.add_argument("--name", help="the name of the map")
    _arguments_of_import(one)
    for name, text in (("check", "say what is wrong with a map"),
                       ("header", "print the C header of a map"),
                       ("apply", "print a map with the corrections of the roles")):
        one = commands.add_parser(name, help=text)
        one.add_argument("map", metavar="MAP")
        one.add_argument("roles", nargs="?", metavar="ROLES")
    _arguments_of_new(commands)
    return parser.parse_args(arguments)


def _ids(text):
    match = re.match(r"(?:0x)?([0-9a-fA-F]{4}):(?:0x)?([0-9a-fA-F]{4})$", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not VENDOR:DEVICE, such as 8086:10d3")
    return tuple("0x" + one.lower() for one in match.groups())


def _arguments_of_new(commands):
    one = commands.add_parser("new", help="write a project: plugin, program, tests and a model")
    one.add_argument("name", metavar="NAME")
    source = one.add_mutually_exclusive_group(required=True)
    source.add_argument("--map", nargs="+", metavar="FILE",
                        help="the map, or files of another format")
    source.add_argument("--from", dest="function", metavar="ADDRESS",
                        help="a PCI function that is there: its regions, without registers")
    one.add_argument("--roles", metavar="FILE", help="what you say about the map")
    one.add_argument("--pci", type=_ids, metavar="VENDOR:DEVICE")
    one.add_argument("--into", metavar="FOLDER", help="instead of a new folder NAME")
    one.add_argument("--tree", metavar="FOLDER", help=argparse.SUPPRESS)
    one.add_argument("--sysfs", metavar="FOLDER", default="/sys", help=argparse.SUPPRESS)
    _arguments_of_import(one)


def _arguments_of_import(one):
    one.add_argument("--format", choices=formats.NAMES, help="instead of looking at the files")
    one.add_argument("--base", type=_number, default=0, metavar="ADDRESS",
                     help="the bus address where the region begins")
    one.add_argument("--bar", type=int, choices=range(7), metavar="N",
                     help="the number of the region")
    one.add_argument("--set", type=_setting, action="append", default=[], metavar="NAME=VALUE",
                     help="the value of a parameter")


def _import(arguments, report):
    options = Options(arguments.base, arguments.bar, arguments.name, arguments.set)
    sources = [Source(path) for path in arguments.file]
    the_map = formats.read(sources, options, report, arguments.format)
    if arguments.bar is not None and len(the_map["regions"]) > 1:
        raise BadFile(f"--bar: the file has {len(the_map['regions'])} regions; give each its bar "
                      f"in the roles")
    found = schema.faults(items.written(the_map), "map.schema.json")
    if found:
        raise BadFile("the file makes no map: " + "; ".join(found[:5]))
    check.check(the_map, report)
    _print(the_map)
    definitions = list(items.registers(the_map))
    total = sum(items.count_of(path) for _, path, _ in definitions)
    fields = sum(len(one.get("fields", ())) for _, _, one in definitions)
    return f"{the_map['name']}: {total} registers in {len(definitions)} definitions, " \
        f"{fields} fields"


def _print(the_map):
    json.dump(items.written(the_map), sys.stdout, indent=1, ensure_ascii=False)
    print()


def _load(arguments, report):
    the_map = own.load(Source(arguments.map))
    if arguments.roles:
        roles = roles_file.load(Source(arguments.roles))
        the_map = roles_file.apply(the_map, roles)
        roles_file.check(the_map, roles, report)
    check.check(the_map, report)
    return the_map


def _header(arguments, report):
    the_map = _load(arguments, report)
    text = None if report.errors else header.text(the_map, report)
    if text is not None and not report.errors:
        sys.stdout.write(text)


def _run(arguments, report):
    if arguments.command == "import":
        return _import(arguments, report)
    if arguments.command == "header":
        return _header(arguments, report)
    if arguments.command == "apply":
        return _print(_load(arguments, report))
    if arguments.command == "new":
        return new.run(arguments, report)
    _load(arguments, report)
    return None


def main(arguments):
    arguments = _arguments(arguments)
    report = Report()
    try:
        summary = _run(arguments, report)
    except BadFile as error:
        print(f"kplug-map: {error}", file=sys.stderr)
        return UNUSABLE
    for line in report.lines():
        print(f"kplug-map: {line}", file=sys.stderr)
    if summary:
        print(f"kplug-map: {summary}, {len(report.errors)} errors, {len(report.notes)} notes",
              file=sys.stderr)
    if report.errors and arguments.command in ("import", "new"):
        print("kplug-map: the map has errors; correct them in a roles file (corrections)",
              file=sys.stderr)
    return WRONG if report.errors else GOOD
