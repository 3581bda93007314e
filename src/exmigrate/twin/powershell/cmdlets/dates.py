"""Get-Date, New-TimeSpan, Start-Sleep."""

from __future__ import annotations

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.scalars import TICKS_PER_SECOND, DateTime, TimeSpan
from exmigrate.twin.powershell.text.dates import format_date
from exmigrate.twin.powershell.types.moments import local_now, to_utc
from exmigrate.twin.powershell.types.texts import format_value, to_text

# Dates ---------------------------------------------------------------------------------------------------------

_UNIX = {
    "Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "b": "MMM", "B": "MMMM",
    "a": "ddd", "A": "dddd", "j": "", "p": "tt", "I": "hh", "e": "d",
}  # fmt: skip


def _get_date(call: Call) -> None:
    bound = call.bound
    moment = bound.get("Date")
    if moment is None:
        moment = local_now(call.session)
    parts = moment.to_datetime()
    changes = {
        name.lower(): int(bound[name])
        for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")
        if name in bound
    }
    if changes:
        try:
            changed = DateTime.from_datetime(parts.replace(**changes), moment.kind)  # type: ignore[arg-type]
        except ValueError as fault:
            raise call.throw(
                f"Cannot bind parameter: {fault}.", "DateTimeOutOfRange", "InvalidArgument",
                exception="System.ArgumentOutOfRangeException",
            ) from None  # fmt: skip
        moment = DateTime(changed.ticks + moment.ticks % 10, moment.kind)
    if "Millisecond" in bound:
        moment = DateTime(moment.ticks - moment.fraction + int(bound["Millisecond"]) * 10_000, moment.kind)
    if call.flag("AsUTC"):
        moment = to_utc(moment, call.session)
    if "Format" in bound:
        call.write(format_value(moment, _date_format(to_text(bound["Format"])), call.session))
    elif "UFormat" in bound:
        call.write(_unix_format(moment, to_text(bound["UFormat"])))
    else:
        call.write(moment)


def _date_format(form: str) -> str:
    known = {
        "filedate": "yyyyMMdd",
        "filedatetime": "yyyyMMdd'T'HHmmssffff",
        "filedatetimeuniversal": "yyyyMMdd'T'HHmmssffff'Z'",
        "filedateuniversal": "yyyyMMdd'Z'",
    }
    return known.get(form.lower(), form)


def _unix_format(moment: DateTime, form: str) -> str:
    out, position = [], 1 if form.startswith("+") else 0
    while position < len(form):
        letter = form[position]
        if letter == "%" and position + 1 < len(form):
            position += 1
            code = form[position]
            if code == "s":
                out.append(str((moment.ticks - DateTime.of(1970, 1, 1).ticks) // TICKS_PER_SECOND))
            elif code == "j":
                out.append(f"{moment.to_datetime().timetuple().tm_yday:03d}")
            elif code == "T":
                out.append(format_date(moment, "HH:mm:ss"))
            elif code == "F":
                out.append(format_date(moment, "yyyy-MM-dd"))
            elif code in _UNIX:
                pattern = _UNIX[code]
                out.append(format_date(moment, pattern if len(pattern) > 1 else "%" + pattern))
            else:
                out.append(code)
        else:
            out.append(letter)
        position += 1
    return "".join(out)


def _new_timespan(call: Call) -> None:
    bound = call.bound
    if call.set_name == "Date":
        start = bound.get("Start") or local_now(call.session)
        end = bound.get("End") or local_now(call.session)
        call.write(TimeSpan(end.ticks - start.ticks))
        return
    ticks = s.as_ticks(*(int(bound.get(name) or 0) for name in ("Days", "Hours", "Minutes", "Seconds")))
    call.write(TimeSpan(ticks + int(bound.get("Milliseconds") or 0) * 10_000))


def _sleep(call: Call) -> None:
    bound = call.bound
    if "Milliseconds" in bound:
        seconds = int(bound["Milliseconds"]) / 1000
    elif "Duration" in bound:
        seconds = bound["Duration"].seconds
    else:
        seconds = float(bound.get("Seconds") or 0)
    call.machine.clock.sleep(seconds)


_DATE_PARTS = [Parameter(name, "int") for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
CMDLETS = [
    Cmdlet(
        "Get-Date",
        parameters=[
            Parameter(
                "Date",
                "datetime",
                position=0,
                pipeline=True,
                pipeline_by_name=True,
                aliases=("LastWriteTime",),
            ),
            *_DATE_PARTS,
            Parameter("Millisecond", "int", since="3.0"),
            Parameter("DisplayHint", "string"),
            Parameter("Format", "string", sets=("net",)),
            Parameter("UFormat", "string", sets=("UFormat",)),
            Parameter("AsUTC", "switch", since="7"),
        ],
        process=_get_date,
        default_set="net",
    ),
    Cmdlet(
        "New-TimeSpan",
        parameters=[
            Parameter(
                "Start",
                "datetime",
                sets=("Date",),
                position=0,
                pipeline_by_name=True,
                aliases=("LastWriteTime",),
            ),
            Parameter("End", "datetime", sets=("Date",), position=1, pipeline_by_name=True),
            *[Parameter(name, "int", sets=("Time",)) for name in ("Days", "Hours", "Minutes", "Seconds")],
            Parameter("Milliseconds", "int", sets=("Time",), since="7"),
        ],
        process=_new_timespan,
        default_set="Date",
    ),
    Cmdlet(
        "Start-Sleep",
        parameters=[
            Parameter(
                "Seconds",
                "double",
                sets=("Seconds",),
                position=0,
                mandatory=True,
                pipeline=True,
                validations=(Validation("Range", (0, 2147483)),),
            ),
            Parameter(
                "Milliseconds",
                "int",
                sets=("Milliseconds",),
                mandatory=True,
                aliases=("ms",),
                validations=(Validation("Range", (0, 2**31 - 1)),),
            ),
            Parameter("Duration", "timespan", sets=("FromTimeSpan",), mandatory=True, since="7"),
        ],
        process=_sleep,
        default_set="Seconds",
        aliases=("sleep",),
    ),
]
