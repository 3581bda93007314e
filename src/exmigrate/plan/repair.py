"""Mending a refused document at one place, so that the checks of everything else can go on."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .plain import Path, Plain
from .problems import nearest
from .schema import PlanDocument
from .shape import fitting_keys, model_at

_SAMPLES: tuple[Any, ...] = (
    "x", "env:X", "1m", "1GB", "1%", "22:00", "2011-01-01", "x.y", "10.0.0.1", "C:\\x", "0" * 64, "1.1.1",
    "https://x/", "en\\Internal\\1.1", "\\x", "XX-000", "some reason", 1, True,
)  # fmt: skip

_RENAMED = 200
"""Misspelt keys that count as what was meant; a file with more is something else than a plan."""


def repair(data: Any, path: Path, error: ErrorDetails, aliases: dict[Path, Path]) -> bool:
    """Change the document at one place so that the models accept it.

    Args:
        aliases: gets the path as written for each key that was renamed.

    Returns:
        Whether the meaning was kept; False where a value had to be guessed or left out.
    """
    if not path:
        return False
    parent: Any = data
    for part in path[:-1]:
        parent = parent[part]
    key = path[-1]
    if error["type"] == "extra_forbidden":
        return _rename(parent, path, aliases)
    meant = _meant(path, error)
    if meant is not None:
        parent[key] = meant
        return True
    model = model_at(PlanDocument, path[:-1])
    if error["type"] != "missing" and model is not None and not _required(model, str(key)):
        del parent[key]
    else:
        parent[key] = _placeholder(_annotation_at(path))
    return False


def guess(path: Path, data: Any) -> str:
    """The key that an unknown one was most likely meant to be, if the mapping does not have it; else empty."""
    for part in path[:-1]:
        data = data[part]
    meant = nearest(str(path[-1]), fitting_keys(path[:-1], data[path[-1]]))
    return meant if meant not in data else ""


def _rename(parent: Any, path: Path, aliases: dict[Path, Path]) -> bool:
    value = parent.pop(path[-1])
    meant = nearest(str(path[-1]), fitting_keys(path[:-1], value))
    if meant and meant not in parent:
        parent[meant] = value
        aliases[(*path[:-1], meant)] = path
    return True


def _meant(path: Path, error: ErrorDetails) -> Any:
    """The value that was certainly meant, or None."""
    value = error.get("input")
    said = str(value).lower()
    if error["type"] == "bool_type" and said in ("yes", "on", "no", "off"):
        return said in ("yes", "on")
    if error["type"] == "string_type" and isinstance(value, int | float):
        return str(value)
    version = meant_version(path, error)
    if version is not None:
        return version
    if error["type"] == "list_type" and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return None


def meant_version(path: Path, error: ErrorDetails) -> Any:
    """What stands for an Exchange version that was written as its number alone, or None."""
    value = error.get("input")
    if path[:1] != ("transition",) or isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if error["type"] == "list_type":
        return [{"version": value}]
    return {"version": value} if error["type"] == "model_type" and len(path) > 1 else None


def rename(plain: Plain, aliases: dict[Path, Path]) -> None:
    """Let the document as it was written have the keys that were meant, with their places."""
    for new, old in list(aliases.items())[:_RENAMED]:
        parent: Any = plain.data
        try:
            for part in new[:-1]:
                parent = parent[part]
            parent[new[-1]] = parent.pop(old[-1])
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # what is around it was put in place by another repair
        for path in [p for p in plain.marks if p[: len(old)] == old]:
            plain.marks[(*new, *path[len(old) :])] = plain.marks[path]
        plain.empty |= {(*new, *p[len(old) :]) for p in plain.empty if p[: len(old)] == old}


def _required(model: type[BaseModel], key: str) -> bool:
    return any((i.alias or n) == key and i.is_required() for n, i in model.model_fields.items())


def _annotation_at(path: Path) -> Any:
    """What the models say may stand at a path; Any where they say nothing."""
    at: Any = PlanDocument
    for part in path:
        at = _inner(at, part)
    return at


def _inner(annotation: Any, part: str | int) -> Any:
    plain = _bare(annotation)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return _field(plain, str(part))
    arguments = get_args(plain)
    return arguments[-1] if get_origin(plain) in (list, dict) else Any


def _bare(annotation: Any) -> Any:
    """An annotation without its marks and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _field(model: type[BaseModel], key: str) -> Any:
    for name, info in model.model_fields.items():
        if (info.alias or name) == key:
            found: Any = info.annotation
            for mark in info.metadata:
                found = Annotated[found, mark]
            return found
    return Any


def _placeholder(annotation: Any) -> Any:
    """Any value that the type accepts."""
    bare = _bare(annotation)
    model = bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None
    if model is not None:
        return {
            (i.alias or n): _placeholder(_field(model, i.alias or n))
            for n, i in model.model_fields.items()
            if i.is_required()
        }
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    samples: list[Any] = [*_SAMPLES, [], {}, *_words(annotation)]
    for sample in samples:
        try:
            adapter.validate_python(sample, strict=True)
        except ValidationError:
            continue
        return sample
    return None


def _words(annotation: Any) -> tuple[Any, ...]:
    """Samples that only this type accepts: its words, a list or mapping of one."""
    bare = _bare(annotation)
    arguments = get_args(bare)
    if get_origin(bare) is list:
        return ([_placeholder(arguments[0])],)
    if get_origin(bare) is dict:
        return ({"x": _placeholder(arguments[-1])},)
    return arguments if get_origin(bare) is Literal else ()
