"""Accounts, groups, passwords and what a logon may do.

Domain accounts are objects of the directory; their passwords and bad-password counts lie beside it. Local
accounts belong to one server. A `Token` is what a process carries: who it is, its groups, and whether its
credentials reach a second machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.spec import AccountSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

LOCKOUT_THRESHOLD = 5
LOCKOUT_WINDOW = timedelta(minutes=30)


@dataclass
class AccountRecord:
    """One account with its secret and its counters."""

    name: str
    domain: str
    password: str
    is_local: bool = False
    enabled: bool = True
    certificate: str = ""
    local_groups: set[str] = field(default_factory=set)
    dn: str = ""
    bad_passwords: int = 0
    locked_at: datetime | None = None
    last_logon: datetime | None = None


@dataclass(frozen=True)
class Token:
    """A logon session as a process carries it.

    Attributes:
        account: sAMAccountName.
        domain: NetBIOS domain, or the machine's name for a local account; ``NT AUTHORITY`` for the system.
        kind: ``interactive batch network system service``.
        can_delegate: whether it holds credentials that a second machine accepts.
        is_local: an account of the machine itself.
        groups: names of all groups, nested ones included.
    """

    account: str
    domain: str
    kind: str = "network"
    can_delegate: bool = False
    is_local: bool = False
    groups: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """``DOMAIN\\account``."""
        return f"{self.domain}\\{self.account}"

    @property
    def is_system(self) -> bool:
        """Whether this is LocalSystem (on the network: the computer's account)."""
        return self.kind == "system"

    def member_of(self, *wanted: str) -> bool:
        """Whether the account is in any of these groups (names without domain, any case)."""
        lowered = {group.lower() for group in self.groups}
        return any(name.lower() in lowered for name in wanted)


class LogonRefused(Exception):
    """A logon fails; ``code`` is the Win32 error (1326 bad password, 1331 disabled, 1909 locked, 1385 right)."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class AccountDatabase:
    """All accounts of the organization."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._domain: dict[tuple[str, str], AccountRecord] = {}
        self._local: dict[tuple[str, str], AccountRecord] = {}

    # making

    def add_domain_account(self, spec: AccountSpec, dn: str, netbios: str) -> AccountRecord:
        """Remember a domain account whose directory object is there."""
        record = AccountRecord(spec.name, netbios, spec.password, enabled=spec.enabled, dn=dn)
        self._domain[(netbios.lower(), spec.name.lower())] = record
        return record

    def add_local_account(self, server: Server, spec: AccountSpec) -> AccountRecord:
        """Add an account to a server."""
        record = AccountRecord(
            spec.name,
            server.name,
            spec.password,
            is_local=True,
            enabled=spec.enabled,
            certificate=spec.certificate,
            local_groups=set(spec.groups),
        )
        self._local[(server.name.lower(), spec.name.lower())] = record
        return record

    def local_accounts(self, server: Server) -> list[AccountRecord]:
        """The accounts of one server."""
        return [record for (host, _), record in self._local.items() if host == server.name.lower()]

    def domain_accounts(self) -> list[AccountRecord]:
        """All domain accounts with a password known here."""
        return list(self._domain.values())

    # finding

    def find(self, server: Server, domain: str, user: str) -> AccountRecord | None:
        """Look an account up as ``server`` would: local names, ``DOMAIN``, DNS domain or UPN."""
        if "@" in user and not domain:
            user, _, domain = user.partition("@")
        if domain in (".", server.name, "") or domain.lower() in (server.name.lower(), server.fqdn):
            local = self._local.get((server.name.lower(), user.lower()))
            if local is not None or domain:
                return local
        if server.domain is None:
            return None
        found = self._world.forest.domain(domain or server.domain.name)
        if found is None:
            return None
        return self._domain.get((self._world.forest.netbios(found).lower(), user.lower()))

    def by_certificate(self, server: Server, upn: str) -> AccountRecord | None:
        """The local account a client certificate (its UPN or thumbprint) is mapped to."""
        for record in self.local_accounts(server):
            if record.certificate and record.certificate.lower() == upn.lower():
                return record
        local_part = upn.partition("@")[0].lower()
        return self._local.get((server.name.lower(), local_part))

    # passwords

    def is_locked(self, record: AccountRecord) -> bool:
        """Whether the account is locked out now."""
        if record.locked_at is None:
            return False
        if self._world.clock.now() - record.locked_at > LOCKOUT_WINDOW:
            record.locked_at, record.bad_passwords = None, 0
            return False
        return True

    def failed(self, record: AccountRecord) -> None:
        """Count a bad password; the fifth locks the account."""
        record.bad_passwords += 1
        if record.bad_passwords >= LOCKOUT_THRESHOLD and record.locked_at is None:
            record.locked_at = self._world.clock.now()

    def succeeded(self, record: AccountRecord) -> None:
        """Reset the count."""
        record.bad_passwords = 0
        record.last_logon = self._world.clock.now()

    def logon(self, server: Server, user: str, password: str, kind: str) -> Token:
        """Log on with a password, as a batch or interactive session that can delegate.

        Raises:
            LogonRefused: unknown, wrong, disabled, locked out, or without the right.
        """
        domain, _, name = user.rpartition("\\")
        record = self.find(server, domain, name)
        if record is None:
            raise LogonRefused(1326, "Logon failure: unknown user name or bad password.")
        if self.is_locked(record):
            raise LogonRefused(1909, "The referenced account is currently locked out.")
        if record.password != password:
            self.failed(record)
            raise LogonRefused(1326, "Logon failure: unknown user name or bad password.")
        if not record.enabled:
            raise LogonRefused(1331, "Logon failure: account currently disabled.")
        self.succeeded(record)
        return self.token(server, record, kind, can_delegate=not record.is_local)

    # tokens

    def token(self, server: Server, record: AccountRecord, kind: str, can_delegate: bool) -> Token:
        """The token an account gets on a server."""
        groups = set(record.local_groups) if record.is_local else self.domain_groups(record)
        if record.is_local:
            groups |= {"Users"}
        if self.is_administrator(server, groups, record):
            groups |= {"Administrators"}
        return Token(record.name, record.domain, kind, can_delegate, record.is_local, frozenset(groups))

    def system_token(self, server: Server) -> Token:
        """LocalSystem of a server; on the network it is the computer account."""
        return Token(
            "SYSTEM",
            "NT AUTHORITY",
            "system",
            server.domain is not None,
            False,
            frozenset({"Administrators"}),
        )

    def domain_groups(self, record: AccountRecord) -> set[str]:
        """Names of all groups of a domain account, nested ones included."""
        controller = self._world.forest.find(domain=record.domain)
        if controller is None:
            return set()
        entry = controller.get(record.dn)
        if entry is None:
            return set()
        primary = names.domain_dn(controller.spec.domain)
        found = {"Domain Users"}
        for dn in controller.replica.value(entry, "memberOf;chain"):
            group = controller.get(str(dn))
            found.add(group.text("sAMAccountName") if group else names.rdn_value(str(dn)))
        gc = self._world.forest.find(global_catalog=True)
        if gc is not None and gc is not controller and primary:
            other = gc.get(record.dn)
            if other is not None:
                found |= {names.rdn_value(str(dn)) for dn in gc.replica.value(other, "memberOf;chain")}
        return found

    def is_administrator(self, server: Server, groups: set[str], record: AccountRecord) -> bool:
        """Whether an account is in a server's Administrators group."""
        if record.is_local:
            return "administrators" in {group.lower() for group in groups}
        members = {name.lower() for name in server.administrators}
        lowered = {group.lower() for group in groups}
        return bool(members & (lowered | {record.name.lower(), f"{record.domain}\\{record.name}".lower()}))

    def may_run_batch(self, server: Server, token: Token) -> bool:
        """Whether the account holds *Log on as a batch job* on a server."""
        holders = {name.lower() for name in server.batch_logon}
        mine = {group.lower() for group in token.groups}
        return bool(holders & (mine | {token.account.lower(), token.name.lower()}))

    def group(self, name: str) -> Entry | None:
        """A domain group by name, as the nearest global catalog sees it."""
        controller = self._world.forest.find(global_catalog=True) or self._world.forest.find()
        if controller is None:
            return None
        found = controller.search(
            "", f"(&(objectCategory=group)(sAMAccountName={name}))", across=controller.is_global_catalog
        )
        return found[0] if found else None
