"""From syntax tree to Python closures, once for each script text; nothing walks a tree while a script runs.

An expression becomes ``f(session) -> value``; a statement becomes ``f(session, emit) -> Leave | None`` where ``emit``
takes one output object at a time.
"""

from exmigrate.twin.powershell.compile.compiler import compile_script

__all__ = ["compile_script"]
