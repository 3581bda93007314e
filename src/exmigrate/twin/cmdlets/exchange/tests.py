"""Test- cmdlets: services, MAPI, mail flow, client access, replication."""

from __future__ import annotations

from typing import Any

from exmigrate import facts
from exmigrate.twin.cmdlets.exchange import databases, mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import date, list_of, make, span
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.state import DatabaseState
from exmigrate.twin.world.server import Server

MONITORING = "Microsoft.Exchange.Monitoring"
ROLE_TITLES = {
    "Mailbox": "Mailbox Server Role",
    "ClientAccess": "Client Access Server Role",
    "UnifiedMessaging": "Unified Messaging Server Role",
    "HubTransport": "Hub Transport Server Role",
    "EdgeTransport": "Edge Transport Server Role",
}


def _server(shell: Shell, name: str = "Server") -> Server:
    text = shell.text(name)
    if not text:
        return shell.server
    found = shell.world.server(names.rdn_value(objects.server_link(shell, text)))
    if found is None:
        raise shell.not_found(text)
    return found


@task("Test-ServiceHealth", namespace=MONITORING)
def test_service_health(shell: Shell) -> None:
    """Whether the services of each role run."""
    server = _server(shell)
    if server.exchange is None or not server.up:
        raise TaskError(f"The server '{server.name}' can't be contacted.", "ResourceUnavailable")
    product = server.exchange.product
    for role in ROLE_TITLES:
        if role not in server.exchange.roles:
            continue
        wanted = [
            f.name
            for part in ("common", role)
            for f in facts.role_services(product, part)
            if f.start == "Auto"
        ]
        wanted = [
            name for name in dict.fromkeys(wanted) if name not in ("MSExchangeSearch",) or role == "Mailbox"
        ]
        if role == "ClientAccess":
            wanted.append("IISAdmin" if server.services.get("IISAdmin") else "W3Svc")
        running = [name for name in wanted if server.services.is_running(name)]
        missing = [name for name in wanted if name not in running]
        values = {
            "Role": ROLE_TITLES[role],
            "RequiredServicesRunning": not missing,
            "ServicesRunning": list_of(running),
            "ServicesNotRunning": list_of(missing),
        }
        shell.call.write(make(f"{MONITORING}.ServiceHealth.RoleHealth", values))


# MAPI


@task("Test-MAPIConnectivity", namespace=MONITORING)
def test_mapi_connectivity(shell: Shell) -> None:
    """A logon to a mailbox, or to the system mailbox of databases."""
    if shell.given("Identity"):
        entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
        box = shell.org.recipients.state(entry)
        state = shell.org.state.databases.get(box.database) if box else None
        if state is None:
            raise shell.not_found(shell.text("Identity"))
        shell.call.write(_mapi(shell, state, entry.text("displayName")))
        return
    if shell.given("Database"):
        found = [databases.one_database(shell, shell.get("Database"), public=False)]
        # The system mailbox is looked for like any other recipient (unverified).
        databases.need_domain_of(shell, shell.org.databases.server_name(shell.store, found[0]))
        states = [shell.org.databases.state(e) for e in found]
    else:
        server = _server(shell)
        databases.need_domain_of(shell, server.name)
        states = [db for db in shell.org.databases.on_server(server.name) if not db.public]
    for one in states:
        if one is not None:
            shell.call.write(_mapi(shell, one, f"SystemMailbox{{{one.guid}}}"))


def _mapi(shell: Shell, state: DatabaseState, mailbox: str) -> Record:
    server = shell.world.server(state.server)
    error = ""
    if server is None or not server.up or not server.services.is_running("MSExchangeIS"):
        error = "The information store service isn't running."
    elif not state.mounted:
        error = "Database is dismounted."
    values = {
        "Server": state.server.upper(),
        "Database": state.name,
        "Mailbox": mailbox,
        "MailboxGuid": str(state.guid),
        "Result": "*FAILURE*" if error else "Success",
        "Latency": span(0.017 if not error else -0.001),
        "Error": error,
    }
    return make(
        f"{MONITORING}.MapiTransactionOutcome", values, ("MailboxServer", "Database", "Result", "Error")
    )


# mail flow


