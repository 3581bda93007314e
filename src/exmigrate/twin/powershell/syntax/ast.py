"""The syntax tree: plain nodes with the offsets of their text.

Names follow the language specification for PowerShell, chapter 8 and appendix B.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Node:
    """Anything with a place in the text: offsets of its first character and behind its last."""

    start: int
    end: int


# Expressions -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Const(Node):
    """A number; ``text`` is how it was written, which is what a string parameter gets."""

    value: Any
    text: str


@dataclass(slots=True)
class Text(Node):
    """A string without expansion; ``bare`` when written without quotes."""

    value: str
    bare: bool = False


@dataclass(slots=True)
class Expandable(Node):
    """A string with expansion: strings and expressions in order."""

    parts: list[str | Node]
    bare: bool = False


@dataclass(slots=True)
class Variable(Node):
    """``$name``; ``name`` may hold a scope or drive prefix; ``splat`` for ``@name``."""

    name: str
    splat: bool = False


@dataclass(slots=True)
class ArrayLiteral(Node):
    """``a, b``."""

    items: list[Node]


@dataclass(slots=True)
class ArraySub(Node):
    """``@( ... )``."""

    body: Block


@dataclass(slots=True)
class SubExpr(Node):
    """``$( ... )``."""

    body: Block


@dataclass(slots=True)
class Paren(Node):
    """``( pipeline )``."""

    pipeline: Node


@dataclass(slots=True)
class Hash(Node):
    """``@{ ... }``: key expressions and value statements."""

    pairs: list[tuple[Node, Node]]


@dataclass(slots=True)
class BlockExpr(Node):
    """``{ ... }`` as a value."""

    body: ScriptBody


@dataclass(slots=True)
class TypeName(Node):
    """``[name]``: the text between the brackets."""

    name: str


@dataclass(slots=True)
class Member(Node):
    """``target.name`` or ``target::name``."""

    target: Node
    name: Node
    static: bool
    conditional: bool = False


@dataclass(slots=True)
class Invoke(Node):
    """``target.name(args)``."""

    target: Node
    name: Node
    args: list[Node]
    static: bool
    conditional: bool = False


@dataclass(slots=True)
class Index(Node):
    """``target[index]``."""

    target: Node
    index: Node
    conditional: bool = False


@dataclass(slots=True)
class Unary(Node):
    """A prefix operator: 'not', 'bnot', 'plus', 'minus', 'comma', 'split', 'csplit', 'join'."""

    op: str
    operand: Node


@dataclass(slots=True)
class Step(Node):
    """``++`` and ``--``, before or after."""

    by: int
    prefix: bool
    operand: Node


@dataclass(slots=True)
class Binary(Node):
    """A binary operator by its word without dash ('eq', 'ceq', 'add', 'range', 'and', 'f' ...)."""

    op: str
    left: Node
    right: Node


@dataclass(slots=True)
class Cast(Node):
    """``[type] operand``."""

    type: TypeName
    operand: Node


@dataclass(slots=True)
class Attributed(Node):
    """``[Attribute()] $variable`` as a target."""

    attribute: Attribute
    operand: Node


@dataclass(slots=True)
class Ternary(Node):
    """``condition ? yes : no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True)
class CommandParam(Node):
    """``-Name`` or ``-Name:argument`` in a command; ``text`` is as written with its dash."""

    name: str
    argument: Node | None
    text: str


@dataclass(slots=True)
class Redirection(Node):
    """``2>&1``, ``> file``: ``stream`` 1 to 6 or 0 for all; ``merge`` the target stream or 0."""

    stream: int
    append: bool
    merge: int
    target: Node | None


@dataclass(slots=True)
class Command(Node):
    """A command; the operator is '', '&' or '.'."""

    name: Node
    args: list[Node]
    operator: str
    redirections: list[Redirection]


@dataclass(slots=True)
class CommandExpr(Node):
    """An expression as an element of a pipeline."""

    expr: Node
    redirections: list[Redirection]


@dataclass(slots=True)
class Pipeline(Node):
    """Elements joined by ``|``."""

    elements: list[Command | CommandExpr]
    background: bool = False


