"""What a person writes by mistake where a secret, or no secret, belongs: no message repeats it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exmigrate.plan import LoadResult, load
from tests.plan.broken import broken, codes

PASSWORD = "password: env:EXMIGRATE_PASSWORD"
SECRET = "Sup3r-Geheim"
ACCOUNT = """    # Schema Admins and Enterprise Admins are needed until the directory is prepared, the two Exchange groups throughout.
    username: CONTOSO\\exmigrate
    password: env:EXMIGRATE_PASSWORD
    groups:
      - Domain Admins
      - Schema Admins
      - Enterprise Admins
      - Exchange Organization Administrators
"""


def told(result: LoadResult) -> str:
    return "\n".join(str(p) for p in result.problems)


@pytest.mark.parametrize(
    "written",
    [
        f"password: {SECRET}",
        f"password: '{SECRET}'",
        f"password: |\n      {SECRET}",
        f"password: [{SECRET}]",
        f"password: {{value: {SECRET}}}",
        f"password:\n      {SECRET}",
        f"password: env:A\n    password: {SECRET}",
        f"password: {SECRET}: more",
        f"pw: {SECRET}",
        f"pin: {SECRET}",
        f"login: {SECRET}",
        f"login: {{at: home, with: {SECRET}}}",
        f'login: "Sup3r\\x2dGeheim"  # {SECRET}',
        f"password: *{SECRET}",
        f"password: !{SECRET} x",
        f"password: &{SECRET} x",
    ],
)
def test_a_secret_is_refused_and_not_repeated(written: str) -> None:
    result = broken((PASSWORD, written))
    assert result.topology is None
    assert "Geheim" not in told(result)


@pytest.mark.parametrize(
    "account",
    [
        f"    {SECRET}\n",
        f"    {{username: a, groops: [], pw: {SECRET}}}\n",
        f"    {{username: a, password: env:A, groops: [], login: {SECRET}}}\n",
    ],
)
def test_no_line_with_a_secret_is_shown(account: str) -> None:
    result = broken((ACCOUNT, account))
    assert result.topology is None
    assert SECRET not in told(result)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    result = broken(("scp: https://mail", f"scp: https://admin:{SECRET}@mail"))
    assert codes(result) == ["EXM-L025"]
    assert SECRET not in told(result)


@pytest.mark.parametrize("written", ["''", "'env:'", "'env: NAME'", "'prompt: '"])
def test_a_reference_to_nothing_is_no_secret(written: str) -> None:
    result = broken((PASSWORD, f"password: {written}"))
    assert codes(result) == ["EXM-L024"]
    assert "********" not in told(result)
    assert "env:NAME" in result.errors[0].remedy


def test_a_reference_with_a_blank_is_told_as_such() -> None:
    result = broken((PASSWORD, "password: env: NAME"))
    assert codes(result) == ["EXM-L007"]
    assert "env:NAME" in result.errors[0].remedy


def test_a_short_secret_does_not_garble_the_messages() -> None:
    result = broken((PASSWORD, "password: a"), ("soak: 7d", "soak: 7 days"))
    assert [p.code for p in result.errors] == ["EXM-L025", "EXM-L024"]
    assert "a duration with its unit" in result.errors[1].message


@pytest.mark.parametrize("place", ["plan.yaml", "mailboxes.csv"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, place: str) -> None:
    (tmp_path / "plan.yaml").write_text("source: {mailboxes_csv: [mailboxes.csv]}\n", "utf-8")
    (tmp_path / place).unlink(missing_ok=True)
    os.mkfifo(tmp_path / place)
    result = load(tmp_path / "plan.yaml")
    assert any("a pipe or a device" in p.message for p in result.errors)
