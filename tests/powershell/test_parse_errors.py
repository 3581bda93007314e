"""All errors of a text at once: what the parser of 3.0 and later goes on with behind each (ParseException.Errors)."""

from __future__ import annotations

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.levels import level
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.syntax.parser import parse
from exmigrate.twin.powershell.syntax.source import Source

CASES = [
    ("1 2 3", [("UnexpectedToken", 3), ("UnexpectedToken", 5)]),
    ("1 + * 2", [("ExpectedValueExpression", 4), ("UnexpectedToken", 5)]),
    ("function x { if (1) { 2", [("MissingEndCurlyBrace", 21), ("MissingEndCurlyBrace", 12)]),
    ("}; 1 +\n", [("UnexpectedToken", 1), ("ExpectedValueExpression", 7)]),
    ("if (1) { 'a", [("TerminatorExpectedAtEndOfString", 10), ("MissingEndCurlyBrace", 8)]),
    ("try { 1 }\ntry { 2 }", [("MissingCatchOrFinally", 10), ("MissingCatchOrFinally", 10)]),
    ("f(1 2)", [("MissingEndParenthesisInExpression", 5), ("UnexpectedToken", 6)]),
    ("'fine'; $a[; $b[", [("MissingArrayIndexExpression", 12), ("MissingArrayIndexExpression", 17)]),
]


def _errors(text: str, name: str) -> list[tuple[str, int]]:
    with pytest.raises(ParseFailure) as caught:
        parse(Source(text), level(name))
    return [(one.error_id, one.position.column) for one in (caught.value, *caught.value.others)]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_error_is_told(text: str, expected: list[tuple[str, int]]) -> None:
    """With its id and column, in the parser's order; 2.0 stops at the first."""
    found = _errors(text, "5.1")
    assert [one[0] for one in found] == [one[0] for one in expected]
    assert _errors(text, "2.0") == found[:1]


def test_the_exception_has_them_and_its_message_tells_ten() -> None:
    """An empty line between each; the first gives the id."""
    runspace = Host("5.1", MemoryMachine()).runspace()
    result = runspace.run("1 2 3")
    assert result.terminated is not None
    assert result.terminated.error_id == "UnexpectedToken"
    assert result.terminated.message.count("\n\nAt line:1 char:5\n") == 1
    result = runspace.run("1 " * 20)
    assert result.terminated is not None
    assert result.terminated.message.endswith(
        "\n\nNot all parse errors were reported.  Correct the reported errors and try again."
    )
    result = runspace.run(
        "try { iex '1 2 3' } catch { $_.Exception.Errors | % { \"$($_.ErrorId) $($_.Extent)\" } }"
    )
    assert result.output == ["UnexpectedToken 2", "UnexpectedToken 3"]


@pytest.mark.parametrize(
    "text", ["((((", "}}}}", "{{{{(", "'", "@'", '"$(', "if", "1 " * 400, "function", "[", "@{a=", "$(((}"]
)
def test_recovery_ends(text: str) -> None:
    """Whatever is wrong, in bounded time with a bounded list."""
    assert 0 < len(_errors(text, "7")) <= 102


def test_the_last_word_of_a_text_is_named_as_it_stands() -> None:
    """Without what stands for the end of the text."""
    with pytest.raises(ParseFailure) as caught:
        parse(Source("1 2"), level("5.1"))
    assert caught.value.message == "Unexpected token '2' in expression or statement."
