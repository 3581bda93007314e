"""Paths and drives: from what a script writes to a provider and a path of its own (about_Providers, about_Locations)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.text.wildcard import compile_wildcard, has_wildcard, unescape
from exmigrate.twin.powershell.values import NetObject

_SESSION_EXCEPTION = "System.Management.Automation."


class Provider:
    """What every provider offers; what one does not offer is an error that names the provider.

    Paths are the provider's own: absolute, with ``separator`` between parts, '' for the root of everything.
    """

    name = ""
    separator = "\\"
    containers = True
    has_content = False
    has_properties = False
    drives: tuple[str, ...] = ()

    def root_of(self, drive: str, session: Any) -> str | None:
        """The path that a drive of this provider stands for, None when there is no such drive."""
        return None

    def drive_names(self, session: Any) -> list[str]:
        """Drives that this provider brings by itself."""
        return list(self.drives)

    def normal(self, path: str, session: Any) -> str:
        """A path of the provider written its own way."""
        return path

    def item(self, session: Any, path: str) -> Any:
        """The item at a path, None when there is none."""
        raise self.refuse("Get-Item")

    def exists(self, session: Any, path: str) -> bool:
        """Whether there is an item."""
        return self.item(session, path) is not None

    def is_container(self, session: Any, path: str) -> bool:
        """Whether the item can have children."""
        return False

    def children(self, session: Any, path: str) -> list[str]:
        """Names of the children in order."""
        raise self.refuse("Get-ChildItem")

    def new(self, session: Any, path: str, kind: str, value: Any, force: bool) -> Any:
        """Makes an item and gives it back."""
        raise self.refuse("New-Item")

    def set(self, session: Any, path: str, value: Any) -> Any:
        """Sets an item's value."""
        raise self.refuse("Set-Item")

    def clear(self, session: Any, path: str) -> None:
        """Clears an item's value."""
        raise self.refuse("Clear-Item")

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        """Removes an item."""
        raise self.refuse("Remove-Item")

    def rename(self, session: Any, path: str, name: str, force: bool) -> Any:
        """Renames an item."""
        raise self.refuse("Rename-Item")

    def copy(self, session: Any, path: str, target: str, recurse: bool, force: bool) -> Any:
        """Copies an item."""
        raise self.refuse("Copy-Item")

    def move(self, session: Any, path: str, target: str, force: bool) -> Any:
        """Moves an item."""
        raise self.refuse("Move-Item")

    def properties(self, session: Any, path: str, names: list[str] | None) -> dict[str, Any]:
        """Properties of an item (values of a registry key)."""
        raise self.refuse("Get-ItemProperty")

    def set_property(self, session: Any, path: str, name: str, value: Any, kind: str | None) -> None:
        """Sets or makes a property."""
        raise self.refuse("Set-ItemProperty")

    def remove_property(self, session: Any, path: str, name: str) -> None:
        """Removes a property."""
        raise self.refuse("Remove-ItemProperty")

    def read(self, session: Any, path: str) -> Any:
        """Content of an item: bytes of a file, or the value of a variable."""
        raise self.refuse("Get-Content")

    def write(self, session: Any, path: str, data: Any, append: bool) -> None:
        """Writes the content of an item."""
        raise self.refuse("Set-Content")

    def refuse(self, what: str) -> PSError:
        """The error for something that this provider does not do."""
        return error(
            f"Provider operation stopped because the provider does not support this operation: {what} ({self.name}).",
            "NotSupported",
            "NotImplemented",
            exception=_SESSION_EXCEPTION + "PSNotSupportedException",
        )

    def join(self, parent: str, name: str) -> str:
        """A child's path."""
        if not parent:
            return name
        return parent + name if parent.endswith(self.separator) else parent + self.separator + name

    def parent(self, path: str) -> str:
        """The parent's path, '' at the top."""
        return path.rstrip(self.separator).rpartition(self.separator)[0]

    def leaf(self, path: str) -> str:
        """The last part of a path."""
        return path.rstrip(self.separator).rpartition(self.separator)[2]

    def full_name(self, path: str) -> str:
        """The path as PSPath shows it."""
        return f"{self.module()}\\{self.name}::{path}"

    def module(self) -> str:
        """Snap-in that the provider belongs to."""
        return "Microsoft.PowerShell.Security" if self.name == "Certificate" else "Microsoft.PowerShell.Core"


