"""Wildcard patterns of ``-like`` and of names: ``*``, ``?``, ``[a-z]`` and the backtick escape (about_Wildcards)."""

from __future__ import annotations

import re
from functools import lru_cache

from exmigrate.twin.powershell.errors import error


def has_wildcard(text: str) -> bool:
    """True when a text has an unescaped wildcard character."""
    position = 0
    while position < len(text):
        if text[position] == "`":
            position += 2
            continue
        if text[position] in "*?[":
            return True
        position += 1
    return False


def unescape(text: str) -> str:
    """The text a pattern without wildcards stands for."""
    return re.sub(r"`([*?\[\]`])", r"\1", text)


def escape(text: str) -> str:
    """A pattern that matches exactly this text."""
    return re.sub(r"([*?\[\]`])", r"`\1", text)


@lru_cache(maxsize=2048)
def compile_wildcard(pattern: str, ignore_case: bool = True) -> re.Pattern[str]:
    """The regular expression of a pattern; raises WildcardPatternException when a bracket is left open."""
    out: list[str] = []
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "`" and position + 1 < len(pattern):
            position += 1
            out.append(re.escape(pattern[position]))
        elif letter == "*":
            out.append(".*")
        elif letter == "?":
            out.append(".")
        elif letter == "[":
            position = _bracket(pattern, position, out)
        else:
            out.append(re.escape(letter))
        position += 1
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.compile("".join(out) + r"\Z", flags)


def _bracket(pattern: str, position: int, out: list[str]) -> int:
    end, inside = position + 1, []
    while end < len(pattern) and (pattern[end] != "]" or end == position + 1):
        if pattern[end] == "`" and end + 1 < len(pattern):
            end += 1
        inside.append(pattern[end])
        end += 1
    if end >= len(pattern):
        raise error(
            f"The specified wildcard character pattern is not valid: {pattern}",
            "RuntimeException",
            "NotSpecified",
            exception="System.Management.Automation.WildcardPatternException",
        )
    body = "".join(inside)
    safe = re.sub(r"([\\^\]\[])", r"\\\1", body)
    if len(body) > 2 and "-" in body[1:-1]:
        safe = re.sub(
            r"(.)-(.)", lambda m: m.group(0) if m.group(1) <= m.group(2) else re.escape(m.group(0)), safe
        )
    out.append(f"[{safe}]")
    return end


def like(text: str, pattern: str, ignore_case: bool = True) -> bool:
    """Whether a text matches a pattern."""
    if pattern == "*":
        return True
    return compile_wildcard(pattern, ignore_case).match(text) is not None
