"""Error texts as a level words them: the data file beside this module says where they differ from the newest."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell.errors import ErrorRecord, NetException

Rule = tuple[frozenset[str], str, re.Pattern[str], str]


@cache
def _rules(level: str) -> tuple[Rule, ...]:
    data: dict[str, Any] = json.loads((files(__package__) / "errortexts.json").read_text("utf-8"))
    return tuple(
        (frozenset(rule["kinds"]), rule.get("id", ""), re.compile(rule["match"], re.S), rule["text"])
        for rule in data["rules"]
        if float(level) <= float(rule["until"])
    )


def word(record: ErrorRecord, level: str) -> None:
    """Puts the messages of a record's exceptions into a level's words; once is enough, again changes nothing."""
    rules = _rules(level)
    if rules:
        _word(record.exception, record.error_id, rules)


def _word(exception: NetException, error_id: str, rules: tuple[Rule, ...]) -> None:
    inner = exception.inner
    if isinstance(inner, NetException):
        before = inner.message
        _word(inner, "", rules)
        if before and inner.message != before:
            exception.message = exception.message.replace(before, inner.message)
    kind = exception.type_name.rpartition(".")[2].removesuffix("Exception")
    for kinds, wanted_id, pattern, text in rules:
        if kind in kinds and (not wanted_id or wanted_id == error_id):
            match = pattern.fullmatch(exception.message)
            if match is not None:
                exception.message = match.expand(text)
