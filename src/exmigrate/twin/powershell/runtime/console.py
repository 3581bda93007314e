"""The console and the outside of a session: host text, standard input, files, environment, redirection to files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.runtime.stages import GuardedStage, Stage
from exmigrate.twin.powershell.runtime.streams import STREAM_NAMES, Sinks, drop
from exmigrate.twin.powershell.types.texts import to_text


class Console(Parts):
    """The part of the session that reaches outside."""

    machine: Any
    result: Any
    sinks: Sinks
    commands: Any
    on_host: Any

    def _init_console(self) -> None:
        self.stdin: Any = None
        self.on_host = None
        self.on_error_text: Any = None
        self.on_console_record: Any = None
        self._type_cache: dict[str, Any] = {}
        self.namespaces: list[str] = []
        self.items: dict[str, Any] = {}

    # Text --------------------------------------------------------------------------------------------------

    def write_host(self, text: str) -> None:
        """Text to the host."""
        if self.on_host is not None:
            self.on_host(text)
        else:
            self.result.host_text += text

    def write_console(self, text: str, error: bool = False) -> None:
        """Text straight to the process's standard output or error."""
        if error and self.on_error_text is not None:
            self.on_error_text(text)
        elif not error:
            self.write_host(text)

    def console_record(self, text: str) -> None:
        """The line a console shows for a warning, verbose or debug record."""
        if self.on_console_record is not None:
            self.on_console_record(text)

    def read_console(self) -> str | None:
        """One line of standard input, None at its end."""
        return None if self.stdin is None else self.stdin.read_line()

    def read_console_all(self) -> str:
        """All that is left of standard input."""
        return "" if self.stdin is None else self.stdin.read_all()

    def exit_code_of(self, value: Any) -> int:
        """The code of ``exit value``."""
        if value is None:
            return 0
        try:
            return int(convert(value, self.type_named("int"), self))
        except PSError:
            return 0

    # Files and environment ---------------------------------------------------------------------------------

    def environment(self) -> Any:
        """Environment variables of the process."""
        return self.machine.environment

    def current_directory(self) -> str:
        """Path of the current file system location."""
        location = self.items.get("location")
        return str(location) if location else ("C:\\" if self.machine.platform == "windows" else "/")

    def full_path(self, path: str) -> str:
        """A path of the file system made absolute."""
        windows = self.machine.platform == "windows"
        separator = "\\" if windows else "/"
        text = path.replace("/", "\\") if windows else path
        if text[1:2] == ":" or text.startswith(("\\\\", "/")):
            return text
        parts = (self.current_directory().rstrip(separator) + separator + text).split(separator)
        kept: list[str] = []
        for part in parts:
            if part == "..":
                if len(kept) > 1:
                    kept.pop()
            elif part != ".":
                kept.append(part)
        joined = separator.join(kept)
        return joined + separator if joined in ("", kept[0]) and not joined.startswith("\\\\") else joined

    def read_text_file(self, path: str) -> str | None:
        """Text of a script file, None when there is no such file."""
        try:
            stat = self.machine.files.stat(path)
            if stat is None or stat.is_directory:
                return None
            data: bytes = self.machine.files.read(path)
        except MachineError:
            return None
        return decode_script(data)

    def lines_of_file(self, path: Any) -> list[str]:
        """Lines of a file for ``switch -File``."""
        text = self.read_text_file(self.full_path(to_text(path, self)))
        if text is None:
            raise error(
                f"Cannot find path '{to_text(path)}' because it does not exist.", "PathNotFound", "ObjectNotFound", path,
                exception="System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip
        return text.splitlines()

    # Redirection -------------------------------------------------------------------------------------------

    def redirect_stage(self, stage: Stage, redirections: list[Any], onward: Any, closing: list[Any]) -> Stage:
        """A stage with its streams going where its redirections say."""
        sinks = self.sinks.copy()
        output = onward
        guarded = GuardedStage(stage, sinks)
        for stream, merge, append, target in redirections:
            if merge:
                self._merge(sinks, stream, guarded._outwards)
                continue
            keep, close = self._file_sink(target(self), append)
            closing.append(close)
            if stream == 1 or stream == 0:
                output = keep
            for number in (2, 3, 4, 5, 6) if stream == 0 else (stream,):
                if number in STREAM_NAMES:
                    setattr(sinks, STREAM_NAMES[number], keep)
        guarded.set_emit(output)
        return guarded

    def _merge(self, sinks: Sinks, stream: int, target: Any) -> None:
        for number in (2, 3, 4, 5, 6) if stream == 0 else (stream,):
            if number in STREAM_NAMES:
                setattr(sinks, STREAM_NAMES[number], target)

    @contextmanager
    def redirected(self, redirections: list[Any], emit: Any) -> Iterator[Any]:
        """Run an expression with its streams redirected; gives where its output goes."""
        outer = self.sinks
        sinks = outer.copy()
        target_of_output = emit
        closing = []
        for stream, merge, append, target in redirections:
            if merge:
                self._merge(sinks, stream, emit)
                continue
            keep, close = self._file_sink(target(self), append)
            closing.append(close)
            if stream in (0, 1):
                target_of_output = keep
            for number in (2, 3, 4, 5, 6) if stream == 0 else (stream,):
                if number in STREAM_NAMES:
                    setattr(sinks, STREAM_NAMES[number], keep)
        self.sinks = sinks
        try:
            yield target_of_output
        finally:
            self.sinks = outer
        for close in closing:
            close()

    def _file_sink(self, target: Any, append: bool) -> tuple[Any, Any]:
        """Where objects go that are redirected to a file; ``$null`` drops them."""
        if target is None:
            return drop, lambda: None
        kept: list[Any] = []

        def close() -> None:
            args = [Arg("FilePath", to_text(target, self), "-FilePath:")]
            if append:
                args.append(Arg("Append", True, "-Append:"))
            stage = self.commands.stage("Out-File", args, None, True)
            stage.set_emit(lambda value: None)
            stage.begin()
            for item in kept:
                stage.push(item)
            stage.finish()

        return kept.append, close

    def start_background(self, text: str, emit: Any) -> None:
        """``command &``: a job of the text."""
        stage = self.commands.stage("Start-Job", [Arg(None, self.block_from_text(text), None)], None, False)
        stage.set_emit(emit)
        stage.run_alone()

    def provider_variable(self, drive: str, path: str) -> Any:
        """``$drive:path`` of a provider that packs or the core bring."""
        reader = self.items.get("provider-variable")
        return None if reader is None else reader(drive, path)

    def assign_provider_variable(self, drive: str, path: str, value: Any) -> None:
        """``$drive:path = ...``."""
        writer = self.items.get("provider-variable-set")
        if writer is None:
            raise error(
                f"Cannot find drive. A drive with the name '{drive}' does not exist.", "DriveNotFound", "ObjectNotFound",
                drive, exception="System.Management.Automation.DriveNotFoundException",
            )  # fmt: skip
        writer(drive, path, value)


def decode_script(data: bytes) -> str:
    """Text of a script file by its byte order mark; without one UTF-8 where it is that, else Windows-1252."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
