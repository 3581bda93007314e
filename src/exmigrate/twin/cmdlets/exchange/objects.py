"""Finding, showing and changing configuration objects: what most Get-, Set- and Remove- cmdlets have in common."""

from __future__ import annotations

import fnmatch
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from exmigrate.twin.cmdlets.exchange import convert
from exmigrate.twin.cmdlets.exchange.shell import INVALID, Shell, TaskError, identity_text, items_of
from exmigrate.twin.cmdlets.exchange.values import (
    ad_object_id,
    config_object,
    date,
    list_of,
    size,
    span,
    unlimited,
    uri,
)
from exmigrate.twin.powershell.collections_ import DictionaryBase
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import kinds as table
from exmigrate.twin.world.exchange.kinds import VERSION_2010, Property
from exmigrate.twin.world.exchange.layout import server_of

# finding


def base_of(shell: Shell, kind: str) -> str:
    """Where objects of a kind lie."""
    if kind in ("AdSite", "AdSiteLink"):
        return shell.org.layout.sites
    return shell.org.layout.org


def all_of(shell: Shell, kind: str, base: str = "") -> list[Entry]:
    """Objects of a kind, as the call's controller has them."""
    return shell.store.all(kind, base or base_of(shell, kind))


def names_of(shell: Shell, entry: Entry) -> set[str]:
    """Every text that identifies an object, in lower case."""
    name = names.rdn_value(entry.dn)
    found = {name, entry.dn, str(entry.guid), entry.text("legacyExchangeDN"), f"\\{name}"}
    server = server_of(entry.dn)
    if server and server.lower() != name.lower():
        found |= {f"{server}\\{name}"}
        above = names.rdn_value(names.parent(entry.dn))
        found |= {f"{server}\\{above}\\{name}"}
    for address in entry.get("networkAddress"):
        if str(address).startswith("ncacn_ip_tcp:"):
            found.add(str(address).partition(":")[2])
    return {text.lower() for text in found if text}


def find(shell: Shell, kind: str, identity: str, base: str = "") -> list[Entry]:
    """Objects of a kind that an identity names; a ``*`` in it matches any text."""
    direct = _direct(shell, identity)
    if direct is not None:
        fits = direct.has_class(table.kinds()[kind].object_class)
        return [direct] if fits else []
    wanted = identity.strip().lower()
    found = all_of(shell, kind, base)
    if "*" in wanted:
        return [e for e in found if any(fnmatch.fnmatchcase(n, wanted) for n in names_of(shell, e))]
    return [entry for entry in found if wanted in names_of(shell, entry)]


def _direct(shell: Shell, identity: str) -> Entry | None:
    if "=" in identity and "," in identity:
        return shell.store.get(identity)
    try:
        return shell.controller.replica.by_guid(uuid.UUID(identity.strip("{}")))
    except ValueError:
        return None


def one(shell: Shell, kind: str, identity: Any, base: str = "") -> Entry:
    """The one object that an identity names.

    Raises:
        TaskError: none or several.
    """
    text = identity_text(identity)
    found = find(shell, kind, text, base)
    if not found:
        raise shell.not_found(text)
    if len(found) > 1:
        raise TaskError(
            f"The operation couldn't be performed because '{text}' matches multiple entries.",
            "InvalidArgument",
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
        )
    return found[0]


# showing


def shown(shell: Shell, item: Property, value: Any) -> Any:
    """A plain value of a property as scripts get it."""
    if item.codec == "link":
        return link(shell, value)
    if item.codec == "links":
        return list_of([link(shell, dn) for dn in value])
    if item.codec == "list":
        return list_of(value)
    if item.codec == "uri":
        return uri(value)
    if item.codec == "size":
        return (
            unlimited(value, shell.version == "2007")
            if item.name not in FIXED_SIZES
            else size(value or 0, shell.version == "2007")
        )
    if item.codec == "span":
        return span(value)
    if item.codec == "time":
        return date(value)
    return value if value is not None or item.codec != "str" else ""


FIXED_SIZES = frozenset({"MaxDumpsterSizePerStorageGroup", "MaxDumpsterSizePerDatabase"})
NULL_TEXTS = frozenset({"CertPrincipalName", "RpcClientAccessServer", "Banner"})


