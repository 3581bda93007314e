"""One domain controller's copy of the directory: entries, searches, writes and what they replicate.

A replica knows nothing of other controllers. Each write gives a `Change` that the forest carries to the
others when its time has come; a change that arrives late loses against a newer value of the attribute.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.ldapfilter import Value, parse
from exmigrate.twin.world.schema import backlink_of, category_name, class_chain, is_category_of

Stamp = tuple[datetime, str, int]
Attributes = Mapping[str, Value | Sequence[Value] | None]

BASE, ONE_LEVEL, SUBTREE = "base", "onelevel", "subtree"


class DirectoryError(Exception):
    """A directory operation that a domain controller refuses.

    Attributes:
        code: LDAP result, such as ``noSuchObject``.
        hresult: what ADSI reports.
    """

    def __init__(self, code: str, message: str, hresult: int = 0x80072020) -> None:
        self.code = code
        self.hresult = hresult
        super().__init__(message)


def no_such_object() -> DirectoryError:
    """The error of a DN that is not there."""
    return DirectoryError("noSuchObject", "There is no such object on the server.", 0x80072030)


@dataclass
class Entry:
    """One object as one controller sees it; attribute names compare without case."""

    dn: str
    guid: uuid.UUID
    attributes: dict[str, tuple[str, tuple[Value, ...]]] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    usn: int = 0

    def get(self, name: str) -> tuple[Value, ...]:
        """All values of a stored attribute; empty when it has none."""
        found = self.attributes.get(name.lower())
        return found[1] if found else ()

    def first(self, name: str, default: Value | None = None) -> Value | None:
        """The first value, or ``default``."""
        values = self.get(name)
        return values[0] if values else default

    def text(self, name: str, default: str = "") -> str:
        """The first value as text."""
        value = self.first(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """The first value as a number."""
        value = self.first(name)
        return value if isinstance(value, int) else default

    def names(self) -> list[str]:
        """The stored attributes' names as they are spelled."""
        return [spelled for spelled, _ in self.attributes.values()]

    def has_class(self, name: str) -> bool:
        """Whether ``name`` is one of the object classes."""
        return name.lower() in (str(value).lower() for value in self.get("objectClass"))


@dataclass(frozen=True)
class Change:
    """What one write altered, as it travels to other controllers."""

    guid: uuid.UUID
    dn: str
    kind: str
    stamp: Stamp
    values: Mapping[str, tuple[str, tuple[Value, ...]]] = field(default_factory=dict)


def as_values(value: Value | Sequence[Value] | None) -> tuple[Value, ...]:
    """Normalise what callers give for an attribute to a tuple of values."""
    if value is None:
        return ()
    if isinstance(value, str | int | bool | bytes | datetime):
        return (value,)
    return tuple(value)


