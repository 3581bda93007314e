"""The host loop's protocol in Python, so that the wire is tested apart from any interpreter.

A "script" is the name of a function of `Scripts`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import threading
from collections.abc import Callable
from typing import Any

from exmigrate.twin.wsman import CommandRequest, Console
from tests.wire.literal_reader import read_literal


class Scripts:
    """What can be called, and how often it ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.release = threading.Event()
        self.functions: dict[str, Callable[[dict[str, Any], CommandRequest, Console], Any]] = {
            "echo": lambda argument, request, console: {"state": "ok", "facts": argument},
            "slow": self.slow,
            "fail": self.fail,
            "die": self.die,
            "print": self.print,
            "hop": lambda argument, request, console: {
                "state": "reached" if request.logon.can_delegate else "refused"
            },
            "large": lambda argument, request, console: {
                "state": "ok",
                "facts": {"text": "x" * argument["size"]},
            },
        }

    def slow(self, argument: dict[str, Any], request: CommandRequest, console: Console) -> Any:
        while not self.release.wait(0.02) and not console.cancelled.is_set():
            pass
        return {"state": "ok"}

    def fail(self, argument: dict[str, Any], request: CommandRequest, console: Console) -> Any:
        raise RuntimeError(argument.get("text", "failed"))

    def die(self, argument: dict[str, Any], request: CommandRequest, console: Console) -> Any:
        raise SystemExit(argument.get("code", 3))

    def print(self, argument: dict[str, Any], request: CommandRequest, console: Console) -> Any:
        console.write_stdout(f"printed {argument.get('text', '')}\r\n".encode())
        console.write_stderr(b'#< CLIXML\r\n<Objs><S S="progress">90%</S></Objs>')
        return {"state": "ok"}


class FakePowerShell:
    """A `Program`: `powershell.exe -EncodedCommand …` whose bootstrap loads the host loop from standard input."""

    def __init__(self, scripts: Scripts, *, deaf: bool = False) -> None:
        self.scripts = scripts
        self.deaf = deaf
        self.starts = 0
        self.lines: list[str] = []
        self.files: dict[str, str] = {}

    def __call__(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        self.starts += 1
        self.lines.append(request.line)
        text = base64.b64decode(arguments[-1]).decode("utf-16-le")
        if "[Console]::In" not in text:
            return self.from_files(text, request, console)
        if self.deaf:
            console.cancelled.wait(30)
            return 1
        return _Loop(self.scripts, request, console, console.stdin).run()

    def from_files(self, text: str, request: CommandRequest, console: Console) -> int:
        """The scripts of `oneshot.py`: store, run, remove."""
        names = re.findall(r"'(exmigrate-[^']+)'", text)
        if text.startswith("[IO.File]::AppendAllText"):
            data = re.search(r",'([^']*)'\.Replace", text)
            assert data
            self.files[names[0]] = self.files.get(names[0], "") + data[1].replace("|", "\n")
        elif text.startswith("[IO.File]::Delete"):
            del self.files[names[0]]
        else:
            lines = self.files[names[0]] + self.files.pop(names[1])
            return _Loop(self.scripts, request, console, io.BytesIO(lines.encode())).run()
        return 0


class _Loop:
    def __init__(self, scripts: Scripts, request: CommandRequest, console: Console, stdin: Any) -> None:
        self.stdin = stdin
        self.scripts = scripts
        self.request = request
        self.console = console
        self.pieces: dict[str, dict[int, str]] = {}
        self.blobs: dict[str, str] = {}
        self.answers: dict[str, bytes] = {}
        self.acknowledged: set[str] = set()

    def line(self) -> str:
        return self.stdin.readline().decode()

    def run(self) -> int:
        first = self.line()
        if not first:
            return 1  # ended before anything came
        count = int(first)
        text = base64.b64decode("".join(self.line().strip() for _ in range(count))).decode()
        assert "function Invoke-ExmCall" in text
        self.mark = self.line().strip()
        self.say("READY 1 4711 2.0")
        while line := self.line():
            words = line.strip().split(" ")
            try:
                self.obey(words)
            except SystemExit as end:
                return int(str(end.code))
        return 0

    def say(self, text: str) -> None:
        self.console.write_stdout(f"{self.mark} {text}\r\n".encode())

    def obey(self, words: list[str]) -> None:
        match words:
            case ["D", sha, index, count, text]:
                pieces = self.pieces.setdefault(sha, {})
                pieces[int(index)] = text
                if len(pieces) == int(count):
                    data = base64.b64decode("".join(pieces[n] for n in range(int(count))))
                    assert hashlib.sha256(data).hexdigest() == sha
                    self.blobs[sha] = data.decode()
                    del self.pieces[sha]
            case ["R", request_id, sha]:
                self.call(request_id, sha)
            case ["G", request_id]:
                if request_id in self.answers:
                    self.frames(request_id)
                else:
                    self.say(f"U {request_id}")
            case ["A", request_id]:
                self.answers.pop(request_id, None)
                self.acknowledged.add(request_id)

    def call(self, request_id: str, sha: str) -> None:
        if request_id in self.answers:
            return self.frames(request_id)
        if request_id in self.acknowledged:
            return None
        if sha not in self.blobs:
            return self.say(f"M {request_id} {sha}")
        call = read_literal(self.blobs[sha])
        for needed in [*call["libraries"], call["script"]]:
            if needed not in self.blobs:
                return self.say(f"M {request_id} {needed}")
        del self.blobs[sha]
        name = self.blobs[call["script"]]
        self.scripts.ran.append(name if name in self.scripts.functions else call["function"])
        answer: dict[str, Any] = {"v": 1, "milliseconds": 1}
        try:
            function = self.scripts.functions.get(name) or self.scripts.functions[call["function"]]
            answer["result"] = function(call["argument"], self.request, self.console)
        except RuntimeError as error:
            answer["error"] = {"message": str(error), "id": "RuntimeException", "position": "At line:1"}
        self.answers[request_id] = base64.b64encode(json.dumps(answer).encode())
        return self.frames(request_id)

    def frames(self, request_id: str) -> None:
        text = self.answers[request_id].decode()
        pieces = [text[at : at + 8000] for at in range(0, len(text), 8000)]
        out = "\r\n"
        for index, piece in enumerate(pieces):
            out += f"{self.mark} F {request_id} {index} {piece}\r\n"
        size = len(base64.b64decode(text))
        out += f"{self.mark} E {request_id} {len(pieces)} {size}\r\n"
        self.console.write_stdout(out.encode())
