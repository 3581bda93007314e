"""The variables of parameters: what they hold when nothing was given, and what an assignment to them must pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.runtime.parameters import Spec
from exmigrate.twin.powershell.runtime.scope import Special
from exmigrate.twin.powershell.runtime.validate import run_validations
from exmigrate.twin.powershell.scalars import Switch

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


def special_of(spec: Spec) -> Special | None:
    """What the variable of a parameter keeps of its declaration: conversion and validations."""
    if spec.kind == "object" and not spec.validations:
        return None
    special: Special | None = spec.special
    if special is None:
        special = spec.special = Special()
        special.shared = True
        special.type_name = spec.type_text
        special.checks.append(lambda session, value: _check(session, spec, value))
    return special


def _check(session: Session, spec: Spec, value: Any) -> Any:
    """A later assignment to a parameter: its conversion and validations hold."""
    if spec.kind != "object":
        found = spec.type(session)
        if value is not None or spec.kind == "string" or (found.is_value_type and not spec.collection):
            value = convert(value, found, session)
    if spec.validations:
        run_validations(session, spec.name, spec.validations, value)
    return value


def unbound_value(session: Session, spec: Spec) -> Any:
    """What a parameter holds that was not given and has no default."""
    kind = spec.kind
    if kind == "object" or kind == "strings":
        return None
    if kind == "string":
        return ""
    if kind == "switch":
        return Switch(False)
    if kind == "bool":
        return False
    if spec.collection:
        return None
    found = spec.type(session)
    if not found.is_value_type or found.is_enum:
        return None
    try:
        return convert(None, found, session)
    except PSError:
        return None


def too_deep(session: Session) -> PSError:
    """The error for calls nested too deeply."""
    return error(
        "The script failed due to call depth overflow.",
        "CallDepthOverflow",
        "InvalidOperation",
        session.depth,
        exception="System.Management.Automation.ScriptCallDepthException",
    )
