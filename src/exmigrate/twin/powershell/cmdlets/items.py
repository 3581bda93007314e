"""Get-Item, Get-ChildItem, New-Item, Remove-Item, Copy-Item, Move-Item, Rename-Item, Set-Item, Test-Path, Resolve-Path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.providers.base import Drives, Place, drives_of, path_not_found
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.psobject import add_to
from exmigrate.twin.powershell.types.texts import to_text


def given_paths(call: Call) -> tuple[list[str], bool]:
    """The paths of -Path or -LiteralPath, and whether they are literal."""
    literal = call.bound.get("LiteralPath")
    if literal is not None:
        return [to_text(one) for one in (literal if isinstance(literal, list) else [literal])], True
    path = call.bound.get("Path")
    if path is None:
        return [], False
    return [to_text(one) for one in (path if isinstance(path, list) else [path])], False


def report(call: Call, fault: PSError) -> None:
    """Writes a provider's error as this cmdlet's."""
    record = fault.record
    record.command_id = ""
    call.write_error_record(record)


def shown_path(call: Call, place: Place, text: str) -> str:
    """The path as the error for a missing item names it."""
    return text if call.level == "7" else drives_of(call.session).shown(place)


def places(call: Call, must_exist: bool = True) -> Iterator[tuple[str, Place]]:
    """The places that the call's paths stand for; a missing one is reported and passed over."""
    texts, literal = given_paths(call)
    yield from places_of(call, texts, literal, must_exist)


def places_of(
    call: Call, texts: list[str], literal: bool, must_exist: bool = True
) -> Iterator[tuple[str, Place]]:
    """The same for given paths."""
    drives = drives_of(call.session)
    for text in texts:
        try:
            found = drives.expand(text, literal)
        except PSError as fault:
            report(call, fault)
            continue
        except MachineError:
            found = []
        wild = not literal and has_wildcard(text)
        for place in found:
            if must_exist and not wild and not place.provider.exists(call.session, place.path):
                report(call, path_not_found(shown_path(call, place, text)))
                continue
            yield text, place


def item_at(call: Call, place: Place) -> Any:
    """The item of a place with the properties that its provider adds."""
    return decorate(call, place, place.provider.item(call.session, place.path))


def decorate(call: Call, place: Place, item: Any) -> Any:
    """Adds PSPath and its kin to an item."""
    if item is None or not isinstance(item, (v.NetObject, v.PSObject)) or place.provider.name == "Variable":
        return item
    provider = place.provider
    parent = provider.parent(place.path)
    notes = {
        "PSPath": provider.full_name(place.path),
        "PSParentPath": provider.full_name(parent) if parent else "",
        "PSChildName": provider.leaf(place.path),
        "PSDrive": drives_of(call.session).drive(place.drive) if place.drive else _own_drive(call, place),
        "PSProvider": provider,
        "PSIsContainer": provider.is_container(call.session, place.path),
    }
    if isinstance(item, v.PSObject):
        item.props.update(notes)
    elif type(item).__name__ not in ("FunctionInfo", "AliasInfo"):
        for name, value in notes.items():
            add_to(item, name, value)
    return item


def _own_drive(call: Call, place: Place) -> Any:
    if place.provider.name == "FileSystem" and place.path[1:2] == ":":
        return drives_of(call.session).drive(place.path[0])
    return None


def _selected(call: Call, name: str) -> bool:
    include = call.bound.get("Include")
    exclude = call.bound.get("Exclude")
    wanted = call.bound.get("Filter")
    if wanted is not None and not _filter_matches(name, to_text(wanted)):
        return False
    if include and not any(like(name, to_text(one)) for one in include):
        return False
    return not (exclude and any(like(name, to_text(one)) for one in exclude))


def _filter_matches(name: str, pattern: str) -> bool:
    return like(name, pattern) or (pattern.endswith(".*") and like(name, pattern[:-2]))


def _get_item(call: Call) -> None:
    for _, place in places(call):
        if _selected(call, place.provider.leaf(place.path)):
            call.write(item_at(call, place))


