"""New-Item, Remove-Item, Copy-Item, Move-Item, Rename-Item, Set-Item, Clear-Item."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.cmdlets.items import (
    FILTERS,
    LITERAL,
    PATH,
    decorate,
    given_paths,
    is_selected,
    places,
    report,
)
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.providers.base import Drives, Place, drives_of
from exmigrate.twin.powershell.types.texts import to_text


def _new_item(call: Call) -> None:
    texts, _ = given_paths(call)
    drives = drives_of(call.session)
    name = call.bound.get("Name")
    value = call.bound.get("Value")
    kind = to_text(call.bound.get("ItemType")) if call.bound.get("ItemType") is not None else "File"
    for text in texts or [drives.location]:
        try:
            place = drives.place(text)
            if name is not None:
                place = Place(
                    place.provider,
                    place.provider.normal(place.provider.join(place.path, to_text(name)), call.session),
                    place.drive,
                )
            if not call.should_process(f"Destination: {place.path}", f"Create {kind}"):
                continue
            made = place.provider.new(call.session, place.path, kind, value, call.flag("Force"))
        except PSError as fault:
            report(call, fault)
            continue
        call.write(decorate(call, place, made))


def _make_directory(call: Call) -> None:
    call.bound.setdefault("ItemType", "directory")
    _new_item(call)


def _remove_item(call: Call) -> None:
    for text, place in list(places(call)):
        provider = place.provider
        if not is_selected(call, provider.leaf(place.path)):
            continue
        if not call.should_process(
            place.path, "Remove File" if provider.name == "FileSystem" else "Remove Item"
        ):
            continue
        try:
            if (
                provider.name in ("FileSystem", "Registry")
                and not call.flag("Recurse")
                and _has_children(call, place)
            ):
                _confirm_recursion(call, place, text)
            provider.remove(call.session, place.path, call.flag("Recurse"), call.flag("Force"))
        except PSError as fault:
            report(call, fault)
        except MachineError as fault:
            call.write_error(
                fault.message,
                "RemoveItemIOError",
                "WriteError",
                place.path,
                exception="System.IO.IOException",
            )


def _has_children(call: Call, place: Place) -> bool:
    return place.provider.is_container(call.session, place.path) and bool(
        place.provider.children(call.session, place.path)
    )


def _confirm_recursion(call: Call, place: Place, text: str) -> None:
    """Without -Recurse, a container with children asks; nobody is there to answer."""
    call.should_continue(
        f"The item at {drives_of(call.session).shown(place)} has children and the Recurse parameter was not specified. "
        "If you continue, all children will be removed with the item. Are you sure you want to continue?",
        "Confirm",
    )


def _target(call: Call, drives: Drives) -> Place:
    return drives.place(to_text(call.bound.get("Destination") or "."))


def _copy_item(call: Call) -> None:
    drives = drives_of(call.session)
    for _, place in places(call):
        if not is_selected(call, place.provider.leaf(place.path)):
            continue
        target = _target(call, drives)
        if not call.should_process(f"Item: {place.path} Destination: {target.path}", "Copy File"):
            continue
        _apply(
            call,
            target,
            lambda place=place, target=target: place.provider.copy(
                call.session, place.path, target.path, call.flag("Recurse"), call.flag("Force")
            ),
        )


def _move_item(call: Call) -> None:
    drives = drives_of(call.session)
    for _, place in list(places(call)):
        if not is_selected(call, place.provider.leaf(place.path)):
            continue
        target = _target(call, drives)
        if not call.should_process(f"Item: {place.path} Destination: {target.path}", "Move File"):
            continue
        _apply(
            call,
            target,
            lambda place=place, target=target: place.provider.move(
                call.session, place.path, target.path, call.flag("Force")
            ),
        )


def _rename_item(call: Call) -> None:
    for _, place in list(places(call, must_exist=False)):
        name = to_text(call.bound.get("NewName"))
        if not place.provider.exists(call.session, place.path):
            call.write_error(
                f"Cannot rename because item at '{place.given or place.path}' does not exist.",
                "InvalidOperation",
                "InvalidOperation",
                place.path,
                exception="System.Management.Automation.PSInvalidOperationException",
            )
            continue
        if not call.should_process(f"Item: {place.path} Destination: {name}", "Rename File"):
            continue
        _apply(
            call,
            place,
            lambda place=place, name=name: place.provider.rename(
                call.session, place.path, name, call.flag("Force")
            ),
        )


def _set_item(call: Call) -> None:
    for _, place in places(call, must_exist=False):
        if call.should_process(place.path, "Set Item"):
            _apply(
                call,
                place,
                lambda place=place: place.provider.set(call.session, place.path, call.bound.get("Value")),
            )


def _clear_item(call: Call) -> None:
    for _, place in places(call):
        if call.should_process(place.path, "Clear Item"):
            _apply(call, place, lambda place=place: place.provider.clear(call.session, place.path))


def _apply(call: Call, place: Place, action: Any) -> None:
    try:
        made = action()
    except PSError as fault:
        report(call, fault)
        return
    except MachineError as fault:
        call.write_error(
            fault.message, "IOError", "WriteError", place.path, exception="System.IO.IOException"
        )
        return
    if call.flag("PassThru") and made is not None:
        path = getattr(made, "path", place.path)
        call.write(decorate(call, Place(place.provider, path, place.drive), made))


_CREDENTIAL = Parameter("Credential", "object")
CMDLETS = [
    Cmdlet(
        "mkdir",
        parameters=[
            Parameter("Path", "string[]", position=0, mandatory=True, pipeline_by_name=True),
            Parameter("Name", "string", pipeline_by_name=True),
            Parameter("Value", "object"),
            Parameter("Force", "switch"),
            _CREDENTIAL,
        ],
        process=_make_directory,
        should_process=True,
        class_name="Microsoft.PowerShell.Commands.NewItemCommand",
        aliases=("md",),
    ),
    Cmdlet(
        "New-Item",
        parameters=[
            Parameter("Path", "string[]", position=0, mandatory=("pathSet",), pipeline_by_name=True),
            Parameter(
                "Name", "string", sets=("nameSet",), mandatory=True, pipeline_by_name=True, allow_empty=True
            ),
            Parameter("ItemType", "string", pipeline_by_name=True, aliases=("Type",)),
            Parameter("Value", "object", pipeline=True, pipeline_by_name=True, aliases=("Target",)),
            Parameter("Force", "switch"),
            _CREDENTIAL,
        ],
        process=_new_item,
        default_set="pathSet",
        should_process=True,
        aliases=("ni",),
    ),
    Cmdlet(
        "Remove-Item",
        parameters=[PATH, LITERAL, *FILTERS, Parameter("Recurse", "switch"), _CREDENTIAL],
        process=_remove_item,
        default_set="Path",
        should_process=True,
        aliases=("ri", "del", "erase", "rd", "rm", "rmdir"),
    ),
    Cmdlet(
        "Copy-Item",
        parameters=[
            PATH,
            LITERAL,
            Parameter("Destination", "string", position=1, pipeline_by_name=True),
            Parameter("Container", "switch"),
            *FILTERS,
            Parameter("Recurse", "switch"),
            Parameter("PassThru", "switch"),
            _CREDENTIAL,
        ],
        process=_copy_item,
        default_set="Path",
        should_process=True,
        aliases=("cpi", "copy", "cp"),
    ),
    Cmdlet(
        "Move-Item",
        parameters=[
            PATH,
            LITERAL,
            Parameter("Destination", "string", position=1, pipeline_by_name=True),
            *FILTERS,
            Parameter("PassThru", "switch"),
            _CREDENTIAL,
        ],
        process=_move_item,
        default_set="Path",
        should_process=True,
        aliases=("mi", "move", "mv"),
    ),
    Cmdlet(
        "Rename-Item",
        parameters=[
            Parameter(
                "Path",
                "string",
                position=0,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
                sets=("Path",),
            ),
            Parameter(
                "LiteralPath",
                "string",
                sets=("LiteralPath",),
                mandatory=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
            ),
            Parameter("NewName", "string", position=1, mandatory=True, pipeline_by_name=True),
            Parameter("Force", "switch"),
            Parameter("PassThru", "switch"),
            _CREDENTIAL,
        ],
        process=_rename_item,
        default_set="Path",
        should_process=True,
        aliases=("rni", "ren"),
    ),
    Cmdlet(
        "Set-Item",
        parameters=[
            PATH,
            LITERAL,
            Parameter("Value", "object", position=1, pipeline=True, pipeline_by_name=True),
            *FILTERS,
            Parameter("PassThru", "switch"),
        ],
        process=_set_item,
        default_set="Path",
        should_process=True,
        aliases=("si",),
    ),
    Cmdlet(
        "Clear-Item",
        parameters=[PATH, LITERAL, *FILTERS],
        process=_clear_item,
        default_set="Path",
        should_process=True,
        aliases=("cli",),
    ),
]
