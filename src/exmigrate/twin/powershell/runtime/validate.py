"""Checks of bound values: null and empty rules, validation attributes.

Source: about_Functions_Advanced_Parameters (validation attributes); texts as PowerShell 7 words them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import DictionaryBase, ListBase
from exmigrate.twin.powershell.compare import compare, equals
from exmigrate.twin.powershell.convert import convert, to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError
from exmigrate.twin.powershell.operators_text import pattern_of
from exmigrate.twin.powershell.packs import Validation
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.parameters import Spec
    from exmigrate.twin.powershell.runtime.session import Session

_NAMESPACE = "System.Management.Automation."
VALIDATION = _NAMESPACE + "ParameterBindingValidationException"
BINDING = _NAMESPACE + "ParameterBindingException"


def binding_error(
    message: str, error_id: str, category: str = "InvalidArgument", kind: str = BINDING, name: str = "",
    inner: NetException | None = None, target: Any = None,
) -> PSError:  # fmt: skip
    """An error of the binder; the command part of its id is added by the stage."""
    exception = NetException(kind, message, inner, {"ParameterName": name, "ErrorId": error_id})
    return PSError(ErrorRecord(exception, error_id, category, target))


def validation_error(name: str, text: str) -> PSError:
    """A validation attribute said no."""
    message = f"Cannot validate argument on parameter '{name}'. {text}"
    inner = NetException(_NAMESPACE + "ValidationMetadataException", text)
    return binding_error(message, "ParameterArgumentValidationError", "InvalidData", VALIDATION, name, inner)


def check_empty(spec: Spec, value: Any) -> None:
    """A mandatory parameter takes no null and nothing empty unless it says so."""
    if value is None:
        if not spec.allow_null:
            raise _empty(spec, "NullNotAllowed", "null")
    elif value == "" and isinstance(value, str):
        if not spec.allow_empty:
            raise _empty(spec, "EmptyStringNotAllowed", "an empty string")
    elif isinstance(value, (list, ListBase)) and spec.collection:
        items = value if isinstance(value, list) else value.items
        if not items and not spec.allow_empty_collection:
            raise _empty(spec, "EmptyArrayNotAllowed", "an empty array")
        for item in items:
            if item is None and not spec.allow_null:
                raise _empty(spec, "NullNotAllowed", "null")
            if type(item) is str and item == "" and not spec.allow_empty and spec.kind == "strings":
                raise _empty(spec, "EmptyStringNotAllowed", "an empty string")


def _empty(spec: Spec, suffix: str, what: str) -> PSError:
    message = f"Cannot bind argument to parameter '{spec.name}' because it is {what}."
    return binding_error(
        message, f"ParameterArgumentValidationError{suffix}", "InvalidData", VALIDATION, spec.name
    )


def run_validations(session: Session, name: str, validations: list[Validation], value: Any) -> None:
    """Run validation attributes over a value.

    Raises:
        PSError: ParameterArgumentValidationError.
    """
    for validation in validations:
        text = VALIDATORS[validation.kind](session, validation, value)
        if text:
            raise validation_error(name, text)


def _elements(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, ListBase):
        return value.items
    return [value]


def _each(check: Callable[[Any, Validation, Any], str]) -> Callable[[Any, Validation, Any], str]:
    def run(session: Any, validation: Validation, value: Any) -> str:
        for item in _elements(value):
            text = check(session, validation, item)
            if text:
                return text
        return ""

    return run


def _set(session: Any, validation: Validation, value: Any) -> str:
    if any(
        equals(to_text(value, session), to_text(item, session), validation.ignore_case)
        for item in validation.args
    ):
        return ""
    allowed = ",".join(to_text(item, session) for item in validation.args)
    return (
        f'The argument "{to_text(value, session)}" does not belong to the set "{allowed}" specified by the ValidateSet '
        "attribute. Supply an argument that is in the set and then try the command again."
    )


def _range(session: Any, validation: Validation, value: Any) -> str:
    low, high = validation.args
    if compare(value, high, True, session) > 0:
        return (
            f"The {to_text(value, session)} argument is greater than the maximum allowed range of {to_text(high)}. Supply an "
            f"argument that is less than or equal to {to_text(high)} and then try the command again."
        )
    if compare(value, low, True, session) < 0:
        return (
            f"The {to_text(value, session)} argument is less than the minimum allowed range of {to_text(low)}. Supply an "
            f"argument that is greater than or equal to {to_text(low)} and then try the command again."
        )
    return ""


def _pattern(session: Any, validation: Validation, value: Any) -> str:
    pattern = to_text(validation.args[0])
    regex = pattern_of(pattern, validation.ignore_case, session)
    if regex.compiled.search(to_text(value, session)) is not None:
        return ""
    return (
        f'The argument "{to_text(value, session)}" does not match the "{pattern}" pattern. Supply an argument that '
        f'matches "{pattern}" and try the command again.'
    )


def _length(session: Any, validation: Validation, value: Any) -> str:
    low, high = validation.args
    if not isinstance(value, str):
        return "The argument is not a string. Supply a string, and then try the command again."
    if len(value) < low:
        return (
            f"The character length ({len(value)}) of the argument is too short. Specify an argument with a length that "
            f'is greater than or equal to "{low}", and then try the command again.'
        )
    if len(value) > high:
        return (
            f"The character length of the {len(value)} argument is too long. Shorten the character length of the "
            f'argument so it is fewer than or equal to "{high}" characters, and then try the command again.'
        )
    return ""


def _count(session: Any, validation: Validation, value: Any) -> str:
    low, high = validation.args
    count = len(_elements(value)) if value is not None else 0
    if count > high:
        return (
            f"The number of provided arguments, ({count}), exceeds the maximum number of allowed arguments ({high}). "
            f"Provide fewer than {high} arguments, and then try the command again."
        )
    if count < low:
        return (
            f"The parameter requires at least {low} value(s) and no more than {high} value(s) - {count} value(s) were "
            "provided."
        )
    return ""


def _not_null(session: Any, validation: Validation, value: Any) -> str:
    if value is None:
        return "The argument is null. Provide a valid value for the argument, and then try running the command again."
    if isinstance(value, (list, ListBase)) and any(item is None for item in _elements(value)):
        return (
            "The argument is null or an element of the argument collection contains a null value. Supply a collection "
            "that does not contain any null values and then try the command again."
        )
    return ""


def _not_empty(session: Any, validation: Validation, value: Any) -> str:
    if (
        value is None
        or value == ""
        or (isinstance(value, (list, ListBase, DictionaryBase)) and not len(value))
    ):
        return "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again."
    if isinstance(value, (list, ListBase)) and any(item is None or item == "" for item in _elements(value)):
        return (
            "The argument is null, empty, or an element of the argument collection contains a null value. Supply a "
            "collection that does not contain any null values and then try the command again."
        )
    return ""


def _script(session: Any, validation: Validation, value: Any) -> str:
    test = validation.args[0]
    if callable(test):
        good = bool(test(value))
        shown = ""
    else:
        try:
            output = session.invoke(test, [], dollar_under=value)
        except PSError as fault:
            if fault.record.error_id == "NotSimulated" or fault.record.error_id.startswith("Limit."):
                raise
            return fault.record.message
        good = to_bool(output[0] if len(output) == 1 else output)
        shown = session.text(test)
    if good:
        return ""
    return (
        f'The "{shown}" validation script for the argument with value "{to_text(value, session)}" did not return a result '
        "of True. Determine why the validation script failed, and then try the command again."
    )


VALIDATORS: dict[str, Callable[[Any, Validation, Any], str]] = {
    "Set": _each(_set),
    "Range": _each(_range),
    "Pattern": _each(_pattern),
    "Length": _each(_length),
    "Count": _count,
    "NotNull": _not_null,
    "NotNullOrEmpty": _not_empty,
    "Script": _each(_script),
}


def as_parameter(session: Session, spec: Spec, value: Any, text: str | None, script: bool) -> Any:
    """An argument converted to the parameter's type.

    Args:
        session: The session.
        spec: The parameter.
        value: The argument.
        text: A number's text as typed, or None.
        script: Whether the command is a function (its conversion errors have their own id).

    Raises:
        PSError: ParameterArgumentTransformationError or CannotConvertArgumentNoMessage.
    """
    kind = spec.kind
    if kind == "object":
        return value
    if kind == "string":
        if type(value) is str:
            return value
        if text is not None:
            return text
        if not script and isinstance(value, (list, ListBase)):
            raise _cannot_convert(spec, value, None, script, "System.String", session)
        if not script and value is None:
            return None
    elif kind == "bool" and (isinstance(value, (str, list, DictionaryBase))):
        shown = f'Cannot convert value "{d.type_of(value).name}" to type "System.Boolean". Boolean parameters accept '
        shown += "only Boolean values and numbers, such as $True, $False, 1 or 0."
        raise transformation_error(spec.name, shown, script)
    elif kind == "strings" and text is not None:
        value = text
    elif value is None and (spec.collection or not spec.type(session).is_value_type) and kind != "switch":
        return None
    try:
        return convert(value, spec.type(session), session)
    except PSError as fault:
        raise transformation_error(
            spec.name, fault.record.exception.message, script, fault.record.exception
        ) from None


def _cannot_convert(
    spec: Spec, value: Any, fault: Any, script: bool, target: str, session: Session
) -> PSError:
    text = f"Cannot convert '{d.type_of(value).name}' to the type '{target}' required by parameter '{spec.name}'. "
    text += "Specified method is not supported."
    return binding_error(text, "CannotConvertArgument", "InvalidArgument", BINDING, spec.name)


def transformation_error(name: str, text: str, script: bool, inner: NetException | None = None) -> PSError:
    """The binder's error for a conversion that failed."""
    if script:
        return binding_error(
            f"Cannot process argument transformation on parameter '{name}'. {text}",
            "ParameterArgumentTransformationError",
            "InvalidData",
            _NAMESPACE + "ParameterBindingArgumentTransformationException",
            name,
            NetException(_NAMESPACE + "ArgumentTransformationMetadataException", text, inner),
        )
    return binding_error(
        f"Cannot bind parameter '{name}'. {text}", "CannotConvertArgumentNoMessage", name=name, inner=inner
    )
