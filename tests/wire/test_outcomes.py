"""The table of outcomes: each fault on each operation, its class, and whether anything ran."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exmigrate.remote import (
    BadCredentials,
    NeverRan,
    NothingYet,
    OutcomeUnknown,
    QuotaReached,
    Rejected,
    RemoteCredential,
    SessionLost,
    TransportError,
    UntrustedServer,
)
from exmigrate.remote.transport import WinRMTransport
from exmigrate.twin.wsman import Effect, Moment, WireFault
from tests.wire.world import ADMIN, FAST, Organization

pytestmark = pytest.mark.wire

BEFORE, AFTER = Moment.BEFORE, Moment.AFTER
TABLE = [
    (WireFault("command", Effect.HTTP, status=503), NeverRan),
    (WireFault("command", Effect.HTTP, status=400), NeverRan),
    (WireFault("command", Effect.FAULT, code=2150859173), QuotaReached),
    (WireFault("command", Effect.FAULT, code=2150859174), QuotaReached),
    (WireFault("command", Effect.FAULT, code=2150858823), NeverRan),
    (WireFault("command", Effect.FAULT, code=5), Rejected),
    (WireFault("command", Effect.FAULT, code=2150858817), Rejected),
    (WireFault("command", Effect.HTTP, status=404), Rejected),
    (WireFault("command", Effect.DROP), OutcomeUnknown),
    (WireFault("command", Effect.DROP, AFTER), OutcomeUnknown),
    (WireFault("command", Effect.TRUNCATE, AFTER), OutcomeUnknown),
    (WireFault("command", Effect.GARBAGE, AFTER), OutcomeUnknown),
    (WireFault("command", Effect.STRANGER, AFTER), OutcomeUnknown),
    (WireFault("command", Effect.STALL_DROP, AFTER, seconds=1.5), OutcomeUnknown),
    (WireFault("command", Effect.FAULT, AFTER, code=2150858793), OutcomeUnknown),
    (WireFault("command", Effect.HTTP, AFTER, status=500), OutcomeUnknown),
    (WireFault("command", Effect.FAULT, code=2150858843), SessionLost),
]


@pytest.mark.parametrize(("fault", "error"), TABLE)
def test_every_row_of_the_table(
    organization: Organization, fault: WireFault, error: type[TransportError]
) -> None:
    transport = WinRMTransport(organization.settings(), ADMIN)
    shell = transport.open_shell()
    organization.faults.add(fault)
    with pytest.raises(TransportError) as caught:
        transport.start(shell, "emit", ["x"])
    assert type(caught.value) is error
    assert caught.value.server == "mail1"
    ran = len(organization.programs.runs.started)
    assert ran == (fault.moment is AFTER)
    # A connection that failed is thrown away; the next one works.
    transport.reset()
    command = transport.start(shell, "emit", ["y"])
    assert transport.receive(shell, command).stdout == b"y"
    transport.reset()


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        (Effect.GARBAGE, "the answer is no XML"),
        (Effect.STRANGER, "the answer to 'create' is not one of WS-Management"),
    ],
)
def test_what_is_not_winrm_is_told_as_such(organization: Organization, effect: Effect, why: str) -> None:
    organization.faults.add(WireFault("create", effect))
    with pytest.raises(OutcomeUnknown) as caught:
        WinRMTransport(organization.settings(), ADMIN).open_shell()
    assert caught.value.why.startswith(why)
    assert "may answer in place of WinRM" in caught.value.next


def test_refused_connections_and_unknown_names_never_ran(organization: Organization) -> None:
    organization.server.take_down("MAIL1")
    for settings in (
        organization.settings(),
        replace(organization.settings(), address="no-such-host.invalid"),
    ):
        with pytest.raises(NeverRan):
            WinRMTransport(settings, ADMIN).open_shell()


def test_no_output_within_the_time_out_is_normal(organization: Organization) -> None:
    transport = WinRMTransport(organization.settings(timeouts=replace(FAST, operation=1)), ADMIN)
    shell = transport.open_shell()
    command = transport.start(shell, "wait", [])
    with pytest.raises(NothingYet):
        transport.receive(shell, command)
    organization.programs.release.set()
    assert transport.receive(shell, command).stdout == b"released"
    transport.reset()


def test_refused_credentials_and_untrusted_certificates_are_final(organization: Organization) -> None:
    wrong = RemoteCredential("EXAMPLE\\admin", "wrong")
    refused: list[tuple[Callable[[], WinRMTransport], type[TransportError]]] = [
        (lambda: WinRMTransport(organization.settings(), wrong), BadCredentials),
        (lambda: WinRMTransport(organization.settings(scheme="https"), ADMIN), UntrustedServer),
    ]
    for make, error in refused:
        transport = make()
        with pytest.raises(error):
            transport.open_shell()
        transport.reset()


def test_what_this_installation_cannot_do_is_refused_by_name(organization: Organization) -> None:
    with pytest.raises(Rejected, match="needs HTTPS"):
        WinRMTransport(organization.settings(transport="basic"), ADMIN)


def test_verification_may_be_switched_off_by_the_plan(organization: Organization) -> None:
    transport = WinRMTransport(organization.settings(scheme="https", verify="ignore"), ADMIN)
    assert transport.open_shell()
    transport.reset()
