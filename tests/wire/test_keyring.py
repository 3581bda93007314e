"""A wrong password is tried on one server, not on all of them; what was accepted once is not doubted for one refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from exmigrate.remote import (
    BadCredentials,
    Call,
    ConnectionSettings,
    Failure,
    Keyring,
    NeverRan,
    RemoteCredential,
    WinRMSessions,
)
from exmigrate.remote.framing import digest
from exmigrate.twin.console import packs_of, run_powershell
from exmigrate.twin.programs import TwinRuntime
from exmigrate.twin.wsman import Organization
from tests.wire.small_world import LOCAL, PASSWORD, small_world

pytestmark = pytest.mark.wire

SCRIPT = "function Check { param($a) @{ state = 'satisfied' } }"
GOOD = RemoteCredential("EXAMPLE\\admin", PASSWORD)
WRONG = RemoteCredential("EXAMPLE\\admin", "wrong")
LOCKS_AFTER = 5


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = Organization(small_world(TwinRuntime(run_powershell, packs_of)))
    yield made
    made.close()


@pytest.fixture
def answers(organization: Organization) -> Callable[[RemoteCredential], list[bool | str]]:
    """Asks every machine three times, all at once; True for an answer, else why there is none."""

    def ask(credential: RemoteCredential) -> list[bool | str]:
        sessions = WinRMSessions()

        def one(machine: str) -> bool | str:
            endpoint = organization.endpoints[machine]
            settings = ConnectionSettings(machine, endpoint.address, "ntlm", port=endpoint.http_port)
            session = sessions.open(settings, credential)
            try:
                [outcome] = session.call([Call(digest(SCRIPT), SCRIPT, "Check", {})])
            finally:
                session.close()
            return f"{outcome.class_} {outcome.message}" if isinstance(outcome, Failure) else True

        machines = ["DC1", "EX1", "EX2"] * 3
        with ThreadPoolExecutor(len(machines)) as pool:
            return list(pool.map(one, machines))

    return ask


def test_nine_sessions_with_a_wrong_password_lock_no_account(
    organization: Organization, answers: Callable[[RemoteCredential], list[bool | str]]
) -> None:
    refused = answers(WRONG)
    assert all(str(why).startswith("credentials ") for why in refused)
    assert sum("has refused EXAMPLE\\admin already" in str(why) for why in refused) == len(refused) - 1
    assert len(refused) > LOCKS_AFTER
    assert answers(GOOD) == [True] * len(refused)


def settings(server: str, transport: str = "ntlm") -> ConnectionSettings:
    return ConnectionSettings(server, transport=transport)  # type: ignore[arg-type]


def attempt(
    keyring: Keyring, server: str, credential: RemoteCredential, error: Exception | None = None
) -> bool:
    """One attempt to log on that ends so; whether the server was asked at all."""
    asked = False
    try:
        with keyring.trying(settings(server), credential):
            asked = True
            if error:
                raise error
    except (BadCredentials, NeverRan):
        pass
    return asked


def test_one_refusal_of_what_nobody_has_accepted_is_the_last_attempt() -> None:
    keyring = Keyring()
    assert attempt(keyring, "EX1", WRONG, NeverRan())
    assert attempt(keyring, "EX2", WRONG, BadCredentials())
    assert not attempt(keyring, "EX1", WRONG)
    assert attempt(keyring, "EX1", replace(WRONG, password="another"))


def test_accepted_credentials_may_be_refused_by_one_server_and_not_by_two() -> None:
    keyring = Keyring()
    assert attempt(keyring, "EX1", GOOD)
    assert attempt(keyring, "EX2", GOOD, BadCredentials())
    assert not attempt(keyring, "EX2", GOOD)
    assert attempt(keyring, "EX1", GOOD)
    assert attempt(keyring, "EX3", GOOD, BadCredentials())
    assert not attempt(keyring, "EX1", GOOD)


def test_a_local_account_is_another_one_on_each_server() -> None:
    keyring = Keyring()
    local = RemoteCredential("svc", LOCAL)
    assert attempt(keyring, "EDGE1", local, BadCredentials())
    assert not attempt(keyring, "EDGE1", local)
    assert attempt(keyring, "EDGE2", local)


def test_tickets_and_certificates_lock_nothing() -> None:
    keyring = Keyring()
    ticket = RemoteCredential("admin@EXAMPLE.TEST")
    assert attempt(keyring, "EX1", ticket, BadCredentials())
    assert attempt(keyring, "EX1", ticket, BadCredentials())