class Replica:
    """The entries that one domain controller holds.

    Args:
        origin: name of the controller.
        schema_dn: DN of the schema naming context, for object categories.
        holds: whether a DN key belongs to a naming context held here.
        now: organization time.
    """

    def __init__(
        self, origin: str, schema_dn: str, holds: Callable[[str], bool], now: Callable[[], datetime]
    ) -> None:
        self.origin = origin
        self.usn = 12000
        self._schema_dn = schema_dn
        self._holds = holds
        self._now = now
        self._entries: dict[str, Entry] = {}
        self._by_guid: dict[uuid.UUID, str] = {}
        self._children: dict[str, dict[str, None]] = {}
        self._links: dict[str, dict[str, set[str]]] = {}

    # reading

    def get(self, dn: str) -> Entry | None:
        """The entry of a DN, or None."""
        return self._entries.get(names.key(dn))

    def by_guid(self, guid: uuid.UUID) -> Entry | None:
        """The entry of an objectGUID, or None."""
        at = self._by_guid.get(guid)
        return self._entries.get(at) if at else None

    def children(self, dn: str) -> list[Entry]:
        """Entries one level below ``dn``, in the order they came."""
        return [self._entries[at] for at in self._children.get(names.key(dn), {}) if at in self._entries]

    def value(self, entry: Entry, name: str) -> tuple[Value, ...]:
        """All values of an attribute, computed ones (back-links, memberships, names) included."""
        lowered = name.lower()
        if lowered.endswith(";chain"):
            return self._chain(entry, lowered.removesuffix(";chain"))
        stored = entry.attributes.get(lowered)
        if lowered == "objectcategory" and stored:
            return (*stored[1], category_name(str(stored[1][0])))
        if stored:
            return stored[1]
        return self.computed(entry, lowered)

    def computed(self, entry: Entry, lowered: str) -> tuple[Value, ...]:
        """Values that a controller works out instead of storing."""
        if lowered == "distinguishedname":
            return (entry.dn,)
        if lowered == "objectguid":
            return (entry.guid.bytes_le,)
        if lowered in ("name", "cn"):
            if lowered == "cn" and names.rdn_attribute(entry.dn).lower() != "cn":
                return ()
            return (names.rdn_value(entry.dn),)
        if lowered == "canonicalname":
            return (names.canonical_name(entry.dn),)
        if lowered == "usnchanged":
            return (entry.usn,)
        forward = backlink_of(lowered)
        if forward:
            sources = self._links.get(forward, {}).get(names.key(entry.dn), set())
            return tuple(sorted(self._entries[s].dn for s in sources if s in self._entries))
        return ()

    def _chain(self, entry: Entry, attribute: str) -> tuple[Value, ...]:
        found: dict[str, str] = {}
        pending = [str(v) for v in self.value(entry, attribute)]
        while pending:
            dn = pending.pop()
            if names.key(dn) in found:
                continue
            found[names.key(dn)] = dn
            target = self.get(dn)
            if target is not None:
                pending += [str(v) for v in self.value(target, attribute)]
        return tuple(found.values())

    def search(
        self, base: str, scope: str = SUBTREE, text: str = "(objectClass=*)", across: bool = False
    ) -> list[Entry]:
        """Find entries.

        Args:
            base: where to start; empty with ``across`` searches all that is held.
            scope: ``base``, ``onelevel`` or ``subtree``.
            text: LDAP filter.
            across: do not stop at naming context borders (global catalog).

        Raises:
            DirectoryError: no such base.
            FilterError: malformed filter.
        """
        predicate = parse(text)
        root = names.key(base)
        if root not in self._entries and not (across and root == ""):
            raise no_such_object()
        found = [self._entries[root]] if scope == BASE and root in self._entries else []
        if scope == ONE_LEVEL:
            found = self.children(base)
        elif scope == SUBTREE:
            found = list(self._below(root, across))
        return [entry for entry in found if predicate(lambda name, e=entry: self.value(e, name))]  # type: ignore[misc]

    def _below(self, root: str, across: bool) -> Iterable[Entry]:
        if root == "":
            yield from list(self._entries.values())
            return
        pending = [root]
        while pending:
            at = pending.pop()
            entry = self._entries.get(at)
            if entry is None:
                continue
            if at != root and not across and entry.first("instanceType") == 5:
                continue  # the head of another naming context
            yield entry
            pending += reversed(list(self._children.get(at, {})))

    # writing here

    def create(self, dn: str, classes: Sequence[str], attributes: Attributes, guid: uuid.UUID) -> Change:
        """Add an object.

        Raises:
            DirectoryError: it exists already, or its parent does not.
        """
        at = names.key(dn)
        if at in self._entries:
            raise DirectoryError("entryAlreadyExists", "The object already exists.", 0x80071392)
        is_head = attributes.get("instanceType") == 5  # of a naming context: its parent may lie elsewhere
        if names.key(names.parent(dn)) not in self._entries and not is_head:
            raise no_such_object()
        chain = class_chain(classes)
        values: dict[str, tuple[str, tuple[Value, ...]]] = {"objectclass": ("objectClass", tuple(chain))}
        category = f"CN={is_category_of(chain[-1])},{self._schema_dn}"
        values["objectcategory"] = ("objectCategory", (category,))
        created = self._now()
        values["whencreated"] = ("whenCreated", (created,))
        values["whenchanged"] = ("whenChanged", (created,))
        for name, value in attributes.items():
            given = as_values(value)
            if given:
                values[name.lower()] = (name, given)
        change = Change(guid, dn, "create", self._stamp(), values)
        self.apply(change)
        return change

    def modify(self, dn: str, attributes: Attributes) -> Change:
        """Replace attributes; None or an empty list removes one.

        Raises:
            DirectoryError: no such object.
        """
        entry = self.get(dn)
        if entry is None:
            raise no_such_object()
        values = {name.lower(): (name, as_values(value)) for name, value in attributes.items()}
        values["whenchanged"] = ("whenChanged", (self._now(),))
        change = Change(entry.guid, entry.dn, "modify", self._stamp(entry, values), values)
        self.apply(change)
        return change

    def delete(self, dn: str, tree: bool = False) -> list[Change]:
        """Remove an object, with ``tree`` all below it too.

        Raises:
            DirectoryError: no such object, or it has children and ``tree`` is not set.
        """
        entry = self.get(dn)
        if entry is None:
            raise no_such_object()
        below = self.children(dn)
        if below and not tree:
            raise DirectoryError(
                "notAllowedOnNonLeaf",
                "The directory service can perform the requested operation only on a leaf object.",
                0x80072015,
            )
        changes = [change for child in below for change in self.delete(child.dn, tree=True)]
        change = Change(entry.guid, entry.dn, "delete", self._stamp())
        self.apply(change)
        return [*changes, change]

    def rename(self, dn: str, new_dn: str) -> Change:
        """Move or rename an object and what lies below it.

        Raises:
            DirectoryError: no such object, or the new name is taken.
        """
        entry = self.get(dn)
        if entry is None:
            raise no_such_object()
        if names.key(new_dn) in self._entries and names.key(new_dn) != names.key(dn):
            raise DirectoryError("entryAlreadyExists", "The object already exists.", 0x80071392)
        change = Change(entry.guid, new_dn, "rename", self._stamp())
        self.apply(change)
        return change

    def _stamp(self, entry: Entry | None = None, touched: Iterable[str] = ()) -> Stamp:
        # A write replaces what this controller knows, whatever the clock said when that was written: in a real
        # directory it has the next version. Work that was due earlier may well write after work that is due now.
        moment = self._now()
        known = entry.stamps if entry else {}
        newest = max((known[name][0] for name in touched if name in known), default=None)
        if newest is not None and newest >= moment:
            moment = newest + timedelta(microseconds=1)
        return (moment, self.origin, self.usn + 1)

    # replication and bookkeeping

    def apply(self, change: Change) -> None:
        """Take over a change, of this controller or of another."""
        self.usn += 1
        entry = self.by_guid(change.guid)
        if change.kind == "create":
            self._apply_create(change, entry)
        elif entry is None:
            return
        elif change.kind == "modify":
            self._merge(entry, change)
        elif change.kind == "rename":
            self._move(entry, change.dn)
        else:
            self._remove(entry)
        if entry is not None:
            entry.usn = self.usn

    def _apply_create(self, change: Change, entry: Entry | None) -> None:
        if not self._holds(names.key(change.dn)):
            return
        if entry is None:
            entry = Entry(change.dn, change.guid, usn=self.usn)
            self._insert(entry)
        self._merge(entry, change)

    def _insert(self, entry: Entry) -> None:
        at = names.key(entry.dn)
        self._entries[at] = entry
        self._by_guid[entry.guid] = at
        self._children.setdefault(names.key(names.parent(entry.dn)), {})[at] = None

    def _merge(self, entry: Entry, change: Change) -> None:
        for lowered, (spelled, values) in change.values.items():
            if entry.stamps.get(lowered, change.stamp) > change.stamp:
                continue
            old = entry.attributes.get(lowered, (spelled, ()))[1]
            self._relink(lowered, entry, old, values)
            entry.stamps[lowered] = change.stamp
            if values:
                entry.attributes[lowered] = (spelled, values)
            else:
                entry.attributes.pop(lowered, None)

    def _relink(self, lowered: str, entry: Entry, old: Sequence[Value], new: Sequence[Value]) -> None:
        if backlink_of(lowered, forward=True) is None:
            return
        index = self._links.setdefault(lowered, {})
        source = names.key(entry.dn)
        for value in old:
            index.get(names.key(str(value)), set()).discard(source)
        for value in new:
            index.setdefault(names.key(str(value)), set()).add(source)

    def _move(self, entry: Entry, new_dn: str) -> None:
        old_dn = entry.dn
        below = self.children(old_dn)
        at = names.key(old_dn)
        pointing = {name: set(index.get(at, ())) for name, index in self._links.items()}
        self._forget(entry)
        entry.dn = new_dn
        self._insert(entry)
        for name, sources in pointing.items():
            for source in sources:
                self._retarget(name, source, old_dn, new_dn)
        for child in below:
            self._move(child, f"{names.split(child.dn)[0]},{new_dn}")

    def _retarget(self, name: str, source: str, old_dn: str, new_dn: str | None) -> None:
        holder = self._entries.get(source)
        if holder is None or name not in holder.attributes:
            return
        spelled, values = holder.attributes[name]
        old_key = names.key(old_dn)
        kept = tuple(new_dn if names.key(str(v)) == old_key else v for v in values)
        fresh = tuple(value for value in kept if value is not None)
        self._relink(name, holder, values, fresh)
        if fresh:
            holder.attributes[name] = (spelled, fresh)
        else:
            del holder.attributes[name]

    def _remove(self, entry: Entry) -> None:
        at = names.key(entry.dn)
        for name, index in self._links.items():
            for source in set(index.get(at, ())):
                self._retarget(name, source, entry.dn, None)
            found = entry.attributes.get(name)
            if found:
                self._relink(name, entry, found[1], ())
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        at = names.key(entry.dn)
        self._entries.pop(at, None)
        self._by_guid.pop(entry.guid, None)
        self._children.get(names.key(names.parent(entry.dn)), {}).pop(at, None)

    def entries(self) -> Iterable[Entry]:
        """Everything held here."""
        return self._entries.values()