@dataclass(slots=True)
class Chain(Node):
    """``left && right`` or ``left || right``."""

    left: Node
    right: Node
    op: str


# Statements --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Block(Node):
    """Statements in braces, with the traps among them."""

    statements: list[Node]
    traps: list[Trap] = field(default_factory=list)


@dataclass(slots=True)
class Assignment(Node):
    """``target op value``; op is '=', '+=', '-=', '*=', '/=', '%=' or '??='."""

    op: str
    target: Node
    value: Node


@dataclass(slots=True)
class If(Node):
    """Conditions with their blocks, then else."""

    clauses: list[tuple[Node, Block]]
    otherwise: Block | None


@dataclass(slots=True)
class While(Node):
    """while, do-while and do-until."""

    condition: Node
    body: Block
    label: str
    test_first: bool
    negate: bool


@dataclass(slots=True)
class For(Node):
    """for."""

    init: Node | None
    condition: Node | None
    step: Node | None
    body: Block
    label: str


@dataclass(slots=True)
class ForEach(Node):
    """foreach statement."""

    variable: Variable
    items: Node
    body: Block
    label: str


@dataclass(slots=True)
class Switch(Node):
    """switch; flags are 'regex', 'wildcard', 'exact', 'casesensitive', 'file'."""

    flags: set[str]
    subject: Node
    cases: list[tuple[Node, Block]]
    default: Block | None
    label: str


@dataclass(slots=True)
class Function(Node):
    """function or filter."""

    name: str
    body: ScriptBody
    is_filter: bool


@dataclass(slots=True)
class Catch(Node):
    """One catch clause."""

    types: list[TypeName]
    body: Block


@dataclass(slots=True)
class Try(Node):
    """try, catch, finally."""

    body: Block
    catches: list[Catch]
    final: Block | None


@dataclass(slots=True)
class Trap(Node):
    """trap; type None traps all."""

    type: TypeName | None
    body: Block


@dataclass(slots=True)
class Flow(Node):
    """'return', 'throw', 'exit' with an optional pipeline; 'break', 'continue' with an optional label."""

    kind: str
    value: Node | None


@dataclass(slots=True)
class Data(Node):
    """data section."""

    name: str
    body: Block


@dataclass(slots=True)
class Using(Node):
    """using namespace, module or assembly."""

    kind: str
    name: str


@dataclass(slots=True)
class Attribute(Node):
    """``[Name(args, Key = value)]``; a value None means the key stands alone (true)."""

    name: str
    args: list[Node]
    named: list[tuple[str, Node | None]]


@dataclass(slots=True)
class Param(Node):
    """One parameter: attributes and types in order, name, default."""

    name: str
    attributes: list[Attribute | TypeName]
    default: Node | None


@dataclass(slots=True)
class ScriptBody(Node):
    """The body of a script, function or script block; ``inner`` are the offsets between its braces."""

    attributes: list[Attribute]
    params: list[Param] | None
    dynamic: Block | None
    begin: Block | None
    process: Block | None
    finish: Block | None
    usings: list[Using]
    inner: tuple[int, int]
    clean: Block | None = None
    requires: list[str] = field(default_factory=list)
    help_text: str = ""


@dataclass(slots=True)
class ClassProperty(Node):
    """A property of a class."""

    name: str
    type: TypeName | None
    attributes: list[Attribute]
    static: bool
    hidden: bool
    initial: Node | None


@dataclass(slots=True)
class ClassMethod(Node):
    """A method or constructor of a class; ``base_args`` for ``: base(...)``."""

    name: str
    type: TypeName | None
    params: list[Param]
    body: ScriptBody
    static: bool
    hidden: bool
    base_args: list[Node] | None


@dataclass(slots=True)
class ClassDef(Node):
    """class."""

    name: str
    bases: list[TypeName]
    properties: list[ClassProperty]
    methods: list[ClassMethod]


@dataclass(slots=True)
class EnumDef(Node):
    """enum; values None count on from the one before."""

    name: str
    members: list[tuple[str, Node | None]]
    flags: bool
    underlying: str
