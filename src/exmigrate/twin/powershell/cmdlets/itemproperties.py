"""Get-ItemProperty and its kin."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.items import LITERAL, PATH, decorate, item_at, places, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.published import NotSimulated
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import MISSING


def _missing(call: Call, name: str, path: str) -> None:
    call.write_error(
        f"Property {name} does not exist at path {path}.",
        "System.Management.Automation.PSArgumentException",
        "InvalidArgument",
        name,
        exception="System.Management.Automation.PSArgumentException",
    )


def _properties(call: Call, place: Any) -> dict[str, Any]:
    if place.provider.name == "Registry":
        return place.provider.properties(call.session, place.path, None)  # type: ignore[no-any-return]
    item = item_at(call, place)
    found: dict[str, Any] = {}
    for name in property_names(item, call.session):
        if name.startswith("PS"):
            continue
        try:
            value = get_property(item, name, call.session)
        except NotSimulated:
            raise
        except PSError:
            continue
        found[name] = None if value is MISSING else value
    return found


def _get(call: Call) -> None:
    wanted = [to_text(one) for one in call.bound.get("Name") or []]
    for _, place in places(call):
        if not place.provider.has_properties:
            report(call, place.provider.refuse("Get-ItemProperty"))
            continue
        if not wanted and place.provider.name != "Registry":
            call.write(item_at(call, place))
            continue
        found = _properties(call, place)
        if wanted:
            chosen = _selected(call, found, wanted, place.path)
            if chosen is None:
                continue
            found = chosen
        call.write(decorate(call, place, v.PSObject(dict(found))))


def _selected(call: Call, found: dict[str, Any], wanted: list[str], path: str) -> dict[str, Any] | None:
    chosen: dict[str, Any] = {}
    for pattern in wanted:
        names = [name for name in found if like(name, pattern)]
        if not names and not has_wildcard(pattern):
            _missing(call, pattern, path)
            return None
        chosen.update({name: found[name] for name in names})
    return chosen


def _get_value(call: Call) -> None:
    for _, place in places(call):
        found = _properties(call, place)
        for name in call.bound.get("Name") or []:
            key = v.find_key(found, to_text(name))
            if key is None:
                _missing(call, to_text(name), place.path)
            else:
                call.write(found[key])


def _set(call: Call) -> None:
    kind = call.bound.get("Type")
    for _, place in places(call):
        if not call.should_process(
            f"Item: {place.path} Property: {to_text(call.bound.get('Name'))}", "Set Property"
        ):
            continue
        pairs = {to_text(call.bound.get("Name")): call.bound.get("Value")}
        if "InputObject" in call.bound:
            source = call.bound["InputObject"]
            pairs = {
                name: get_property(source, name, call.session)
                for name in property_names(source, call.session)
                if not name.startswith("PS")
            }
        for name, value in pairs.items():
            _guard(
                call,
                lambda name=name, value=value, place=place: place.provider.set_property(
                    call.session, place.path, name, value, to_text(kind) if kind is not None else None
                ),
            )
        if call.flag("PassThru"):
            call.write(decorate(call, place, v.PSObject(dict(_properties(call, place)))))


def _new(call: Call) -> None:
    name = to_text(call.bound.get("Name"))
    kind = call.bound.get("PropertyType")
    for _, place in places(call):
        if place.provider.name == "Registry":
            existing = place.provider.properties(call.session, place.path, None)
            if v.find_key(existing, name) is not None and not call.flag("Force"):
                call.write_error(
                    "The property already exists.",
                    "System.IO.IOException",
                    "ResourceExists",
                    place.path,
                    exception="System.IO.IOException",
                )
                continue
        value = call.bound.get("Value")
        text = to_text(kind) if kind is not None else "String"
        if value is None and text.lower() in ("dword", "qword"):
            value = 0
        if _guard(
            call,
            lambda place=place, value=value, text=text: place.provider.set_property(
                call.session, place.path, name, value, text
            ),
        ):
            found = place.provider.properties(call.session, place.path, None)
            key = v.find_key(found, name) or name
            call.write(decorate(call, place, v.PSObject({key: found.get(key)})))


def _guard(call: Call, action: Any) -> bool:
    try:
        action()
    except PSError as fault:
        report(call, fault)
        return False
    except MachineError as fault:
        call.write_error(
            fault.message, "System.IO.IOException", "WriteError", exception="System.IO.IOException"
        )
        return False
    return True


def _remove(call: Call) -> None:
    for _, place in places(call):
        for one in call.bound.get("Name") or []:
            name = to_text(one)
            found = place.provider.properties(call.session, place.path, None)
            names = [known for known in found if like(known, name)]
            if not names and not has_wildcard(name):
                _missing(call, name, place.path)
            for known in names:
                if call.should_process(f"Item: {place.path} Property: {known}", "Remove Property"):
                    _guard(
                        call,
                        lambda known=known, place=place: place.provider.remove_property(
                            call.session, place.path, known
                        ),
                    )


def _clear(call: Call) -> None:
    name = to_text(call.bound.get("Name"))
    for _, place in places(call):
        _guard(
            call,
            lambda place=place, name=name: place.provider.set_property(
                call.session, place.path, name, "", None
            ),
        )


def _rename(call: Call) -> None:
    for _, place in places(call):
        name, new = to_text(call.bound.get("Name")), to_text(call.bound.get("NewName"))
        found = place.provider.properties(call.session, place.path, None)
        key = v.find_key(found, name)
        if key is None:
            _missing(call, name, place.path)
            continue
        place.provider.set_property(call.session, place.path, new, found[key], None)
        place.provider.remove_property(call.session, place.path, key)


_NAMES = Parameter("Name", "string[]", position=1, aliases=("PSProperty",))
_ONE = Parameter("Name", "string", position=1, mandatory=True, aliases=("PSProperty",), pipeline_by_name=True)
_MORE = [
    Parameter("Force", "switch"),
    Parameter("Filter", "string"),
    Parameter("Include", "string[]"),
    Parameter("Exclude", "string[]"),
]
CMDLETS = [
    Cmdlet("Get-ItemProperty", parameters=[PATH, LITERAL, _NAMES, *_MORE[1:]], process=_get, default_set="Path", aliases=("gp",)),
    Cmdlet(
        "Get-ItemPropertyValue",
        parameters=[PATH, LITERAL, Parameter("Name", "string[]", position=1, mandatory=True, aliases=("PSProperty",)), *_MORE[1:]],
        process=_get_value, default_set="Path", aliases=("gpv",), since="5.1",
    ),
    Cmdlet(
        "Set-ItemProperty",
        parameters=[
            PATH, LITERAL,
            Parameter("Name", "string", position=1, pipeline_by_name=True, aliases=("PSProperty",)),
            Parameter("Value", "object", position=2, pipeline_by_name=True, allow_null=True),
            Parameter("InputObject", "psobject", pipeline=True),
            Parameter("Type", "string"),
            Parameter("PassThru", "switch"), *_MORE,
        ],
        process=_set, default_set="Path", should_process=True, aliases=("sp",),
    ),
    Cmdlet(
        "New-ItemProperty",
        parameters=[
            PATH, LITERAL,
            Parameter("Name", "string", mandatory=True, position=1, pipeline_by_name=True, aliases=("PSProperty",)),
            Parameter("PropertyType", "string", pipeline_by_name=True, aliases=("Type",)),
            Parameter("Value", "object", pipeline_by_name=True), *_MORE,
        ],
        process=_new, default_set="Path", should_process=True,
    ),
    Cmdlet("Remove-ItemProperty", parameters=[PATH, LITERAL, Parameter("Name", "string[]", mandatory=True, position=1, pipeline_by_name=True, aliases=("PSProperty",)), *_MORE], process=_remove, default_set="Path", should_process=True, aliases=("rp",)),
    Cmdlet("Clear-ItemProperty", parameters=[PATH, LITERAL, _ONE, *_MORE], process=_clear, default_set="Path", should_process=True, aliases=("clp",)),
    Cmdlet("Rename-ItemProperty", parameters=[PATH, LITERAL, _ONE, Parameter("NewName", "string", position=2, mandatory=True), *_MORE], process=_rename, default_set="Path", should_process=True, aliases=("rnp",)),
]  # fmt: skip
