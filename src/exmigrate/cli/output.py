"""Where a command prints: data on standard output, everything else on standard error; and how it ends."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from exmigrate.model import ExmigrateError

if TYPE_CHECKING:
    from rich.console import Console

INTERRUPTED = 130


def data(text: str) -> None:
    """Print data on standard output; a reader that went away ends the command quietly."""
    sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
    sys.stdout.flush()


def json_data(value: object) -> None:
    """Print a JSON value on standard output."""
    data(json.dumps(value, indent=2, ensure_ascii=False, default=dict))


def note(text: str) -> None:
    """Print a line for the person on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def console(*, stderr: bool = False) -> Console:
    """A rich console that honours NO_COLOR and stays plain and unwrapped without a terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 200
    # What is printed is data: `plan.yaml:100:7` holds no emoji, and names in brackets are no markup.
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


def finish(code: int) -> NoReturn:
    """End the process with an exit code of the table in the documentation."""
    raise SystemExit(code)


def guarded(run: Callable[[], Any], *, as_json: bool = False) -> None:
    """Run a command; every error ends in a message with a next step and the right exit code."""
    try:
        run()
    except ExmigrateError as error:
        _show(error, as_json)
        finish(error.exit_code)
    except KeyboardInterrupt:
        note("Interrupted.")
        finish(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output left; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        finish(0)
    except Exception as fault:
        _show(_unexpected(fault), as_json)
        finish(1)


def _show(error: ExmigrateError, as_json: bool) -> None:
    if as_json:
        json_data({"error": error.to_json()})
    else:
        from exmigrate.report.problems import error_text

        note(error_text(error))


class Unexpected(ExmigrateError):
    """exmigrate itself failed; this is a defect."""

    code = "EXM-0001"


def _unexpected(fault: Exception) -> ExmigrateError:
    place = traceback.extract_tb(fault.__traceback__)[-1]
    kept = _keep_trace(fault)
    return Unexpected(
        why=f"{type(fault).__name__} in {Path(place.filename).name}:{place.lineno}",
        next=f"report it with {kept}; a run can be resumed: nothing that was journaled is lost"
        if kept
        else "",
    )


def _keep_trace(fault: Exception) -> str:
    """Write the trace to a private file; traces hold names and lines, not values."""
    folder = Path(".exmigrate")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"defect-{os.getpid()}.txt"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            for line in traceback.format_tb(fault.__traceback__):
                out.write(line)
            out.write(type(fault).__name__ + "\n")
    except OSError:
        return ""
    return str(file)
