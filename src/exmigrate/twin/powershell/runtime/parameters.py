"""Parameters as the binder sees them: one table for each function or cmdlet, made once.

Source: about_Functions_Advanced_Parameters, about_CommonParameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.packs import UNSET, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

ALL = -1
COMMON_ALIASES = {
    "vb": "Verbose", "db": "Debug", "ea": "ErrorAction", "wa": "WarningAction", "infa": "InformationAction",
    "ev": "ErrorVariable", "wv": "WarningVariable", "iv": "InformationVariable", "ov": "OutVariable",
    "ob": "OutBuffer", "pv": "PipelineVariable", "wi": "WhatIf", "cf": "Confirm",
}  # fmt: skip
_COMMON = {
    "2.0": ("Verbose", "Debug", "ErrorAction", "WarningAction", "ErrorVariable", "WarningVariable", "OutVariable", "OutBuffer"),
    "5.1": ("InformationAction", "InformationVariable", "PipelineVariable"),
    "7": ("ProgressAction",),
}  # fmt: skip
COMMON_SWITCHES = frozenset({"Verbose", "Debug", "WhatIf", "Confirm"})


def common_names(level: float, should_process: bool) -> dict[str, str]:
    """Common parameters of a level: lower-case name or alias to canonical name."""
    names: list[str] = []
    for since, more in _COMMON.items():
        if float(since) <= level:
            names.extend(more)
    if should_process:
        names.extend(("WhatIf", "Confirm"))
    table = {name.lower(): name for name in names}
    for alias, name in COMMON_ALIASES.items():
        if name in names:
            table[alias] = name
    return table


class SetInfo:
    """What a parameter is within one parameter set."""

    __slots__ = ("by_name", "by_value", "mandatory", "position", "remaining")

    def __init__(
        self,
        mandatory: bool = False,
        position: int | None = None,
        by_value: bool = False,
        by_name: bool = False,
        remaining: bool = False,
    ) -> None:
        self.mandatory = mandatory
        self.position = position
        self.by_value = by_value
        self.by_name = by_name
        self.remaining = remaining


class Spec:
    """One parameter.

    Attributes:
        name, key: Name and lower-case name.
        aliases: Lower-case aliases.
        type_text: Type literal as written, '' for none.
        kind: 'switch', 'bool', 'string', 'strings', 'object' or 'other': how arguments are taken.
        sets: `SetInfo` by set name; '*' is all sets.
        mask: Bits of its sets; ALL for all.
        default: Function of the session, or None.
        default_value: Fixed default of a cmdlet's parameter (UNSET for none).
        validations: Validation attributes in order.
        special: What its variable keeps of the declaration, made when first needed.
    """

    __slots__ = (
        "aliases", "allow_empty", "allow_empty_collection", "allow_null", "collection", "default", "default_value",
        "key", "kind", "mask", "name", "net", "sets", "special", "type_text", "validations",
    )  # fmt: skip

    def __init__(self, name: str, type_text: str = "") -> None:
        self.name = name
        self.key = name.lower()
        self.aliases: list[str] = []
        self.type_text = type_text
        self.kind = kind_of(type_text)
        self.collection = type_text.endswith("]")
        self.sets: dict[str, SetInfo] = {}
        self.mask = ALL
        self.default: Callable[[Session], Any] | None = None
        self.default_value: Any = UNSET
        self.validations: list[Validation] = []
        self.allow_null = False
        self.allow_empty = False
        self.allow_empty_collection = False
        self.net: NetType | None = None
        self.special: Any = None

    def type(self, session: Session) -> NetType:
        """The parameter's type."""
        if not self.type_text:
            return d.OBJECT
        if self.net is None:
            found: NetType = session.type_named(self.type_text)
            if not session.is_own_type(found):
                self.net = found
            return found
        return self.net

    def info(self, set_name: str) -> SetInfo | None:
        """What it is in a set, None when it is not in it."""
        return self.sets.get(set_name) or self.sets.get("*")


_KINDS = {
    "": "object", "object": "object", "psobject": "object", "system.object": "object",
    "system.management.automation.psobject": "object",
    "switch": "switch", "switchparameter": "switch", "system.management.automation.switchparameter": "switch",
    "bool": "bool", "boolean": "bool", "system.boolean": "bool",
    "string": "string", "system.string": "string", "string[]": "strings", "system.string[]": "strings",
}  # fmt: skip


def kind_of(type_text: str) -> str:
    """How arguments of that type are taken."""
    return _KINDS.get(type_text.lower(), "other")


