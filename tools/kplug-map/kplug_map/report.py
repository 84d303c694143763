# SPDX-License-Identifier: MIT
"""What an importer or a check has to say about a file."""


MAX_TEXTS = 1000


class BadFile(Exception):
    """The file as a whole cannot be used. The message says why and what to do."""


class Report:
    """Errors, which a map must not have, and notes, which a person should know."""

    def __init__(self):
        self.errors = []
        self.notes = []
        self.said = set()

    def error(self, text, line=None, file=None):
        self._add(self.errors, text, line, file)

    def note(self, text, line=None, file=None):
        self._add(self.notes, text, line, file)

    def lines(self):
        for kind, texts in (("error", self.errors), ("note", self.notes)):
            for text in texts:
                yield f"{kind}: {text}"

    def _add(self, texts, text, line, file):
        place = ":".join(str(part) for part in (file, line) if part is not None)
        text = f"{place}: {text}" if place else text
        if len(texts) > MAX_TEXTS or text in self.said:
            return
        if len(texts) == MAX_TEXTS:
            text = f"more than {MAX_TEXTS} of these; the rest is not listed"
        self.said.add(text)
        texts.append(text)
