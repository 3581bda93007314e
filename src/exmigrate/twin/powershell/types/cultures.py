"""System.Globalization: cultures and their text rules."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.typeinfo import (
    declare_type,
)

_T = "System.String"

# Cultures ----------------------------------------------------------------------------------------------------------


class Culture(v.NetObject):
    """System.Globalization.CultureInfo."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name


CULTURE = declare_type("System.Globalization.CultureInfo", python=Culture)
_CULTURES = {
    "": (127, "Invariant Language (Invariant Country)", "ivl", "IVL"),
    "en-US": (1033, "English (United States)", "eng", "ENU"),
    "en-GB": (2057, "English (United Kingdom)", "eng", "ENG"),
    "de-DE": (1031, "German (Germany)", "deu", "DEU"),
    "de-CH": (2055, "German (Switzerland)", "deu", "DES"),
    "fr-FR": (1036, "French (France)", "fra", "FRA"),
    "fr-CH": (4108, "French (Switzerland)", "fra", "FRS"),
    "it-IT": (1040, "Italian (Italy)", "ita", "ITA"),
    "en": (9, "English", "eng", "ENU"),
    "de": (7, "German", "deu", "DEU"),
    "fr": (12, "French", "fra", "FRA"),
    "it": (16, "Italian", "ita", "ITA"),
}


def culture_row(culture: Culture) -> tuple[int, str, str, str]:
    """LCID, name for display and the two names of three letters."""
    name = culture.name
    return _CULTURES.get(name, (4096, name, name[:2], "ZZZ"))


def _culture(index: int) -> Any:
    return lambda c, ctx: culture_row(c)[index]


CULTURE.prop("LCID", _culture(0), type_name="System.Int32")
CULTURE.prop("Name", lambda c, ctx: c.name, type_name=_T)
CULTURE.prop("DisplayName", _culture(1), type_name=_T)
CULTURE.prop("IetfLanguageTag", lambda c, ctx: c.name, type_name=_T)
CULTURE.prop("ThreeLetterISOLanguageName", _culture(2), type_name=_T)
CULTURE.prop("ThreeLetterWindowsLanguageName", _culture(3), type_name=_T)
CULTURE.prop("TwoLetterISOLanguageName", lambda c, ctx: c.name[:2] or "iv", type_name=_T)
CULTURE.to_string = lambda c, ctx: c.name
CULTURE.static("InvariantCulture", lambda ctx: Culture(""))
for _name in ("CurrentCulture", "CurrentUICulture", "InstalledUICulture"):
    CULTURE.static(_name, lambda ctx: Culture(getattr(ctx.machine, "culture", "") or "en-US"))
CULTURE.static_method(
    "System.Globalization.CultureInfo GetCultureInfo(string name)",
    "System.Globalization.CultureInfo CreateSpecificCulture(string name)",
)(Culture)
CULTURE.constructor("new(string name)")(Culture)


class TextInfo(v.NetObject):
    """System.Globalization.TextInfo."""

    __slots__ = ()


TEXT_INFO = declare_type("System.Globalization.TextInfo", python=TextInfo)
TEXT_INFO.method("string ToTitleCase(string str)")(
    lambda info, text: re.sub(
        r"[A-Za-zÀ-ÿ']+", lambda m: m.group() if m.group().isupper() else m.group().capitalize(), text
    )
)
TEXT_INFO.method("string ToUpper(string str)")(lambda info, text: text.upper())
TEXT_INFO.method("string ToLower(string str)")(lambda info, text: text.lower())
TEXT_INFO.prop("ListSeparator", lambda info, ctx: ",", type_name=_T)
CULTURE.prop("TextInfo", lambda c, ctx: TextInfo())
