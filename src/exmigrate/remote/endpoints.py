"""The endpoints file: where servers listen, when that is not where the plan says. A twin writes one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from exmigrate.model.errors import Location

from .errors import BadEndpoints, RehearsalEndpoints
from .settings import ConnectionSettings

FORMAT: Final = "exmigrate.endpoints/1"
_MAX_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens. A port of 0 and an empty text leave what the plan says."""

    address: str
    http_port: int = 0
    https_port: int = 0
    trust: str = ""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """A read endpoints file.

    Attributes:
        servers: By server name in lower case.
        epoch: Organization time of the twin at its start, ISO 8601; empty for real servers.
        origin: Controller time (seconds since 1970) that `epoch` belongs to.
        speed: Organization seconds per controller second; None for real servers.
    """

    servers: Mapping[str, Endpoint] = field(default_factory=dict)
    epoch: str = ""
    origin: float = 0.0
    speed: float | None = None

    def apply(self, settings: ConnectionSettings) -> ConnectionSettings:
        """The settings with this file's address, port and trust for the server."""
        found = self.servers.get(settings.server.lower()) or self.servers.get(
            settings.server.lower().split(".", 1)[0]
        )
        if found is None:
            return settings
        port = found.https_port if settings.scheme == "https" else found.http_port
        verify = found.trust if found.trust and settings.verify == "system" else settings.verify
        return replace(settings, address=found.address, port=port or settings.port, verify=verify)


def read_endpoints(path: Path, *, live: bool) -> Endpoints:
    """Read an endpoints file.

    Args:
        path: JSON: `{"format": "exmigrate.endpoints/1", "servers": {NAME: {"address", "http_port", "https_port",
            "trust"}}, "epoch"?, "origin"?, "speed"?}`.
        live: True for a run on real servers.

    Raises:
        BadEndpoints: not such a file.
        RehearsalEndpoints: a live run was given a file with a speed.
    """
    where = Location(str(path))
    try:
        data = path.read_bytes()
        if len(data) > _MAX_BYTES:
            raise ValueError("larger than 1 MB")
        parsed = json.loads(data)
        endpoints = _endpoints(parsed)
    except OSError as error:
        raise BadEndpoints(where=where, why=error.strerror or str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadEndpoints(
            where=where, why=str(error), next="let `exmigrate twin serve` write it anew"
        ) from error
    if live and endpoints.speed is not None:
        raise RehearsalEndpoints(
            where=where,
            why=f"its clock runs at speed {endpoints.speed:g}",
            next="use `exmigrate rehearse`, or leave the endpoints file out for the real servers",
        )
    return endpoints


def _endpoints(data: Any) -> Endpoints:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"format is not {FORMAT}")
    servers = {
        str(name).lower(): Endpoint(
            address=str(entry["address"]),
            http_port=_port(entry.get("http_port", 0)),
            https_port=_port(entry.get("https_port", 0)),
            trust=str(entry.get("trust") or ""),
        )
        for name, entry in data["servers"].items()
    }
    speed = data.get("speed")
    return Endpoints(
        servers,
        str(data.get("epoch") or ""),
        float(data.get("origin") or 0.0),
        None if speed is None else float(speed),
    )


def _port(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 65535:
        raise ValueError(f"port {value!r} is not between 0 and 65535")
    return value
