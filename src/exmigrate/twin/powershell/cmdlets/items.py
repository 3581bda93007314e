"""Get-Item, Get-ChildItem, Test-Path, Resolve-Path, Convert-Path, and how the item cmdlets take paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.providers.base import Place, drives_of, path_not_found
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


def existing_files(call: Call, texts: list[str]) -> Iterator[tuple[str, Place]]:
    """Places of files that a cmdlet opens itself (Import-Csv, Import-Clixml): one that is not there ends it."""
    literal = "LiteralPath" in call.bound
    for text, place in places_of(call, texts, literal, must_exist=False):
        if not place.provider.exists(call.session, place.path):
            raise call.throw(
                f"Could not find file '{place.path}'.",
                "FileOpenFailure",
                "OpenError",
                exception="System.IO.FileNotFoundException",
            )
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


def is_selected(call: Call, name: str) -> bool:
    """Whether -Filter, -Include and -Exclude let a name pass."""
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
        if is_selected(call, place.provider.leaf(place.path)):
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
            if is_selected(call, provider.leaf(place.path)) and _kind_wanted(call, place):
                _emit_child(call, place)
            continue
        if has_wildcard(text) and not literal and not recurse:
            if is_selected(call, provider.leaf(place.path)) and _kind_wanted(call, place):
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
        if is_selected(call, provider.leaf(child.path)) and _kind_wanted(call, child):
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
        if not is_selected(call, place.provider.leaf(place.path)):
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
