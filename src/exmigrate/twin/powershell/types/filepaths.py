"""System.IO.Path, and paths made absolute."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import argument_null, bad_argument
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d

PATH = declare_type("System.IO.Path", is_abstract=True)

_BAD = '<>|"\0'


def is_windows(ctx: Any) -> bool:
    """Whether paths are those of Windows."""
    return bool(ctx.machine.platform == "windows")


def _separators(ctx: Any) -> str:
    return "\\/" if is_windows(ctx) else "/"


def _cut(path: str, ctx: Any) -> int:
    """Position behind the last separator."""
    return max(path.rfind(letter) for letter in _separators(ctx) + (":" if is_windows(ctx) else "")) + 1


def _file_name(path: str, ctx: Any) -> str:
    return path[_cut(path, ctx) :]


@PATH.static_method(
    "string Combine(string path1, string path2)",
    "string Combine(string path1, string path2, string path3)",
    "string Combine(params string[] paths)",
    ctx=True,
)
def _combine(first: Any, second: Any = None, third: Any = None, ctx: Any = None) -> str:
    parts = (
        list(first)
        if isinstance(first, list)
        else [part for part in (first, second, third) if part is not None]
    )
    if any(part is None for part in parts) or (not isinstance(first, list) and second is None):
        raise argument_null("path2")
    separator = "\\" if is_windows(ctx) else "/"
    out = ""
    for part in parts:
        if not part:
            continue
        rooted = part[0] in _separators(ctx) or part[1:2] == ":"
        out = (
            part
            if rooted or not out
            else out + ("" if out[-1] in _separators(ctx) + ":" else separator) + part
        )
    return out


PATH.static_method("string GetFileName(string path)", ctx=True)(lambda path, ctx: _file_name(path or "", ctx))


@PATH.static_method("string GetFileNameWithoutExtension(string path)", ctx=True)
def _stem(path: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    return name.rpartition(".")[0] if "." in name else name


@PATH.static_method("string GetExtension(string path)", ctx=True)
def _extension(path: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    return "." + name.rpartition(".")[2] if "." in name and not name.endswith(".") else ""


@PATH.static_method("string ChangeExtension(string path, string extension)", ctx=True)
def _change_extension(path: str, extension: str, ctx: Any) -> str:
    name = _file_name(path, ctx)
    base = path[: len(path) - len(name)] + (name.rpartition(".")[0] if "." in name else name)
    if extension is None:
        return base
    return base + ("" if extension.startswith(".") else ".") + extension


@PATH.static_method("string GetDirectoryName(string path)", ctx=True)
def _directory_name(path: str, ctx: Any) -> str | None:
    at = _cut(path, ctx)
    head = path[:at]
    stripped = head.rstrip(_separators(ctx))
    if not stripped or stripped.endswith(":"):
        return head if path != head and head else None
    return stripped.replace("/", "\\") if is_windows(ctx) else stripped


PATH.static_method("string GetFullPath(string path)", ctx=True)(lambda path, ctx: full(path, ctx))
PATH.static_method("string GetPathRoot(string path)", ctx=True)(
    lambda path, ctx: (
        (path[:3] if path[1:2] == ":" else "\\" if path[:1] in "\\/" and path else "")
        if is_windows(ctx)
        else ("/" if path.startswith("/") else "")
    )
)
PATH.static_method("bool IsPathRooted(string path)", ctx=True)(
    lambda path, ctx: bool(path) and (path[0] in _separators(ctx) or path[1:2] == ":")
)
PATH.static_method("bool HasExtension(string path)", ctx=True)(lambda path, ctx: bool(_extension(path, ctx)))
PATH.static_method("string GetTempPath()", ctx=True)(
    lambda ctx: (
        (ctx.environment().get("TEMP") or "C:\\Windows\\Temp").rstrip("\\") + "\\"
        if is_windows(ctx)
        else "/tmp/"
    )
)
PATH.static_method("string GetRandomFileName()", ctx=True)(
    lambda ctx: ctx.machine.random.guid().replace("-", "")[:8] + "." + ctx.machine.random.guid()[:3]
)


@PATH.static_method("string GetTempFileName()", ctx=True)
def _temp_file(ctx: Any) -> str:
    folder = (
        (ctx.environment().get("TEMP") or "C:\\Windows\\Temp").rstrip("\\") + "\\"
        if is_windows(ctx)
        else "/tmp/"
    )
    path: str = folder + "tmp" + ctx.machine.random.guid()[:4].upper() + ".tmp"
    ctx.machine.files.write(path, b"")
    return path


PATH.static_method("char[] GetInvalidFileNameChars()")(
    lambda: v.TypedArray(d.CHAR, map(v.Char, _BAD + ":*?\\/"))
)
PATH.static_method("char[] GetInvalidPathChars()")(lambda: v.TypedArray(d.CHAR, map(v.Char, _BAD)))
PATH.static("DirectorySeparatorChar", lambda ctx: v.Char("\\" if is_windows(ctx) else "/"))
PATH.static("AltDirectorySeparatorChar", lambda ctx: v.Char("/"))
PATH.static("PathSeparator", lambda ctx: v.Char(";" if is_windows(ctx) else ":"))


def full(path: str, ctx: Any) -> str:
    """A path made absolute; raises ArgumentException for one that cannot be."""
    if path is None:
        raise argument_null("path")
    if not path.strip():
        raise bad_argument("The path is empty.", "path")
    if is_windows(ctx) and any(letter in path for letter in _BAD):
        raise bad_argument("Illegal characters in path.")
    return ctx.full_path(path)  # type: ignore[no-any-return]
