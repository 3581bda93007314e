"""Edge subscriptions and synchronization."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, items_of
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, date, list_of, make
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.edge import EdgeError, SubscriptionFile

EDGE_TASKS = "Microsoft.Exchange.Management.SystemConfigurationTasks"


def _show(shell: Shell, entry: Entry) -> Record:
    site = shell.store.value(entry, "ExchangeServer", "EdgeSyncSite")
    created = shell.store.value(entry, "ExchangeServer", "EdgeSyncCreated")
    fqdn = next(
        (str(v).partition(":")[2] for v in entry.get("networkAddress") if str(v).startswith("ncacn_ip_tcp:")),
        "",
    )
    values = {
        "Name": names.rdn_value(entry.dn),
        "Identity": ad_object_id(entry.dn, names.rdn_value(entry.dn), entry.guid),
        "Site": objects.link(shell, site),
        "Domain": fqdn.partition(".")[2],
        "DistinguishedName": entry.dn,
        "WhenCreated": date(created),
        "WhenChanged": date(created),
        "WhenCreatedUTC": date(created),
        "OriginatingServer": shell.controller.fqdn,
        "IsValid": True,
    }
    return make(
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.EdgeSubscription",
        values,
        ("Name", "Site", "Domain"),
    )


@task("Get-EdgeSubscription")
def get_edge_subscription(shell: Shell) -> None:
    """Subscribed Edge servers; on the Edge itself whether it is subscribed."""
    if shell.is_edge:
        if shell.org.edge.is_subscribed(shell.server):
            values = {
                "Name": shell.server.name,
                "Identity": shell.server.name,
                "Domain": shell.server.spec.dns_suffix,
                "Site": None,
            }
            shell.call.write(
                make("Microsoft.Exchange.Data.Directory.SystemConfiguration.EdgeSubscription", values)
            )
        return
    identity = shell.text("Identity")
    found = shell.org.edge.entries(shell.store)
    if identity:
        found = [e for e in found if identity.lower() in objects.names_of(shell, e)]
        if not found:
            raise shell.not_found(identity)
    for entry in found:
        shell.call.write(_show(shell, entry))


@task("New-EdgeSubscription")
def new_edge_subscription(shell: Shell) -> None:
    """On an Edge: write the subscription file. On a Hub: subscribe the site by such a file."""
    if shell.is_edge:
        _export(shell)
    else:
        _import(shell)


def _export(shell: Shell) -> None:
    path = shell.text("FileName")
    if not path:
        raise TaskError(
            "You must specify the FileName parameter on an Edge Transport server.", "InvalidArgument"
        )
    if not shell.call.should_process(shell.server.name, "New-EdgeSubscription"):
        return
    if not shell.flag("Force") and not shell.call.should_continue(
        "If you create an Edge Subscription, this Edge Transport server will be managed via EdgeSync replication. As a "
        "result, any of the following objects that were created manually will be deleted: accepted domains, message "
        "classifications, remote domains, and Send connectors."
    ):
        return
    file = shell.org.edge.export(shell.server)
    try:
        shell.machine.files.write(path, file.to_bytes())
    except MachineError as error:
        raise TaskError(
            f"Could not write the Edge Subscription file '{path}': {error}", "WriteError"
        ) from error
    shell.call.warning(
        "The Edge Subscription file contains the credentials of the bootstrap account; it is valid for 1440 minutes."
    )


def _import(shell: Shell) -> None:
    if shell.text("FileName"):
        try:
            data = bytes(shell.machine.files.read(shell.text("FileName")))
        except MachineError as error:
            raise TaskError(
                f"Could not find file '{shell.text('FileName')}'.",
                "ReadError",
                "System.IO.FileNotFoundException",
            ) from error
    else:
        data = bytes(int(item) for item in items_of(shell.get("FileData")))
    if not shell.given("Site"):
        raise TaskError("You must specify the Site parameter on a Hub Transport server.", "InvalidArgument")
    site = objects.site_link(shell, shell.get("Site"))
    internet = shell.get("CreateInternetSendConnector", True)
    inbound = shell.get("CreateInboundSendConnector", True)
    try:
        file = SubscriptionFile.from_bytes(data)
        known = [
            e
            for e in shell.org.edge.entries(shell.store)
            if names.rdn_value(e.dn).lower() == file.server.lower()
        ]
        if (
            known
            and not shell.flag("Force")
            and not shell.call.should_continue(
                f"An Edge Subscription for '{file.server}' already exists. Do you want to replace it?"
            )
        ):
            return
        if not shell.call.should_process(file.server, "New-EdgeSubscription"):
            return
        entry = shell.org.edge.subscribe(shell.store, file, site, bool(internet), bool(inbound))
    except EdgeError as error:
        raise TaskError(str(error), "InvalidOperation") from error
    shell.call.warning(
        f"EdgeSync requires that the Hub Transport servers in Active Directory site {names.rdn_value(site)} be able to resolve "
        f"the IP address for {file.fqdn} and be able to connect to that host on port 50636."
    )
    shell.call.write(_show(shell, entry))


@task("Remove-EdgeSubscription")
def remove_edge_subscription(shell: Shell) -> None:
    """End a subscription, on either side."""
    identity = shell.text("Identity")
    if shell.is_edge:
        if shell.call.should_process(identity or shell.server.name, "Remove-EdgeSubscription"):
            shell.org.edge.forget(shell.server.name)
        return
    found = [e for e in shell.org.edge.entries(shell.store) if identity.lower() in objects.names_of(shell, e)]
    if not found:
        raise shell.not_found(identity)
    if shell.call.should_process(identity, "Remove-EdgeSubscription"):
        shell.org.edge.unsubscribe(shell.store, found[0])


def _result(kind: str, edge: str, problem: str, now: Any) -> Record:
    values = {
        "Type": kind,
        "Name": edge,
        "Result": "CouldNotConnect" if problem else "Success",
        "FailureDetails": problem,
        "StartUTC": now,
        "EndUTC": now,
        "Added": 0 if problem else 12,
        "Deleted": 0,
        "Updated": 0,
        "Scanned": 0 if problem else 24,
        "TargetScanned": 0,
    }
    return make("Microsoft.Exchange.EdgeSync.Common.Status", values)


@task("Start-EdgeSynchronization")
def start_edge_synchronization(shell: Shell) -> None:
    """Synchronize the Edges of the site now."""
    name = shell.text("Server") or shell.server.name
    hub = shell.world.server(names.rdn_value(objects.server_link(shell, name)))
    if hub is None or not hub.services.is_running("MSExchangeEdgeSync"):
        raise TaskError(
            f"Microsoft Exchange couldn't contact the Microsoft Exchange EdgeSync service on server {name}.",
            "ResourceUnavailable",
        )
    if not shell.call.should_process(hub.name, "Start-EdgeSynchronization"):
        return
    results = shell.org.edge.synchronize(hub)
    if not results:
        raise TaskError(
            "No valid Edge Subscriptions were found for the site of this Hub Transport server.",
            "InvalidOperation",
        )
    now = date(shell.org.now())
    for item in results:
        for kind in ("Recipients", "Configuration"):
            shell.call.write(_result(kind, item["edge"], item["problem"], now))


@task("Test-EdgeSynchronization")
def test_edge_synchronization(shell: Shell) -> None:
    """Whether subscribed Edges are in step."""
    hub = shell.server
    wanted = shell.text("TargetServer").partition(".")[0].lower()
    for entry in shell.org.edge.entries(shell.store):
        name = names.rdn_value(entry.dn)
        if wanted and name.lower() != wanted:
            continue
        problem = shell.org.edge.problem(shell.store, hub, entry)
        in_step = not problem and shell.org.edge.in_step(name)
        last = shell.org.state.edge_recipients.get(name.lower())
        state = "Synchronized" if in_step else "NotSynchronized"
        values = {
            "Name": name,
            "LeaseHolder": objects.link(shell, shell.org.layout.server(hub.name)) if in_step else None,
            "LeaseType": "Option" if in_step else "None",
            "SyncStatus": "Normal" if in_step else "Failed" if problem else "Inconclusive",
            "UtcNow": date(shell.org.now()),
            "LastSynchronizedUtc": date(last),
            "FailureDetail": problem,
            "CredentialRecords": list_of([]),
            "TransportServerStatus": state,
            "TransportConfigStatus": state,
            "AcceptedDomainStatus": state,
            "RemoteDomainStatus": state,
            "SendConnectorStatus": state,
            "MessageClassificationStatus": state,
            "RecipientStatus": state,
            "CredentialStatus": state,
        }
        shell.call.write(make("Microsoft.Exchange.EdgeSync.Validation.EdgeSyncValidationStatus", values))
