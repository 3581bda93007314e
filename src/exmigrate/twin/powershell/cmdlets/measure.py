"""Measure-Object and Tee-Object."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.properties import columns, expand
from exmigrate.twin.powershell.cmdlets.sorting import order
from exmigrate.twin.powershell.convert import try_convert
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import MISSING

_BASE = {"Count": "System.Int32", "Average": "System.Double", "Sum": "System.Double"}
INFO = v.record_type("Microsoft.PowerShell.Commands.MeasureInfo", {})
_DEVIATION = {"StandardDeviation": "System.Double"}
_LIMITS = {"Maximum": "System.Object", "Minimum": "System.Object"}
_PROPERTY = {"Property": "System.String"}
GENERIC = v.record_type(
    "Microsoft.PowerShell.Commands.GenericMeasureInfo",
    {**_BASE, **_LIMITS, **_DEVIATION, **_PROPERTY},
    base=INFO,
)
GENERIC_BEFORE_6 = v.record_type(
    "Microsoft.PowerShell.Commands.GenericMeasureInfo", {**_BASE, **_LIMITS, **_PROPERTY}, base=INFO
)
GENERIC_OBJECT = v.record_type(
    "Microsoft.PowerShell.Commands.GenericObjectMeasureInfo",
    {**_BASE, **_LIMITS, **_DEVIATION, **_PROPERTY},
    base=INFO,
)
for _declared in (GENERIC, GENERIC_OBJECT):
    _declared.props["standarddeviation"].since = 7
TEXT = v.record_type(
    "Microsoft.PowerShell.Commands.TextMeasureInfo",
    {
        "Lines": "System.Int32",
        "Words": "System.Int32",
        "Characters": "System.Int32",
        "Property": "System.String",
    },
    base=INFO,
)


class _Totals:
    """Running totals of one property."""

    def __init__(self, name: str | None):
        self.name = name
        self.count = 0
        self.sum = 0.0
        self.squares = 0.0
        self.maximum: Any = None
        self.minimum: Any = None
        self.lines = 0
        self.words = 0
        self.characters = 0

    def deviation(self) -> float | None:
        """The sample's standard deviation; None below two numbers."""
        if self.count < 2:
            return None
        mean = self.sum / self.count
        return float(max(0.0, (self.squares - self.count * mean * mean) / (self.count - 1)) ** 0.5)


def _measure_process(call: Call) -> None:
    if "InputObject" not in call.bound or call.bound["InputObject"] is None:
        return
    value = call.bound["InputObject"]
    totals: dict[str | None, _Totals] = call.state.setdefault("totals", {})
    given = call.bound.get("Property")
    if given is None:
        _take(call, totals.setdefault(None, _Totals(None)), value)
        return
    wanted = call.state.get("columns")
    if wanted is None:
        wanted = call.state["columns"] = columns(call, given)
    for column in wanted:
        for name, found in expand(column, value, call.session):
            if found is not MISSING and found is not None:
                _take(call, totals.setdefault(name, _Totals(name)), found)


def _take(call: Call, totals: _Totals, value: Any) -> None:
    totals.count += 1
    if call.set_name == "TextMeasure":
        _take_text(totals, to_text(value, call.session), call.flag("IgnoreWhiteSpace"))
        return
    if call.flag("AllStats") or call.flag("Sum") or call.flag("Average") or call.flag("StandardDeviation"):
        _take_number(call, totals, value)
    if (call.flag("Maximum") or call.flag("AllStats")) and (
        totals.maximum is None or order(value, totals.maximum, True, call.session) > 0
    ):
        totals.maximum = value
    if (call.flag("Minimum") or call.flag("AllStats")) and (
        totals.minimum is None or order(value, totals.minimum, True, call.session) < 0
    ):
        totals.minimum = value


def _take_number(call: Call, totals: _Totals, value: Any) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        converted, number = try_convert(value, d.DOUBLE, call.session)
        if not converted:
            call.write_error(
                f'Input object "{to_text(value, call.session)}" is not numeric.',
                "NonNumericInputObject",
                "InvalidType",
                value,
                exception="System.Management.Automation.PSInvalidCastException",
            )
            totals.count -= 1
            return
    totals.sum += number
    totals.squares += number * number


def _take_text(totals: _Totals, text: str, ignore_space: bool) -> None:
    totals.characters += len("".join(text.split())) if ignore_space else len(text)
    totals.words += len(text.split())
    totals.lines += text.count("\n") + (1 if text and not text.endswith("\n") else 0)


