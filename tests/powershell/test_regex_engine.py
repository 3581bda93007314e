"""Expressions that need the matcher with counted steps (.NET: Backtracking, Grouping Constructs, RegexOptions)."""

from __future__ import annotations

from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.text.backtrack import Bounded
from exmigrate.twin.powershell.text.regex import compile_regex

pytestmark = pytest.mark.long

HOST = Host("5.1", MemoryMachine())


def run(text: str) -> Any:
    """A result of a script."""
    return HOST.runspace().run(text)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (r"'x(a(b)c)y' -match '^[^()]*(?:(?<o>\()[^()]*|(?<-o>\))[^()]*)*(?(o)(?!))$'", [True]),
        (r"'x(a(b)c' -match '^[^()]*(?:(?<o>\()[^()]*|(?<-o>\))[^()]*)*(?(o)(?!))$'", [False]),
        (r"[void]('x(a(b)c)y' -match '(?:(?<o>\()|(?<c-o>\))|[^()])*'); $Matches['c']", ["a(b)c"]),
        (r"[regex]::Matches('a1b22', '\d+', 'RightToLeft') | ForEach-Object { $_.Value }", ["22", "1"]),
        (r"(New-Object regex '\d{2}', 'RightToLeft').Match('12345').Value", ["45"]),
        (r"(New-Object regex 'X', 'RightToLeft').Replace('aXbXc', '-', 1)", ["aXb-c"]),
        (r"[regex]::Split('a,b,c', ',', 'RightToLeft')", ["a", "b", "c"]),
        (r"[regex]::Matches('aaabaa', '\Ga').Count", [3]),
        (r"'cost: 100' -match '(?<=cost:\s*)\d+'; $Matches[0]", [True, "100"]),
        (r"[regex]::Match('abc', '(\w)+').Groups[1].Captures | ForEach-Object { $_.Value }", ["a", "b", "c"]),
        (r"[regex]::Match('abc', '(\w)+').Groups[1].Captures.Count", [3]),
        (r"[regex]::Match('ab', '(?<n>a)(?<n>b)').Groups['n'].Captures.Count", [2]),
    ],
)
def test_what_pythons_matcher_has_not(text: str, output: list[Any]) -> None:
    """Values from the pages on grouping constructs, options and anchors."""
    result = run(text)
    assert result.terminated is None
    assert result.output == output


@pytest.mark.parametrize(
    "text",
    [
        "('a' * 40 + '!') -match '^(a+)+$'",
        "('a' * 40 + '!') -replace '^(a|aa)+$', ''",
        "('x' * 60) -split '(x+x+)+y'",
        r"[regex]::IsMatch('1' * 50 + 'x', '^(\d+\s?)*$')",
        "'" + "a" * 3000 + "' -match '.*.*.*.*b'",
        "[regex]::Matches('" + "ab" * 40 + "', '((ab)*)*c').Count",
    ],
)
def test_an_expression_that_would_run_for_ever_ends_with_a_limit(text: str) -> None:
    """With an error that names it and that no script catches."""
    result = run(f"try {{ {text} }} catch {{ 'caught' }}")
    assert result.terminated is not None
    assert result.terminated.fully_qualified_id == "Limit.regex"
    assert "caught" not in result.output


def test_a_dangerous_expression_that_matches_still_matches() -> None:
    """Only the counting differs."""
    assert run("('a' * 60) -match '^(a+)+$'; ('ab' * 50) -replace '(\\w+)+$', 'x'").output == [True, "x"]


PATTERNS = [
    r"a|ab", r"(a)(b)?", r"a{2,3}", r"a{2,3}?", r"[a-c]+?b", r"^b", r"b$", r"\bb", r"(?:ab)+", r"(a|b)*c", r"(?=a)\w",
    r"(?!a)\w", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?>a+)b", r"(?i:A)b", r"((a)|(b))+", r"(a*)*", r"(a?)*b", r"()+",
    r"(?:a|b){2}", r"(?:(a)|b){2,}", r".*?b", r"[^a]+", r"a(?:b|(c))d?", r"(x)?(?(1)y|b)",
]  # fmt: skip
TEXTS = ["", "a", "ab", "aab", "abab", "bbaacabc", "aaab", "cab d", "xy", "aabbab\nab", "acd"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_both_matchers_agree(pattern: str) -> None:
    """Where Python's can do it, spans of all groups are the same."""
    compiled = compile_regex(pattern).compiled
    text = compiled.pattern
    bounded = Bounded(text, {}, {})
    python = getattr(compiled, "compiled", compiled)
    for sample in TEXTS:
        one, two = python.search(sample), bounded.search(sample)
        assert (one is None) == (two is None), sample
        if one is not None and two is not None:
            assert [one.span(n) for n in range(python.groups + 1)] == [
                two.span(n) for n in range(python.groups + 1)
            ], sample
