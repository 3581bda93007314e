"""The providers of what a session itself holds: Environment, Variable, Function and Alias."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.collections_ import DictionaryEntry
from exmigrate.twin.powershell.providers.base import Provider, path_not_found


class _Flat(Provider):
    """A provider without containers: names and values."""

    containers = False
    has_content = True

    def root_of(self, drive: str, session: Any) -> str | None:
        return "" if drive.lower() in (one.lower() for one in self.drives) else None

    def normal(self, path: str, session: Any) -> str:
        return path.strip("\\/")

    def is_container(self, session: Any, path: str) -> bool:
        return not path

    def exists(self, session: Any, path: str) -> bool:
        return not path or self.item(session, path) is not None

    def clear(self, session: Any, path: str) -> None:
        self.set(session, path, None)

    def new(self, session: Any, path: str, kind: str, value: Any, force: bool) -> Any:
        return self.set(session, path, value)

    def write(self, session: Any, path: str, data: Any, append: bool) -> None:
        self.set(session, path, data)

    def rename(self, session: Any, path: str, name: str, force: bool) -> Any:
        value = self.read(session, path)
        self.remove(session, path, False, force)
        return self.set(session, name, value)

    def copy(self, session: Any, path: str, target: str, recurse: bool, force: bool) -> Any:
        return self.set(session, target, self.read(session, path))


class EnvironmentProvider(_Flat):
    """Environment variables of the process."""

    name = "Environment"
    drives = ("Env",)

    def item(self, session: Any, path: str) -> Any:
        environment = session.environment()
        found = environment.get(path)
        if found is None:
            return None
        name = next((one for one in environment if one.lower() == path.lower()), path)
        return DictionaryEntry(name, found)

    def children(self, session: Any, path: str) -> list[str]:
        return sorted(session.environment(), key=str.lower)

    def set(self, session: Any, path: str, value: Any) -> Any:
        session.assign_drive_variable("env", path, value)
        return self.item(session, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        if self.item(session, path) is None:
            raise path_not_found(path)
        session.environment().pop(path, None)

    def read(self, session: Any, path: str) -> Any:
        found = self.item(session, path)
        return None if found is None else found.value


class VariableProvider(_Flat):
    """Variables of the session."""

    name = "Variable"
    drives = ("Variable",)

    def item(self, session: Any, path: str) -> Any:
        return session.scope.find(path.lower())

    def children(self, session: Any, path: str) -> list[str]:
        names: dict[str, str] = {}
        scope = session.scope
        while scope is not None:
            for key, variable in scope.vars.items():
                names.setdefault(key, variable.name)
            scope = scope.parent
        return sorted(names.values(), key=str.lower)

    def set(self, session: Any, path: str, value: Any) -> Any:
        session.assign_in_scope("local", path, value)
        return self.item(session, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        scope = session.scope
        while scope is not None:
            if scope.vars.pop(path.lower(), None) is not None:
                return
            scope = scope.parent
        raise path_not_found(path)

    def read(self, session: Any, path: str) -> Any:
        return session.variable(path)


class FunctionProvider(_Flat):
    """Functions of the session."""

    name = "Function"
    drives = ("Function",)

    def item(self, session: Any, path: str) -> Any:
        return session.commands.find_function(path.lower())

    def children(self, session: Any, path: str) -> list[str]:
        names: dict[str, str] = {}
        scope = session.scope
        while scope is not None:
            for key, info in (scope.functions or {}).items():
                names.setdefault(key, info.name)
            scope = scope.parent
        return sorted(names.values(), key=str.lower)

    def set(self, session: Any, path: str, value: Any) -> Any:
        session.assign_drive_variable("function", path, value)
        return self.item(session, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        scope = session.scope
        while scope is not None:
            if scope.functions and scope.functions.pop(path.lower(), None) is not None:
                return
            scope = scope.parent
        raise path_not_found(path)

    def read(self, session: Any, path: str) -> Any:
        found = self.item(session, path)
        return None if found is None else found.block


class AliasProvider(_Flat):
    """Aliases of the session."""

    name = "Alias"
    drives = ("Alias",)

    def item(self, session: Any, path: str) -> Any:
        scope = session.scope
        while scope is not None:
            found = (scope.aliases or {}).get(path.lower())
            if found is not None:
                return found
            scope = scope.parent
        return None

    def children(self, session: Any, path: str) -> list[str]:
        names: dict[str, str] = {}
        scope = session.scope
        while scope is not None:
            for key, info in (scope.aliases or {}).items():
                names.setdefault(key, info.name)
            scope = scope.parent
        return sorted(names.values(), key=str.lower)

    def set(self, session: Any, path: str, value: Any) -> Any:
        from exmigrate.twin.powershell.runtime.code import AliasInfo

        aliases = session.scope.aliases
        if aliases is None:
            aliases = session.scope.aliases = {}
        aliases[path.lower()] = AliasInfo(path, session.text(value))
        return self.item(session, path)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        scope = session.scope
        while scope is not None:
            if scope.aliases and scope.aliases.pop(path.lower(), None) is not None:
                return
            scope = scope.parent
        raise path_not_found(path)

    def read(self, session: Any, path: str) -> Any:
        found = self.item(session, path)
        return None if found is None else found.definition
