"""The twin's own door, beside the simulated servers: what persons do outside of PowerShell, and the world's state.

HTTP on loopback, one token for the owner of the process. A simulated server knows nothing of it.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_MOST = 1_000_000


class AdminDoor:
    """Serves actions of persons and the state of the world.

    Args:
        act: carries out an action by its name; raises with a message when it cannot be done.
        state: the world as plain JSON values.
    """

    def __init__(
        self, act: Callable[[str, Mapping[str, Any]], Any], state: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._token = secrets.token_hex(16)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._token, act, state))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="admin", daemon=True
        )
        self._thread.start()

    def write(self, path: Path) -> None:
        """Write where the door is and its token, private to the owner."""
        port = self._server.server_address[1]
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"url": f"http://127.0.0.1:{port}", "token": self._token}, out)

    def close(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(
    token: str, act: Callable[[str, Mapping[str, Any]], Any], state: Callable[[], Mapping[str, Any]]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            if body is None or not self._allowed():
                return
            try:
                wanted = json.loads(body)
                found = act(str(wanted["action"]), wanted.get("arguments") or {})
            except Exception as fault:  # whatever a person asked for: the twin goes on, and they are told
                self._answer(400, {"error": str(fault)})
                return
            self._answer(200, {"result": _plain(found)})

        def do_GET(self) -> None:
            if self._allowed():
                self._answer(200, dict(state()))

        def _allowed(self) -> bool:
            if hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {token}"):
                return True
            self._answer(403, {"error": "the token is not that of this twin"})
            return False

        def _body(self) -> bytes | None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > _MOST:
                self._answer(413, {"error": "too large"})
                return None
            return self.rfile.read(length)

        def _answer(self, status: int, value: Mapping[str, Any]) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the twin's terminal is for its operator."""

    return Handler


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