class Drive(NetObject):
    """System.Management.Automation.PSDriveInfo."""

    __slots__ = ("description", "name", "provider", "root")

    def __init__(self, name: str, provider: Provider, root: str, description: str = ""):
        self.name = name
        self.provider = provider
        self.root = root
        self.description = description


@dataclass(frozen=True, slots=True)
class Place:
    """A path resolved: its provider, the provider's own path, and the drive it was reached through ('' for none)."""

    provider: Provider
    path: str
    drive: str = ""
    given: str = ""


class Drives:
    """The drives and the location of one session."""

    def __init__(self, session: Any, providers: list[Provider]):
        self.session = session
        self.providers = {provider.name.lower(): provider for provider in providers}
        self.drives: dict[str, Drive] = {}
        for provider in providers:
            for name in provider.drive_names(session):
                root = provider.root_of(name, session)
                if root is not None:
                    self.drives[name.lower()] = Drive(name, provider, root)
        self.stack: list[str] = []
        self.current: dict[str, str] = {}

    def drive(self, name: str) -> Drive | None:
        """A drive by name; file system drives appear when the machine has them."""
        found = self.drives.get(name.lower())
        if found is None:
            files = self.providers["filesystem"]
            root = files.root_of(name, self.session)
            if root is not None:
                found = self.drives[name.lower()] = Drive(name.upper(), files, root)
        return found

    def all(self) -> list[Drive]:
        """Every drive in order of name."""
        for name in self.providers["filesystem"].drive_names(self.session):
            self.drive(name)
        return sorted(self.drives.values(), key=lambda drive: drive.name.lower())

    # Location ----------------------------------------------------------------------------------------------

    @property
    def location(self) -> str:
        """The current location as a script writes it (``C:\\x``, ``HKLM:\\SOFTWARE``)."""
        found = self.session.items.get("any-location")
        return str(found) if found else str(self.session.current_directory())

    def set_location(self, place: Place) -> None:
        """Makes a place the current location."""
        shown = self.shown(place)
        self.session.items["any-location"] = shown
        if place.provider.name == "FileSystem":
            self.session.items["location"] = place.path

    def shown(self, place: Place) -> str:
        """A place as ``Get-Location`` writes it."""
        if place.provider.name == "FileSystem":
            return place.path
        drive = self.drives.get(place.drive.lower())
        if drive is None:
            return f"{place.provider.module()}\\{place.provider.name}::{place.path}"
        rest = place.path[len(drive.root) :].lstrip(place.provider.separator)
        return f"{drive.name}:{place.provider.separator}{rest}"

    # Resolving ----------------------------------------------------------------------------------------------

    def place(self, text: str) -> Place:
        """A path without wildcards as a place; it need not exist."""
        qualified = re.match(r"^(?:[\w.]+\\)?(\w+)::(.*)$", text, re.DOTALL)
        if qualified:
            provider = self.providers.get(qualified.group(1).lower())
            if provider is None:
                raise error(
                    f"Cannot find a provider with the name '{qualified.group(1)}'.",
                    "ProviderNotFound",
                    "ObjectNotFound",
                    qualified.group(1),
                    exception=_SESSION_EXCEPTION + "ProviderNotFoundException",
                )
            return Place(provider, provider.normal(qualified.group(2), self.session), "", text)
        drive_name, colon, rest = text.partition(":")
        if (
            colon
            and re.fullmatch(r"[\w.~-]+", drive_name)
            and not (rest.startswith("/") and rest.startswith("//"))
        ):
            return self._on_drive(drive_name, rest, text)
        return self._relative(text)

    def _on_drive(self, name: str, rest: str, text: str) -> Place:
        drive = self.drive(name)
        if drive is None:
            raise error(
                f"Cannot find drive. A drive with the name '{name}' does not exist.",
                "DriveNotFound",
                "ObjectNotFound",
                name,
                exception=_SESSION_EXCEPTION + "DriveNotFoundException",
            )
        provider = drive.provider
        body = rest.replace("/", provider.separator) if provider.separator == "\\" else rest
        path = provider.join(drive.root, body.lstrip(provider.separator)) if body else drive.root
        return Place(provider, provider.normal(path, self.session), drive.name, text)

    def _relative(self, text: str) -> Place:
        files = self.providers["filesystem"]
        location = self.session.items.get("any-location")
        rooted = text.startswith(("/", "\\"))
        if text.startswith("~"):
            environment = self.session.machine.environment
            home = (
                environment.get("USERPROFILE")
                or environment.get("HOME")
                or files.root_of("C", self.session)
                or "/"
            )
            return Place(files, files.normal(home + text[1:], self.session), "", text)
        if not location or (rooted and self._is_file_location(str(location))):
            return Place(files, files.normal(text, self.session), "", text)
        base = self.place(str(location))
        if base.provider is files:
            return Place(files, files.normal(text, self.session), "", text)
        return Place(base.provider, self._joined(base, text, rooted), base.drive, text)

    def _is_file_location(self, location: str) -> bool:
        return "::" not in location and (location[1:2] == ":" or location.startswith(("/", "\\")))

    def _joined(self, base: Place, text: str, rooted: bool) -> str:
        separator = base.provider.separator
        drive = self.drives.get(base.drive.lower())
        start = drive.root if rooted and drive is not None else base.path
        parts = [part for part in start.split(separator) if part]
        for part in text.replace("/", separator).split(separator):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return separator.join(parts)

    def expand(self, text: str, literal: bool = False) -> list[Place]:
        """The places that a path with wildcards stands for; a path without any is itself, existing or not."""
        if literal or not has_wildcard(text):
            return [self.place(text if literal else unescape(text))]
        separator = "\\" if "\\" in text or "/" not in text else "/"
        head, parts = self._split_at_wildcard(text, separator)
        base = self.place(head) if head else self.place(".")
        found = [base]
        for part in parts:
            found = [child for one in found for child in self._matching(one, part)]
        return found

    def _split_at_wildcard(self, text: str, separator: str) -> tuple[str, list[str]]:
        parts = re.split(r"[\\/]", text) if separator == "\\" else text.split("/")
        first = next(index for index, part in enumerate(parts) if has_wildcard(part))
        head = separator.join(parts[:first])
        if first and (head.endswith(":") or not head):
            head += separator
        drive, colon, rest = parts[first].partition(":")
        if first == 0 and colon and not has_wildcard(drive):
            return drive + ":", [rest, *parts[1:]]
        return head, [part for part in parts[first:] if part]

    def _matching(self, place: Place, pattern: str) -> list[Place]:
        provider = place.provider
        if not provider.is_container(self.session, place.path):
            return []
        if not has_wildcard(pattern):
            path = provider.join(place.path, unescape(pattern))
            return [Place(provider, path, place.drive)] if provider.exists(self.session, path) else []
        match = compile_wildcard(pattern).match
        return [
            Place(provider, provider.join(place.path, name), place.drive)
            for name in provider.children(self.session, place.path)
            if match(name)
        ]


