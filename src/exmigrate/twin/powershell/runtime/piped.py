"""Binding of pipeline objects, by value and by property name (about_Pipelines, about_Parameters)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.runtime.binder import Binding, plain_match
from exmigrate.twin.powershell.runtime.parameters import ALL, Spec
from exmigrate.twin.powershell.runtime.validate import binding_error
from exmigrate.twin.powershell.types import access
from exmigrate.twin.powershell.values import MISSING

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class PipelineBinder:
    """Binds one pipeline object after the other to what the command line left open.

    Attributes:
        binding: The command's binding.
        bound: Parameters that the current object was bound to.
        only: The one parameter that takes any object by value, when it is as simple as that.
    """

    __slots__ = ("_settled", "_valid", "binding", "bound", "by_name", "by_value", "only", "session")

    def __init__(self, session: Session, binding: Binding, specs: list[Spec]) -> None:
        self.session = session
        self.binding = binding
        self.by_value = [s for s in specs if any(i.by_value for i in s.sets.values())]
        self.by_name = [s for s in specs if any(i.by_name for i in s.sets.values())]
        self.bound: list[Spec] = []
        self._valid = binding.valid
        self._settled = bool(binding.set_name)
        self.only: Spec | None = None
        if len(self.by_value) == 1 and not self.by_name:
            spec = self.by_value[0]
            if (
                spec.kind == "object"
                and not spec.validations
                and not any(i.mandatory for i in spec.sets.values())
            ):
                self.only = spec
                self.bound = [spec]

    def reset(self) -> list[Spec]:
        """Forget the last object's values; gives the parameters that lost one."""
        binding = self.binding
        if self.only is not None:
            return []
        lost = self.bound
        for spec in lost:
            binding.values.pop(spec.name, None)
        self.bound = []
        binding.valid = self._valid
        return lost

    def bind(self, value: Any) -> None:
        """Bind one object.

        Raises:
            PSError: InputObjectNotBound, or what validation and the choice of the set say.
        """
        if self.only is not None:
            self.binding.values[self.only.name] = value
            if not self._settled:
                self.binding.settle(False)
                self._settled = True
            return
        self._by_value(value, convert=False)
        self._by_name(value, convert=False)
        if not self.bound:
            self._by_value(value, convert=True)
        self._by_name(value, convert=True)
        if not self.bound:
            raise binding_error(
                "The input object cannot be bound to any parameters for the command either because the command does not "
                "take pipeline input or the input and its properties do not match any of the parameters that take pipeline "
                "input.",
                "InputObjectNotBound",
                target=value,
            )
        if self.binding.table.set_names or self.binding.table.mandatory:
            self.binding.settle(False)

    def _open(self, spec: Spec) -> bool:
        valid = self.binding.valid
        return spec.name not in self.binding.values and (
            spec.mask == ALL or valid == ALL or bool(spec.mask & valid)
        )

    def _by_value(self, value: Any, convert: bool) -> None:
        default = self.binding.table.mask_of(self.binding.table.default_set)
        specs = (
            sorted(self.by_value, key=lambda s: 0 if default and s.mask & default else 1)
            if default
            else self.by_value
        )
        for spec in specs:
            if self._open(spec) and (convert or plain_match(spec, value, self.session)):
                self._try(spec, value, convert)

    def _try(self, spec: Spec, value: Any, quiet: bool) -> None:
        try:
            self.binding.bind(spec, value)
        except PSError as fault:
            if (
                quiet and "Transformation" in fault.record.error_id
            ) or "CannotConvert" in fault.record.error_id:
                return
            raise
        self.bound.append(spec)

    def _by_name(self, value: Any, convert: bool) -> None:
        if value is None or not self.by_name:
            return
        for spec in self.by_name:
            if not self._open(spec):
                continue
            for name in (spec.name, *spec.aliases):
                found = access.shown_property(value, name, self.session)
                if found is MISSING or isinstance(found, access.MethodReference):
                    continue
                if convert or plain_match(spec, found, self.session):
                    self._try(spec, found, True)
                break
