"""Plain data against the models: every deviation a problem, and a repaired document to go on with.

One error must not hide the others. After the models have spoken, what they refused is renamed (a misspelt key), filled
(a missing one) or left out (a bad value), and the models are asked again, so that the checks of the organization as a
whole run too. What was repaired is remembered: later findings about those places are not told.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .plain import Mark, Path, Plain
from .problems import HIDDEN, Problem, Source, did_you_mean, listed, shown
from .repair import guess, meant_version, rename, repair
from .schema import PlanDocument
from .shape import fitting_keys, known_keys, model_at

_ROUNDS = 6
_ESCAPES = {"\t", "\n"}
_ESCAPED = "; in double quotes a backslash is written twice, or use single quotes"
_REFERENCE = re.compile(r"\s*(env|file|keyring|prompt):")
_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list (lines that start with '-')",
    "dict_type": "a mapping (lines of 'key: value')",
    "model_type": "a mapping (lines of 'key: value')",
    "model_attributes_type": "a mapping (lines of 'key: value')",
}
_BOUNDS = {
    "greater_than_equal": ("at least {ge}", "ge"),
    "less_than_equal": ("at most {le}", "le"),
    "too_short": ("a list of at least {min_length}", "min_length"),
    "string_too_short": ("at least {min_length} characters", "min_length"),
    "string_too_long": ("at most {max_length} characters", "max_length"),
}


@dataclass(slots=True)
class Checked:
    """What validation gives: the document if one can be made at all, its problems, what was repaired and what guessed, and the
    literal secrets that no message may quote."""

    document: PlanDocument | None
    problems: list[Problem]
    data: Any = None
    repaired: set[Path] = field(default_factory=set)
    guessed: set[Path] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)


def check(source: Source, plain: Plain) -> Checked:
    """Check a document against the language."""
    data = copy.deepcopy(plain.data)
    out = Checked(None, [], data)
    aliases: dict[Path, Path] = {}
    for _ in range(_ROUNDS):
        try:
            out.document = PlanDocument.model_validate(data)
            break
        except ValidationError as error:
            found = _merged(error.errors(include_url=False), data)
        meant = {(*p[:-1], guess(p, data)) for p, e in found if e["type"] == "extra_forbidden"}
        fresh = [(p, e) for p, e in found if p not in out.repaired or e["type"] == "missing"]
        fresh = [(p, e) for p, e in fresh if not (e["type"] == "missing" and p in meant)]
        if not fresh:
            break
        out.secrets |= {text for p, e in fresh if _hides(p, e) for text in _texts(e["input"])}
        for path, detail in fresh:
            out.problems.append(_problem(source, plain, _original(path, aliases), detail))
        for path, detail in fresh:
            if not repair(data, path, detail, aliases):
                out.guessed.add(path)
            out.repaired.add(path)
    rename(plain, aliases)
    return out


def bound(checked: Checked, meant: Mapping[Path, str]) -> None:
    """Let names that nothing has be those that were most likely meant, so that what the rules say rests on them."""
    data = copy.deepcopy(checked.data)
    for path, name in meant.items():
        parent = data
        try:
            for part in path[:-1]:
                parent = parent[part]
            parent[path[-1]] = name
        except (KeyError, IndexError, TypeError):
            continue  # it was left out by a repair
    with suppress(ValidationError):
        checked.document = PlanDocument.model_validate(data)


def _merged(errors: Sequence[ErrorDetails], data: Any) -> list[tuple[Path, ErrorDetails]]:
    """One error a place: of a choice of types the first one's, unless only literals were offered."""
    out: dict[Path, ErrorDetails] = {}
    for error in errors:
        path = _real(error["loc"], data, error["type"])
        if path not in out or (out[path]["type"] == "literal_error" and error["type"] != "literal_error"):
            out[path] = error
    return list(out.items())


