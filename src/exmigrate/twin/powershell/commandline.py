"""Command lines of Windows programs, as text and as words."""

from __future__ import annotations


def split_command(text: str) -> list[str]:
    """Split a command line at blanks as the C runtime does: quotes group, ``\\"`` is a quote."""
    arguments: list[str] = []
    current: list[str] = []
    quoted = started = False
    index = 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            run = len(text[index:]) - len(text[index:].lstrip("\\"))
            index += run
            if index < len(text) and text[index] == '"':
                current.append("\\" * (run // 2))
                started = True
                if run % 2:
                    current.append('"')
                    index += 1
            else:
                current.append("\\" * run)
                started = True
            continue
        if character == '"':
            quoted = not quoted
            started = True
        elif character in " \t" and not quoted:
            if started:
                arguments.append("".join(current))
            current, started = [], False
        else:
            current.append(character)
            started = True
        index += 1
    if started:
        arguments.append("".join(current))
    return arguments
