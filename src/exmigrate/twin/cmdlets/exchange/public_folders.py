"""Public folders: the tree, replicas, statistics."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import databases, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import MAPI_TASKS, Shell, TaskError, identity_text, items_of
from exmigrate.twin.cmdlets.exchange.values import date, list_of, make, size, span, unlimited
from exmigrate.twin.powershell.values import Record, UInt32
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.folders import SYSTEM_ROOT, FolderError
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.spec import PublicFolderSpec
from exmigrate.twin.world.exchange.state import DatabaseState, FolderState

FOLDER = "Microsoft.Exchange.Data.Mapi.PublicFolder"
NO_SERVER = "Microsoft.Exchange.Data.Mapi.MapiNetworkErrorException"


def _database(shell: Shell, server_text: str) -> DatabaseState:
    """The public folder database a call talks to: of the server named, else the nearest mounted one.

    Raises:
        TaskError: none, or it is not available.
    """
    if server_text:
        name = names.rdn_value(objects.server_link(shell, server_text))
        _refuse_legacy(shell, name)
        found = [db for db in shell.org.databases.on_server(name) if db.public]
        if not found:
            raise TaskError(
                f"Public folder database on server '{name}' couldn't be found: the server has no public folder database.",
                "ObjectNotFound",
                "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            )
    else:
        found = _ranked(shell)
        if not found:
            raise TaskError(
                "There is no existing PublicFolder that matches the following Identity: '\\'. Please make sure that you "
                "specified the correct PublicFolder Identity and that you have the necessary permissions to view "
                "PublicFolder.",
                "ObjectNotFound",
                "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            )
    database = found[0]
    server = shell.world.server(database.server)
    if (
        server is None
        or not server.up
        or not database.mounted
        or not server.services.is_running("MSExchangeIS")
    ):
        raise TaskError(
            f"The Exchange server '{database.server}' couldn't be contacted: MapiExceptionNetworkError: Unable to make "
            "connection to the server. (hr=0x80004005, ec=2423)",
            "ReadError",
            NO_SERVER,
        )
    return database


def _refuse_legacy(shell: Shell, name: str) -> None:
    if shell.org.product_named(name) in LEGACY:
        raise TaskError(
            f"The operation can't be performed on server '{name}': it is running Exchange 2003 or Exchange 2000. Use Exchange "
            "System Manager or WMI (Exchange_PublicFolder) for the public folder store of that server.",
            "InvalidOperation",
            "Microsoft.Exchange.Configuration.Tasks.ServerVersionMismatchException",
        )


def _ranked(shell: Shell) -> list[DatabaseState]:
    def distance(database: DatabaseState) -> tuple[bool, bool, bool]:
        server = shell.world.server(database.server)
        site = server.site.lower() if server else ""
        older = shell.org.product_of(server) != shell.version
        return (not database.mounted, older, site != shell.server.site.lower())

    every = [db for db in shell.org.folders.databases() if shell.org.product_named(db.server) not in LEGACY]
    return sorted(every, key=distance)


def _folder(shell: Shell, value: Any, database: DatabaseState) -> FolderState:
    text = identity_text(value)
    found = shell.org.folders.get(text) if shell.org.folders.has_hierarchy(database) else None
    if found is None:
        raise TaskError(
            f"There is no existing PublicFolder that matches the following Identity: '{text}'. Please make sure that you "
            "specified the correct PublicFolder Identity and that you have the necessary permissions to view PublicFolder.",
            "ObjectNotFound",
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        )
    return found


def _show(shell: Shell, folder: FolderState, database: DatabaseState) -> Record:
    replicas = [objects.link(shell, dn) for dn in shell.org.folders.replica_names(shell.store, folder)]
    parent = folder.parent
    values: dict[str, Any] = {
        "Name": folder.name,
        "ParentPath": parent,
        "Identity": _identity(folder.path),
        "MapiIdentity": _identity(folder.path),
        "Replicas": list_of(replicas),
        "OriginatingServer": database.server.lower(),
        "HasSubFolders": bool(shell.org.folders.below(folder.path, False, True)),
        "MailEnabled": folder.mail_enabled,
        "HiddenFromAddressListsEnabled": False,
        "AgeLimit": None,
        "LocalReplicaAgeLimit": None,
        "IssueWarningQuota": unlimited(None),
        "ProhibitPostQuota": unlimited(None),
        "MaxItemSize": unlimited(None),
        "PerUserReadStateEnabled": True,
        "ReplicationSchedule": list_of([]),
        "RetainDeletedItemsFor": span(0),
        "UseDatabaseAgeDefaults": True,
        "UseDatabaseQuotaDefaults": True,
        "UseDatabaseReplicationSchedule": True,
        "UseDatabaseRetentionDefaults": True,
        "FolderType": "System" if folder.path.lower().startswith(SYSTEM_ROOT.lower()) else "Mapi",
        "EntryId": folder.guid.hex.upper() * 2,
        "ObjectState": "Unchanged",
        "IsValid": True,
    }
    return make(FOLDER, values, ("Name", "ParentPath"))


def _identity(path: str) -> str:
    return path if path.startswith("\\") else f"\\{path}"


def _root(shell: Shell, path: str, database: DatabaseState) -> Record:
    name = "NON_IPM_SUBTREE" if path.upper() == SYSTEM_ROOT else "IPM_SUBTREE"
    root = FolderState(path, shell.org.state.databases[database.guid].guid, 0, 0)
    record = _show(shell, root, database)
    record.values["Name"] = name
    record.values["ParentPath"] = "" if path == "\\" else "\\"
    record.values["HasSubFolders"] = True
    return record


@task("Get-PublicFolder", namespace=MAPI_TASKS)
def get_public_folder(shell: Shell) -> None:
    """A folder, its children, or all below it."""
    database = _database(shell, shell.text("Server"))
    path = shell.text("Identity") or "\\"
    recurse, children = shell.flag("Recurse"), shell.flag("GetChildren")
    is_root = path.strip("\\") == "" or path.upper() == SYSTEM_ROOT
    if not is_root:
        folder = _folder(shell, path, database)
        path = folder.path
        head = _show(shell, folder, database)
    else:
        path = "\\" if path.strip("\\") == "" else SYSTEM_ROOT
        head = _root(shell, path, database)
    if not children:
        shell.call.write(head)
    if not (recurse or children) or not shell.org.folders.has_hierarchy(database):
        return
    below = shell.org.folders.below(path, recurse, path.upper().startswith(SYSTEM_ROOT))
    default = 10000
    for folder in objects.limited(shell, below, default):
        shell.call.write(_show(shell, folder, database))


@task("New-PublicFolder", namespace=MAPI_TASKS)
def new_public_folder(shell: Shell) -> None:
    """A folder with one replica: the database the call talks to."""
    database = _database(shell, shell.text("Server"))
    above = shell.text("Path") or "\\"
    path = f"{above.rstrip(chr(92))}\\{shell.text('Name')}"
    if shell.org.folders.get(path) is not None:
        raise TaskError(f"An existing folder has the same identity: '{path}'.", "InvalidOperation")
    if shell.call.should_process(path, "New-PublicFolder"):
        folder = shell.org.folders.add(PublicFolderSpec(path, items=0, size_kb=0), [database.guid])
        shell.call.write(_show(shell, folder, database))


@task("Remove-PublicFolder", namespace=MAPI_TASKS)
def remove_public_folder(shell: Shell) -> None:
    """Delete a folder, with ``-Recurse`` all below it."""
    database = _database(shell, shell.text("Server"))
    folder = _folder(shell, shell.get("Identity"), database)
    if shell.org.folders.below(folder.path, False, True) and not shell.flag("Recurse"):
        raise TaskError(
            f"The folder '{folder.path}' has subfolders; use the Recurse parameter.", "InvalidOperation"
        )
    if shell.call.should_process(folder.path, "Remove-PublicFolder"):
        shell.org.folders.remove(folder)


@task("Set-PublicFolder", namespace=MAPI_TASKS)
def set_public_folder(shell: Shell) -> None:
    """Replace the replica list of a folder."""
    database = _database(shell, shell.text("Server"))
    folder = _folder(shell, shell.get("Identity"), database)
    if not shell.given("Replicas"):
        return
    wanted = [
        databases.one_database(shell, item, public=True).guid for item in items_of(shell.get("Replicas"))
    ]
    if not shell.call.should_process(folder.path, "Set-PublicFolder"):
        return
    try:
        shell.org.folders.set_replicas(folder, wanted)
    except FolderError as error:
        raise TaskError(str(error), "InvalidArgument") from error


@task("Get-PublicFolderStatistics", namespace=MAPI_TASKS)
def get_public_folder_statistics(shell: Shell) -> None:
    """What a server's database holds of the folders: the decisive look after a drain."""
    database = _database(shell, shell.text("Server"))
    found = [
        (folder, folder.contents[database.guid])
        for _, folder in sorted(shell.org.state.folders.items())
        if database.guid in folder.contents
    ]
    if shell.given("Identity") and shell.text("Identity"):
        wanted = _folder(shell, shell.get("Identity"), database)
        found = [(folder, count) for folder, count in found if folder is wanted]
        if not found:
            raise TaskError(
                f"The public folder '{wanted.path}' doesn't have a replica on server '{database.server}'.",
                "ObjectNotFound",
            )
    for folder, count in objects.limited(shell, found):
        shell.call.write(_statistics(shell, folder, count, database))


