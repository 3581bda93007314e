"""Script bodies, parameters, functions and attributes.

Source: about_Functions, about_Functions_Advanced_Parameters, about_Functions_CmdletBindingAttribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import Emit, Run
from exmigrate.twin.powershell.compile.commands import Commands
from exmigrate.twin.powershell.compile.statements import STATEMENTS
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.packs import Validation
from exmigrate.twin.powershell.runtime.code import Code
from exmigrate.twin.powershell.runtime.parameters import SetInfo, Spec, Table, common_names
from exmigrate.twin.powershell.runtime.validate import VALIDATORS
from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_ALLOWS = {
    "allownull": "allow_null",
    "allowemptystring": "allow_empty",
    "allowemptycollection": "allow_empty_collection",
}
_VALIDATION_NAMES = {f"validate{kind.lower()}": kind for kind in VALIDATORS}


class Definitions(Commands):
    """The part of the compiler that handles definitions."""

    def script_body(
        self, body: ast.ScriptBody, is_filter: bool = False, name: str = "", method: bool = False
    ) -> Code:
        """A script body as code; in a method ``return`` gives its value and nothing is put out."""
        outer, self.in_method = self.in_method, method
        code = self._body_code(body, is_filter, name)
        self.in_method = outer
        return code

    def _body_code(self, body: ast.ScriptBody, is_filter: bool, name: str) -> Code:
        code = Code(self.source, *body.inner)
        code.is_filter = is_filter
        code.name = name
        code.requires = body.requires
        code.usings = body.usings
        code.uses_input = "$input" in self.source.text[body.start : body.end].lower()
        self._blocks(code, body, is_filter)
        if body.usings:
            self._use_first(code, body.usings)
        binding = [a for a in body.attributes if _short(a.name) == "cmdletbinding"]
        for attribute in body.attributes:
            if _short(attribute.name) == "outputtype":
                code.outputs = [arg.name for arg in attribute.args if isinstance(arg, ast.TypeName)]
        code.binding = self._binding(binding[0]) if binding else None
        params = body.params
        code.advanced = bool(binding) or any(
            isinstance(a, ast.Attribute) and _short(a.name) == "parameter"
            for p in params or ()
            for a in p.attributes
        )
        if params or code.advanced:
            self._parameters(code, params or [])
        code.help_text = self._help(body)
        return code

    def _blocks(self, code: Code, body: ast.ScriptBody, is_filter: bool) -> None:
        code.begin = self.block(body.begin) if body.begin else None
        code.process = self.block(body.process) if body.process else None
        code.dynamic = self.block(body.dynamic) if body.dynamic else None
        finish = body.finish
        if finish is not None and is_filter and code.process is None:
            code.process = self.block(finish)
        elif finish is not None:
            code.finish = self.block(finish)

    def _use_first(self, code: Code, usings: list[ast.Using]) -> None:
        """``using`` statements run before anything else of the script."""
        uses = [self._using(node) for node in usings]
        name = "begin" if code.begin is not None or code.process is not None else "finish"
        then = getattr(code, name)

        def run(session: Session, emit: Emit) -> Any:
            for use in uses:
                use(session, emit)
            return then(session, emit) if then is not None else None

        setattr(code, name, run)

    def _binding(self, attribute: ast.Attribute) -> dict[str, Any]:
        return {
            key.lower(): self._constant(value) if value is not None else True
            for key, value in attribute.named
        }

    def _constant(self, node: ast.Node) -> Any:
        """The value of an attribute argument that needs no session."""
        if isinstance(node, (ast.Const, ast.Text)):
            return node.value
        if isinstance(node, ast.Variable):
            return {"true": True, "false": False}.get(node.name.lower())
        if isinstance(node, (ast.ArrayLiteral)):
            return [self._constant(item) for item in node.items]
        if isinstance(node, ast.Unary) and node.op == "not":
            return not to_bool(self._constant(node.operand))
        return None

    def _help(self, body: ast.ScriptBody) -> str:
        text = self.source.text[body.inner[0] : body.inner[1]]
        start = text.find("<#")
        if start < 0 or ".synopsis" not in text.lower():
            return ""
        end = text.find("#>", start)
        return text[start + 2 : end] if end > 0 else ""

    # Parameters --------------------------------------------------------------------------------------------

    def _parameters(self, code: Code, params: list[ast.Param]) -> None:
        makers = [self._spec_maker(param) for param in params]
        binding = code.binding or {}
        positional = binding.get("positionalbinding") is not False
        default_set = binding.get("defaultparametersetname") or ""
        should_process = bool(binding.get("supportsshouldprocess"))
        advanced = code.advanced

        def make_table(session: Session) -> Table:
            specs = [make(session) for make in makers]
            placed = any(info.position is not None for spec in specs for info in spec.sets.values())
            if positional and not placed:
                position = 0
                for spec in specs:
                    if spec.kind != "switch" or not advanced:
                        if spec.kind == "switch":
                            continue
                        for info in spec.sets.values():
                            info.position = position
                        position += 1
            return Table(specs, default_set, advanced, common_names(session.number, should_process))

        code.make_table = make_table

    def _spec_maker(self, param: ast.Param) -> Any:
        default = self.raw(param.default) if param.default is not None else None
        default = self.value(param.default) if param.default is not None else None
        types = [a.name for a in param.attributes if isinstance(a, ast.TypeName)]
        readers = [
            (_short(a.name), [self.value(arg) for arg in a.args],
             [(key.lower(), self.value(value) if value is not None else None) for key, value in a.named])
            for a in param.attributes if isinstance(a, ast.Attribute)
        ]  # fmt: skip

        def make(session: Session) -> Spec:
            spec = Spec(param.name, types[-1] if types else "")
            spec.default = default
            for name, args, named in readers:
                values = {key: True if read is None else read(session) for key, read in named}
                _apply_attribute(session, spec, name, [read(session) for read in args], values)
            if not spec.sets:
                spec.sets["*"] = SetInfo()
            return spec

        return make

    def attribute_check(self, node: ast.Attribute) -> Any:
        """``[ValidateSet('a')] $x = ...``: a check of what is assigned."""
        name = _short(node.name)
        args = [self.value(arg) for arg in node.args]
        named = [(key.lower(), self.value(value) if value is not None else None) for key, value in node.named]
        if name not in _VALIDATION_NAMES:
            return lambda session, value: value

        def check(session: Session, value: Any) -> Any:
            from exmigrate.twin.powershell.errors import error

            values = {key: True if read is None else read(session) for key, read in named}
            validation = validation_of(name, [read(session) for read in args], values)
            if VALIDATORS[validation.kind](session, validation, value):
                raise error(
                    f"The variable cannot be validated because the value {session.text(value)} is not a valid value for "
                    "the variable.",
                    "ValidateSetFailure",
                    "MetadataError",
                    exception="System.Management.Automation.ValidationMetadataException",
                )
            return value

        return check

    # Functions ---------------------------------------------------------------------------------------------

    def _function(self, node: ast.Function) -> Run:
        name = node.name
        code = self.script_body(node.body, node.is_filter, name)
        if not code.help_text:
            code.help_text = self._help_above(node)

        def define(session: Session, emit: Emit) -> None:
            session.define_function(name, session.new_block(code))

        return define

    def _help_above(self, node: ast.Function) -> str:
        before = self.source.text[: node.start].rstrip()
        if not before.endswith("#>"):
            return ""
        start = before.rfind("<#")
        text = before[start + 2 : -2]
        return text if ".synopsis" in text.lower() else ""

    def _using(self, node: ast.Using) -> Run:
        kind, name = node.kind, node.name
        return lambda session, emit: session.use(kind, name)


def _short(name: str) -> str:
    """Attribute name without namespace and the word Attribute, in lower case."""
    short = name.rpartition(".")[2].lower()
    return short[: -len("attribute")] if short.endswith("attribute") and short != "attribute" else short


def validation_of(name: str, args: list[Any], named: dict[str, Any]) -> Validation:
    """The validation of an attribute by its short name."""
    kind = _VALIDATION_NAMES[name]
    if kind == "Set":
        flat = [item for arg in args for item in (list(arg) if is_list(arg) else [arg])]
        return Validation(kind, tuple(flat), to_bool(named.get("ignorecase", True)))
    if kind == "Pattern":
        options = to_text(named.get("options", "IgnoreCase"))
        return Validation(kind, tuple(args), "ignorecase" in options.lower())
    return Validation(kind, tuple(args))


def _apply_attribute(session: Session, spec: Spec, name: str, args: list[Any], named: dict[str, Any]) -> None:
    """What one attribute says about a parameter."""
    if name == "parameter":
        set_name = to_text(named.get("parametersetname") or "*")
        spec.sets[set_name if set_name != "__AllParameterSets" else "*"] = SetInfo(
            to_bool(named.get("mandatory", False)),
            named.get("position"),
            to_bool(named.get("valuefrompipeline", False)),
            to_bool(named.get("valuefrompipelinebypropertyname", False)),
            to_bool(named.get("valuefromremainingarguments", False)),
        )
    elif name == "alias":
        spec.aliases.extend(
            to_text(item).lower() for arg in args for item in (arg if is_list(arg) else [arg])
        )
    elif name in _ALLOWS:
        setattr(spec, _ALLOWS[name], True)
    elif name in _VALIDATION_NAMES:
        spec.validations.append(validation_of(name, args, named))


STATEMENTS[ast.Function] = Definitions._function
STATEMENTS[ast.Using] = Definitions._using
