"""Composite formatting: ``-f`` and ``[string]::Format`` over items with alignment and format."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.faults import NetFault, bad_format, check_size


def format_composite(template: str, values: list[Any], ctx: Any = None) -> str:
    """Fills ``{index,alignment:format}`` items; raises FormatException as .NET does."""
    from exmigrate.twin.powershell.types.texts import format_value

    out: list[str] = []
    position, size = 0, len(template)
    while position < size:
        letter = template[position]
        if letter == "{":
            if template[position + 1 : position + 2] == "{":
                out.append("{")
                position += 2
                continue
            end, index, width, form = _item(template, position)
            if index >= len(values):
                raise bad_format(
                    "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."
                )
            text = format_value(values[index], form, ctx)
            check_size(abs(width))
            out.append(text.rjust(width) if width >= 0 else text.ljust(-width))
            position = end
        elif letter == "}":
            if template[position + 1 : position + 2] != "}":
                raise _broken(position)
            out.append("}")
            position += 2
        else:
            out.append(letter)
            position += 1
    return "".join(out)


def _broken(offset: int) -> NetFault:
    return bad_format(
        f"Input string was not in a correct format. Failure to parse near offset {offset}. "
        "Unexpected closing brace without a corresponding opening brace."
        if offset >= 0
        else "Input string was not in a correct format."
    )


def _item(template: str, start: int) -> tuple[int, int, int, str]:
    """One item: the position behind it, index, alignment and format."""
    end = start + 1
    form_at = -1
    while end < len(template):
        letter = template[end]
        if letter == ":" and form_at < 0:
            form_at = end
        elif letter == "}":
            if (
                form_at >= 0
                and template[end + 1 : end + 2] == "}"
                and "}}" in template[form_at:]
                and _doubled(template, end)
            ):
                end += 2
                continue
            break
        elif letter == "{" and form_at < 0:
            raise bad_format("Input string was not in a correct format.")
        end += 1
    else:
        raise bad_format("Input string was not in a correct format.")
    head = template[start + 1 : form_at if form_at >= 0 else end]
    form = template[form_at + 1 : end].replace("{{", "{").replace("}}", "}") if form_at >= 0 else ""
    index, comma, width = head.partition(",")
    try:
        return end + 1, int(_digits(index)), int(width.strip()) if comma else 0, form
    except ValueError:
        raise bad_format("Input string was not in a correct format.") from None


def _digits(text: str) -> str:
    stripped = text.rstrip()
    if not stripped.isdigit():
        raise ValueError(text)
    return stripped


def _doubled(template: str, end: int) -> bool:
    """In a format, ``}}`` is an escaped brace only when a closing brace still follows."""
    return "}" in template[end + 2 :]
