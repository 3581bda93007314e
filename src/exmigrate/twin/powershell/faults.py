"""What a .NET member raises inside; the member call makes a PowerShell error of it (see ``types.invoke``)."""

from __future__ import annotations

from typing import Any


class NetFault(Exception):
    """An exception of a .NET type, raised by a member's own code.

    Args:
        kind: Full name of the exception type.
        message: Its message.
        inner: Inner exception (`errors.NetException`), if any.
        properties: Further properties of the exception (``ParamName``).
    """

    def __init__(self, kind: str, message: str, inner: Any = None, **properties: Any):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.inner = inner
        self.properties = properties


def argument_null(name: str) -> NetFault:
    """ArgumentNullException for a parameter."""
    return NetFault(
        "System.ArgumentNullException", f"Value cannot be null. (Parameter '{name}')", ParamName=name
    )


def out_of_range(message: str, name: str) -> NetFault:
    """ArgumentOutOfRangeException for a parameter."""
    return NetFault("System.ArgumentOutOfRangeException", f"{message} (Parameter '{name}')", ParamName=name)


def bad_format(message: str) -> NetFault:
    """FormatException."""
    return NetFault("System.FormatException", message)


def bad_argument(message: str, name: str = "") -> NetFault:
    """ArgumentException, for a parameter where one is named."""
    if name:
        return NetFault("System.ArgumentException", f"{message} (Parameter '{name}')", ParamName=name)
    return NetFault("System.ArgumentException", message)


def invalid_operation(message: str) -> NetFault:
    """InvalidOperationException."""
    return NetFault("System.InvalidOperationException", message)


TEXT_LIMIT = 64_000_000
"""Characters or elements that one call of a member may make."""


def check_size(size: int) -> None:
    """OutOfMemoryException when a call would make more than `TEXT_LIMIT` characters or elements."""
    if size > TEXT_LIMIT:
        raise NetFault(
            "System.OutOfMemoryException", "Insufficient memory to continue the execution of the program."
        )
