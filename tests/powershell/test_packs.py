"""What a pack plugs in is there when it should be, and only then."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.packs import (
    Cmdlet,
    ModuleInfo,
    Pack,
    Parameter,
    SnapIn,
    Validation,
    parameters_from_signature,
)
from exmigrate.twin.powershell.values import Record, record_type

MAILBOX = record_type("Test.Mailbox", ("Name", "Size"), settable=("Size",), to_string="Name")


def _get_mailbox(call: Any) -> None:
    for name in ("anna", "bert"):
        if call.get("Identity") in (None, name):
            call.write(Record(MAILBOX, {"Name": name, "Size": call.get("Size", 1)}))
    if call.get("Identity") not in (None, "anna", "bert"):
        call.write_error(
            f"The object '{call.get('Identity')}' couldn't be found.",
            "NotFound",
            "ObjectNotFound",
            call.get("Identity"),
        )


def _remove_mailbox(call: Any) -> None:
    if call.should_process(call.get("Identity"), "Remove-Mailbox"):
        call.write(f"removed {call.get('Identity')}")


def _broken(call: Any) -> None:
    raise KeyError("a slip in Python")


def _tool(call: Any) -> int:
    call.out(f"args {call.args}")
    for line in call.stdin:
        call.out(f"in {line}")
    call.err("trouble")
    return 7


PACK = Pack(
    "test",
    cmdlets=[
        Cmdlet(
            "Get-TestMailbox",
            parameters_from_signature(
                {
                    "Identity": {"type": "string", "position": 0, "pipeline": True, "pipeline_by_name": True},
                    "Size": {"type": "int", "validations": [Validation("Range", (1, 5))]},
                    "New": {"type": "switch", "since": "5.1"},
                }
            ),
            _get_mailbox,
            source="Test.Snapin",
            class_name="Test.GetMailbox",
        ),
        Cmdlet("Remove-TestMailbox", [Parameter("Identity", "string", position=0, mandatory=True)], _remove_mailbox,
               should_process=True, impact="High", source="TestModule"),
        Cmdlet("Test-Broken", (), _broken),
    ],
    snapins={"Test.Snapin": SnapIn("Test.Snapin", "14.0.0.0", "for tests")},
    modules={"TestModule": ModuleInfo("TestModule", "1.2.0.0")},
    natives={"tool.exe": _tool},
    types=[MAILBOX],
    functions="function Get-FromPack { 'from the pack' }",
    aliases={"gtm": "Get-TestMailbox"},
)  # fmt: skip


def _run(level: str, script: str) -> Any:
    return Host(level, MemoryMachine(), [PACK]).runspace().run(script)


def test_a_snapins_cmdlets_are_there_once_it_is_added() -> None:
    """Before Add-PSSnapin the name is unknown, after it known, its alias too."""
    script = "try { Get-TestMailbox } catch { 'unknown' }; Add-PSSnapin Test.Snapin; (gtm).Count; (Get-PSSnapin test*).Name"
    assert _run("2.0", script).output == ["unknown", 2, "Test.Snapin"]


def test_a_second_add_is_an_error_as_in_life() -> None:
    """Adding it twice, or one that is not registered, is an error of Add-PSSnapin."""
    result = _run("2.0", "Add-PSSnapin Test.Snapin; Add-PSSnapin Test.Snapin; Add-PSSnapin No.Such")
    assert [e.fully_qualified_id for e in result.errors] == [
        "AddPSSnapInRead,Microsoft.PowerShell.Commands.AddPSSnapinCommand"
    ] * 2


def test_a_module_loads_itself_from_3_on() -> None:
    """On 2.0 the module has to be imported; from 3.0 naming its command is enough."""
    script = "Remove-TestMailbox x -Confirm:$false"
    assert _run("2.0", script).errors[0].error_id == "CommandNotFoundException"
    assert _run("2.0", "Import-Module TestModule; " + script).output == ["removed x"]
    assert _run("3.0", script).output == ["removed x"]


def test_high_impact_asks_and_nobody_answers() -> None:
    """ConfirmImpact High asks; a host that is not interactive refuses."""
    result = _run("5.1", "Remove-TestMailbox x; Remove-TestMailbox y -WhatIf")
    assert result.output == []
    assert result.errors[0].category == "InvalidOperation"
    assert "What if" in result.host_text


def test_the_binder_checks_before_the_function_runs() -> None:
    """Conversion, validation and level of a parameter are the binder's."""
    script = (
        "Add-PSSnapin Test.Snapin; try { Get-TestMailbox -Size 9 } catch { $_.FullyQualifiedErrorId }\n"
        "try { Get-TestMailbox -Size x } catch { $_.FullyQualifiedErrorId }\n"
        "try { Get-TestMailbox -New } catch { $_.FullyQualifiedErrorId }; (Get-TestMailbox anna -Size '4').Size"
    )
    assert _run("2.0", script).output == [
        "ParameterArgumentValidationError,Test.GetMailbox",
        "CannotConvertArgumentNoMessage,Test.GetMailbox",
        "NamedParameterNotFound,Test.GetMailbox",
        4,
    ]