@task("Test-Mailflow", namespace=MONITORING)
def test_mailflow(shell: Shell) -> None:
    """Send a message between system mailboxes, or to an address."""
    source = names.rdn_value(
        objects.server_link(
            shell, shell.text("Identity") or shell.text("SourceMailboxServer") or shell.server.name
        )
    )
    databases.need_domain_of(shell, source)
    target = shell.text("TargetMailboxServer")
    address = shell.text("TargetEmailAddress")
    if not address:
        wanted = names.rdn_value(objects.server_link(shell, target)) if target else source
        problem = _path(shell, source, wanted)
        remote = wanted.lower() != source.lower()
    else:
        message = shell.org.mail.deliver(
            f"SystemMailbox@{source}", address, "Test-Mailflow", start=_hub(shell, source)
        )
        problem, remote = "" if message.delivered else message.status, True
    values = {
        "TestMailflowResult": "*FAILURE*" if problem else "Success",
        "MessageLatencyTime": span(0.0 if problem else 2.1),
        "IsRemoteTest": remote,
        "Identity": "",
        "IsValid": True,
    }
    shell.call.write(make("Microsoft.Exchange.Management.TestMailflowOutput", values))
    if problem:
        shell.fail(TaskError(f"The test message wasn't delivered: {problem}", "InvalidResult"))


def _hub(shell: Shell, mailbox_server: str) -> str:
    server = shell.world.server(mailbox_server)
    product = shell.org.product_of(server)
    hub = shell.org.mail.hub_for(server.site, product) if server and product else None
    return hub.name if hub else ""


def _path(shell: Shell, source: str, target: str) -> str:
    for name in (source, target):
        server = shell.world.server(name)
        if server is None or not server.up or not _hub(shell, name):
            return f"no Hub Transport server of the version of {name} answers in its site"
        mounted = [db for db in shell.org.databases.on_server(name) if db.mounted and not db.public]
        if not mounted:
            return f"no mailbox database is mounted on {name}"
    return ""


# client access


def _test_user(shell: Shell) -> Entry | None:
    for entry in shell.org.recipients.all(shell.recipient_controller, shell.whole_forest):
        if entry.text("mailNickname").lower().startswith("extest_"):
            return entry
    return None


def _need_user(shell: Shell) -> Entry:
    if shell.given("Identity") and "@" in shell.text("Identity"):
        return mailboxes.one_mailbox(shell, shell.get("Identity"))
    found = _test_user(shell)
    if found is None:
        raise TaskError(
            "Could not find or sign in with user contoso.com\\extest_. If this task is being run without credentials, sign in as "
            "a Domain Administrator, and then run Scripts\\new-TestCasConnectivityUser.ps1 to verify that the user exists on "
            "Mailbox server.",
            "ObjectNotFound",
            f"{MONITORING}.MailboxNotFoundException",
        )
    return found


def _cas(shell: Shell) -> Server:
    text = (
        shell.text("ClientAccessServer")
        or shell.text("RpcProxyServer")
        or ("" if "@" in shell.text("Identity") else shell.text("Identity"))
    )
    if text:
        found = shell.world.server(text.partition(":")[0])
        if found is not None:
            return found
    return shell.server


def _alive(server: Server, path: str, shell: Shell) -> str:
    if not server.up or server.exchange is None or "ClientAccess" not in server.exchange.roles:
        return "The Client Access server can't be contacted."
    if not server.services.is_running("W3SVC"):
        return "The remote server returned an error: (503) Server Unavailable."
    answer = shell.world.hooks.http(shell.world, server, "GET", path, {"host": server.fqdn}, True)
    return (
        ""
        if answer is not None and answer.status < 500
        else "The remote server returned an error: (404) Not Found."
    )


@task("Test-OutlookWebServices", namespace=MONITORING)
def test_outlook_web_services(shell: Shell) -> None:
    """Autodiscover, EWS, availability and OAB as Outlook asks for them."""
    user = _need_user(shell)
    server = _cas(shell)
    checks = (
        (1019, 1113, "AutoDiscover", "/autodiscover/autodiscover.xml"),
        (1016, 1013, "EWS", "/EWS/Exchange.asmx"),
        (1015, 1012, "OAB", "/OAB/oab.xml"),
        (1024, 1014, "AvailabilityService", "/EWS/Exchange.asmx"),
    )
    for good, bad, what, path in checks:
        problem = _alive(server, path, shell)
        values = {
            "Id": bad if problem else good,
            "Type": "Error" if problem else "Success",
            "Message": f"When contacting {what} for {user.text('mail')} on {server.fqdn}: {problem or 'The service responded.'}",
        }
        shell.call.write(make(f"{MONITORING}.OutlookWebServicesOutcome", values))


def _client(shell: Shell, scenario: str, path: str) -> None:
    user, server = _need_user(shell), _cas(shell)
    problem = _alive(server, path, shell)
    values: dict[str, Any] = {
        "ClientAccessServer": server.fqdn,
        "ClientAccessServerShortName": server.name.upper(),
        "MailboxServer": shell.org.recipients.server_of_mailbox(shell.recipient_controller, user),
        "LocalSite": server.site,
        "Scenario": scenario,
        "ScenarioDescription": f"{scenario} for {user.text('mail')}",
        "Result": "Failure" if problem else "Success",
        "Latency": span(0.2),
        "Error": problem,
        "StartTime": date(shell.org.now()),
    }
    shell.call.write(
        make(
            f"{MONITORING}.CasTransactionOutcome",
            values,
            ("ClientAccessServerShortName", "LocalSite", "Scenario", "Result", "Error"),
        )
    )


