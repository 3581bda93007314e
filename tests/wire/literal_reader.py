"""Reads the PowerShell literals that `exmigrate.remote.literal` writes, by PowerShell's own quoting rules."""

from __future__ import annotations

import re
from typing import Any

QUOTES = "'\u2018\u2019\u201a\u201b"


class Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def value(self) -> Any:
        text, at = self.text, self.at
        for word, meaning in (("$null", None), ("$true", True), ("$false", False)):
            if text.startswith(word, at):
                self.at += len(word)
                return meaning
        if text[at] in QUOTES:
            return self.string()
        if text.startswith("@{", at):
            return self.map()
        if text.startswith("@(", at):
            return self.list()
        if text[at] == "(":
            return self.joined()
        found = re.compile(r"-?\d+").match(text, at)
        assert found, text[at : at + 40]
        self.at = found.end()
        return int(found[0])

    def string(self) -> str:
        self.at += 1
        out = []
        while True:
            char = self.text[self.at]
            self.at += 1
            if char in QUOTES:
                if self.at < len(self.text) and self.text[self.at] in QUOTES:
                    self.at += 1
                else:
                    return "".join(out)
            out.append(char)

    def joined(self) -> str:
        self.at += 1
        out = ""
        while True:
            if self.text.startswith("[char]", self.at):
                self.at += 6
                out += chr(self.value())
            else:
                out += self.string()
            mark = self.text[self.at]
            self.at += 1
            if mark == ")":
                return out
            assert mark == "+"

    def map(self) -> dict[str, Any]:
        self.at += 2
        out: dict[str, Any] = {}
        while self.text[self.at] != "}":
            if out:
                assert self.text[self.at] == ";"
                self.at += 1
            key = self.value()
            assert self.text[self.at] == "="
            self.at += 1
            out[key] = self.value()
        self.at += 1
        return out

    def list(self) -> list[Any]:
        self.at += 2
        out: list[Any] = []
        if self.text[self.at] == ",":
            self.at += 1
            out.append(self.value())
        while self.text[self.at] != ")":
            if out:
                assert self.text[self.at] == ","
                self.at += 1
            out.append(self.value())
        self.at += 1
        return out


def read_literal(text: str) -> Any:
    reader = Reader(text)
    value = reader.value()
    assert reader.at == len(text), text[reader.at :]
    return value