def drives_of(session: Any) -> Drives:
    """The drives of a session, made when first asked for."""
    found = session.items.get("drives")
    if found is None:
        from exmigrate.twin.powershell.providers import core_providers

        found = session.items["drives"] = Drives(
            session, [*core_providers(), *session.host.registry.providers]
        )
    return found  # type: ignore[no-any-return]


def path_not_found(text: str, target: Any = None) -> PSError:
    """The error for a path that names nothing."""
    return error(
        f"Cannot find path '{text}' because it does not exist.",
        "PathNotFound",
        "ObjectNotFound",
        text if target is None else target,
        exception=_SESSION_EXCEPTION + "ItemNotFoundException",
    )


_CATEGORIES = {
    "not-found": ("ObjectNotFound", "System.IO.FileNotFoundException"),
    "denied": ("PermissionDenied", "System.UnauthorizedAccessException"),
    "exists": ("WriteError", "System.IO.IOException"),
    "not-empty": ("WriteError", "System.IO.IOException"),
    "disk-full": ("WriteError", "System.IO.IOException"),
    "in-use": ("WriteError", "System.IO.IOException"),
}


def refused(fault: MachineError, error_id: str, target: Any) -> PSError:
    """What a cmdlet reports when the machine refuses."""
    category, kind = _CATEGORIES.get(fault.kind, ("InvalidOperation", "System.IO.IOException"))
    if fault.kind == "not-found" and fault.code == 3:
        kind = "System.IO.DirectoryNotFoundException"
    return error(fault.message, error_id, category, target, exception=kind)
