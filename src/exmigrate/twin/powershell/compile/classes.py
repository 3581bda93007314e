"""Classes and enums (about_Classes, about_Enum), from level 5.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import Emit, Run
from exmigrate.twin.powershell.compile.definitions import Definitions, _short
from exmigrate.twin.powershell.compile.statements import STATEMENTS
from exmigrate.twin.powershell.runtime.classes import (
    ClassShape,
    MethodShape,
    PropertyShape,
    define_class,
    define_enum,
)
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class Classes(Definitions):
    """The part of the compiler that handles classes and enums."""

    def _class(self, node: ast.ClassDef) -> Run:
        shape = ClassShape(node.name, [base.name for base in node.bases])
        for prop in node.properties:
            checks = [self.attribute_check(attribute) for attribute in prop.attributes]
            initial = self.value(prop.initial) if prop.initial is not None else None
            shape.properties.append(
                PropertyShape(
                    prop.name, prop.type.name if prop.type else "", prop.static, prop.hidden, initial, checks
                )
            )
        for method in node.methods:
            shape.methods.append(self._method(method))

        def define(session: Session, emit: Emit) -> None:
            define_class(session, shape)

        return define

    def _method(self, node: ast.ClassMethod) -> MethodShape:
        body = node.body
        body.params = node.params
        code = self.script_body(body, name=node.name, method=True)
        base_args = None if node.base_args is None else [self.value(arg) for arg in node.base_args]
        return MethodShape(
            node.name,
            node.type.name if node.type else "",
            [
                (p.name, next((a.name for a in p.attributes if isinstance(a, ast.TypeName)), ""))
                for p in node.params
            ],
            code,
            node.static,
            node.hidden,
            base_args,
        )

    def _enum(self, node: ast.EnumDef) -> Run:
        members = [(name, self.value(value) if value is not None else None) for name, value in node.members]
        name, underlying = node.name, node.underlying

        def define(session: Session, emit: Emit) -> None:
            counted: list[tuple[str, int]] = []
            following: Any = 0
            for member, read in members:
                number = following if read is None else read(session)
                counted.append((member, int(number)))
                following = int(number) + 1
            define_enum(session, name, counted, underlying, node.flags)

        return define

    def hoisted(self, statements: list[ast.Node]) -> list[ast.Node]:
        """Statements with class and enum definitions first, enums before classes, bases before derived."""
        enums = [s for s in statements if isinstance(s, ast.EnumDef)]
        classes = [s for s in statements if isinstance(s, ast.ClassDef)]
        if not enums and not classes:
            return statements
        rest = [s for s in statements if not isinstance(s, (ast.EnumDef, ast.ClassDef))]
        return [*enums, *classes, *rest]

    def block(self, node: ast.Block) -> Run:
        """Statements in order, definitions of types first."""
        node.statements = self.hoisted(node.statements)
        return super().block(node)


__all__ = ["Classes", "_short"]
STATEMENTS[ast.ClassDef] = Classes._class
STATEMENTS[ast.EnumDef] = Classes._enum