def test_errors_name_the_cmdlet_and_the_place() -> None:
    """A non-terminating error has the class in its id and the command's position."""
    record = _run("2.0", "Add-PSSnapin Test.Snapin\n  Get-TestMailbox nobody").errors[0]
    assert record.fully_qualified_id == "NotFound,Test.GetMailbox"
    assert record.position is not None
    assert (record.position.line, record.position.column) == (2, 3)


def test_a_python_exception_becomes_an_error_that_names_the_cmdlet() -> None:
    """A slip in a pack ends the script with an error that says where."""
    result = _run("5.1", "try { Test-Broken } catch { 'caught' }; 'after'")
    assert result.output == ["caught", "after"]
    ended = _run("5.1", "'before'; Test-Broken; 'after'").terminated
    assert ended is not None
    assert "Test-Broken" in ended.message


def test_records_are_objects_with_their_declared_properties() -> None:
    """Only what is declared settable can be set; the text is the declared one."""
    script = (
        'Add-PSSnapin Test.Snapin; $m = Get-TestMailbox anna; $m.Size = 3; "$m $($m.Size)"; $m.GetType().FullName\n'
        "try { $m.Name = 'x' } catch { 'read-only' }; $m -is [Test.Mailbox]"
    )
    assert _run("5.1", script).output == ["anna 3", "Test.Mailbox", "read-only", True]


def test_a_program_gets_text_and_gives_lines_and_a_code() -> None:
    """Arguments, standard input and exit code of a native program; any path that ends in its name finds it."""
    script = "'l1', 2 | tool.exe -x \"a b\" 5 @('p','q'); $LASTEXITCODE; C:\\Tools\\tool.exe | Out-Null; $?"
    result = _run("5.1", script)
    assert result.output == ["args ['-x', 'a b', '5', 'p', 'q']", "in l1", "in 2", 7, False]
    assert result.last_exit_code == 7


def test_functions_of_a_pack_are_global() -> None:
    """A pack's script text defines functions in each fresh runspace."""
    assert _run("2.0", "Get-FromPack").output == ["from the pack"]


def test_runspaces_do_not_share_what_scripts_define() -> None:
    """Variables, functions, snap-ins and classes stay in their runspace."""
    host = Host("5.1", MemoryMachine(), [PACK])
    host.runspace().run("$x = 1; function f { 1 }; Add-PSSnapin Test.Snapin; class K { [int]$a }")
    other = host.runspace().run(
        "$x -eq $null; Test-Path function:f; try { Get-TestMailbox } catch { 'no' }; try { [K] } catch { 'no class' }"
    )
    assert other.output == [True, False, "no", "no class"]