def _get_children(call: Call) -> None:
    texts, literal = given_paths(call)
    if not texts:
        texts = [drives_of(call.session).location]
        literal = True
    depth = call.bound.get("Depth")
    recurse = call.flag("Recurse") or depth is not None
    for text, place in places_of(call, texts, literal):
        provider = place.provider
        if not provider.is_container(call.session, place.path):
            if _selected(call, provider.leaf(place.path)) and _kind_wanted(call, place):
                _emit_child(call, place)
            continue
        if has_wildcard(text) and not literal and not recurse:
            if _selected(call, provider.leaf(place.path)) and _kind_wanted(call, place):
                _emit_child(call, place)
            continue
        if call.bound.get("Include") and not recurse and not has_wildcard(text):
            continue
        _walk(call, place, recurse, int(depth) if depth is not None else -1)


def _walk(call: Call, place: Place, recurse: bool, depth: int) -> None:
    provider = place.provider
    try:
        names = provider.children(call.session, place.path)
    except MachineError as fault:
        call.write_error(fault.message, "DirUnauthorizedAccessError", "PermissionDenied", place.path)
        return
    except PSError as fault:
        report(call, fault)
        return
    folders = []
    below = [Place(provider, provider.join(place.path, name), place.drive) for name in names]
    ordered = (
        sorted(below, key=lambda one: not provider.is_container(call.session, one.path))
        if provider.containers
        else below
    )
    for child in ordered:
        if _hidden(call, child) and not call.flag("Force"):
            continue
        if _selected(call, provider.leaf(child.path)) and _kind_wanted(call, child):
            _emit_child(call, child)
        if recurse and depth != 0 and provider.is_container(call.session, child.path):
            folders.append(child)
    for child in folders:
        _walk(call, child, True, depth - 1)


def _hidden(call: Call, place: Place) -> bool:
    if place.provider.name != "FileSystem":
        return False
    stat = call.machine.files.stat(place.path)
    return (
        stat is not None and bool(stat.attributes & 6) and not call.flag("Hidden") and not call.flag("System")
    )


def _kind_wanted(call: Call, place: Place) -> bool:
    if place.provider.name != "FileSystem":
        return True
    container = place.provider.is_container(call.session, place.path)
    if call.flag("Directory") and not container:
        return False
    if call.flag("File") and container:
        return False
    stat = call.machine.files.stat(place.path)
    bits = stat.attributes if stat is not None else 0
    return not (
        (call.flag("Hidden") and not bits & 2)
        or (call.flag("ReadOnly") and not bits & 1)
        or (call.flag("System") and not bits & 4)
    )


def _emit_child(call: Call, place: Place) -> None:
    if call.flag("Name"):
        call.write(place.provider.leaf(place.path))
    else:
        call.write(item_at(call, place))


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


def _remove_item(call: Call) -> None:
    for text, place in list(places(call)):
        provider = place.provider
        if not _selected(call, provider.leaf(place.path)):
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
        if not _selected(call, place.provider.leaf(place.path)):
            continue
        target = _target(call, drives)
        if not call.should_process(f"Item: {place.path} Destination: {target.path}", "Copy File"):
            continue
        _apply(
            call,
            target,
            lambda place=place, target=target: place.provider.copy(  # type: ignore[misc]
                call.session, place.path, target.path, call.flag("Recurse"), call.flag("Force")
            ),
        )


def _move_item(call: Call) -> None:
    drives = drives_of(call.session)
    for _, place in list(places(call)):
        if not _selected(call, place.provider.leaf(place.path)):
            continue
        target = _target(call, drives)
        if not call.should_process(f"Item: {place.path} Destination: {target.path}", "Move File"):
            continue
        _apply(
            call,
            target,
            lambda place=place, target=target: place.provider.move(  # type: ignore[misc]
                call.session, place.path, target.path, call.flag("Force")
            ),
        )


