"""Secrets of a rehearsal: those of the plan where they are there, made-up ones where the plan names variables."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import partial

from exmigrate.model.topology import Secret, Topology

_KEY_LETTERS = "BCDFGHJKMPQRTVWXY2346789"


@dataclass(frozen=True)
class Rehearsed:
    """Secrets for a twin.

    Attributes:
        passwords: of the plan's credentials, by name.
        made_up: variables that the plan names and nobody had set, with the values that the twin will accept.
    """

    passwords: Mapping[str, str]
    made_up: Mapping[str, str]


def secrets_for(
    topology: Topology, environment: Callable[[str], str | None], resolve: Callable[[str], str]
) -> Rehearsed:
    """Secrets that a rehearsal of this plan needs.

    Args:
        topology: the plan.
        environment: looks a variable up.
        resolve: resolves any other reference; raises `NoSecret`.

    Raises:
        NoSecret: a reference other than `env:` leads nowhere.
    """
    made_up: dict[str, str] = {}

    def value(reference: str, make: Callable[[], str]) -> str:
        form, _, name = reference.partition(":")
        if form != "env":
            return resolve(reference)
        found = environment(name)
        return found if found is not None else made_up.setdefault(name, make())

    for server in topology.servers:
        if server.product_key is not None:
            value(server.product_key.ref, partial(_product_key, server.edition))
    passwords = {
        c.name: value(c.password.ref, _password) for c in topology.credentials if c.password is not None
    }
    for secret in _secrets(topology):
        if secret.ref.startswith("env:"):
            value(secret.ref, _password)
    return Rehearsed(passwords, made_up)


def environment_file(made_up: Mapping[str, str]) -> str:
    """Text of a file that a shell can source."""
    return "".join(f"export {name}='{value}'\n" for name, value in sorted(made_up.items()))


def _password() -> str:
    return "Aa1-" + secrets.token_hex(12)


def _product_key(edition: str) -> str:
    """A key of an edition: the twin tells them by their first letter."""
    groups = ("".join(secrets.choice(_KEY_LETTERS) for _ in range(5)) for _ in range(5))
    key = "-".join(groups)
    return f"E{key[1:]}" if edition == "Enterprise" else key


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _secrets(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _secrets(item)
