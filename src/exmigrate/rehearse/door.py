"""Speaks to a twin's door: actions of persons, and the state of the world."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exmigrate.model import Failed, Refused

SUFFIX = ".door"
"""The door's file stands beside the endpoints file, under the same name."""


class NoTwin(Failed):
    """The twin does not answer."""

    code = "EXM-W001"


class PersonRefused(Refused):
    """What the person was asked for cannot be done in this organization."""

    code = "EXM-W002"


class Door:
    """A twin's door.

    Args:
        endpoints: the endpoints file that the twin wrote.
    """

    def __init__(self, endpoints: Path) -> None:
        path = endpoints.with_suffix(SUFFIX)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            self._address, self._token = urlsplit(found["url"]), str(found["token"])
        except (OSError, ValueError, KeyError, TypeError):
            raise NoTwin(
                f"There is no twin behind {endpoints}.",
                why=f"{path} is not there or not readable",
                next="exmigrate twin serve --plan PLAN",
            ) from None

    def act(self, action: str, arguments: Mapping[str, Any]) -> Any:
        """Have a person do something; bytes come back as bytes.

        Raises:
            PersonRefused: it cannot be done.
            NoTwin: the twin does not answer.
        """
        answer = self._ask("POST", json.dumps({"action": action, "arguments": dict(arguments)}).encode())
        if "error" in answer:
            raise PersonRefused(f"{action}: {answer['error']}")
        result = answer.get("result")
        if isinstance(result, dict) and set(result) == {"base64"}:
            return base64.b64decode(result["base64"])
        return result

    def state(self) -> Mapping[str, Any]:
        """The world as plain JSON values."""
        return self._ask("GET", b"")

    def _ask(self, method: str, body: bytes) -> dict[str, Any]:
        connection = HTTPConnection(self._address.hostname or "", self._address.port or 80, timeout=60)
        try:
            connection.request(method, "/", body, {"Authorization": f"Bearer {self._token}"})
            found = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError) as fault:
            raise NoTwin(why=str(fault), next="exmigrate twin serve --plan PLAN") from None
        finally:
            connection.close()
        return dict(found)
