"""Join-Path, Split-Path, locations, drives and providers."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.items import given_paths, path_info, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.providers.base import Drive, Provider, drives_of, path_not_found
from exmigrate.twin.powershell.scalars import Credential, SecureString
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.texts import to_text


def _separator(call: Call) -> str:
    return "\\" if call.machine.platform == "windows" else "/"


def _join_path(call: Call) -> None:
    child = to_text(call.bound.get("ChildPath"))
    children = [child, *[to_text(one) for one in call.bound.get("AdditionalChildPath") or []]]
    separator = _separator(call)
    for parent in call.bound.get("Path") or []:
        text = to_text(parent)
        if call.level != "7":
            _need_drive(call, text)
        if separator == "\\":
            text = text.replace("/", "\\")
        for one in children:
            one = one.replace("/", "\\") if separator == "\\" else one.replace("\\", "/")
            text = text.rstrip(separator) + separator + one.lstrip(separator) if text else one
        if call.flag("Resolve"):
            for place in drives_of(call.session).expand(text):
                call.write(drives_of(call.session).shown(place))
        else:
            call.write(text)


def _need_drive(call: Call, text: str) -> None:
    """Windows PowerShell looks the drive up, as Join-Path fails for drives that do not exist."""
    drive, colon, _ = text.partition(":")
    if (
        colon
        and len(drive) > 0
        and "\\" not in drive
        and "::" not in text
        and drives_of(call.session).drive(drive) is None
    ):
        call.write_error(
            f"Cannot find drive. A drive with the name '{drive}' does not exist.",
            "DriveNotFound",
            "ObjectNotFound",
            drive,
            exception="System.Management.Automation.DriveNotFoundException",
        )


def _split_path(call: Call) -> None:
    texts, _ = given_paths(call)
    separator = _separator(call)
    for text in texts:
        if call.flag("Resolve"):
            text = drives_of(call.session).shown(drives_of(call.session).place(text))
        call.write(_part_of(call, text, separator))


def _part_of(call: Call, text: str, separator: str) -> Any:
    qualifier = re.match(r"^(?:[\w.\\]+::|[\w.~-]+:)", text)
    if call.flag("IsAbsolute"):
        return bool(qualifier) or (separator == "/" and text.startswith("/"))
    if call.flag("Qualifier"):
        if qualifier is None:
            raise call.throw(
                f"Cannot parse path because path '{text}' does not have a qualifier specified.",
                "ParseError",
                "InvalidArgument",
                exception="System.FormatException",
            )
        return qualifier.group()
    if call.flag("NoQualifier"):
        return text[qualifier.end() :] if qualifier else text
    trimmed = text.rstrip("\\/") or text
    parts = re.split(r"[\\/]", trimmed)
    if call.flag("Leaf"):
        return parts[-1]
    if call.flag("Extension"):
        return "." + parts[-1].rpartition(".")[2] if "." in parts[-1] else ""
    if call.flag("LeafBase"):
        return parts[-1].rpartition(".")[0] if "." in parts[-1] else parts[-1]
    return _parent_of(trimmed, separator)


def _parent_of(text: str, separator: str) -> str:
    normal = text.replace("/", "\\") if separator == "\\" else text.replace("\\", "/")
    head, found, _ = normal.rpartition(separator)
    if not found:
        return ""
    if head.endswith(":") or (not head and separator == "/"):
        return head + separator
    return head


def _get_location(call: Call) -> None:
    drives = drives_of(call.session)
    call.write(path_info(call, drives.place(drives.location)))


def _set_location(call: Call) -> None:
    _go(call, keep=False)


def _go(call: Call, keep: bool) -> None:
    texts, literal = given_paths(call)
    drives = drives_of(call.session)
    before = drives.location
    if not texts:
        texts = ["~"] if not keep else [before]
    try:
        found = drives.expand(texts[0], literal)
    except PSError as fault:
        report(call, fault)
        return
    if not found or not found[0].provider.is_container(call.session, found[0].path):
        shown = drives.shown(found[0]) if found else texts[0]
        raise _as_own(call, path_not_found(shown))
    if keep:
        drives.stack.append(before)
    drives.set_location(found[0])
    if call.flag("PassThru"):
        call.write(path_info(call, found[0]))


def _as_own(call: Call, fault: PSError) -> PSError:
    record = fault.record
    return call.throw(
        record.message, record.error_id, record.category, record.target, exception=record.exception.type_name
    )


def _push_location(call: Call) -> None:
    _go(call, keep=True)


def _pop_location(call: Call) -> None:
    drives = drives_of(call.session)
    if drives.stack:
        drives.set_location(drives.place(drives.stack.pop()))


# Drives and providers ------------------------------------------------------------------------------------------

DRIVE = declare_type("System.Management.Automation.PSDriveInfo", python=Drive)
DRIVE.display = ("Name", "Provider", "Root")
DRIVE.prop("Name", lambda drive, ctx: drive.name, type_name="System.String")
DRIVE.prop("Provider", lambda drive, ctx: drive.provider)
DRIVE.prop("Root", lambda drive, ctx: drive.root, type_name="System.String")
DRIVE.prop("Description", lambda drive, ctx: drive.description, type_name="System.String")
DRIVE.prop("CurrentLocation", lambda drive, ctx: "", type_name="System.String")
DRIVE.prop("Used", lambda drive, ctx: _space(drive, ctx, 0))
DRIVE.prop("Free", lambda drive, ctx: _space(drive, ctx, 1))
DRIVE.constants({"DisplayRoot": None}, since=3.0)
DRIVE.constants({"MaximumSize": None}, since=5.1)
DRIVE.prop("Credential", lambda drive, ctx: Credential("", SecureString("")))
DRIVE.prop("VolumeSeparatedByColon", lambda drive, ctx: True, None, "System.Boolean", 7)
DRIVE.to_string = lambda drive, ctx: drive.name
PROVIDER = declare_type("System.Management.Automation.ProviderInfo")
PROVIDER.display = ("Name", "Capabilities", "Drives")
PROVIDER.prop("Name", lambda provider, ctx: provider.name, type_name="System.String")
PROVIDER.prop("PSSnapIn", lambda provider, ctx: provider.module())
PROVIDER.prop("ModuleName", lambda provider, ctx: provider.module(), type_name="System.String")
PROVIDER.prop(
    "Drives", lambda provider, ctx: [one for one in drives_of(ctx).all() if one.provider is provider]
)
_CAPABILITIES = {
    "FileSystem": "Filter, ShouldProcess, Credentials", "Registry": "ShouldProcess, Transactions",
    "Certificate": "ShouldProcess",
}  # fmt: skip
_CLASSES = {"Certificate": "Microsoft.PowerShell.Commands.CertificateProvider"}


def _implementing(provider: Provider) -> str:
    return _CLASSES.get(provider.name, f"Microsoft.PowerShell.Commands.{provider.name}Provider")


def _home(provider: Provider, ctx: Any) -> Any:
    return ctx.machine.environment.get("USERPROFILE", "") if provider.name == "FileSystem" else ""


PROVIDER.prop("ImplementingType", lambda provider, ctx: _implementing(provider))
PROVIDER.prop(
    "HelpFile",
    lambda provider, ctx: (
        (
            "Microsoft.PowerShell.Security"
            if provider.name == "Certificate"
            else "System.Management.Automation"
        )
        + ".dll-Help.xml"
    ),
    type_name="System.String",
)
PROVIDER.constants({"Description": "", "Module": None})
PROVIDER.prop("Capabilities", lambda provider, ctx: _CAPABILITIES.get(provider.name, "ShouldProcess"))
PROVIDER.prop("Home", _home, lambda provider, value, ctx: None, "System.String")
PROVIDER.prop("ItemSeparator", lambda provider, ctx: v.Char(provider.separator), since=7)
PROVIDER.prop("AltItemSeparator", lambda provider, ctx: v.Char("/"), since=7)
PROVIDER.constants({"VolumeSeparatedByColon": True}, since=7)
PROVIDER.to_string = lambda provider, ctx: f"{provider.module()}\\{provider.name}"


def _declare_providers() -> None:
    from exmigrate.twin.powershell.typeinfo import BY_CLASS

    BY_CLASS[Provider] = PROVIDER


_declare_providers()


def _space(drive: Drive, ctx: Any, which: int) -> Any:
    if drive.provider.name != "FileSystem":
        return None
    found = ctx.machine.files.drives().get(drive.name if drive.name != "/" else "/")
    return None if found is None else v.Int64(found[which])


def _get_drive(call: Call) -> None:
    drives = drives_of(call.session)
    names = [to_text(one) for one in call.bound.get("Name") or ["*"]]
    provider = [to_text(one) for one in call.bound.get("PSProvider") or []]
    known = drives.all()
    for pattern in names:
        found = [
            one
            for one in known
            if like(one.name, pattern) and (not provider or any(like(one.provider.name, p) for p in provider))
        ]
        for one in found:
            call.write(one)
        if not found and "*" not in pattern:
            call.write_error(
                f"Cannot find drive. A drive with the name '{pattern}' does not exist.",
                "GetLocationNoMatchingDrive",
                "ObjectNotFound",
                pattern,
                exception="System.Management.Automation.DriveNotFoundException",
            )


def _new_drive(call: Call) -> None:
    drives = drives_of(call.session)
    name, root = to_text(call.bound.get("Name")), to_text(call.bound.get("Root"))
    provider = drives.providers.get(to_text(call.bound.get("PSProvider")).lower())
    if provider is None:
        raise call.throw(
            f"Cannot find a provider with the name '{to_text(call.bound.get('PSProvider'))}'.",
            "ProviderNotFound",
            "ObjectNotFound",
            exception="System.Management.Automation.ProviderNotFoundException",
        )
    if name.lower() in drives.drives:
        raise call.throw(
            f"A drive with the name '{name}' already exists.",
            "DriveAlreadyExists",
            "ResourceExists",
            name,
            exception="System.Management.Automation.SessionStateException",
        )
    path = drives.place(root).path if ":" in root else provider.normal(root, call.session)
    made = Drive(name, provider, path, to_text(call.bound.get("Description")))
    drives.drives[name.lower()] = made
    call.write(made)


def _remove_drive(call: Call) -> None:
    drives = drives_of(call.session)
    for name in call.bound.get("Name") or []:
        if drives.drives.pop(to_text(name).lower(), None) is None:
            call.write_error(
                f"Cannot find drive. A drive with the name '{to_text(name)}' does not exist.",
                "DriveNotFound",
                "ObjectNotFound",
                to_text(name),
                exception="System.Management.Automation.DriveNotFoundException",
            )


def _get_provider(call: Call) -> None:
    names = [to_text(one) for one in call.bound.get("PSProvider") or ["*"]]
    for provider in drives_of(call.session).providers.values():
        if any(like(provider.name, name) for name in names):
            call.write(provider)


_PATH = Parameter("Path", "string", sets=("Path",), position=0, pipeline=True, pipeline_by_name=True)
_LITERAL = Parameter(
    "LiteralPath", "string", sets=("LiteralPath",), pipeline_by_name=True, aliases=("PSPath",)
)
_PARTS = ("Qualifier", "NoQualifier", "Parent", "Leaf", "Resolve", "IsAbsolute")
CMDLETS = [
    Cmdlet(
        "Join-Path",
        parameters=[
            Parameter(
                "Path",
                "string[]",
                position=0,
                mandatory=True,
                pipeline=True,
                pipeline_by_name=True,
                aliases=("PSPath",),
            ),
            Parameter(
                "ChildPath",
                "string",
                position=1,
                mandatory=True,
                pipeline_by_name=True,
                allow_empty=True,
                allow_null=True,
            ),
            Parameter("AdditionalChildPath", "string[]", position=2, remaining=True, since="7"),
            Parameter("Resolve", "switch"),
            Parameter("Credential", "object"),
        ],
        process=_join_path,
    ),
    Cmdlet(
        "Split-Path",
        parameters=[
            Parameter("Path", "string[]", position=0, mandatory=True, pipeline=True, pipeline_by_name=True),
            Parameter("Credential", "object"),
            *[Parameter(name, "switch") for name in _PARTS],
            Parameter("Extension", "switch", since="7"),
            Parameter("LeafBase", "switch", since="7"),
        ],
        process=_split_path,
    ),
    Cmdlet(
        "Get-Location",
        parameters=[Parameter("PSProvider", "string[]"), Parameter("PSDrive", "string[]")],
        process=_get_location,
        aliases=("gl", "pwd"),
    ),
    Cmdlet(
        "Set-Location",
        parameters=[_PATH, _LITERAL, Parameter("PassThru", "switch")],
        process=_set_location,
        default_set="Path",
        aliases=("sl", "cd", "chdir"),
    ),
    Cmdlet(
        "Push-Location",
        parameters=[_PATH, _LITERAL, Parameter("PassThru", "switch"), Parameter("StackName", "string")],
        process=_push_location,
        default_set="Path",
        aliases=("pushd",),
    ),
    Cmdlet(
        "Pop-Location",
        parameters=[Parameter("PassThru", "switch"), Parameter("StackName", "string")],
        process=_pop_location,
        aliases=("popd",),
    ),
    Cmdlet(
        "Get-PSDrive",
        parameters=[
            Parameter("Name", "string[]", position=0, pipeline_by_name=True),
            Parameter("PSProvider", "string[]"),
            Parameter("Scope", "string"),
        ],
        process=_get_drive,
        aliases=("gdr",),
    ),
    Cmdlet(
        "New-PSDrive",
        parameters=[
            Parameter("Name", "string", position=0, mandatory=True),
            Parameter("PSProvider", "string", position=1, mandatory=True),
            Parameter("Root", "string", position=2, mandatory=True, allow_empty=True),
            Parameter("Description", "string"),
            Parameter("Scope", "string"),
            Parameter("Credential", "object"),
            Parameter("Persist", "switch", since="3.0"),
        ],
        process=_new_drive,
        should_process=True,
        aliases=("ndr",),
    ),
    Cmdlet(
        "Remove-PSDrive",
        parameters=[
            Parameter("Name", "string[]", position=0, mandatory=True, pipeline_by_name=True),
            Parameter("Force", "switch"),
            Parameter("Scope", "string"),
        ],
        process=_remove_drive,
        should_process=True,
        aliases=("rdr",),
    ),
    Cmdlet(
        "Get-PSProvider", parameters=[Parameter("PSProvider", "string[]", position=0)], process=_get_provider
    ),
]
