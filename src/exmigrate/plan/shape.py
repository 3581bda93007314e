"""The models seen from outside: which place of the document defines or refers to what, and what keys it knows."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from .plain import Path
from .schema import Defines, PlanDocument, Refers, Unsupported


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a place: a model, a list or mapping of `inner`, or a leaf; with its marks."""

    kind: str
    model: type[BaseModel] | None = None
    inner: Shape | None = None
    defines: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    unsupported: Unsupported | None = None
    words: tuple[str, ...] = ()


def shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """The shape of an annotation."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return shape(inner, (*metadata, *more))
    if get_origin(annotation) in (Union, types.UnionType):
        first = next(a for a in get_args(annotation) if a is not type(None))
        return shape(first, metadata)
    if get_origin(annotation) is list:
        return Shape("list", inner=shape(get_args(annotation)[0]))
    if get_origin(annotation) is dict:
        return Shape("map", inner=shape(get_args(annotation)[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("model", model=annotation)
    words = tuple(str(a) for a in get_args(annotation)) if get_origin(annotation) is Literal else ()
    return Shape(
        "leaf",
        defines=tuple(m.kind for m in metadata if isinstance(m, Defines)),
        refers=tuple(k for m in metadata if isinstance(m, Refers) for k in m.kinds),
        unsupported=next((m for m in metadata if isinstance(m, Unsupported)), None),
        words=words,
    )


@cache
def fields(model: type[BaseModel]) -> dict[str, Shape]:
    """Keys of a model as the plan writes them, with their shapes."""
    return {
        (info.alias or name): shape(info.annotation, tuple(info.metadata))
        for name, info in model.model_fields.items()
    }


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of the document with its path and shape."""

    path: Path
    value: Any
    shape: Shape


def leaves(data: Any, at: Shape, path: Path = ()) -> Iterator[Leaf]:
    """Every leaf whose place is known, however wrong the rest of the document is."""
    if at.kind == "leaf":
        yield Leaf(path, data, at)
    elif at.kind == "model" and at.model is not None and isinstance(data, dict):
        known = fields(at.model)
        for key, value in data.items():
            if key in known:
                yield from leaves(value, known[key], (*path, key))
    elif at.kind == "list" and at.inner is not None and isinstance(data, list):
        for i, item in enumerate(data):
            yield from leaves(item, at.inner, (*path, i))
    elif at.kind == "map" and at.inner is not None and isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, at.inner, (*path, key))


def model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that describes the mapping at a path, or None."""
    at = Shape("model", model=root)
    for part in path:
        if at.kind == "model" and at.model is not None:
            known = fields(at.model)
            if part not in known:
                return None
            at = known[str(part)]
        elif at.inner is not None:
            at = at.inner
        else:
            return None
    return at.model if at.kind == "model" else None


def fitting_keys(path: Path, value: Any) -> list[str]:
    """The keys at a path that can hold such a value: no mapping or list for a text, no text for a mapping."""
    model = model_at(PlanDocument, path)
    kinds = ("list", "map", "model") if isinstance(value, list | dict) else ("leaf", "list")
    known = fields(model) if model else {}
    return [key for key, at in known.items() if at.kind in kinds or at.unsupported is not None]


def known_keys(path: Path) -> list[str]:
    """The keys that a plan may write at a path."""
    model = model_at(PlanDocument, path)
    return list(fields(model)) if model else []