def _rename_item(call: Call) -> None:
    for _, place in list(places(call)):
        name = to_text(call.bound.get("NewName"))
        if not call.should_process(f"Item: {place.path} Destination: {name}", "Rename File"):
            continue
        _apply(
            call,
            place,
            lambda place=place, name=name: place.provider.rename(  # type: ignore[misc]
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
            )  # type: ignore[misc]


def _clear_item(call: Call) -> None:
    for _, place in places(call):
        if call.should_process(place.path, "Clear Item"):
            _apply(call, place, lambda place=place: place.provider.clear(call.session, place.path))  # type: ignore[misc]


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


def _test_path(call: Call) -> None:
    texts, literal = given_paths(call)
    kind = to_text(call.bound.get("PathType") or "Any").lower()
    for text in texts:
        call.write(_exists(call, text, literal, kind))


def _exists(call: Call, text: str, literal: bool, kind: str) -> bool:
    if not text.strip():
        return False
    drives = drives_of(call.session)
    try:
        if call.flag("IsValid"):
            return not any(letter in text.partition(":")[2] for letter in '<>|"')
        found = drives.expand(text, literal)
    except (PSError, MachineError):
        return False
    for place in found:
        if not place.provider.exists(call.session, place.path):
            continue
        if not _selected(call, place.provider.leaf(place.path)):
            continue
        container = place.provider.is_container(call.session, place.path)
        if kind == "any" or (kind == "container") == container:
            return True
    return False


PATH_INFO = v.record_type(
    "System.Management.Automation.PathInfo",
    {
        "Drive": "System.Object",
        "Provider": "System.Object",
        "ProviderPath": "System.String",
        "Path": "System.String",
    },
    to_string="Path",
)


def path_info(call: Call, place: Place) -> v.Record:
    """A PathInfo of a place."""
    drives = drives_of(call.session)
    return v.Record(
        PATH_INFO,
        {
            "Drive": drives.drive(place.drive) if place.drive else _own_drive(call, place),
            "Provider": place.provider,
            "ProviderPath": place.path,
            "Path": drives.shown(place),
        },
    )


def _resolve_path(call: Call) -> None:
    for _, place in places(call):
        if call.flag("Relative"):
            base = call.session.current_directory().rstrip("\\/")
            separator = place.provider.separator
            rest = place.path[len(base) :] if place.path.lower().startswith(base.lower()) else place.path
            call.write("." + separator + rest.lstrip("\\/"))
        else:
            call.write(path_info(call, place))


def _convert_path(call: Call) -> None:
    for _, place in places(call):
        call.write(place.path)


PATH = Parameter(
    "Path", "string[]", sets=("Path",), position=0, mandatory=True, pipeline=True, pipeline_by_name=True
)
LITERAL = Parameter(
    "LiteralPath",
    "string[]",
    sets=("LiteralPath",),
    mandatory=True,
    pipeline_by_name=True,
    aliases=("PSPath", "LP"),
)
_CHILD_PATH = Parameter("Path", "string[]", sets=("Items",), position=0, pipeline=True, pipeline_by_name=True)
_CHILD_LITERAL = Parameter(
    "LiteralPath",
    "string[]",
    sets=("LiteralItems",),
    mandatory=True,
    pipeline_by_name=True,
    aliases=("PSPath", "LP"),
)
FILTERS = [
    Parameter("Filter", "string"),
    Parameter("Include", "string[]"),
    Parameter("Exclude", "string[]"),
    Parameter("Force", "switch"),
]
_CREDENTIAL = Parameter("Credential", "object")
CMDLETS = [
    Cmdlet(
        "Get-Item",
        parameters=[PATH, LITERAL, *FILTERS, _CREDENTIAL],
        process=_get_item,
        default_set="Path",
        aliases=("gi",),
    ),
    Cmdlet(
        "Get-ChildItem",
        parameters=[
            _CHILD_PATH,
            _CHILD_LITERAL,
            Parameter("Filter", "string", position=1),
            *FILTERS[1:],
            Parameter("Recurse", "switch", aliases=("s",)),
            Parameter("Depth", "int", since="5.1"),
            Parameter("Name", "switch"),
            *[
                Parameter(name, "switch", since="3.0")
                for name in ("Directory", "File", "Hidden", "ReadOnly", "System")
            ],
        ],
        process=_get_children,
        default_set="Items",
        aliases=("gci", "dir", "ls"),
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
    Cmdlet(
        "Test-Path",
        parameters=[
            Parameter(
                "Path",
                "string[]",
                sets=("Path",),
                position=0,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
                allow_null=True,
                allow_empty=True,
            ),
            LITERAL,
            *FILTERS[:3],
            Parameter("PathType", "string", aliases=("Type",)),
            Parameter("IsValid", "switch"),
            _CREDENTIAL,
        ],
        process=_test_path,
        default_set="Path",
    ),
    Cmdlet(
        "Resolve-Path",
        parameters=[PATH, LITERAL, Parameter("Relative", "switch"), _CREDENTIAL],
        process=_resolve_path,
        default_set="Path",
        aliases=("rvpa",),
    ),
    Cmdlet(
        "Convert-Path",
        parameters=[PATH, LITERAL],
        process=_convert_path,
        default_set="Path",
        aliases=("cvpa",),
    ),
]
