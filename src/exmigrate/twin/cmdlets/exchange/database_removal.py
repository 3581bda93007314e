"""Databases removed, mounted and dismounted."""

from __future__ import annotations

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.databases import need_domain_of, one_database
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.blockers import pointing_databases
from exmigrate.twin.world.exchange.databases import DatabaseError


@task("Remove-MailboxDatabase")
def remove_mailbox_database(shell: Shell) -> None:
    """Remove an empty mailbox database; its files stay."""
    entry = one_database(shell, shell.get("Identity"), public=False)
    text = shell.org.databases.identity(shell.store, entry)
    objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    held = [
        e
        for e in shell.org.recipients.all(shell.reference_controller)
        if names.key(e.text("homeMDB")) == names.key(entry.dn)
    ]
    if held:
        raise TaskError(
            _still_used(shell, text),
            "InvalidOperation",
            "Microsoft.Exchange.Management.SystemConfigurationTasks.AssociatedUserMailboxExistException",
        )
    state = shell.org.databases.state(entry)
    if state is not None and state.copies:
        raise TaskError(
            f"This mailbox database has copies on other servers. Before you remove mailbox database '{text}', remove all "
            "of its copies by using the Remove-MailboxDatabaseCopy cmdlet.",
            "InvalidOperation",
        )
    need_domain_of(shell, shell.org.databases.server_name(shell.store, entry))
    _remove(shell, entry, text)


def _still_used(shell: Shell, text: str) -> str:
    if shell.version == "2007":
        return (
            f"This mailbox database is associated with one or more active user mailboxes. Before you remove mailbox "
            f"database '{text}', disable or move all of its mailboxes. To get a list of all mailboxes associated with "
            f"this database, run the command Get-Mailbox -Database <Database ID>."
        )
    return (
        "This mailbox database contains one or more mailboxes or arbitration mailboxes. To get a list of all mailboxes "
        "in this database, run the command Get-Mailbox -Database <Database ID>. To get a list of archive mailboxes in "
        "this database, run the command Get-Mailbox -Database <Database ID> -Archive. To get a list of arbitration "
        "mailboxes in this database, run the command Get-Mailbox -Database <Database ID> -Arbitration. To disable a "
        "mailbox so that you can delete the mailbox database, run the command Disable-Mailbox <Mailbox ID>. To move a "
        "mailbox to another database, run the command New-MoveRequest <Mailbox ID>."
    )


@task("Remove-PublicFolderDatabase")
def remove_public_folder_database(shell: Shell) -> None:
    """Remove a public folder database without replicas; its files stay."""
    entry = one_database(shell, shell.get("Identity"), public=True)
    text = shell.org.databases.identity(shell.store, entry)
    if shell.version == "2007":  # the 2010 shell removes those of 2007 too
        objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    state = shell.org.databases.state(entry)
    last = shell.flag("RemoveLastAllowed") and len(shell.org.folders.databases()) == 1
    if state is not None and shell.org.folders.rest_on(state) and not last:
        raise TaskError(
            "The public folder database specified contains folder replicas. Before deleting the public folder database, "
            "remove the folders or move the replicas to another public folder database. "
            f"Specified database: {text}",
            "InvalidOperation",
            "Microsoft.Exchange.Management.SystemConfigurationTasks.PublicFolderReplicasExistException",
        )
    users = pointing_databases(shell.org, shell.store, entry.guid)
    if users:
        listed = ", ".join(shell.org.databases.identity(shell.store, e) for e in users)
        raise TaskError(
            f'Public folder database "{text}" is the default public folder database of mailbox database(s) {listed}. '
            "Associate them with another public folder database first.",
            "InvalidOperation",
        )
    _remove(shell, entry, text)


def _remove(shell: Shell, entry: Entry, text: str) -> None:
    if not shell.call.should_process(text, "Remove-Database"):
        return
    path = entry.text("msExchEDBFile")
    shell.org.databases.delete(shell.store, entry)
    shell.call.warning(
        "The specified database has been removed. You must remove the database file located in "
        f"{path} from your computer manually if it exists. Specified database: {text}"
    )


# mounting


@task("Mount-Database")
def mount_database(shell: Shell) -> None:
    """Mount a database."""
    entry = one_database(shell, shell.get("Identity"))
    text = shell.org.databases.identity(shell.store, entry)
    objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    if not shell.call.should_process(text, "Mount-Database"):
        return
    try:
        shell.org.databases.mount(entry)
    except DatabaseError as error:
        raise TaskError(
            str(error), "InvalidOperation", "Microsoft.Exchange.Cluster.Replay.AmDbActionWrapperException"
        ) from error


@task("Dismount-Database")
def dismount_database(shell: Shell) -> None:
    """Dismount a database."""
    entry = one_database(shell, shell.get("Identity"))
    text = shell.org.databases.identity(shell.store, entry)
    objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    if shell.call.should_process(text, "Dismount-Database"):
        shell.org.databases.dismount(entry)