def _measure_end(call: Call) -> None:
    totals: dict[str | None, _Totals] = call.state.get("totals", {})
    if not totals:
        if call.bound.get("Property") is not None:
            for name in call.bound["Property"]:
                call.write_error(
                    f'The property "{to_text(name)}" cannot be found in the input for any objects.',
                    "GenericMeasurePropertyNotFound",
                    "InvalidArgument",
                    exception="System.Management.Automation.PSArgumentException",
                )
            return
        totals = {None: _Totals(None)}
    for one in totals.values():
        call.write(_text_result(call, one) if call.set_name == "TextMeasure" else _number_result(call, one))


def _text_result(call: Call, totals: _Totals) -> v.Record:
    return v.Record(
        TEXT,
        {
            "Lines": totals.lines if call.flag("Line") else None,
            "Words": totals.words if call.flag("Word") else None,
            "Characters": totals.characters if call.flag("Character") else None,
            "Property": totals.name,
        },
    )


def _number_result(call: Call, totals: _Totals) -> v.Record:
    everything = call.flag("AllStats")
    numeric = all(
        isinstance(one, (int, float, Decimal, type(None))) for one in (totals.maximum, totals.minimum)
    )

    def shown(value: Any) -> Any:
        return float(value) if numeric and value is not None else value

    has_sum = (call.flag("Sum") or everything) and totals.count > 0
    has_average = (call.flag("Average") or everything) and totals.count > 0
    values = {
        "Count": totals.count,
        "Average": totals.sum / totals.count if has_average else None,
        "Sum": totals.sum if has_sum else None,
        "Maximum": shown(totals.maximum),
        "Minimum": shown(totals.minimum),
        "StandardDeviation": totals.deviation() if everything or call.flag("StandardDeviation") else None,
        "Property": totals.name,
    }
    if call.level != "7":
        return v.Record(GENERIC_BEFORE_6, values)
    return v.Record(GENERIC if numeric else GENERIC_OBJECT, values)


def _tee_process(call: Call) -> None:
    if "InputObject" not in call.bound:
        return
    value = call.bound["InputObject"]
    call.state.setdefault("items", []).append(value)
    call.write(value)


def _tee_end(call: Call) -> None:
    items = call.state.get("items", [])
    name = call.bound.get("Variable")
    if name is not None:
        call.session.assign_in_scope("local", to_text(name), items[0] if len(items) == 1 else items)
        return
    from exmigrate.twin.powershell.cmdlets.output import write_file

    path = call.bound.get("FilePath") or call.bound.get("LiteralPath")
    write_file(call, to_text(path), items, call.flag("Append"))


_INPUT = Parameter("InputObject", "psobject", pipeline=True)
_GENERIC_SET, _TEXT_SET = ("GenericMeasure",), ("TextMeasure",)
_DATE_PARTS = [Parameter(name, "int") for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
CMDLETS = [
    Cmdlet(
        "Measure-Object",
        parameters=[
            _INPUT,
            Parameter("Property", "object[]", position=0),
            *[
                Parameter(name, "switch", sets=_GENERIC_SET)
                for name in ("Sum", "Average", "Maximum", "Minimum")
            ],
            Parameter("AllStats", "switch", sets=_GENERIC_SET, since="7"),
            Parameter("StandardDeviation", "switch", sets=_GENERIC_SET, since="7"),
            *[
                Parameter(name, "switch", sets=_TEXT_SET)
                for name in ("Line", "Word", "Character", "IgnoreWhiteSpace")
            ],
        ],
        process=_measure_process,
        end=_measure_end,
        default_set="GenericMeasure",
        aliases=("measure",),
    ),
    Cmdlet(
        "Tee-Object",
        parameters=[
            _INPUT,
            Parameter("FilePath", "string", sets=("File",), position=0, mandatory=True),
            Parameter(
                "LiteralPath",
                "string",
                sets=("LiteralFile",),
                mandatory=True,
                aliases=("PSPath",),
                since="3.0",
            ),
            Parameter("Variable", "string", sets=("Variable",), mandatory=True),
            Parameter("Append", "switch", sets=("File",), since="3.0"),
        ],
        process=_tee_process,
        end=_tee_end,
        default_set="File",
        aliases=("tee",),
    ),
]
