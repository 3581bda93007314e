"""Command lines of ``cmd.exe``: variables, operators, redirections.

Source: ``cmd /?`` and ``set /?`` of Windows Server 2008 R2; what a line of ``cmd /c`` may hold, no batch files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_OPERATORS = frozenset("&|<>()")
_VARIABLE = re.compile(r"%([^%]+)%").sub
_COMPUTED = frozenset({"date", "time", "random", "cmdcmdline", "cmdextversion"})


class NotSimulated(Exception):
    """Something of ``cmd.exe`` that Windows has and this does not."""


class Unexpected(Exception):
    """A line that ``cmd.exe`` does not take: the text that it did not expect."""


@dataclass(frozen=True, slots=True)
class Redirection:
    """``2>>file``: the stream's number, ``<``, ``>`` or ``>>``, and a file or ``&n``."""

    stream: int
    operator: str
    target: str


@dataclass(slots=True)
class Simple:
    """One command: its text as it stands, carets taken away, and where its streams go."""

    text: str = ""
    redirections: list[Redirection] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """Commands joined by ``|``; ``after`` is the operator in front of it: '', '&', '&&' or '||'."""

    after: str
    commands: list[Simple]


def is_plain(line: str) -> bool:
    """Whether a line asks nothing of ``cmd.exe`` but to start a program."""
    quoted = False
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == "%" or char == "^" or (char in _OPERATORS and not quoted):
            return False
    return True


def expand(line: str, variables: Mapping[str, str], code: int, directory: str) -> str:
    """A line with its ``%NAME%`` replaced; a name that is not set stays as it stands.

    Raises:
        NotSimulated: a variable that Windows computes, or one that is to be cut or changed.
    """
    known = {name.lower(): value for name, value in variables.items()}
    known = {"errorlevel": str(code), "cd": directory} | known

    def value(match: re.Match[str]) -> str:
        name = match[1].lower()
        if name in known:
            return known[name]
        if name in _COMPUTED or name.partition(":")[0] in known:
            raise NotSimulated(f"%{match[1]}%")
        return match[0]

    return _VARIABLE(value, line)


def parse(line: str) -> list[Pipeline]:
    """The pipelines of a line, in order.

    Raises:
        Unexpected: an operator where a command has to be, or a redirection to nowhere.
        NotSimulated: parentheses.
    """
    return _Reader(line).read()


class _Reader:
    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0

    def read(self) -> list[Pipeline]:
        found = [Pipeline("", [self._simple()])]
        while self._at < len(self._line):
            operator = self._operator()
            if operator == "|":
                found[-1].commands.append(self._simple())
            elif operator == "&" and not self._line[self._at :].strip():
                break
            else:
                found.append(Pipeline(operator, [self._simple()]))
        return found

    def _operator(self) -> str:
        for operator in ("&&", "||", "&", "|"):
            if self._line.startswith(operator, self._at):
                self._at += len(operator)
                return operator
        raise AssertionError(self._line[self._at :])

    def _simple(self) -> Simple:
        command = Simple()
        text: list[str] = []
        quoted = False
        while self._at < len(self._line):
            char = self._line[self._at]
            if char == "^" and not quoted:
                text.append(self._line[self._at + 1 : self._at + 2])
                self._at += 2
                continue
            if char == '"':
                quoted = not quoted
            elif char in "&|" and not quoted:
                break
            elif char in "<>" and not quoted:
                command.redirections.append(self._redirection(text))
                continue
            elif char in "()" and not quoted and not "".join(text).strip():
                raise NotSimulated("parentheses")
            text.append(char)
            self._at += 1
        command.text = "".join(text).lstrip()
        if not command.text.strip():
            raise Unexpected(self._line[self._at : self._at + 2].strip() or ">")
        return command

    def _redirection(self, text: list[str]) -> Redirection:
        operator = ">>" if self._line.startswith(">>", self._at) else self._line[self._at]
        self._at += len(operator)
        stream = 0 if operator == "<" else 1
        if text and text[-1].isdigit() and (len(text) == 1 or text[-2] in ' \t,;="'):
            stream = int(text.pop())
        while self._line[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1
        return Redirection(stream, operator, self._word())

    def _word(self) -> str:
        word: list[str] = []
        quoted = False
        while self._at < len(self._line):
            char = self._line[self._at]
            if char == '"':
                quoted = not quoted
            elif not quoted and (char in " \t|<>" or (char == "&" and word)):
                break
            else:
                word.append(char)
            self._at += 1
        if not word or word == ["&"]:
            raise Unexpected(self._line[self._at : self._at + 1] or "newline")
        return "".join(word)
