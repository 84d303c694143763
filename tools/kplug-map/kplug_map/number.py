# SPDX-License-Identifier: MIT
"""Numbers as the formats write them, and the expressions of parameters."""
import re

MAX_BITS = 1024
PLAIN = re.compile(r"(0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*)$")
VERILOG = re.compile(r"([0-9]*)\s*'\s*[sS]?([hHbBdDoO])\s*([0-9a-fA-F_]+)$")
TOKEN = re.compile(r"\s*(\d*\s*'\s*[sS]?[hHbBdDoO][0-9a-fA-F_]+|0[xX][0-9a-fA-F_]+|\d[\d_]*|"
                   r"\$?[A-Za-z_][\w.]*|\*\*|<<|>>|[-+*/%()])")
BASES = {"h": 16, "b": 2, "d": 10, "o": 8}
SUFFIXES = {"K": 10, "M": 20, "G": 30, "T": 40}
LEVELS = (("<<", ">>"), ("+", "-"), ("*", "/", "%"))


def number(text, scaled=False):
    """A number of 0x1f, 31, 0b1, #11, 8'h1f, and 4K where the format has it. ValueError if none."""
    text = str(text).strip()
    if scaled and text[-1:].upper() in SUFFIXES and text[:-1].strip().isdigit():
        return _bounded(number(text[:-1]) << SUFFIXES[text[-1].upper()], text)
    if text.startswith("#"):
        text = "0b" + text[1:]
    if len(text) > MAX_BITS + 16:
        raise ValueError(f"the number {text[:20]}... is too long")
    verilog = VERILOG.match(text)
    if verilog:
        base = BASES[verilog.group(2).lower()]
        return _bounded(int(verilog.group(3).replace("_", ""), base), text)
    if not PLAIN.match(text):
        raise ValueError(f"{text[:40]!r} is not a number")
    digits = text.replace("_", "")
    if digits[:2].lower() in ("0x", "0b"):
        return _bounded(int(digits, 0), text)
    return _bounded(int(digits, 10), text)


def _bounded(value, text):
    if value < 0 or value.bit_length() > MAX_BITS:
        raise ValueError(f"{text[:40]!r} is outside of {MAX_BITS} bits")
    return value


class Expression:
    """Evaluates + - * / % ** << >> ( ) $clog2 over numbers and named parameters."""

    def __init__(self, text, parameters):
        self.text = text
        self.parameters = parameters
        self.tokens = self._split(text)
        self.depth = 0

    def value(self):
        result = self._level(0)
        if self.tokens:
            raise ValueError(f"{self.text[:40]!r}: {self.tokens[0]!r} is unexpected")
        return result

    @staticmethod
    def _split(text):
        text, tokens, at = text.strip(), [], 0
        if len(text) > 1000:
            raise ValueError("the expression is too long")
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(f"{text[:40]!r} is no number or expression")
            tokens.append(match.group(1))
            at = match.end()
        return tokens

    def _level(self, level):
        if level == len(LEVELS):
            return self._power()
        left = self._level(level + 1)
        while self.tokens and self.tokens[0] in LEVELS[level]:
            left = self._apply(left, self.tokens.pop(0), self._level(level + 1))
        return left

    def _power(self):
        left = self._operand()
        if self.tokens[:1] == ["**"]:
            self.tokens.pop(0)
            return self._apply(left, "**", self._power())
        return left

    def _apply(self, left, operator, right):
        if operator in ("/", "%") and right == 0:
            raise ValueError(f"{self.text[:40]!r} divides by zero")
        if operator in ("**", "<<", ">>") and not 0 <= right <= MAX_BITS:
            raise ValueError(f"{self.text[:40]!r} is too large")
        if operator == "**" and abs(left).bit_length() * right > MAX_BITS:
            raise ValueError(f"{self.text[:40]!r} is too large")
        result = {"+": lambda: left + right, "-": lambda: left - right,
                  "*": lambda: left * right, "/": lambda: left // right,
                  "%": lambda: left % right, "**": lambda: left ** right,
                  "<<": lambda: left << right, ">>": lambda: left >> right}[operator]()
        if abs(result).bit_length() > 2 * MAX_BITS:
            raise ValueError(f"{self.text[:40]!r} is too large")
        return result

    def _operand(self):
        self.depth += 1
        if self.depth > 200:
            raise ValueError(f"{self.text[:40]!r} is nested too deeply")
        if not self.tokens:
            raise ValueError(f"{self.text[:40]!r} ends too early")
        token = self.tokens.pop(0)
        if token == "-":
            return -self._operand()
        if token == "(":
            return self._closed(self._level(0))
        if token == "$clog2":
            return max(self._operand() - 1, 0).bit_length()
        if token[0].isdigit() or token[0] == "'":
            return number(token)
        if token not in self.parameters:
            raise ValueError(f"the parameter {token} is not known; give it by --set {token}=VALUE")
        return self.parameters[token]

    def _closed(self, value):
        if self.tokens[:1] != [")"]:
            raise ValueError(f"{self.text[:40]!r} lacks a closing parenthesis")
        self.tokens.pop(0)
        return value


def evaluate(text, parameters):
    """The value of a number or of an expression; never negative."""
    text = str(text).strip()
    try:
        return number(text)
    except ValueError:
        value = Expression(text, parameters).value()
    if value < 0:
        raise ValueError(f"{text[:40]!r} is {value}, which is negative")
    return _bounded(value, text)
