"""Where Windows keeps an account's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from exmigrate.twin.world.accounts import Token
    from exmigrate.twin.world.server import Server

_SYSTEM: Final = r"C:\Windows\system32\config\systemprofile"


def profile_folder(server: Server, token: Token) -> str:
    """The folder of ``%USERPROFILE%``."""
    if token.is_system:
        return _SYSTEM
    return (
        rf"C:\Documents and Settings\{token.account}"
        if server.spec.before_2008
        else rf"C:\Users\{token.account}"
    )


def temporary_folder(server: Server, token: Token) -> str:
    """The folder of ``%TEMP%``."""
    if token.is_system:
        return r"C:\Windows\Temp"
    inner = r"Local Settings\Temp" if server.spec.before_2008 else r"AppData\Local\Temp"
    return rf"{profile_folder(server, token)}\{inner}"


def make_profile(server: Server, token: Token) -> None:
    """What Windows makes at an account's first logon."""
    folder = temporary_folder(server, token)
    if server.files.stat(folder) is None:
        server.files.make_directory(folder)
