"""Dynamic parameters (about_Functions_Advanced_Parameters, dynamic parameters)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import DictionaryBase
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Validation
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.binder import Binding
from exmigrate.twin.powershell.runtime.param_variables import special_of, unbound_value
from exmigrate.twin.powershell.runtime.parameters import SetInfo, Spec, Table, spec_of
from exmigrate.twin.powershell.runtime.scope import Variable
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NetObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.call import CmdletStage
    from exmigrate.twin.powershell.runtime.session import Session
    from exmigrate.twin.powershell.runtime.stages import FunctionStage


class AttributeObject(NetObject):
    """An attribute made by a script: ``New-Object System.Management.Automation.ParameterAttribute``."""

    __slots__ = ("arguments", "net", "settings")

    def __init__(self, net: Any, arguments: list[Any]) -> None:
        self.net = net
        self.arguments = arguments
        self.settings: dict[str, Any] = {}


class RuntimeParameter(NetObject):
    """RuntimeDefinedParameter."""

    __slots__ = ("attributes", "is_set", "kind", "name", "value")

    def __init__(self, name: str, kind: Any, attributes: Any) -> None:
        self.name = name
        self.kind = kind
        self.attributes = attributes
        self.value: Any = None
        self.is_set = False


def _bound_so_far(session: Session, table: Table, args: list[Arg], script: bool) -> Binding:
    """What the static parameters take of the arguments, errors aside."""
    trial = Binding(session, Table(table.specs, table.default_set, False, {}), script)
    with contextlib.suppress(PSError):
        trial.bind_arguments(args)
    return trial


def _extended(table: Table, extra: list[Spec], advanced: bool) -> Table:
    made = Table([*table.specs, *extra], table.default_set, advanced, {})
    made.common = table.common
    return made


def with_dynamic(stage: FunctionStage, table: Table, binding: Binding, args: list[Arg]) -> list[Arg]:
    """Run a function's dynamicparam block and let the binding know what it declares."""
    session = stage.session
    trial = _bound_so_far(session, table, args, True)
    variables = stage.scope.vars
    for spec in table.specs:
        value = trial.values.get(spec.name)
        if spec.name not in trial.values:
            value = unbound_value(session, spec)
        variables[spec.key] = Variable(spec.name, value, special_of(spec))
    saved_bound, stage.frame.bound = stage.frame.bound, dict(trial.values)
    output: list[Any] = []
    outer_emit = stage.emit
    stage.emit = output.append
    try:
        assert stage.code.dynamic is not None
        stage._run(stage.code.dynamic)
    finally:
        stage.emit = outer_emit
        stage.frame.bound = saved_bound
    extra: list[Spec] = []
    for item in output:
        if isinstance(item, DictionaryBase):
            extra.extend(
                _spec(parameter) for parameter in item.values() if isinstance(parameter, RuntimeParameter)
            )
    binding.table = _extended(table, extra, table.advanced)
    binding.valid = binding.table.full_mask
    return args


def _spec(parameter: RuntimeParameter) -> Spec:
    """The spec of a RuntimeDefinedParameter."""
    spec = Spec(parameter.name, "object")
    spec.type_text = parameter.kind.name if parameter.kind is not None else ""
    from exmigrate.twin.powershell.runtime.parameters import kind_of

    spec.kind = kind_of(spec.type_text)
    spec.collection = spec.type_text.endswith("]")
    for attribute in parameter.attributes or ():
        if not isinstance(attribute, AttributeObject):
            continue
        short = attribute.net.short_name.removesuffix("Attribute")
        settings = {key.lower(): value for key, value in attribute.settings.items()}
        if short == "Parameter":
            name = to_text(settings.get("parametersetname") or "*")
            spec.sets["*" if name == "__AllParameterSets" else name] = SetInfo(
                to_bool(settings.get("mandatory")),
                settings.get("position"),
                to_bool(settings.get("valuefrompipeline")),
                to_bool(settings.get("valuefrompipelinebypropertyname")),
                to_bool(settings.get("valuefromremainingarguments")),
            )
        elif short == "Alias":
            spec.aliases.extend(to_text(item).lower() for item in _flat(attribute.arguments))
        elif short.startswith("Validate"):
            spec.validations.append(Validation(short[len("Validate") :], tuple(_flat(attribute.arguments))))
    if not spec.sets:
        spec.sets["*"] = SetInfo()
    return spec


def _flat(items: list[Any]) -> list[Any]:
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


def cmdlet_with_dynamic(stage: CmdletStage, table: Table, args: list[Arg]) -> Table:
    """Ask a cmdlet for dynamic parameters and let its binding know them."""
    trial = _bound_so_far(stage.session, table, args, False)
    call = stage.call
    held, call.bound = call.bound, trial.values
    assert stage.cmdlet.dynamic is not None
    extra = [spec_of(parameter) for parameter in stage.cmdlet.dynamic(call)]
    call.bound = held
    if not extra:
        return table
    made = _extended(table, extra, True)
    stage.binding.table = made
    stage.binding.valid = made.full_mask
    return made