@task("Test-OwaConnectivity", namespace=MONITORING)
def test_owa_connectivity(shell: Shell) -> None:
    """A logon to OWA."""
    _client(shell, "Logon", "/owa")


@task("Test-ActiveSyncConnectivity", namespace=MONITORING)
def test_active_sync_connectivity(shell: Shell) -> None:
    """A device synchronization."""
    _client(shell, "FolderSync", "/Microsoft-Server-ActiveSync")


@task("Test-EcpConnectivity", "2010", namespace=MONITORING)
def test_ecp_connectivity(shell: Shell) -> None:
    """A logon to the control panel."""
    _client(shell, "Logon", "/ecp")


@task("Test-WebServicesConnectivity", "2010", namespace=MONITORING)
def test_web_services_connectivity(shell: Shell) -> None:
    """A request to EWS."""
    _client(shell, "GetFolder", "/EWS/Exchange.asmx")


@task("Test-OutlookConnectivity", "2010", namespace=MONITORING)
def test_outlook_connectivity(shell: Shell) -> None:
    """Outlook's way by TCP or through HTTP."""
    server = _cas(shell)
    over_http = shell.text("Protocol").lower() == "http"
    problem = _alive(server, "/rpc/rpcproxy.dll", shell) if over_http else ""
    if (
        over_http
        and not problem
        and not shell.store.all("OutlookAnywhere", shell.org.layout.http(server.name))
    ):
        problem = "Outlook Anywhere isn't enabled."
    _need_user(shell)
    for scenario in (
        "Autodiscover: Web service request",
        "RpcProxy::VerifyRpcProxy",
        "RFRI::GetReferral",
        "NSPI::GetProfileDetails",
        "Mailbox::Connect",
        "Mailbox::Logon",
    ):
        values = {
            "ClientAccessServer": server.fqdn,
            "ServiceEndpoint": server.fqdn,
            "Scenario": scenario,
            "Result": "Failure" if problem else "Success",
            "Latency": span(0.05),
            "Error": problem,
        }
        shell.call.write(
            make(
                f"{MONITORING}.TestOutlookConnectivityOutcome",
                values,
                ("ClientAccessServer", "ServiceEndpoint", "Scenario", "Result", "Latency"),
            )
        )


# the rest


@task("Test-ReplicationHealth", "2010", namespace=MONITORING)
def test_replication_health(shell: Shell) -> None:
    """Cluster and copies of a Mailbox server."""
    text = shell.text("Identity") or shell.text("Server") or shell.server.name
    name = names.rdn_value(objects.server_link(shell, text))
    dag = shell.org.dag_of(shell.store, name)
    server = shell.world.server(name)
    running = server is not None and server.up and server.services.is_running("MSExchangeRepl")
    checks = ["ReplayService", "ActiveManager", "TasksRpcListener"]
    checks += (
        [
            "ClusterService",
            "DagMembersUp",
            "ClusterNetwork",
            "QuorumGroup",
            "FileShareQuorum",
            "DBCopySuspended",
            "DBCopyFailed",
        ]
        if dag
        else []
    )
    for check in checks:
        values = {
            "Server": name.upper(),
            "Check": check,
            "Result": "Passed" if running else "*FAILED*",
            "Error": "" if running else "The replication service isn't running.",
        }
        shell.call.write(make(f"{MONITORING}.ReplicationCheckOutcome", values))


@task("Test-UMConnectivity", namespace=MONITORING)
def test_um_connectivity(shell: Shell) -> None:
    """A call to the local UM server."""
    server = shell.server
    runs = server.services.is_running("MSExchangeUM")
    values = {
        "UmserverAcceptingCallAnsweringMessages": runs,
        "TotalQueuedMessages": 0,
        "CurrCalls": 0,
        "Latency": 120.0,
        "OutBoundSIPCallSuccess": runs,
        "EntireOperationSuccess": runs,
        "ReasonForFailure": "" if runs else "The UM service isn't running.",
    }
    shell.call.write(make(f"{MONITORING}.UMConnectivityResults", values))


@task("Test-SystemHealth", namespace=MONITORING)
def test_system_health(shell: Shell) -> None:
    """Best practices of the local server: nothing to complain of."""
    shell.call.write(
        make(f"{MONITORING}.SystemHealthOutcome", {"Server": shell.server.name, "Result": "Success"})
    )
