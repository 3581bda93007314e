"""Jobs run beside the script, on the machine's clock (about_Jobs, about_Job_Details, Start-Job, Wait-Job, Receive-Job)."""

from __future__ import annotations

from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine


def run(text: str, level: str = "5.1") -> Any:
    """A result in a fresh runspace on a fresh machine."""
    return Host(level, MemoryMachine()).runspace().run(text)


CASES = [
    ("$j = Start-Job { 1 }; \"$($j.State)\"; [void](Wait-Job $j); \"$($j.State)\"; Receive-Job $j",
     ["Running", "Completed", 1]),
    ("$j = Start-Job { 'a'; Start-Sleep 10; 'b' }; Start-Sleep 1; Receive-Job $j; \"$($j.State)\"; Start-Sleep 10;"
     " Receive-Job $j; \"$($j.State)\"", ["a", "Running", "b", "Completed"]),
    ("$t = Get-Date; $j = Start-Job { Start-Sleep 30 }; [void](Wait-Job $j);"
     " [int](New-TimeSpan $t (Get-Date)).TotalSeconds", [30]),
    ("$j = 1..3 | ForEach-Object { Start-Job { param($n) Start-Sleep (4 - $n); $n } -ArgumentList $_ };"
     " [void](Wait-Job $j -Any); @($j | Where-Object { $_.State -eq 'Completed' }).Count; $j | Wait-Job | Receive-Job",
     [1, 1, 2, 3]),
    ("$j = Start-Job { 5 }; [void](Wait-Job $j); Receive-Job $j -Keep; Receive-Job $j; $j.HasMoreData; Receive-Job $j",
     [5, 5, False]),
    ("$j = Start-Job { Start-Sleep 100 }; Wait-Job $j -Timeout 5; \"$($j.State)\"; Stop-Job $j; \"$($j.State)\"",
     ["Running", "Stopped"]),
    ("$j = Start-Job { Start-Sleep 2 }; while ($j.State -eq 'Running') { Start-Sleep 1 }; \"$($j.State)\"", ["Completed"]),
    ("$j = Start-Job { Start-Sleep 2 }; while ($j.State -eq 'Running') { }; \"$($j.State)\"", ["Completed"]),
    ("$j = Start-Job { throw 'no' }; [void](Wait-Job $j); \"$($j.State)\";"
     " $j.ChildJobs[0].JobStateInfo.Reason.Message", ["Failed", "no"]),
    ("$j = Start-Job { Write-Error 'e'; Write-Warning 'w'; 'o' }; [void](Wait-Job $j);"
     " $j.ChildJobs[0].Error.Count; $j.ChildJobs[0].Output.Count; Receive-Job $j 2>$null", [1, 1, "o"]),
    ("$j = Start-Job { $input | ForEach-Object { $_ * 2 } } -InputObject 4; $j | Wait-Job | Receive-Job", [8]),
    ("$x = 1; $j = Start-Job { $x = 2; $x }; [void](Wait-Job $j); Receive-Job $j; $x", [2, 1]),
    ("$f = 0; [void](Start-Job { Start-Sleep 3 } -Name one); (Get-Job one).Name; @(Get-Job -State Running).Count;"
     " Get-Job | Remove-Job -Force; @(Get-Job).Count", ["one", 1, 0]),
    ("$j = Start-Job { while ($true) { Start-Sleep 1; 't' } }; Start-Sleep 5; @(Receive-Job $j).Count -ge 4; Stop-Job $j",
     [True]),
]  # fmt: skip


@pytest.mark.parametrize("level", ["2.0", "5.1", "7"])
@pytest.mark.parametrize(("text", "output"), CASES)
def test_jobs_as_a_script_sees_them(text: str, output: list[Any], level: str) -> None:
    """States, streams and times, the same at every level and in every run."""
    result = run(text, level)
    assert result.terminated is None
    assert result.output == output


def test_using_brings_the_callers_value_from_level_3() -> None:
    """And is an error where the variable is not set, or outside of a job."""
    assert run("$a = 3; Start-Job { $using:a + 1 } | Wait-Job | Receive-Job").output == [4]
    assert run("Start-Job { $using:nothing }").errors[0].error_id == "UsingVariableIsUndefined"
    assert run("$a = 3; $using:a").errors[0].error_id == "UsingWithoutInvokeCommand"


def test_objects_come_back_without_their_methods() -> None:
    """They went through CLIXML."""
    text = "$d = Start-Job { New-Object Version 1, 2; @{a = 1}; Get-Service | Select-Object -First 1 } | Wait-Job |"
    result = run(text + " Receive-Job; $d | ForEach-Object { $_.PSObject.TypeNames[0] }")
    assert result.output[:2] == ["System.Version", "Deserialized.System.Collections.Hashtable"]


def test_a_running_job_is_not_removed_without_force() -> None:
    """JobObjectNotFinishedCannotBeRemoved."""
    result = run("$j = Start-Job { Start-Sleep 9 }; Remove-Job $j; @(Get-Job).Count")
    assert [one.error_id for one in result.errors] == ["JobObjectNotFinishedCannotBeRemoved"]
    assert result.output == [1]


def test_two_runs_are_equal() -> None:
    """The order of what jobs do is the order of the moments that they wait for."""
    text = (
        '$j = 1..4 | ForEach-Object { Start-Job { param($n) foreach ($i in 1..3) { Start-Sleep $n; "$n-$i" } }'
        " -ArgumentList $_ }; 1..12 | ForEach-Object { Start-Sleep 1; $j | Receive-Job }"
    )
    assert run(text).output == run(text).output
    assert len(run(text).output) == 12
