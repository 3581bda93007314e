"""Error texts by level (errortexts.json names the sources)."""

from __future__ import annotations

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine

CASES = [
    ("[int]'abc'", 'Error: "Input string was not in a correct format."', "5.1"),
    ("[int]'abc'", "Error: \"The input string 'abc' was not in a correct format.\"", "7"),
    ("[datetime]'abc'", 'Error: "String was not recognized as a valid DateTime."', "2.0"),
    ("'a'.Substring(5)", "Parameter name: startIndex\"", "3.0"),
    ("'a'.Substring(5)", "(Parameter 'startIndex')\"", "7"),
    ("'a'.Nothing()", "[System.String] doesn't contain a method named 'Nothing'.", "2.0"),
    ("'a'.Nothing()", "[System.String] does not contain a method named 'Nothing'.", "3.0"),
    ("(1).x = 2", "Property 'x' cannot be found on this object; make sure it exists and is settable.", "2.0"),
    ("[regex]'('", "Error: \"parsing \"(\" - Not enough )'s.\"", "5.1"),
    ("nosuch", "The term 'nosuch' is not recognized as the name of a cmdlet, function, script file, or operable", "5.1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "part", "level"), CASES)
def test_a_levels_own_words(text: str, part: str, level: str) -> None:
    """In the error itself, in ``$_`` and in ``$Error``."""
    runspace = Host(level, MemoryMachine()).runspace()
    assert part in runspace.run(f"try {{ {text} }} catch {{ $_.Exception.Message }}").output[0]
    assert part in runspace.run("$Error[0].Exception.Message").output[0]
    result = runspace.run(text)
    shown = result.terminated or result.errors[0]
    assert part in shown.message


def test_a_text_of_the_scripts_own_stays() -> None:
    """Only .NET's exceptions are worded."""
    runspace = Host("5.1", MemoryMachine()).runspace()
    assert runspace.run(
        'try { throw "The input string \'x\' was not in a correct format." } catch { "$_" }'
    ).output == ["The input string 'x' was not in a correct format."]
