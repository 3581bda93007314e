"""Frozen dataclasses to and from plain JSON values, by their type hints.

The world's specification arrives as JSON from outside, so that a wrong key or type is named with its
path instead of surfacing later as an odd server.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class SpecError(ValueError):
    """The specification of a world is wrong at one place.

    Attributes:
        path: dotted place in the document, such as ``servers[2].os``.
        reason: what is wrong there.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path or 'specification'}: {reason}")


def to_plain(value: Any) -> Any:
    """Turn a dataclass tree into dicts, lists and scalars; defaults are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if not _is_default(field, item):
                plain[field.name] = to_plain(item)
        return plain
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def _is_default(field: "dataclasses.Field[Any]", item: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(item == field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return False


def from_plain(kind: type[T], value: Any, path: str = "") -> T:
    """Build ``kind`` from plain JSON values.

    Args:
        kind: a dataclass type.
        value: the plain value, a mapping for a dataclass.
        path: where the value stands, for messages.

    Raises:
        SpecError: unknown or missing key, or a value of the wrong type.
    """
    if not isinstance(value, Mapping):
        raise SpecError(path, f"expected an object for {kind.__name__}, found {type(value).__name__}")
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in value:
        if key not in fields:
            raise SpecError(f"{path}.{key}".lstrip("."), f"unknown key of {kind.__name__}")
    arguments: dict[str, Any] = {}
    for name, field in fields.items():
        place = f"{path}.{name}".lstrip(".")
        if name in value:
            arguments[name] = _convert(hints[name], value[name], place)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise SpecError(place, "is missing")
    return kind(**arguments)


def _convert(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        return _convert_union(hint, value, path)
    if origin is tuple:
        return _convert_tuple(hint, value, path)
    if origin in (dict, Mapping) or hint is dict:
        if not isinstance(value, Mapping):
            raise SpecError(path, "expected an object")
        inner = (typing.get_args(hint) or (str, Any))[1]
        return {str(key): _convert(inner, item, f"{path}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return from_plain(typing.cast(type, hint), value, path)
    return _convert_scalar(hint, value, path)


def _convert_union(hint: Any, value: Any, path: str) -> Any:
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    if value is None:
        return None
    return _convert(options[0], value, path)


def _convert_tuple(hint: Any, value: Any, path: str) -> Any:
    if not isinstance(value, list | tuple):
        raise SpecError(path, "expected a list")
    inner = typing.get_args(hint)[0]
    return tuple(_convert(inner, item, f"{path}[{index}]") for index, item in enumerate(value))


def _convert_scalar(hint: Any, value: Any, path: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, bool) and hint is not bool:
        raise SpecError(path, f"expected {hint.__name__}, found bool")
    if not isinstance(value, hint):
        raise SpecError(path, f"expected {hint.__name__}, found {type(value).__name__}")
    return value
