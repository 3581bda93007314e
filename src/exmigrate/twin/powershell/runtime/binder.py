"""The parameter binder: arguments to parameters, by name, by position, from the pipeline; parameter sets.

Source: about_Parameters, about_Parameter_Sets, about_Pipelines (how parameters bind from the pipeline).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.errors import PSError, unsupported
from exmigrate.twin.powershell.runtime import lacking
from exmigrate.twin.powershell.runtime.args import ABSENT, Arg
from exmigrate.twin.powershell.runtime.parameters import ALL, COMMON_SWITCHES, Spec, Table
from exmigrate.twin.powershell.runtime.validate import (
    as_parameter,
    binding_error,
    check_empty,
    run_validations,
)
from exmigrate.twin.powershell.scalars import Switch
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class Binding:
    """What has been bound so far.

    Attributes:
        values: Bound values by canonical parameter name.
        common: Values of common parameters by canonical name.
        rest: Arguments nothing took (functions without attributes).
        valid: Bits of the parameter sets still possible.
        set_name: The set chosen.
    """

    __slots__ = ("common", "rest", "script", "session", "set_name", "table", "valid", "values")

    def __init__(self, session: Session, table: Table, script: bool) -> None:
        self.session = session
        self.table = table
        self.script = script
        self.values: dict[str, Any] = {}
        self.common: dict[str, Any] = {}
        self.rest: list[Arg] = []
        self.valid = table.full_mask
        self.set_name = ""

    # Arguments ---------------------------------------------------------------------------------------------

    def bind_arguments(self, args: list[Arg]) -> None:
        """Bind what the command line gives, by name, then by position."""
        positional = self._bind_named(args) if any(arg.name is not None for arg in args) else args
        if positional:
            self._bind_positional(positional)

    def _bind_named(self, args: list[Arg]) -> list[Arg]:
        positional: list[Arg] = []
        position, count = 0, len(args)
        only_values = False
        while position < count:
            arg = args[position]
            position += 1
            if arg.name is None or only_values:
                positional.append(arg if arg.name is None else Arg(None, arg.text or arg.name, None))
                continue
            if arg.name == "--":
                only_values = True
                continue
            spec = self._find(arg)
            if spec is None:
                positional.append(arg)
                if (
                    arg.value is ABSENT
                    and position < count
                    and args[position].name is None
                    and not self.table.advanced
                ):
                    pass
                continue
            takes = position < count and args[position].name is None
            if isinstance(spec, str):
                position += self._bind_common(spec, arg, args[position] if takes else None)
                continue
            position += self._bind_found(spec, arg, args[position] if takes else None)
        return positional

    def _bind_found(self, spec: Spec, arg: Arg, following: Arg | None) -> int:
        """Bind a named argument; gives how many further arguments it took."""
        if spec.name in self.values:
            raise binding_error(
                f"Cannot bind parameter because parameter '{spec.name}' is specified more than once. To provide multiple "
                "values to parameters that can accept multiple values, use the array syntax. For example, "
                '"-parameter value1,value2,value3".',
                "ParameterAlreadyBound",
                name=spec.name,
            )
        if arg.value is not ABSENT:
            self.bind(spec, arg.value, None)
            return 0
        if spec.kind == "switch":
            self.values[spec.name] = Switch(True)
            self._narrow(spec)
            return 0
        if following is None:
            raise self._missing(spec.name, spec.type(self.session).name)
        self.bind(spec, following.value, following.text)
        return 1

    def _missing(self, name: str, type_name: str) -> PSError:
        return binding_error(
            f"Missing an argument for parameter '{name}'. Specify a parameter of type '{type_name}' and try again.",
            "MissingArgument",
            name=name,
        )

    def _bind_common(self, name: str, arg: Arg, following: Arg | None) -> int:
        if arg.value is not ABSENT:
            self.common[name] = arg.value
            return 0
        if name in COMMON_SWITCHES:
            self.common[name] = True
            return 0
        if following is None:
            raise self._missing(name, "System.String")
        self.common[name] = following.value
        return 1

    def _find(self, arg: Arg) -> Spec | str | None:
        """The parameter of that name: in full, by alias, or by a prefix that fits one only."""
        assert arg.name is not None
        table = self.table
        key = arg.name.lower()
        found = table.by_key.get(key)
        if found is not None:
            return found
        if key in table.common:
            return table.common[key]
        specs = [spec for spec in table.specs if spec.key.startswith(key)]
        names: list[Spec | str] = list(specs)
        seen = {id(spec) for spec in specs}
        for known, spec in table.by_key.items():
            if known.startswith(key) and id(spec) not in seen:
                seen.add(id(spec))
                names.append(spec)
        if not names or table.common:
            common = {name for known, name in table.common.items() if known.startswith(key)}
            if not names:
                names.extend(sorted(common))
        if len(names) == 1:
            return names[0]
        if len(names) > 1:
            shown = " ".join("-" + (name if isinstance(name, str) else name.name) for name in names)
            raise binding_error(
                f"Parameter cannot be processed because the parameter name '{arg.name}' is ambiguous. Possible matches "
                f"include: {shown}.",
                "AmbiguousParameter",
                name=arg.name,
            )
        if not table.advanced:
            return None
        real = lacking.parameter(table.cmdlet, key, self.session.level) if table.cmdlet else ""
        if real:
            raise unsupported(f"parameter {real} of {table.cmdlet}", table.cmdlet)
        raise binding_error(
            f"A parameter cannot be found that matches parameter name '{arg.name}'.",
            "NamedParameterNotFound",
            name=arg.name,
        )

    def bind(self, spec: Spec, value: Any, text: str | None = None) -> None:
        """Convert, check and keep one value."""
        converted = as_parameter(self.session, spec, value, text, self.script)
        for info in spec.sets.values():
            if info.mandatory:
                check_empty(spec, converted)
                break
        if spec.validations:
            run_validations(self.session, spec.name, spec.validations, converted)
        self.values[spec.name] = converted
        self._narrow(spec)

    def _narrow(self, spec: Spec) -> None:
        if spec.mask != ALL and self.valid != ALL:
            narrowed = self.valid & spec.mask
            if not narrowed:
                raise _ambiguous_set()
            self.valid = narrowed

    # Positions ---------------------------------------------------------------------------------------------

    def _bind_positional(self, args: list[Arg]) -> None:
        waiting = list(args)
        while waiting:
            arg = waiting[0]
            if arg.name is not None:
                self.rest.append(waiting.pop(0))
                continue
            if not self._bind_next(arg):
                break
            waiting.pop(0)
        if waiting:
            self._bind_rest(waiting)

    def _bind_next(self, arg: Arg) -> bool:
        """Bind the next positional argument; False when no parameter is left for it."""
        simple = self.table.simple_positions
        if simple is not None:
            for spec in simple:
                if spec.name not in self.values and not spec.sets["*"].remaining:
                    self.bind(spec, arg.value, arg.text)
                    return True
            return False
        candidates = self._positional_candidates()
        if not candidates:
            return False
        for spec in candidates:
            if len(candidates) == 1 or plain_match(spec, arg.value, self.session):
                self.bind(spec, arg.value, arg.text)
                return True
        for spec in candidates[:-1]:
            try:
                self.bind(spec, arg.value, arg.text)
            except PSError:
                continue
            return True
        self.bind(candidates[-1], arg.value, arg.text)
        return True

    def _positional_candidates(self) -> list[Spec]:
        """Free parameters of the lowest position, those of the default set first."""
        found: list[tuple[int, int, Spec]] = []
        default = self.table.mask_of(self.table.default_set)
        for spec in self.table.specs:
            if spec.name in self.values or not (spec.mask & self.valid):
                continue
            places = []
            for name, info in spec.sets.items():
                bit = ALL if name == "*" else self.table.mask_of(name)
                if info.position is not None and bit & self.valid and not info.remaining:
                    places.append((info.position, 0 if default and bit & default & self.valid else 1))
            if places:
                found.append((*min(places), spec))
        if not found:
            return []
        lowest = min(position for position, _, _ in found)
        ranked = sorted((item for item in found if item[0] == lowest), key=lambda item: item[1])
        return [spec for _, _, spec in ranked]

    def _bind_rest(self, waiting: list[Arg]) -> None:
        rest = self.table.remaining
        if rest is not None and not rest.mask & self.valid:
            rest = self._other_remaining()
        if rest is not None and rest.name not in self.values and rest.mask & self.valid:
            values = [arg.text if arg.name is not None else arg.value for arg in waiting]
            if len(values) == 1 and isinstance(values[0], list):
                values = values[0]
            self.bind(rest, values)
            return
        if self.table.advanced:
            arg = waiting[0]
            shown = arg.text if arg.name is not None else to_text(arg.value, self.session)
            raise binding_error(
                f"A positional parameter cannot be found that accepts argument '{shown}'.",
                "PositionalParameterNotFound",
                name=shown or "",
            )
        self.rest.extend(waiting)

    def _other_remaining(self) -> Spec | None:
        """The parameter for all remaining arguments that is in a set still possible."""
        for spec in self.table.specs:
            if spec.mask & self.valid and any(info.remaining for info in spec.sets.values()):
                return spec
        return None

    # Sets and mandatory parameters -------------------------------------------------------------------------

    def settle(self, piped: bool) -> None:
        """Choose the parameter set and check for what is missing.

        Args:
            piped: Pipeline input is still to come, so parameters that take it may yet be bound.
        """
        table = self.table
        if not table.set_names:
            if table.mandatory:
                self._check_mandatory("*", piped)
            self.set_name = table.default_set or "__AllParameterSets"
            return
        name = self._choose(piped)
        if name is None:
            if piped:
                self.set_name = ""
                return
            raise _ambiguous_set()
        self.set_name = name
        self._check_mandatory(name, piped)

    def _choose(self, piped: bool) -> str | None:
        possible = [
            name for position, name in enumerate(self.table.set_names) if self.valid & (1 << position)
        ]
        if len(possible) == 1:
            return possible[0]
        complete = [name for name in possible if not self._lacking(name, piped)]
        default = self.table.default_set
        if default and default in possible and (default in complete or not complete):
            return default
        if len(complete) == 1:
            return complete[0]
        if piped and len(complete) > 1:
            return None
        if len(complete) > 1:
            with_mandatory = [
                name
                for name in complete
                if any(
                    (info := spec.sets.get(name)) is not None and info.mandatory for spec in self.table.specs
                )
            ]
            if len(with_mandatory) == 1:
                return with_mandatory[0]
            return self._all_sets(complete)
        return None

    def _all_sets(self, complete: list[str]) -> str | None:
        """With several complete sets and no default: only a command without set-bound parameters may go on."""
        return None

    def _lacking(self, set_name: str, piped: bool) -> list[Spec]:
        missing = []
        for spec in self.table.specs:
            if spec.name in self.values:
                continue
            info = spec.info(set_name)
            if info is not None and info.mandatory and not (piped and (info.by_value or info.by_name)):
                missing.append(spec)
        return missing

    def _check_mandatory(self, set_name: str, piped: bool) -> None:
        missing = self._lacking(set_name, piped)
        if missing:
            names = " ".join(spec.name for spec in missing)
            raise binding_error(
                f"Cannot process command because of one or more missing mandatory parameters: {names}.",
                "MissingMandatoryParameter",
                name=names,
            )

    # Pipeline ----------------------------------------------------------------------------------------------

    def pipeline_specs(self) -> list[Spec]:
        """Parameters that pipeline objects may still be bound to."""
        return [spec for spec in self.table.piped if spec.name not in self.values and spec.mask & self.valid]


def _ambiguous_set() -> PSError:
    return binding_error(
        "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be "
        "used together or an insufficient number of parameters were provided.",
        "AmbiguousParameterSet",
    )


def plain_match(spec: Spec, value: Any, session: Session) -> bool:
    """Whether a value has the parameter's type without conversion."""
    if spec.kind == "object":
        return True
    if value is None:
        return False
    found = spec.type(session)
    return d.type_of(value).derives_from(found)