def _real(loc: Sequence[str | int], data: Any, kind: str) -> Path:
    """The path of an error without the parts that name alternatives of a type."""
    path: list[str | int] = []
    part: Any
    for part in loc:
        if (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        ):
            data = data[part]
        elif isinstance(data, dict) and kind == "missing":
            data = None
        else:
            break
        path.append(part)
    return tuple(path)


def _original(path: Path, aliases: dict[Path, Path]) -> Path:
    """The path as the file has it, where a key above was renamed by a repair."""
    for length in range(len(path), 0, -1):
        if path[:length] in aliases:
            return (*aliases[path[:length]], *path[length:])
    return path


def _problem(source: Source, plain: Plain, path: Path, error: ErrorDetails) -> Problem:
    kind = error["type"]
    mark = plain.mark(path)
    key = str(path[-1]) if path else ""
    where = _spoken(path)
    if kind == "extra_forbidden":
        known = known_keys(path[:-1])
        return source.problem(
            "EXM-L021",
            f"unknown key '{shown(key)}' in {_spoken(path[:-1]) or 'the plan'}",
            mark.key_line,
            mark.key_column,
            why="a key that is not read would be a wish that is not fulfilled",
            remedy=f"{_near_key(path, error.get('input'))}Known here: {listed(sorted(known), 40)}",
            hide=mark.column if _hides(path, error) and mark.line == mark.key_line else 0,
        )
    if kind == "missing":
        return _missing(source, plain, path)
    value = error.get("input")
    place = (mark.line, mark.column)
    if kind == "literal_error":
        words = [w.strip().strip("'") for w in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        words = [w for w in words if w]
        return source.problem(
            "EXM-L023",
            f"'{shown(value)}' is none of the words for {where}",
            *place,
            why=_meaning(path),
            remedy=f"{did_you_mean(str(value), words)}Write one of: {listed(words, 20)}",
        )
    said = str(error.get("ctx", {}).get("error", "")) if kind == "value_error" else ""
    if _is_secret(error):
        return _secret(source, *place, where, said, value)
    if _hides(path, error):
        value = HIDDEN
    if kind == "value_error":
        return source.problem(
            "EXM-L024",
            f"'{shown(value)}' is not {said} for {where}",
            *place,
            why=_meaning(path),
            remedy=f"write {said}{_ESCAPED if {*str(value)} & _ESCAPES else ''}",
        )
    if kind in _TYPES:
        version = meant_version(path, error)
        return source.problem(
            "EXM-L020",
            f"{where} must be {_TYPES[kind]}, not {_called(value)}",
            *place,
            why=_meaning(path),
            remedy=_typed(kind, value, _written(source, mark))
            if version is None
            else f"write {_flow(version)}",
            hide=mark.column if _hides(path, error) else 0,
        )
    if kind in _BOUNDS:
        said = _BOUNDS[kind][0].format(**error["ctx"])
        return source.problem(
            "EXM-L026", f"{where} must be {said}", *place, why=_meaning(path), remedy=f"write {said}"
        )
    return source.problem(
        "EXM-L024",
        f"'{shown(value)}' does not fit {where}",
        *place,
        why=_meaning(path),
        remedy="write it on one line" if "pattern" in error.get("ctx", {}) else error["msg"],
    )


def _near_key(path: Path, value: Any) -> str:
    """What an unknown key was most likely meant to be: one of the same mapping, or one further out."""
    key = str(path[-1])
    near = did_you_mean(key, fitting_keys(path[:-1], value))
    if near:
        return near
    outer = [path[:i] for i in range(len(path) - 2, -1, -1) if key in known_keys(path[:i])]
    return (
        f"'{shown(key)}' is a key of {_spoken(outer[0]) or 'the plan'}: look at the indentation. "
        if outer
        else ""
    )


def _is_secret(error: ErrorDetails) -> bool:
    """Whether a literal stands where a reference to a secret belongs, or in a URL."""
    return error["type"] == "value_error" and str(error["ctx"]["error"]) in (
        "literal-secret",
        "secret-in-url",
    )


def _hides(path: Path, error: ErrorDetails) -> bool:
    """Whether what was written may be a secret: also what stands in credentials under a name that the language does not know,
    or in place of an account."""
    lost = path[:1] == ("credentials",) and error["type"] in ("extra_forbidden", "model_type")
    return _is_secret(error) or lost


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value that may be secrets: everything but references."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif not _REFERENCE.match(str(value)):
        yield str(value)


def _secret(source: Source, line: int, column: int, where: str, said: str, value: Any) -> Problem:
    if said == "secret-in-url":
        return source.problem(
            "EXM-L025",
            f"{where} holds a name or a password before '@'",
            line,
            column,
            why="a plan is stored, mailed and reviewed; a secret in it is known to all who read it",
            remedy="take what stands before '@' out of the URL; then change the password",
            hide=column,
        )
    if value == "" or (isinstance(value, str) and _REFERENCE.match(value)):
        return source.problem(
            "EXM-L024",
            f"{where} refers to nothing",
            line,
            column,
            why="a reference says where the secret is found; no blank stands behind its ':'",
            remedy="write env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT",
        )
    return source.problem(
        "EXM-L025",
        f"{where} holds the secret itself",
        line,
        column,
        why="a plan is stored, mailed and reviewed; a secret in it is known to all who read it",
        remedy="write a reference: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT; then change the secret",
        hide=column,
    )


def _missing(source: Source, plain: Plain, path: Path) -> Problem:
    mark = plain.mark(path[:-1])
    empty = path in plain.empty
    what = f"'{path[-1]}' has no value" if empty else f"'{path[-1]}' is missing"
    at = plain.mark(path) if empty else mark
    return source.problem(
        "EXM-L022",
        f"{what} in {_spoken(path[:-1]) or 'the plan'}",
        at.key_line,
        at.key_column,
        why=_meaning(path),
        remedy=f"write its value behind '{path[-1]}:'" if empty else f"add the line '{path[-1]}: ...'",
    )


def _meaning(path: Path) -> str:
    """What the key at a path is for, by the model's own words."""
    names = [i for i, part in enumerate(path) if isinstance(part, str)]
    if not names:
        return ""
    model = model_at(PlanDocument, path[: names[-1]])
    key = str(path[names[-1]])
    for name, info in model.model_fields.items() if model else ():
        if key == (info.alias or name):
            return info.description or ""
    return ""


def _spoken(path: Path) -> str:
    """A path as people write it: `source.servers[0].memory`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f"{'.' if out else ''}{shown(part)}"
    return out


def _called(value: Any) -> str:
    match value:
        case bool():
            return f"{str(value).lower()} (true/false)"
        case int() | float():
            return f"the number {shown(value)}"
        case str():
            return f"the text '{shown(value)}'"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "nothing"


def _flow(version: Any) -> str:
    """A version as the plan writes it on one line."""
    inner = version[0] if isinstance(version, list) else version
    said = f"{{version: {shown(inner['version'])}}}"
    return f"[{said}]" if isinstance(version, list) else said


def _written(source: Source, mark: Mark) -> str:
    """A scalar on one line as the file has it: `1.10` is not 1.1."""
    line = source.lines[mark.line - 1][mark.column - 1 :]
    return re.split(r"[,\]}]|\s#|$", line, maxsplit=1)[0].strip()


def _typed(kind: str, value: Any, written: str) -> str:
    if kind == "bool_type" and str(value).lower() in ("yes", "on", "y"):
        return "write true"
    if kind == "bool_type" and str(value).lower() in ("no", "off", "n"):
        return "write false"
    if kind == "string_type" and isinstance(value, int | float):
        return f'write it in quotes: "{shown(written)}"'
    if kind.startswith("int") and isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return f"write it without quotes: {int(value)}" if written[:1] in "'\"" else f"write {int(value)}"
    if kind == "list_type" and isinstance(value, str | int):
        return f"write {'a list' if ',' in str(value) else 'a list of one'}: [{shown(value)}]"
    return f"write {_TYPES[kind]}"