def link(shell: Shell, dn: str | None) -> Record | None:
    """A link to another object; one that the controller does not have shows its name all the same."""
    if not dn:
        return None
    known = shell.links.get(dn)
    if known is None:
        target = shell.store.get(dn)
        known = ad_object_id(dn, text_of_link(shell, dn, target), target.guid if target else None)
        shell.links[dn] = known
    return known


def text_of_link(shell: Shell, dn: str, target: Entry | None) -> str:
    """What a link shows as: a 2007 database or a virtual directory with its server, else the name."""
    name = names.rdn_value(dn)
    if target is not None and target.has_class("msExchMDB"):
        return shell.org.databases.identity(shell.store, target)
    if target is not None and target.has_class("msExchOAB"):
        return f"\\{name}"
    if target is not None and target.has_class("addressBookContainer"):
        return f"\\{name}"
    server = server_of(dn)
    if server and server.lower() != name.lower():
        return f"{server}\\{name}"
    if target is not None and (target.has_class("site") or target.has_class("user")):
        return names.canonical_name(dn)
    return name


def values_of(shell: Shell, kind: str, entry: Entry) -> dict[str, Any]:
    """All properties of an object for scripts; what 2007 objects do not have is left out."""
    is_new = shell.store.version(entry) >= VERSION_2010 or shell.version == "2010"
    found: dict[str, Any] = {}
    for name, item in table.kinds()[kind].properties.items():
        if item.since == "2010" and not is_new:
            continue
        value = shown(shell, item, table.read(entry, item))
        found[name] = None if value == "" and name in NULL_TEXTS else value
    return found


def show(
    shell: Shell,
    kind: str,
    entry: Entry,
    identity: str = "",
    extra: Mapping[str, Any] | None = None,
    display: tuple[str, ...] = (),
    hidden: Iterable[str] = (),
) -> Record:
    """An object as its Get- cmdlet gives it."""
    values = values_of(shell, kind, entry)
    for name in hidden:
        values.pop(name, None)
    values.update(extra or {})
    text = identity or text_of_link(shell, entry.dn, entry)
    return config_object(table.kinds()[kind], entry, values, text, shell.controller.fqdn, display)


# changing

Resolver = Callable[[Shell, Any], str | None]


def editable(shell: Shell, entry: Entry, what: str = "") -> None:
    """Refuse to write an object of a newer version, or one that belongs to a server of another version.

    Raises:
        TaskError: Exchange's refusal.
    """
    version = shell.store.version(entry)
    if shell.version == "2007" and version >= VERSION_2010:
        raise TaskError(
            "An object is read-only because it was created by a future version of Exchange: 0.10 (14.0.100.0). "
            "Current supported version is 0.1 (8.0.535.0).",
            "InvalidOperation",
            INVALID,
        )
    owner = server_of(entry.dn)
    if owner:
        own_version(shell, owner, what or names.rdn_value(entry.dn))


def version_of(shell: Shell, entry: Entry) -> str:
    """The version whose tools manage a server: ``2003`` stands for all that know no cmdlets."""
    found = shell.store.version(entry)
    return "2010" if found >= VERSION_2010 else "2007" if found else "2003"


def own_version(shell: Shell, server: str, what: str) -> None:
    """Refuse to manage a server of another version than the shell's.

    Raises:
        TaskError: Exchange's refusal.
    """
    entry = shell.store.get(shell.org.layout.server(server))
    if entry is None:
        return
    version = version_of(shell, entry)
    if version != shell.version:
        raise TaskError(
            f"The operation on '{what}' can't be performed: server '{names.rdn_value(entry.dn)}' is running "
            f"{entry.text('serialNumber')} and can't be managed with the Exchange {shell.version} management tools. "
            "Use the management tools of the server's own version.",
            "InvalidOperation",
            "Microsoft.Exchange.Configuration.Tasks.ServerVersionMismatchException",
        )


