"""Mailboxes and members of batches, from the plan itself and from CSV files beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from exmigrate.model.errors import Location
from exmigrate.model.topology import Batch, Database, Mailbox
from exmigrate.plan.members import MAILBOX_COLUMNS, MEMBER_COLUMNS, Reader, Row, Sheet, read_sheet
from exmigrate.plan.plain import Path, Plain
from exmigrate.plan.problems import Problem, Source, did_you_mean, listed, shown
from exmigrate.plan.references import Index
from exmigrate.plan.schema.policy import BatchEntry
from exmigrate.plan.schema.types import size_of

from . import versions
from .context import Context
from .databases import by_any_name, source_databases

_KINDS = ("user", "room", "equipment", "shared", "journal", "blackberry")


_SUGGESTED = 50
"""Unknown mailboxes of a file for which a near one is looked for."""


@dataclass(slots=True)
class Sheets:
    """The CSV files that a plan names, read before anything is resolved.

    Attributes:
        mailboxes: facts; members: per batch, by the batch's place in the list.
    """

    mailboxes: list[Sheet] = field(default_factory=list)
    members: dict[int, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: bool = False

    @property
    def all(self) -> tuple[Sheet, ...]:
        """Every file that was read."""
        return (*self.mailboxes, *self.members.values())

    @property
    def complete(self) -> bool:
        """Whether all mailboxes of the source organization are known."""
        return not self.unread and not any(sheet.problems for sheet in self.mailboxes)

    @property
    def broken(self) -> bool:
        """Whether any list is missing or wrong."""
        return bool(self.problems) or any(sheet.problems for sheet in self.all)


def read_sheets(source: Source, plain: Plain, reader: Reader, index: Index) -> Sheets:
    """Read every CSV that the raw document names, and let the index know their mailboxes."""
    out = Sheets()
    data = plain.data if isinstance(plain.data, dict) else {}
    section = data.get("source")
    out.unread = not isinstance(section, dict)
    named = section.get("mailboxes_csv") if isinstance(section, dict) else None
    files = named if isinstance(named, list) else []
    for i, name in enumerate(files):
        if name in files[:i]:
            mark = plain.mark(("source", "mailboxes_csv", i))
            out.problems.append(
                source.problem(
                    "EXM-L044", f"'{shown(name)}' stands twice in the list", mark.line, mark.column,
                    why="every mailbox in it would stand twice", remedy="take one out",
                )
            )  # fmt: skip
            continue
        sheet = _read(source, plain, reader, name, ("source", "mailboxes_csv", i), MAILBOX_COLUMNS,
                      ("alias", "database", "size"), out)  # fmt: skip
        out.unread = out.unread or sheet is None
        if sheet is not None:
            out.mailboxes.append(sheet)
            _index(sheet, index)
    batches = data.get("batches")
    for i, batch in enumerate(batches if isinstance(batches, list) else ()):
        name = batch.get("members_csv") if isinstance(batch, dict) else None
        if name:
            sheet = _read(
                source, plain, reader, name, ("batches", i, "members_csv"), MEMBER_COLUMNS, ("mailbox",), out
            )
            if sheet is not None:
                out.members[i] = sheet
    for address in _addresses(data):
        index.add("mailbox", address)
    return out


def _read(
    source: Source, plain: Plain, reader: Reader, name: object, path: Path,
    known: tuple[str, ...], required: tuple[str, ...], out: Sheets,
) -> Sheet | None:  # fmt: skip
    if not isinstance(name, str) or name.startswith(("/", "\\")) or ".." in name.split("/") or ":" in name:
        return None  # the models have said so
    try:
        data = reader(name)
    except OSError as error:
        mark = plain.mark(path)
        said = error.strerror or "it cannot be read"
        out.problems.append(
            source.problem(
                "EXM-L040", f"'{shown(name)}': {said}", mark.line, mark.column,
                why="the plan names this list of mailboxes", remedy="put the file beside the plan, or correct its name",
            )
        )  # fmt: skip
        return None
    sheet = read_sheet(name, data, known, required)
    return sheet


def _index(sheet: Sheet, index: Index) -> None:
    for row in sheet.rows:
        index.add("mailbox", row.values["alias"])
        for address in row.values.get("addresses", "").split():
            index.add("mailbox", address)


def _addresses(data: dict[str, object]) -> list[str]:
    """Further addresses of mailboxes that stand in the plan itself."""
    section = data.get("source")
    entries = section.get("mailboxes") if isinstance(section, dict) else None
    lists = [e.get("addresses") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return [a for found in lists if isinstance(found, list) for a in found if isinstance(a, str)]


def mailboxes(ctx: Context, sheets: Sheets, index: Index) -> tuple[Mailbox, ...]:
    """Mailboxes of the source organization, those of the plan first."""
    named = by_any_name(source_databases(ctx))
    homes = {said: d for said, d in named.items() if d.kind == "mailbox"}
    out: dict[str, Mailbox] = {}
    for i, m in enumerate(ctx.document.source.mailboxes):
        home = homes.get(m.database.casefold())
        name, site = (home.key, home.site) if home else (m.database, "")
        out[m.alias.casefold()] = Mailbox(
            m.alias, m.name or m.alias, name, site, m.size, m.items, m.kind, m.um_policy, m.um_extension,
            m.corrupt_items, tuple(m.addresses), ctx.domain_name(m.domain) or ctx.domain_of_recipients(home),
            f"source.mailboxes[{i}]",
        )  # fmt: skip
    first: dict[str, str] = {a: out[a].path for a in out}
    for sheet in sheets.mailboxes:
        for row in sheet.rows:
            box = _mailbox(ctx, sheet, row, homes, index)
            if box is None:
                continue
            key = box.alias.casefold()
            if key in first:
                before = ctx.extra.get(first[key])
                sheet.tell(
                    "EXM-L044", f"mailbox '{shown(box.alias)}' stands twice", row, "alias",
                    why=f"its first line is {before or 'in the plan itself'}", remedy="take one out",
                )  # fmt: skip
                continue
            first[key] = box.path
            out[key] = box
    return tuple(out.values())


def _mailbox(
    ctx: Context, sheet: Sheet, row: Row, homes: dict[str, Database], index: Index
) -> Mailbox | None:
    values = row.values
    before = len(sheet.problems)
    if not values["alias"]:
        sheet.tell(
            "EXM-L045", "the alias is empty", row, "alias", why="a mailbox is known by it", remedy="write it"
        )
    database = values["database"]
    if database.casefold() not in homes:
        _no_home(sheet, row, index)
    size = _sized(sheet, row)
    items, corrupt = _number(sheet, row, "items"), _number(sheet, row, "corrupt_items")
    kind = values.get("kind", "") or "user"
    if kind not in _KINDS:
        sheet.tell(
            "EXM-L023", f"'{shown(kind)}' is no kind of mailbox", row, "kind", why="it decides when it moves",
            remedy=f"{did_you_mean(kind, _KINDS)}Write one of: {', '.join(_KINDS)}",
        )  # fmt: skip
    said = values.get("domain", "")
    if said and not ctx.domain_name(said):
        known = index.of(["domain"])
        sheet.tell(
            "EXM-L030", f"domain '{shown(said)}' does not exist", row, "domain",
            why="source.forest.domains has none of that name",
            remedy=f"{did_you_mean(said, known)}Known: {', '.join(known)}",
        )  # fmt: skip
    if len(sheet.problems) > before:
        return None
    path = f"csv:{sheet.name}:{row.line}"
    ctx.extra[path] = Location(sheet.name, row.line, row.column("alias"))
    home = homes[database.casefold()]
    return Mailbox(
        values["alias"], values.get("name") or values["alias"], home.key, home.site, size, items, kind,
        values.get("um_policy", ""), values.get("um_extension", ""), corrupt,
        tuple(values.get("addresses", "").split()), ctx.domain_name(said) or ctx.domain_of_recipients(home), path,
    )  # fmt: skip


def _no_home(sheet: Sheet, row: Row, index: Index) -> None:
    said = row.values["database"]
    several = index.several(["source mailbox database"], said)
    if several:
        sheet.tell(
            "EXM-L031", f"{len(several)} databases are called '{shown(said)}'", row, "database",
            why="the name alone does not say which", remedy=f"write one of: {listed(several)}",
        )  # fmt: skip
        return
    known = index.of(["source mailbox database"])
    sheet.tell(
        "EXM-L030", f"database '{shown(said)}' does not exist", row, "database",
        why="no server of source.servers has a mailbox database of that name",
        remedy=f"{did_you_mean(said, known)}Known: {listed(known)}",
    )  # fmt: skip


def _sized(sheet: Sheet, row: Row) -> int:
    try:
        return size_of(row.values["size"])
    except ValueError:
        said = shown(row.values["size"])
        what = f"'{said}' is not a size with its unit" if said else "the size is empty"
        sheet.tell("EXM-L024", what, row, "size",
                   why="moves are planned by size", remedy="write it as 250MB or 2GB")  # fmt: skip
        return 0


def _number(sheet: Sheet, row: Row, column: str) -> int:
    value = row.values.get(column, "") or "0"
    if value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    sheet.tell("EXM-L020", f"'{shown(value)}' is not a whole number", row, column,
               why=f"{column} counts", remedy="write digits only")  # fmt: skip
    return 0


@dataclass(frozen=True, slots=True)
class _Member:
    alias: str
    target: str


def batches(ctx: Context, sheets: Sheets, boxes: tuple[Mailbox, ...]) -> tuple[Batch, ...]:
    """Batches with the alias of every member; each mailbox in one batch only."""
    by_name = {b.alias.casefold(): b for b in boxes}
    for box in boxes:
        for address in box.addresses:
            by_name.setdefault(address.casefold(), box)
    taken: dict[str, str] = {}
    versions_of = {
        d.key: versions.version_of(ctx, ctx.source_servers[d.server.casefold()])
        for d in source_databases(ctx)
    }
    return tuple(
        _batch(ctx, i, b, _members(ctx, i, b, sheets, by_name, taken), by_name, versions_of)
        for i, b in enumerate(ctx.document.batches)
    )


def _members(
    ctx: Context,
    i: int,
    batch: BatchEntry,
    sheets: Sheets,
    by_name: dict[str, Mailbox],
    taken: dict[str, str],
) -> list[_Member]:
    out: list[_Member] = []
    for j, said in enumerate(batch.members):
        box = by_name.get(said.casefold())
        if box is None:
            continue
        if box.alias in taken:
            ctx.tell(
                "EXM-L044", f"mailbox '{shown(said)}' is in a batch already: {taken[box.alias]}",
                ("batches", i, "members", j), why="a mailbox moves once", remedy="take it out of one batch",
            )  # fmt: skip
            continue
        taken[box.alias] = f"'{batch.name}'"
        out.append(_Member(box.alias, ""))
    sheet = sheets.members.get(i)
    for row in sheet.rows if sheet else ():
        member = _member(ctx, sheet, row, batch, by_name, taken, sheets.complete)  # type: ignore[arg-type]
        if member is not None:
            out.append(member)
    return out


def _member(
    ctx: Context, sheet: Sheet, row: Row, batch: BatchEntry,
    by_name: dict[str, Mailbox], taken: dict[str, str], complete: bool,
) -> _Member | None:  # fmt: skip
    said = row.values["mailbox"]
    box = by_name.get(said.casefold())
    if box is None:
        if complete:
            few = len(sheet.problems) < _SUGGESTED
            near = did_you_mean(said, [b.alias for b in by_name.values()]) if few else ""
            sheet.tell("EXM-L043", f"mailbox '{shown(said)}' does not exist", row, "mailbox",
                       why="it is not in the list of the source organization's mailboxes",
                       remedy=f"{near}Correct it, or take the line out")  # fmt: skip
        return None
    if box.alias in taken:
        sheet.tell("EXM-L044", f"mailbox '{shown(said)}' stands twice: first in {taken[box.alias]}", row, "mailbox",
                   why="a mailbox moves once", remedy="take one of the two lines out")  # fmt: skip
        return None
    target = row.values.get("target", "")
    allowed = {t.casefold(): t for t in batch.targets}
    if target and target.casefold() not in allowed:
        sheet.tell("EXM-L030", f"database '{shown(target)}' is none of the batch's targets", row, "target",
                   why="the batch says which databases take its members",
                   remedy=f"{did_you_mean(target, batch.targets)}Known: {', '.join(batch.targets)}")  # fmt: skip
        return None
    taken[box.alias] = f"{sheet.name}:{row.line}"
    return _Member(box.alias, allowed.get(target.casefold(), ""))


def _batch(
    ctx: Context,
    i: int,
    b: BatchEntry,
    members: list[_Member],
    by_name: dict[str, Mailbox],
    versions_of: dict[str, str],
) -> Batch:
    boxes = [by_name[m.alias.casefold()] for m in members]
    sites = Counter(box.site for box in boxes)
    if len(sites) > 1:
        ctx.tell(
            "EXM-L061", f"batch '{b.name}' has mailboxes of several sites: {', '.join(sorted(sites))}",
            ("batches", i), severity="warning", why="it waits for the cut-over of one site only, and reads from its DC",
            remedy="make one batch a site",
        )  # fmt: skip
    sources = Counter(versions_of[box.database] for box in boxes if box.database in versions_of)
    if len(sources) > 1:
        ctx.tell(
            "EXM-L061", f"batch '{b.name}' has mailboxes of several versions: {', '.join(sorted(sources))}",
            ("batches", i), why="each version moves in its own way: 2000 and 2003 offline, 2007 online to 2010",
            remedy="make one batch a version",
        )  # fmt: skip
    databases = {d.name.casefold(): d.name for s in ctx.document.target.servers for d in s.databases}
    targets = tuple(databases.get(t.casefold(), t) for t in b.targets)
    return Batch(
        name=b.name,
        members=tuple(m.alias for m in members),
        targets=targets,
        assignments={
            m.alias: databases.get(m.target.casefold(), m.target) or targets[n % len(targets)]
            for n, m in enumerate(members)
        },
        site=sites.most_common(1)[0][0] if sites else "",
        order=b.order or i + 1,
        source=sources.most_common(1)[0][0] if sources else versions.main_version(ctx),
        pilot=b.pilot,
        blackberry=any(x.kind == "blackberry" for x in boxes),
        outlook_2003=b.outlook_2003,
        unified_messaging=any(x.um_policy for x in boxes),
        bad_item_limit=b.bad_item_limit,
        max_failed=b.max_failed,
        concurrency=b.concurrency or 2 * len(targets),
        window=b.window or ctx.document.policy.batch_window,
        path=f"batches[{i}]",
    )
