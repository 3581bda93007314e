"""Expressions: literals, strings, operators, casts.

Source: Windows PowerShell Language Specification 3.0, chapters 2.3.5 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import Hashtable, OrderedDictionary
from exmigrate.twin.powershell.compile import operations
from exmigrate.twin.powershell.compile.base import Value, constant, emit_value
from exmigrate.twin.powershell.compile.literals import OPEN, build, literal_of, single_expression
from exmigrate.twin.powershell.compile.variables import Variables
from exmigrate.twin.powershell.convert import convert, to_bool
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.runtime.flow import NOTHING
from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import PSObject, Reference

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

CUSTOM_OBJECT_NAMES = ("pscustomobject", "system.management.automation.pscustomobject")


class Expressions(Variables):
    """The part of the compiler that handles expressions."""

    def value(self, node: ast.Node) -> Value:
        """A node for its value; nothing counts as ``$null``."""
        if isinstance(node, ast.Variable):
            return self.read_variable(node)
        if isinstance(node, (ast.Const, ast.Text)):
            return constant(node.value)
        method = _VALUES.get(type(node))
        if method is None:
            return _null_for_nothing(self.raw(node))
        found: Value = method(self, node)
        return found

    def raw(self, node: ast.Node) -> Value:
        """A node for its value; no object differs from ``$null``."""
        if isinstance(node, ast.Variable):
            return self.read_variable(node, raw=True)
        method = _RAWS.get(type(node))
        if method is not None:
            found: Value = method(self, node)
            return found
        if type(node) in _VALUES or isinstance(node, (ast.Const, ast.Text)):
            return self.value(node)
        return self.statement_value(node)

    def statement_value(self, node: ast.Node) -> Value:
        """A statement for the objects it puts out: none, one, or an array of them."""
        inner = single_expression(node)
        if inner is not None:
            return self.raw(inner)
        if isinstance(node, ast.Assignment):
            return self.assignment_value(node)
        run = self.statement(node)

        def collect(session: Session) -> Any:
            items: list[Any] = []
            session.run_inner(run, items.append)
            count = len(items)
            if count == 1:
                return items[0]
            return items if count else NOTHING

        return collect

    def assignment_value(self, node: ast.Assignment) -> Value:
        """An assignment as a value; the statements part gives it."""
        raise AssertionError

    # Strings and collections -------------------------------------------------------------------------------

    def _expandable(self, node: ast.Expandable) -> Value:
        parts = [part if isinstance(part, str) else self._string_part(part) for part in node.parts]

        def expand(session: Session) -> str:
            made = []
            for part in parts:
                if type(part) is str:
                    made.append(part)
                    continue
                value = part(session)  # type: ignore[operator]
                made.append(value if type(value) is str else session.text(value))
            return "".join(made)

        return expand

    def _string_part(self, node: ast.Node) -> Value:
        return self.value(node)

    def _array_literal(self, node: ast.ArrayLiteral) -> Value:
        items = [self.value(item) for item in node.items]
        if all(isinstance(item, (ast.Const, ast.Text)) for item in node.items):
            values = [item.value for item in node.items]  # type: ignore[attr-defined]
            return lambda session: values.copy()
        return lambda session: [item(session) for item in items]

    def _array_sub(self, node: ast.ArraySub) -> Value:
        described = literal_of(node)
        if described is not OPEN:
            return lambda session: build(described)
        statements = node.body.statements
        if len(statements) == 1 and not node.body.traps:
            inner = self._single_expression(statements[0])
            if isinstance(inner, ast.ArrayLiteral):
                return self.value(inner)
            if inner is not None:
                return _as_array(self.raw(inner))
        run = self.block(node.body)

        def collect(session: Session) -> list[Any]:
            items: list[Any] = []
            session.run_inner(run, items.append)
            return items

        return collect

    def _single_expression(self, node: ast.Node) -> ast.Node | None:
        """The expression that a statement consists of, when it puts its value out."""
        expr = single_expression(node)
        return None if isinstance(expr, ast.Step) else expr

    def _sub_expression(self, node: ast.SubExpr) -> Value:
        statements = node.body.statements
        if not statements:
            return constant(NOTHING)
        if len(statements) == 1 and not node.body.traps:
            inner = self._single_expression(statements[0])
            if isinstance(inner, (ast.Variable, ast.Member, ast.Index, ast.Binary, ast.Expandable, ast.Text)):
                return _unrolled(self.raw(inner))
        run = self.block(node.body)

        def collect(session: Session) -> Any:
            items: list[Any] = []
            session.run_inner(run, items.append)
            count = len(items)
            if count == 1:
                return items[0]
            return items if count else NOTHING

        return collect

    def _paren(self, node: ast.Paren) -> Value:
        inner = node.pipeline
        if isinstance(inner, ast.Pipeline) and len(inner.elements) == 1:
            element = inner.elements[0]
            if isinstance(element, ast.CommandExpr) and isinstance(element.expr, ast.Step):
                return self._step(element.expr)
        return self.statement_value(inner)

    def _hash(self, node: ast.Hash, ordered: bool = False) -> Value:
        described = OPEN if ordered else literal_of(node)
        if described is not OPEN:
            return lambda session: build(described)
        pairs = [(self.value(key), self.value(value)) for key, value in node.pairs]
        seen: set[str] = set()
        for key, _ in node.pairs:
            if isinstance(key, ast.Text):
                if key.value.lower() in seen:
                    raise self._duplicate(key)
                seen.add(key.value.lower())
        kind: Any = OrderedDictionary if ordered else Hashtable

        def make(session: Session) -> Any:
            table = kind()
            for read_key, read_value in pairs:
                key = read_key(session)
                if key is None:
                    raise error(
                        "A null key is not allowed in a hash literal.", "InvalidNullKey", "InvalidOperation"
                    )
                if key in table:
                    raise error(f"Duplicate keys '{to_text(key)}' are not allowed in hash literals.",
                                "DuplicateKeyInHashLiteral", "InvalidOperation")  # fmt: skip
                table[key] = read_value(session)
            return table

        return make

    def _duplicate(self, key: ast.Text) -> Exception:
        from exmigrate.twin.powershell.syntax.source import ParseFailure

        return ParseFailure(
            "DuplicateKeyInHashLiteral",
            f"Duplicate keys '{key.value}' are not allowed in hash literals.",
            self.source.position(key.start, key.end),
        )

    def _block_expr(self, node: ast.BlockExpr) -> Value:
        code = self.script_body(node.body)
        return lambda session: session.new_block(code)

    # Types and casts ---------------------------------------------------------------------------------------

    def _type_name(self, node: ast.TypeName) -> Value:
        name = node.name
        return lambda session: session.type_named(name)

    def converter(self, node: ast.TypeName) -> Any:
        """``(session, value) -> value`` as a cast to that type."""
        name = node.name
        lowered = name.lower()
        if lowered == "object" or lowered == "psobject":
            return lambda session, value: value

        def run(session: Session, value: Any) -> Any:
            return convert(value, session.type_named(name), session)

        return run

    def _cast(self, node: ast.Cast) -> Value:
        name = node.type.name.lower()
        if name == "ordered" and isinstance(node.operand, ast.Hash) and self.level.has("ordered"):
            return self._hash(node.operand, ordered=True)
        if name in CUSTOM_OBJECT_NAMES and self.level.has("pscustomobject-cast"):
            return self._custom_object(node)
        if name == "ref" or name == "system.management.automation.psreference":
            return self._reference(node.operand)
        if name == "void" or name == "system.void":
            operand = self.raw(node.operand)

            def discard(session: Session) -> Any:
                operand(session)
                return NOTHING

            return discard
        if name in ("int", "int32"):
            return _int_cast(self.value(node.operand))
        if name in ("string", "system.string"):
            return _string_cast(self.value(node.operand))
        if name in ("bool", "system.boolean"):
            read_bool = self.value(node.operand)
            return lambda session: to_bool(read_bool(session))
        operand = self.value(node.operand)
        type_name = node.type.name

        def run(session: Session) -> Any:
            return convert(operand(session), session.type_named(type_name), session)

        return run

    def _custom_object(self, node: ast.Cast) -> Value:
        inner = node.operand
        operand = self._hash(inner, ordered=True) if isinstance(inner, ast.Hash) else self.value(inner)

        def run(session: Session) -> Any:
            value = operand(session)
            if isinstance(value, (Hashtable, OrderedDictionary)):
                made = PSObject({to_text(key): item for key, item in value.items()})
                return session.with_type_name(made)
            return value

        return run

    def _reference(self, node: ast.Node) -> Value:
        if not isinstance(node, (ast.Variable, ast.Member, ast.Index)):
            held = self.value(node)

            def fixed(session: Session) -> Any:
                box = [held(session)]
                return Reference(lambda: box[0], lambda value: box.__setitem__(0, value))

            return fixed
        if isinstance(node, ast.Variable):
            name = node.name
            return lambda session: session.reference_to(name)
        read, assign = self.value(node), self.assigner(node)
        return lambda session: Reference(lambda: read(session), lambda value: assign(session, value))

    # Operators ---------------------------------------------------------------------------------------------

    def _unary(self, node: ast.Unary) -> Value:
        operand = self.value(node.operand)
        if node.op == "not":
            return lambda session: not to_bool(operand(session))
        if node.op == "comma":
            return lambda session: [operand(session)]
        apply = operations.unary(node.op)
        return lambda session: apply(operand(session), session)

    def _binary(self, node: ast.Binary) -> Value:
        op = node.op
        if op in ("and", "or"):
            return _logical(op, self.value(node.left), self.value(node.right))
        if op == "coalesce":
            return _coalesce(self.value(node.left), self.value(node.right))
        if op in ("is", "isnot", "as") and isinstance(node.right, ast.TypeName):
            return operations.type_test(op, self.value(node.left), node.right.name)
        return operations.binary(op, self.value(node.left), self.value(node.right))

    def _ternary(self, node: ast.Ternary) -> Value:
        condition, yes, no = self.value(node.condition), self.value(node.yes), self.value(node.no)
        return lambda session: yes(session) if to_bool(condition(session)) else no(session)

    def _step(self, node: ast.Step) -> Value:
        """``++`` and ``--``, giving the value before or after."""
        by, prefix = node.by, node.prefix
        if isinstance(node.operand, ast.Variable) and ":" not in node.operand.name:
            return operations.step_variable(
                self.key_of(node.operand.name),
                self.value(node.operand),
                self.assigner(node.operand),
                by,
                prefix,
            )
        if isinstance(node.operand, (ast.Member, ast.Index)):
            return self._step_place(node.operand, by, prefix)
        read, assign = self.value(node.operand), self.assigner(node.operand)

        def run(session: Session) -> Any:
            before = read(session)
            after = operations.increment(before, by)
            assign(session, after)
            return after if prefix else (0 if before is None else before)

        return run

    def _step_place(self, operand: ast.Node, by: int, prefix: bool) -> Value:
        place = self.place(operand)

        def run(session: Session) -> Any:
            get, put = place(session)
            before = get()
            after = operations.increment(before, by)
            put(after)
            return after if prefix else (0 if before is None else before)

        return run

    def place(self, node: ast.Node) -> Any:
        """A property or element to read and write; the members part gives it."""
        raise AssertionError


def _null_for_nothing(read: Value) -> Value:
    def run(session: Session) -> Any:
        value = read(session)
        return None if value is NOTHING else value

    return run


def _as_array(read: Value) -> Value:
    """The value as an array of what it would put out."""

    def run(session: Session) -> list[Any]:
        value = read(session)
        if type(value) is list:
            return value.copy()
        if value is None or type(value) in (str, int):
            return [value]
        items: list[Any] = []
        emit_value(session, value, items.append)
        return items

    return run


def _unrolled(read: Value) -> Value:
    """The value as a subexpression gives it: an array of one is that one."""

    def run(session: Session) -> Any:
        value = read(session)
        if type(value) in (str, int, bool, float):
            return value
        items: list[Any] = []
        emit_value(session, value, items.append)
        count = len(items)
        if count == 1:
            return items[0]
        return items if count else NOTHING

    return run


def _logical(op: str, left: Value, right: Value) -> Value:
    if op == "and":
        return lambda session: to_bool(left(session)) and to_bool(right(session))
    return lambda session: to_bool(left(session)) or to_bool(right(session))


def _coalesce(left: Value, right: Value) -> Value:
    def run(session: Session) -> Any:
        value = left(session)
        return right(session) if value is None else value

    return run


def _int_cast(read: Value) -> Value:
    def run(session: Session) -> Any:
        value = read(session)
        return value if type(value) is int else convert(value, session.type_named("int"), session)

    return run


def _string_cast(read: Value) -> Value:
    def run(session: Session) -> Any:
        value = read(session)
        return value if type(value) is str else convert(value, session.type_named("string"), session)

    return run


_VALUES: dict[type, Any] = {
    ast.Expandable: Expressions._expandable,
    ast.ArrayLiteral: Expressions._array_literal,
    ast.ArraySub: Expressions._array_sub,
    ast.Hash: Expressions._hash,
    ast.BlockExpr: Expressions._block_expr,
    ast.TypeName: Expressions._type_name,
    ast.Unary: Expressions._unary,
    ast.Binary: Expressions._binary,
    ast.Ternary: Expressions._ternary,
    ast.Step: Expressions._step,
}
_RAWS: dict[type, Any] = {
    ast.SubExpr: Expressions._sub_expression,
    ast.Paren: Expressions._paren,
    ast.Cast: Expressions._cast,
}