def changes_of(
    shell: Shell,
    kind: str,
    entry: Entry | None,
    skip: Iterable[str] = (),
    resolvers: Mapping[str, Resolver] | None = None,
) -> dict[str, Any]:
    """What the given parameters change, as plain values by property.

    Raises:
        TaskError: a value does not fit or names nothing.
    """
    ignored = {"identity", "domaincontroller", "name", "instance", "force", "confirm", "whatif"}
    ignored |= {name.lower() for name in skip}
    found: dict[str, Any] = {}
    for name in sorted(shell.call.given):
        item = table.kinds()[kind].find(name)
        if item is None or name.lower() in ignored:
            continue
        value = shell.call.bound.get(name)
        present = shell.store.value(entry, kind, item.name) if entry is not None else None
        resolver = (resolvers or {}).get(item.name)
        if item.codec in ("link", "links"):
            found[item.name] = _linked(shell, item, value, present, resolver)
        else:
            found[item.name] = convert.plain(item, value, present)
    return found


def _linked(shell: Shell, item: Property, value: Any, present: Any, resolver: Resolver | None) -> Any:
    def resolve(given: Any) -> str | None:
        return resolver(shell, given) if resolver else identity_text(given)

    if item.codec == "link":
        return None if value is None or identity_text(value) == "" else resolve(value)
    if isinstance(value, DictionaryBase):
        gone = {names.key(resolve(given) or "") for given in items_of(value.get("Remove"))}
        kept = [dn for dn in present or [] if names.key(dn) not in gone]
        fresh = [dn for dn in (resolve(given) for given in items_of(value.get("Add"))) if dn]
        return list(dict.fromkeys([*kept, *fresh]))
    return [dn for dn in (resolve(given) for given in items_of(value) if given is not None) if dn]


def apply(shell: Shell, kind: str, entry: Entry, changes: Mapping[str, Any], text: str = "") -> None:
    """Write changes when the caller agrees; upgrades the object's version as the 2010 shell does.

    A ``-Name`` renames the object. Nothing to change is a warning, as in life.
    """
    shown_as = text or text_of_link(shell, entry.dn, entry)
    new_name = shell.text("Name") if shell.given("Name") else ""
    renames = bool(new_name) and new_name != names.rdn_value(entry.dn)
    differing = {
        name: value for name, value in changes.items() if shell.store.value(entry, kind, name) != value
    }
    if not differing and not renames:
        shell.call.warning(
            f"The command completed successfully but no settings of '{shown_as}' have been modified."
        )
        return
    if not shell.call.should_process(shown_as, f"Set-{kind}"):
        return
    if differing:
        shell.store.set(entry, kind, differing)
    if renames:
        shell.controller.rename(entry.dn, names.child("CN", new_name, names.parent(entry.dn)))


def remove(shell: Shell, entry: Entry, text: str = "") -> bool:
    """Delete an object when the caller agrees; gives whether it was."""
    shown_as = text or text_of_link(shell, entry.dn, entry)
    if not shell.call.should_process(shown_as, "Remove"):
        return False
    shell.store.delete(entry.dn)
    return True


# links by kind


def server_link(shell: Shell, value: Any) -> str:
    """DN of a server of any version.

    Raises:
        TaskError: none of that name.
    """
    return one(shell, "ExchangeServer", value, shell.org.layout.administrative_groups).dn


def kind_link(kind: str) -> Resolver:
    """A resolver of links to objects of a kind."""
    return lambda shell, value: one(shell, kind, value).dn


def site_link(shell: Shell, value: Any) -> str:
    """DN of an AD site."""
    text = identity_text(value)
    if "/" in text:
        text = text.rpartition("/")[2]
    return one(shell, "AdSite", text).dn


def limited(shell: Shell, found: Iterable[Any], default: int = 1000) -> list[Any]:
    """At most -ResultSize objects; a warning when there were more."""
    given = shell.get("ResultSize")
    limit: int | None = default
    if given is not None:
        limit = convert.number("ResultSize", given)
    every = list(found)
    if limit is None or len(every) <= limit:
        return every
    shell.call.warning(
        "By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of "
        'items returned. To return all items, specify "-ResultSize Unlimited". Be aware that, depending on the '
        "actual number of items, returning all items can take a long time and consume a large amount of memory."
    )
    return every[:limit]
