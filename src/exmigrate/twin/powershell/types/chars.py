"""Members of Char."""

from __future__ import annotations

import unicodedata

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.strings import WHITE_SPACE

# Char ---------------------------------------------------------------------------------------------------

C = d.CHAR
for _name, _test in (
    ("IsDigit", lambda letter: unicodedata.category(letter) == "Nd"),
    ("IsNumber", lambda letter: unicodedata.category(letter).startswith("N")),
    ("IsLetter", str.isalpha),
    ("IsLetterOrDigit", lambda letter: letter.isalpha() or unicodedata.category(letter) == "Nd"),
    ("IsUpper", str.isupper),
    ("IsLower", str.islower),
    ("IsWhiteSpace", lambda letter: letter in WHITE_SPACE),
    ("IsPunctuation", lambda letter: unicodedata.category(letter).startswith("P")),
    ("IsSymbol", lambda letter: unicodedata.category(letter).startswith("S")),
    ("IsControl", lambda letter: unicodedata.category(letter) == "Cc"),
    ("IsSeparator", lambda letter: unicodedata.category(letter).startswith("Z")),
):
    C.static_method(f"bool {_name}(char c)")(_test)
    C.static_method(f"bool {_name}(string s, int index)")(lambda s, index, test=_test: test(s[index]))
for _name, _change in (("ToUpper", str.upper), ("ToLower", str.lower)):
    C.static_method(f"char {_name}(char c)", f"char {_name}Invariant(char c)")(
        lambda letter, change=_change: v.Char(change(letter))
    )
C.static_method("string ConvertFromUtf32(int utf32)")(lambda code: chr(code))
C.static_method("int ConvertToUtf32(string s, int index)")(lambda s, index: ord(s[index]))
C.static_method("double GetNumericValue(char c)")(lambda letter: float(unicodedata.numeric(letter, -1.0)))
C.static_method("char Parse(string s)")(lambda s: v.Char(s))
C.static_method("string ToString(char c)")(lambda letter: str(letter))
C.static("MinValue", lambda ctx: v.Char("\0"))
C.static("MaxValue", lambda ctx: v.Char("\uffff"))
C.method("int CompareTo(object value)")(lambda letter, other: ord(letter) - ord(other))
C.method("bool Equals(object obj)")(lambda letter, other: type(other) is v.Char and str(letter) == str(other))
