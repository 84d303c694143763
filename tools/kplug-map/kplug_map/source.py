# SPDX-License-Identifier: MIT
"""A file to import, and what the importers share."""
import json
import os

from .report import BadFile

MAX_BYTES = 64 << 20


class Source:
    """The bytes of one input file. Messages and the map name it without its folder."""

    def __init__(self, path, data=None):
        self.name = os.path.basename(path)
        self.data = self._read(path) if data is None else data

    @staticmethod
    def _read(path):
        try:
            with open(path, "rb") as handle:
                data = handle.read(MAX_BYTES + 1)
        except OSError as error:
            raise BadFile(f"{path}: {error.strerror}") from None
        if len(data) > MAX_BYTES:
            raise BadFile(f"{path}: more than {MAX_BYTES >> 20} MiB")
        return data

    def text(self):
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise BadFile(f"{self.name}:{line}: not UTF-8; convert it, for example with "
                          f"iconv -f LATIN1 -t UTF-8") from None

    def json(self):
        try:
            return json.loads(self.text(), object_pairs_hook=self._object,
                              parse_constant=self._no_constant)
        except json.JSONDecodeError as error:
            raise BadFile(f"{self.name}:{error.lineno}: no JSON: {error.msg}") from None
        except RecursionError:
            raise BadFile(f"{self.name}: nested too deeply") from None
        except ValueError as error:
            raise BadFile(f"{self.name}: {error}") from None

    @staticmethod
    def _object(pairs):
        result = dict(pairs)
        if len(result) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"the key {twice[:60]!r} is there twice in one object")
        return result

    @staticmethod
    def _no_constant(text):
        raise ValueError(f"{text} is no number")


class Options:
    """What the command line gives to an importer."""

    def __init__(self, base=0, bar=None, name=None, parameters=None):
        self.base = base
        self.bar = bar
        self.name = name
        self.parameters = dict(parameters or {})
