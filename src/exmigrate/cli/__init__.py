"""Commands: parse, call, print. No logic of their own."""

from __future__ import annotations

import gc


def main() -> None:
    """Entry point of the command `exmigrate`."""
    import os

    # No plug-in of another package gets between a plan and its check, and looking for them takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Looking for circles of objects while modules load is a tenth of a start; commands that stay turn it on again.
    gc.disable()
    from .app import main as run

    try:
        run()
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _leave(end.code or 0)


def stays() -> None:
    """Say that a command goes on for long: circles of objects are collected from now on, the start's own left alone."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()


def _leave(code: int) -> None:
    """End at once: taking every object apart first is an eighth of a short command's time, and seconds of a twin's."""
    import atexit
    import os
    import sys
    import threading

    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 0
    os._exit(code)
