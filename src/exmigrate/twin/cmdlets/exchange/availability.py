"""Database availability groups and copies of databases."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import databases, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, date, list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.state import CopyState, DatabaseState

JOIN_S = 240.0
WINDOWS_WITH_CLUSTERING = frozenset({"Enterprise", "Datacenter"})


def _group(shell: Shell, value: Any) -> Entry:
    return objects.one(shell, "DatabaseAvailabilityGroup", value, shell.org.layout.dags)


def _members(shell: Shell, entry: Entry) -> list[Entry]:
    key = names.key(entry.dn)
    every = objects.all_of(shell, "ExchangeServer", shell.org.layout.servers)
    return [e for e in every if names.key(e.text("msExchMDBAvailabilityGroupLink")) == key]


def _show(shell: Shell, entry: Entry) -> Record:
    members = [ad_object_id(e.dn, names.rdn_value(e.dn), e.guid) for e in _members(shell, entry)]
    extra = {
        "Servers": list_of(members),
        "OperationalServers": list_of(members) if shell.flag("Status") else None,
        "StartedMailboxServers": list_of([]),
        "StoppedMailboxServers": list_of([]),
        "PrimaryActiveManager": members[0] if members and shell.flag("Status") else None,
        "DatabaseAvailabilityGroupIpv4Addresses": list_of(
            shell.store.value(entry, "DatabaseAvailabilityGroup", "DatabaseAvailabilityGroupIpAddresses")
        ),
    }
    return objects.show(
        shell,
        "DatabaseAvailabilityGroup",
        entry,
        names.rdn_value(entry.dn),
        extra,
        ("Name", "Servers", "OperationalServers"),
    )


@task("Get-DatabaseAvailabilityGroup", "2010")
def get_group(shell: Shell) -> None:
    """DAGs with their members."""
    identity = shell.text("Identity")
    base = shell.org.layout.dags
    found = (
        objects.find(shell, "DatabaseAvailabilityGroup", identity, base)
        if identity
        else objects.all_of(shell, "DatabaseAvailabilityGroup", base)
    )
    if identity and not found:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(_show(shell, entry))


@task("New-DatabaseAvailabilityGroup", "2010")
def new_group(shell: Shell) -> None:
    """A DAG without members."""
    name = shell.text("Name")
    dn = names.child("CN", name, shell.org.layout.dags)
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    values = objects.changes_of(shell, "DatabaseAvailabilityGroup", None)
    witness = values.get("WitnessServer")
    if witness:
        _check_witness(shell, witness)
    if shell.call.should_process(name, "New-DatabaseAvailabilityGroup"):
        shell.call.write(_show(shell, shell.store.create("DatabaseAvailabilityGroup", dn, values, "2010")))


def _check_witness(shell: Shell, text: str) -> None:
    server = shell.world.server(text)
    if server is None:
        raise TaskError(f"The witness server '{text}' couldn't be resolved in DNS.", "InvalidArgument")
    if server.exchange is None:
        trusted = "exchange trusted subsystem" in {
            name.rpartition("\\")[2].lower() for name in server.administrators
        }
        if not trusted:
            shell.call.warning(
                f"The Exchange Trusted Subsystem is not a member of the local Administrators group on specified witness server {server.name}."
            )


@task("Set-DatabaseAvailabilityGroup", "2010")
def set_group(shell: Shell) -> None:
    """Settings of a DAG."""
    entry = _group(shell, shell.get("Identity"))
    objects.apply(
        shell,
        "DatabaseAvailabilityGroup",
        entry,
        objects.changes_of(shell, "DatabaseAvailabilityGroup", entry),
        names.rdn_value(entry.dn),
    )


@task("Remove-DatabaseAvailabilityGroup", "2010")
def remove_group(shell: Shell) -> None:
    """Remove a DAG without members."""
    entry = _group(shell, shell.get("Identity"))
    name = names.rdn_value(entry.dn)
    if _members(shell, entry):
        raise TaskError(
            f"Database availability group '{name}' can't be removed because it still has members. Use "
            "Remove-DatabaseAvailabilityGroupServer to remove them first.",
            "InvalidArgument",
        )
    objects.remove(shell, entry, name)


@task("Add-DatabaseAvailabilityGroupServer", "2010")
def add_member(shell: Shell) -> None:
    """Make a Mailbox server a member: installs clustering, joins the cluster."""
    entry = _group(shell, shell.get("Identity"))
    holder = objects.one(shell, "ExchangeServer", shell.get("MailboxServer"), shell.org.layout.servers)
    name = names.rdn_value(holder.dn)
    objects.own_version(shell, name, name)
    server = shell.world.server(name)
    present = shell.store.value(holder, "ExchangeServer", "DatabaseAvailabilityGroup")
    if present:
        raise TaskError(
            f"The server '{name}' is already a member of database availability group '{names.rdn_value(present)}'.",
            "InvalidArgument",
        )
    if server is None or not server.up:
        raise TaskError(f"Server '{name}' couldn't be contacted.", "ResourceUnavailable")
    if server.spec.os in ("2008", "2008R2") and server.spec.edition not in WINDOWS_WITH_CLUSTERING:
        raise TaskError(
            f"The Windows Failover Clustering feature isn't available in the edition of Windows that is installed on '{name}'.",
            "InvalidOperation",
            "Microsoft.Exchange.Cluster.Replay.DagTaskComponentManagerServerManagerPSFailure",
        )
    if not shell.call.should_process(name, "Add-DatabaseAvailabilityGroupServer"):
        return
    shell.wait(JOIN_S)
    server.features |= {"Failover-Clustering"}
    shell.store.set(holder, "ExchangeServer", {"DatabaseAvailabilityGroup": entry.dn})
    for database in shell.org.databases.on_server(name):
        if not database.public:
            found = shell.org.databases.entry(shell.store, database.guid)
            if found is not None:
                shell.store.set(found, "MailboxDatabase", {"MasterServerOrAvailabilityGroup": entry.dn})


@task("Remove-DatabaseAvailabilityGroupServer", "2010")
def remove_member(shell: Shell) -> None:
    """Take a member without copies out of a DAG."""
    _group(shell, shell.get("Identity"))
    holder = objects.one(shell, "ExchangeServer", shell.get("MailboxServer"), shell.org.layout.servers)
    name = names.rdn_value(holder.dn)
    shared = [db.name for db in shell.org.databases.hosted_by(name) if db.copies]
    if shared:
        raise TaskError(
            f"Server '{name}' can't be removed from the database availability group because mailbox database '{shared[0]}' has "
            "multiple copies. Use Remove-MailboxDatabaseCopy to remove them first.",
            "InvalidArgument",
        )
    if shell.call.should_process(name, "Remove-DatabaseAvailabilityGroupServer"):
        shell.store.set(holder, "ExchangeServer", {"DatabaseAvailabilityGroup": None})


# copies


def _copy_identity(shell: Shell) -> tuple[Entry, DatabaseState, str]:
    database, _, server = shell.text("Identity").partition("\\")
    entry = databases.one_database(shell, database, public=False)
    state = shell.org.databases.state(entry)
    assert state is not None
    return entry, state, server


@task("Add-MailboxDatabaseCopy", "2010")
def add_copy(shell: Shell) -> None:
    """A passive copy on another member of the DAG; it is seeded from now on."""
    entry = databases.one_database(shell, shell.get("Identity"), public=False)
    state = shell.org.databases.state(entry)
    target = names.rdn_value(objects.server_link(shell, shell.get("MailboxServer")))
    assert state is not None
    dag = shell.org.dag_of(shell.store, state.server)
    if not dag or dag != shell.org.dag_of(shell.store, target):
        raise TaskError(
            f"Server '{target}' isn't a member of the database availability group of mailbox database '{state.name}'.",
            "InvalidArgument",
        )
    if target.lower() in (state.server.lower(), *state.copies):
        raise TaskError(
            f"A copy of mailbox database '{state.name}' is already hosted on server '{target}'.",
            "InvalidOperation",
        )
    if shell.store.value(entry, "MailboxDatabase", "CircularLoggingEnabled"):
        raise TaskError(
            f"The database '{state.name}' must have circular logging disabled before adding a new database copy.",
            "InvalidOperation",
        )
    if shell.call.should_process(f"{state.name}\\{target}", "Add-MailboxDatabaseCopy"):
        preference = int(shell.get("ActivationPreference") or len(state.copies) + 2)
        shell.org.databases.add_copy(shell.store, entry, target, preference)


@task("Remove-MailboxDatabaseCopy", "2010")
def remove_copy(shell: Shell) -> None:
    """Take a passive copy away."""
    entry, state, server = _copy_identity(shell)
    if server.lower() == state.server.lower():
        raise TaskError(
            f"The copy of database '{state.name}' on server '{server}' is the active one and can't be removed.",
            "InvalidOperation",
        )
    if server.lower() not in state.copies:
        raise shell.not_found(shell.text("Identity"))
    if shell.call.should_process(shell.text("Identity"), "Remove-MailboxDatabaseCopy"):
        shell.org.databases.remove_copy(shell.store, entry, server)
        shell.call.warning(
            f"The copy of database '{state.name}' has been removed. If necessary, manually delete its files on server '{server}'."
        )


@task("Get-MailboxDatabaseCopyStatus", "2010")
def get_copy_status(shell: Shell) -> None:
    """State of copies: of one database, one copy, or all of a server."""
    text, server = shell.text("Identity"), shell.text("Server")
    if server:
        name = names.rdn_value(objects.server_link(shell, server))
        for state in shell.org.databases.hosted_by(name):
            if not state.public and shell.org.product_of(shell.world.server(state.server)) == "2010":
                _write_copies(shell, state, name)
        return
    database, _, one = text.partition("\\")
    if database:
        entry = databases.one_database(shell, database, public=False)
        state_of = shell.org.databases.state(entry)
        assert state_of is not None
        if one and one.lower() not in (state_of.server.lower(), *state_of.copies):
            raise shell.not_found(text)
        _write_copies(shell, state_of, one)
        return
    for state in shell.org.databases.hosted_by(shell.server.name):
        if not state.public:
            _write_copies(shell, state, shell.server.name)


def _write_copies(shell: Shell, state: DatabaseState, only: str) -> None:
    if not only or only.lower() == state.server.lower():
        shell.call.write(
            _copy(shell, state, state.server, "Mounted" if state.mounted else "Dismounted", 1, None)
        )
    for copy in state.copies.values():
        if not only or only.lower() == copy.server.lower():
            shell.call.write(
                _copy(shell, state, copy.server, _copy_state(shell, copy), copy.preference, copy)
            )


def _copy_state(shell: Shell, copy: CopyState) -> str:
    server = shell.world.server(copy.server)
    if server is None or not server.up:
        return "ServiceDown"
    if copy.suspended:
        return "Suspended"
    return "Healthy" if shell.org.now() >= copy.ready else "Seeding"


def _copy(
    shell: Shell, state: DatabaseState, server: str, status: str, preference: int, copy: CopyState | None
) -> Record:
    seeding = status == "Seeding"
    values = {
        "Identity": f"{state.name}\\{server}",
        "Name": f"{state.name}\\{server}",
        "DatabaseName": state.name,
        "Status": status,
        "MailboxServer": server,
        "ActiveDatabaseCopy": state.server.lower(),
        "ActivationSuspended": False,
        "ActivationPreference": preference,
        "CopyQueueLength": 120 if seeding else 0,
        "ReplayQueueLength": 30 if seeding else 0,
        "LastInspectedLogTime": date(shell.org.now()) if copy else None,
        "ContentIndexState": "Crawling" if seeding else "Healthy",
        "ErrorMessage": "",
    }
    return make(
        "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry",
        values,
        ("Name", "Status", "CopyQueueLength", "ReplayQueueLength", "ContentIndexState"),
    )


@task("Suspend-MailboxDatabaseCopy", "2010")
def suspend_copy(shell: Shell) -> None:
    """Hold a copy."""
    _set_suspended(shell, True)


@task("Resume-MailboxDatabaseCopy", "2010")
def resume_copy(shell: Shell) -> None:
    """Let a copy go on."""
    _set_suspended(shell, False)


def _set_suspended(shell: Shell, suspended: bool) -> None:
    _, state, server = _copy_identity(shell)
    copy = state.copies.get(server.lower())
    if copy is None:
        raise shell.not_found(shell.text("Identity"))
    if shell.call.should_process(shell.text("Identity"), "Suspend" if suspended else "Resume"):
        copy.suspended = suspended


@task("Move-ActiveMailboxDatabase", "2010")
def move_active(shell: Shell) -> None:
    """Activate another copy."""
    entry = databases.one_database(shell, shell.get("Identity"), public=False)
    state = shell.org.databases.state(entry)
    assert state is not None
    target = names.rdn_value(objects.server_link(shell, shell.get("ActivateOnServer")))
    copy = state.copies.get(target.lower())
    if copy is None or _copy_state(shell, copy) != "Healthy":
        raise TaskError(
            f"An Active Manager operation failed. Error: The database copy '{state.name}' on server '{target}' isn't healthy.",
            "InvalidOperation",
        )
    if shell.call.should_process(state.name, "Move-ActiveMailboxDatabase"):
        shell.org.databases.activate(shell.store, entry, target)