def _statistics(shell: Shell, folder: FolderState, count: int, database: DatabaseState) -> Record:
    share = folder.size_kb * 1024 * count // folder.items if folder.items else 0
    short = shell.version == "2007"
    values: dict[str, Any] = {
        "AdminDisplayName": folder.name,
        "Name": folder.name,
        "FolderPath": folder.path.strip("\\"),
        "Identity": folder.guid.hex.upper() * 2,
        "EntryId": folder.guid.hex.upper() * 2,
        "ItemCount": UInt32(count),
        "TotalItemSize": unlimited(size(share, short)),
        "AssociatedItemCount": UInt32(0),
        "DeletedItemCount": UInt32(0),
        "TotalDeletedItemSize": unlimited(size(0, short)),
        "ContactCount": 0,
        "OwnerCount": 1,
        "CreationTime": date(shell.world.clock.epoch),
        "LastAccessTime": date(shell.org.now()),
        "LastModificationTime": date(shell.world.clock.epoch),
        "IsDeletePending": database.guid not in folder.replicas,
        "ServerName": database.server.upper(),
        "DatabaseName": database.name,
        "StorageGroupName": "",
        "OriginatingServer": database.server.lower(),
        "IsValid": True,
    }
    return make(
        "Microsoft.Exchange.Data.Mapi.PublicFolderStatistics", values, ("Name", "ItemCount", "LastAccessTime")
    )


@task("Update-PublicFolderHierarchy", namespace=MAPI_TASKS)
def update_public_folder_hierarchy(shell: Shell) -> None:
    """Let the hierarchy arrive at a server's database now."""
    database = _database(shell, shell.text("Server"))
    if shell.call.should_process(database.server, "Update-PublicFolderHierarchy"):
        shell.org.folders.update_hierarchy(database)


@task("Update-PublicFolder", "2007", namespace=MAPI_TASKS)
def update_public_folder(shell: Shell) -> None:
    """Ask for the content of one folder; replication brings it in its own time."""
    _folder(shell, shell.get("Identity"), _database(shell, shell.text("Server")))