class Table:
    """All parameters of one command.

    Attributes:
        specs: In order of declaration.
        by_key: By lower-case name and alias.
        set_names: Names of the parameter sets in order of appearance.
        default_set: DefaultParameterSetName.
        advanced: Whether unknown arguments are errors.
        common: Common parameters by lower-case name.
        cmdlet: Name of the cmdlet, empty for functions.
        command_id: What stands behind the comma in error ids.
    """

    def __init__(
        self, specs: Sequence[Spec], default_set: str, advanced: bool, common: dict[str, str]
    ) -> None:
        self.specs = list(specs)
        self.advanced = advanced
        self.cmdlet = ""
        self.common = common if advanced else {}
        self.default_set = default_set
        self.by_key: dict[str, Spec] = {}
        for spec in specs:
            self.by_key.setdefault(spec.key, spec)
            for alias in spec.aliases:
                self.by_key.setdefault(alias, spec)
        self.set_names: list[str] = []
        for spec in specs:
            for name in spec.sets:
                if name != "*" and name.lower() not in [known.lower() for known in self.set_names]:
                    self.set_names.append(name)
        if default_set and self.set_names and default_set.lower() not in [n.lower() for n in self.set_names]:
            self.set_names.append(default_set)
        for spec in specs:
            self._fold_sets(spec)
            spec.mask = (
                ALL
                if "*" in spec.sets
                else sum(1 << position for position, name in enumerate(self.set_names) if name in spec.sets)
            )
        self.full_mask = (1 << len(self.set_names)) - 1 if self.set_names else ALL
        self.mandatory = any(info.mandatory for spec in specs for info in spec.sets.values())
        self.piped = [spec for spec in specs if any(i.by_value or i.by_name for i in spec.sets.values())]
        self.remaining = next((spec for spec in specs if any(i.remaining for i in spec.sets.values())), None)
        self.simple_positions = self._simple_positions()
        self.plain = not advanced and not self.mandatory and not self.piped and all(
            spec.kind == "object" and not spec.validations and "*" in spec.sets and not spec.sets["*"].remaining
            for spec in specs
        )  # fmt: skip

    def _fold_sets(self, spec: Spec) -> None:
        for name in list(spec.sets):
            if name == "*":
                continue
            canonical = next(known for known in self.set_names if known.lower() == name.lower())
            if canonical != name:
                spec.sets[canonical] = spec.sets.pop(name)

    def _simple_positions(self) -> list[Spec] | None:
        """Positional parameters in order when sets do not matter, else None."""
        if self.set_names:
            return None
        placed = [
            (spec.sets["*"].position, spec) for spec in self.specs if spec.sets["*"].position is not None
        ]
        return [spec for _, spec in sorted(placed, key=lambda pair: pair[0] or 0)]

    def mask_of(self, set_name: str) -> int:
        """The bit of a set, 0 when there is no such set."""
        lowered = set_name.lower()
        for position, name in enumerate(self.set_names):
            if name.lower() == lowered:
                return 1 << position
        return 0


def _in_sets(value: bool | tuple[str, ...], set_name: str) -> bool:
    return value if isinstance(value, bool) else set_name in value


def spec_of(parameter: Parameter) -> Spec:
    """The spec of a cmdlet's parameter."""
    spec = Spec(parameter.name, parameter.type)
    spec.aliases = [alias.lower() for alias in parameter.aliases]
    spec.default_value = parameter.default
    spec.validations = list(parameter.validations)
    spec.allow_null = parameter.allow_null
    spec.allow_empty = spec.allow_empty_collection = parameter.allow_empty
    names = parameter.sets or ("*",)
    extra: set[str] = set()
    for value in (parameter.mandatory, parameter.pipeline, parameter.pipeline_by_name):
        if not isinstance(value, bool):
            extra.update(value)
    if isinstance(parameter.position, dict):
        extra.update(parameter.position)
    placed = isinstance(parameter.position, dict)
    for name in dict.fromkeys((*names, *(sorted(extra) if names != ("*",) or placed else ()))):
        position = parameter.position
        if position is not None and not isinstance(position, int):
            position = position.get(name)
        spec.sets[name] = SetInfo(
            _in_sets(parameter.mandatory, name),
            position,
            _in_sets(parameter.pipeline, name),
            _in_sets(parameter.pipeline_by_name, name),
            parameter.remaining,
        )
    return spec


_TABLES: dict[tuple[int, str], tuple[Cmdlet, Table]] = {}
# A cmdlet is data and its table never changes: every process of every simulated machine may share it. The cmdlet
# stands beside its table so that its id stays its own.


def cmdlet_table(cmdlet: Cmdlet, level: Any) -> Table:
    """The table of a cmdlet at a level, made once."""
    key = (id(cmdlet), level.name)
    found = _TABLES.get(key)
    if found is None:
        found = _TABLES[key] = (cmdlet, _made_table(cmdlet, level))
    return found[1]


def _made_table(cmdlet: Cmdlet, level: Any) -> Table:
    specs = [spec_of(p) for p in cmdlet.parameters if level.covers(p.since, p.until)]
    table = Table(specs, cmdlet.default_set, True, common_names(level.number, cmdlet.should_process))
    table.cmdlet = cmdlet.name
    return table
