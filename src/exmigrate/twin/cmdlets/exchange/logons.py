"""Who is logged on to mailboxes."""

from __future__ import annotations

from exmigrate.twin.cmdlets.exchange import databases, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.mailboxes import one_mailbox
from exmigrate.twin.cmdlets.exchange.shell import MAPI_TASKS, Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import date, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.state import MailboxState


@task("Get-LogonStatistics", namespace=MAPI_TASKS)
def get_logon_statistics(shell: Shell) -> None:
    """Logons of a mailbox, a database or a server, as the store has them at this moment."""
    for box in _asked(shell):
        state = shell.org.state.databases.get(box.database)
        server = shell.world.server(state.server) if state else None
        if state is None or not state.mounted or server is None or not server.up:
            raise TaskError(
                f"The Exchange Information Store on server '{state.server if state else ''}' is not available.",
                "ReadError",
                "Microsoft.Exchange.Data.Mapi.MapiNetworkErrorException",
            )
        if box.client_version and box.disconnected is None:
            shell.call.write(_show(box, state.name, state.server))


def _asked(shell: Shell) -> list[MailboxState]:
    if shell.text("Database"):
        entry = databases.one_database(shell, shell.get("Database"), public=False)
        return shell.org.state.mailboxes_in(entry.guid)
    if shell.text("Server"):
        server = names.rdn_value(objects.server_link(shell, shell.get("Server")))
        if shell.org.product_named(server) in LEGACY:
            raise TaskError(
                f"The operation can't be performed on server '{server}': it is running Exchange 2003 or Exchange 2000.",
                "InvalidOperation",
                "Microsoft.Exchange.Configuration.Tasks.ServerVersionMismatchException",
            )
        stores = shell.org.databases.on_server(server)
        return [box for store in stores for box in shell.org.state.mailboxes_in(store.guid)]
    box = shell.org.recipients.state(one_mailbox(shell, shell.get("Identity")))
    if box is None:
        raise shell.not_found(shell.text("Identity"))
    return [box]


def _show(box: MailboxState, database: str, server: str) -> Record:
    values = {
        "UserName": box.name,
        "Windows2000Account": box.name,
        "FullMailboxDirectoryName": box.legacy_dn,
        "ClientVersion": box.client_version,
        "ClientMode": "Cached",
        "LogonTime": date(box.last_logon),
        "LastAccessTime": date(box.last_logon),
        "ServerName": server.upper(),
        "DatabaseName": database,
        "Identity": box.legacy_dn,
    }
    return make(
        "Microsoft.Exchange.Data.Mapi.LogonStatistics", values, ("UserName", "ClientVersion", "LogonTime")
    )
