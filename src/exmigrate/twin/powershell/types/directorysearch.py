"""System.DirectoryServices.DirectorySearcher and its results."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.machine import DirectoryNode, MachineError
from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.directoryentry import (
    CHILDREN,
    ENTRY,
    NAMESPACE,
    PROPERTIES,
    VALUES,
    EntryObject,
    directory_fault,
    scripted,
)
from exmigrate.twin.powershell.values import MISSING, EnumValue, NetObject

SEARCHER = NetType(f"{NAMESPACE}.DirectorySearcher", d.OBJECT)
RESULT = NetType(f"{NAMESPACE}.SearchResult", d.OBJECT)
RESULTS = NetType(f"{NAMESPACE}.SearchResultCollection", d.ARRAY_LIST)
RESULT_PROPERTIES = NetType(f"{NAMESPACE}.ResultPropertyCollection", d.OBJECT)
RESULT_VALUES = NetType(f"{NAMESPACE}.ResultPropertyValueCollection", d.ARRAY_LIST)
SCOPE = TYPES[f"{NAMESPACE}.SearchScope".lower()]
SERVER_LIMIT = 1000
"""MaxPageSize of a domain controller: what a search without paging gets at most."""


class Searcher(NetObject):
    """One DirectorySearcher."""

    __slots__ = ("filter", "load", "machine", "net", "page_size", "root", "scope", "size_limit")

    def __init__(self, machine: Any, root: EntryObject | None = None, text: str = "(objectClass=*)") -> None:
        self.machine = machine
        self.root = root
        self.filter = text
        self.scope = EnumValue(SCOPE, 2)
        self.page_size = 0
        self.size_limit = 0
        self.load = c.GenericList(d.STRING_COLLECTION)
        self.net = SEARCHER

    def find(self, limit: int = 0) -> list[SearchHit]:
        """Run the search."""
        root = self.root or EntryObject(self.machine, "")
        try:
            nodes = self.machine.directory.search(
                root.node,
                self.filter,
                str(self.scope),
                [str(name) for name in self.load],
                limit or self.size_limit,
            )
        except MachineError as error:
            raise directory_fault(error) from error
        if not self.page_size:
            nodes = nodes[:SERVER_LIMIT]
        wanted = {str(name).lower() for name in self.load}
        return [SearchHit(root, node, wanted) for node in nodes]


class SearchHit(NetObject):
    """One SearchResult, its values as they were when it was found."""

    __slots__ = ("net", "node", "root", "table")

    def __init__(self, root: EntryObject, node: DirectoryNode, wanted: set[str]) -> None:
        self.root = root
        self.node = node
        self.net = RESULT
        self.table: dict[str, ResultValues] = {
            name.lower(): ResultValues(name, values)
            for name, values in node.attributes().items()
            if not wanted or name.lower() in wanted
        }
        self.table["adspath"] = ResultValues("adspath", [node.path])


class ResultValues(c.ListBase):
    """Values of one attribute of a result."""

    __slots__ = ("net",)

    def __init__(self, name: str, values: list[Any]) -> None:
        super().__init__(scripted(name, value, False) for value in values)
        self.net = RESULT_VALUES


class ResultTable(NetObject):
    """The Properties of a result: by lower-case name, an empty collection for what is not there."""

    __slots__ = ("net", "table")

    def __init__(self, table: dict[str, ResultValues]) -> None:
        self.table = table
        self.net = RESULT_PROPERTIES

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """A key of a dictionary is a property in PowerShell."""
        return self.table.get(name.lower(), MISSING)


class Hits(c.ListBase):
    """A SearchResultCollection."""

    __slots__ = ("net",)

    def __init__(self, items: list[SearchHit]) -> None:
        super().__init__(items)
        self.net = RESULTS


RESULT_VALUES.prop("Count", lambda values, ctx: len(values.items), None, "System.Int32")
RESULT_VALUES.method("bool Contains(object value)")(
    lambda values, value: any(str(item).lower() == str(value).lower() for item in values.items)
)
RESULT_PROPERTIES.indexer = lambda table, keys, ctx: table.table.get(
    str(keys[0]).lower(), ResultValues("", [])
)
RESULT_PROPERTIES.method("bool Contains(string propertyName)")(
    lambda table, name: name.lower() in table.table
)
RESULT_PROPERTIES.prop("PropertyNames", lambda table, ctx: sorted(table.table))
RESULT_PROPERTIES.prop("Count", lambda table, ctx: len(table.table), None, "System.Int32")
RESULT.prop("Path", lambda hit, ctx: hit.node.path, None, "System.String")
RESULT.prop("Properties", lambda hit, ctx: ResultTable(hit.table))


@RESULT.method("object GetDirectoryEntry()")
def _entry_of(hit: SearchHit) -> EntryObject:
    return EntryObject(hit.root.machine, hit.node.path, hit.root.user, hit.root.password, hit.node)


RESULTS.prop("Count", lambda hits, ctx: len(hits.items), None, "System.Int32")
RESULTS.method("void Dispose()")(lambda hits: None)


@SEARCHER.constructor("new()", ctx=True)
def _new(ctx: Any) -> Searcher:
    return Searcher(ctx.machine)


def _make(args: list[Any], ctx: Any) -> Searcher:
    made = Searcher(ctx.machine)
    for arg in args:
        if isinstance(arg, EntryObject):
            made.root = arg
        elif isinstance(arg, EnumValue):
            made.scope = arg
        elif isinstance(arg, list | c.ListBase):
            made.load.items.extend(str(item) for item in arg)
        elif arg is not None:
            made.filter = str(arg)
    return made


SEARCHER.raw_constructor = lambda kind, args, ctx: _make(args, ctx)
SEARCHER.convert = lambda value, ctx: value if isinstance(value, Searcher) else _make([value], ctx)


def _field(name: str, python: str, type_name: str) -> None:
    def read(searcher: Searcher, ctx: Any) -> Any:
        return getattr(searcher, python)

    def write(searcher: Searcher, value: Any, ctx: Any) -> None:
        setattr(searcher, python, value)

    SEARCHER.prop(name, read, write, type_name)


_field("Filter", "filter", "System.String")
_field("SearchRoot", "root", "System.Object")
_field("SearchScope", "scope", SCOPE.name)
_field("PageSize", "page_size", "System.Int32")
_field("SizeLimit", "size_limit", "System.Int32")
SEARCHER.prop("PropertiesToLoad", lambda searcher, ctx: searcher.load)
SEARCHER.prop("CacheResults", lambda searcher, ctx: True, lambda searcher, value, ctx: None)
SEARCHER.method("object FindAll()")(lambda searcher: Hits(searcher.find()))
SEARCHER.method("void Dispose()")(lambda searcher: None)


@SEARCHER.method("object FindOne()")
def _find_one(searcher: Searcher) -> SearchHit | None:
    found = searcher.find(1)
    return found[0] if found else None


TYPES_OF_PACK = (
    ENTRY,
    VALUES,
    PROPERTIES,
    CHILDREN,
    SEARCHER,
    RESULT,
    RESULTS,
    RESULT_PROPERTIES,
    RESULT_VALUES,
    SCOPE,
)
