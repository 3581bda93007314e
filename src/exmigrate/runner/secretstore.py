"""Secrets by reference, resolved at the last moment and kept in memory only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any

from exmigrate.model import Ambient

from .errors import NoSecret


class SecretStore:
    """Resolves `env:NAME`, `file:PATH`, `prompt:TEXT` and `keyring:SERVICE/NAME`.

    Args:
        ambient: for environment variables.
        prompt: asks a person for a secret; None where nobody can be asked.
        base: folder that relative paths of `file:` start from.
    """

    def __init__(
        self, ambient: Ambient, prompt: Callable[[str], str] | None = None, base: Path | None = None
    ) -> None:
        self._ambient, self._prompt, self._base = ambient, prompt, base or Path()
        self._lock = RLock()
        self._prompted: dict[str, str] = {}

    def resolve(self, reference: str) -> str:
        """The secret.

        Raises:
            NoSecret: it is not there, or the form is unknown; names the reference, never a value.
        """
        form, _, name = reference.partition(":")
        with self._lock:
            match form:
                case "env":
                    return self._environment(reference, name)
                case "file":
                    return self._file(reference, name)
                case "prompt":
                    return self._ask(reference, name)
                case "keyring":
                    return _keyring(reference, name)
        raise _missing(reference, "a secret is env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT")

    def ask_ahead(self, references: set[str]) -> None:
        """Ask for every `prompt:` now, before anything runs and the screen belongs to the progress display."""
        for reference in sorted(r for r in references if r.startswith("prompt:")):
            self.resolve(reference)

    def _environment(self, reference: str, name: str) -> str:
        value = self._ambient.environment(name)
        if value is None:
            raise _missing(reference, f"the environment variable {name} is not set")
        return value

    def _file(self, reference: str, name: str) -> str:
        try:
            return (self._base / name).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise _missing(reference, getattr(error, "strerror", None) or "it is not UTF-8 text") from None

    def _ask(self, reference: str, name: str) -> str:
        if reference not in self._prompted:
            if self._prompt is None:
                raise _missing(reference, "there is no terminal to ask at; use env:, file: or keyring:")
            self._prompted[reference] = self._prompt(name or "secret")
        return self._prompted[reference]


def references(value: Any) -> set[str]:
    """All secret references within arguments or connections."""
    match value:
        case Mapping():
            own = {str(value["$secret"])} if set(value) == {"$secret"} else set()
            named = {str(value["password"])} if isinstance(value.get("password"), str) else set()
            return own.union(named, *(references(v) for v in value.values()))
        case list() | tuple():
            return set[str]().union(*(references(v) for v in value))
        case _:
            return set()


def _keyring(reference: str, name: str) -> str:
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise _missing(reference, "the package 'keyring' is not installed") from None
    service, _, account = name.partition("/")
    try:
        value = keyring.get_password(service, account)
    except Exception as error:  # every keyring backend has errors of its own
        raise _missing(reference, f"the key ring refused: {type(error).__name__}") from None
    if value is None:
        raise _missing(reference, "the key ring has no such entry")
    return str(value)


def _missing(reference: str, why: str) -> NoSecret:
    return NoSecret(
        f"The secret {reference} is not there.", why=why, next="provide it and run the same command again"
    )
