"""The order of text in the invariant culture: by letter, then by accent, then small before capital."""

from __future__ import annotations

import unicodedata

# Punctuation, symbols, digits, letters: the order of the root collation (CLDR), as .NET uses it.
_ORDER = " \t\n\r_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_TABLE = {ord(letter): position + 1 for position, letter in enumerate(_ORDER)}
_TABLE.update({ord(letter.upper()): _TABLE[ord(letter)] for letter in "abcdefghijklmnopqrstuvwxyz"})


def text_key(text: str) -> str:
    """A key whose order is that of the text without regard to case."""
    if text.isascii():
        return text.translate(_TABLE)
    plain = unicodedata.normalize("NFD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower().translate(_TABLE)


def full_key(text: str) -> tuple[str, str, str]:
    """A key whose order is that of the text with regard to case: accents, then small before capital."""
    return (text_key(text), unicodedata.normalize("NFD", text).lower(), text.swapcase())


def compare_text(left: str, right: str, ignore_case: bool = True) -> int:
    """-1, 0 or 1."""
    if ignore_case:
        if left.lower() == right.lower():
            return 0
        a, b = (text_key(left), left.lower()), (text_key(right), right.lower())
        return -1 if a < b else 1
    if left == right:
        return 0
    return -1 if full_key(left) < full_key(right) else 1
