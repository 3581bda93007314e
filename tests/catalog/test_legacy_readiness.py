"""What is done to an organization of 2000 and 2003 before the first new server: each Check, and what cures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exmigrate.model import Topology
from exmigrate.model.topology import AddressPolicy
from tests.catalog import legacy_worlds as worlds
from tests.catalog.bench import Bench
from tests.plan.topologies import legacy_a, legacy_b, legacy_d

pytestmark = pytest.mark.long

HOST = "MAIL2010"
ROUTING_KEY = r"HKLM:\SYSTEM\CurrentControlSet\Services\RESvc\Parameters"
IN_ORGANIZATION = (
    "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext');"
    "$s = New-Object DirectoryServices.DirectorySearcher([ADSI]\"LDAP://CN=Microsoft Exchange,CN=Services,$c\", '%s');"
    "foreach ($r in $s.FindAll()) { $o = [ADSI]$r.Path; %s }"
)


def bench(topology: Topology) -> Bench:
    """A bench of one of these organizations."""
    return Bench(topology)


def alter(at: Bench, find: str, then: str) -> None:
    """What a person does in a console: to every object below the organization that a filter finds."""
    at.administer(HOST, IN_ORGANIZATION % (find, then))
    at.pass_time(3600)


def state(at: Bench, step: str) -> tuple[str, str]:
    seen = at.run(step, "Check")
    return str(seen["state"]), str(seen["message"])


def test_native_mode_is_waited_for_on_every_controller() -> None:
    at = bench(worlds.with_source(worlds.to_2007(), mixed_mode=True))
    found, message = state(at, "switch-native-mode")
    assert found == "needed"
    assert "dc01.contoso.local, dc02.contoso.local" in message
    at.administer(
        HOST,
        IN_ORGANIZATION
        % ("(objectClass=msExchOrganizationContainer)", "$o.Put('msExchMixedMode', $false); $o.SetInfo()"),
    )
    assert state(at, "switch-native-mode")[0] == "needed", "the second controller has not heard of it"
    at.pass_time(3600)
    assert state(at, "switch-native-mode") == (
        "satisfied",
        "The organization is in native mode on every domain controller.",
    )


def test_what_55_left_behind_is_named() -> None:
    at = bench(
        worlds.with_source(
            worlds.to_2007(), connection_agreements=("To site Bern",), site_replication_services=("EX03-1",)
        )
    )
    found, message = state(at, "remove-exchange55-remnants")
    assert found == "needed"
    assert "To site Bern" in message
    assert "Site Replication Service" in message
    assert state(bench(worlds.to_2007()), "remove-exchange55-remnants")[0] == "satisfied"


def test_domain_in_mixed_mode() -> None:
    at = bench(worlds.in_mixed_domain(worlds.to_2007()))
    step = "raise-functional-levels@domain:contoso.local"
    assert state(at, step)[0] == "needed"
    at.administer(
        HOST,
        "$d = [ADSI]'LDAP://dc01.contoso.local/DC=contoso,DC=local'; $d.Put('nTMixedDomain', 0); $d.SetInfo()",
    )
    at.pass_time(3600)
    assert state(at, step) == (
        "satisfied",
        "contoso.local is at Windows 2000 native or higher on 2 domain controllers.",
    )


def test_service_pack_of_2003() -> None:
    """Needed at SP1, with the media that the plan names; done, it is seen."""
    at = bench(worlds.to_2007())
    step = "patch-legacy-servers@EX03-1"
    at.up_to(step)
    assert state(at, step)[0] == "needed"
    assert at.carry_out(step) == "done"
    assert state(at, step)[0] == "satisfied"
    assert at.run(step, "Verify")["state"] == "verified"


def test_service_pack_without_media_blocks() -> None:
    topology = worlds.to_2007()
    at = bench(replace(topology, media=tuple(m for m in topology.media if m.version != "2003")))
    found, message = state(at, "patch-legacy-servers@EX03-1")
    assert found == "blocked"
    assert "no media" in message


def test_servers_that_are_not_driven_are_seen_in_the_directory() -> None:
    at = bench(worlds.to_2007())
    found, message = state(at, "gate-patch-legacy-servers@EX03-2")
    assert found == "needed"
    assert "wanted 2003 SP2 (build 7638)" in message
    assert state(at, "gate-patch-legacy-servers@EX00-1")[0] == "satisfied"
    alter(
        at,
        "(cn=EX03-2)",
        "$o.Put('serialNumber', 'Version 6.5 (Build 7638.2: Service Pack 2)'); $o.SetInfo()",
    )
    assert state(at, "gate-patch-legacy-servers@EX03-2")[0] == "satisfied"


def test_link_state_there_and_back() -> None:
    """The value is set, the services restarted; Rollback takes the value away again."""
    at = bench(worlds.to_2010())
    step = "suppress-link-state@EX03-1"
    at.up_to(step)
    assert at.carry_out_thoroughly(step) == "done"
    at.undo(step)
    at.administer(
        "EX03-1",
        f"if ((Get-ItemProperty '{ROUTING_KEY}').SuppressStateChanges -ne $null) {{ throw 'still there' }}",
    )


def test_link_state_that_was_zero_is_zero_again() -> None:
    at = bench(worlds.to_2010())
    step = "suppress-link-state@EX03-1"
    at.administer("EX03-1", f"Set-ItemProperty '{ROUTING_KEY}' SuppressStateChanges 0 -Type DWord")
    at.up_to(step)
    at.carry_out(step)
    at.undo(step)
    at.administer(
        "EX03-1", f"if ((Get-ItemProperty '{ROUTING_KEY}').SuppressStateChanges -ne 0) {{ throw 'not 0' }}"
    )


def test_link_state_of_a_server_that_is_not_driven_is_read_from_afar() -> None:
    at = bench(worlds.to_2007())
    step = "gate-suppress-link-state@EX00-1"
    assert state(at, step)[0] == "needed"
    server = at.world.server("EX00-1")
    assert server is not None
    server.set_registry(r"HKLM\SYSTEM\CurrentControlSet\Services\RESvc\Parameters", SuppressStateChanges=1)
    assert state(at, step)[0] == "satisfied"


def test_hotfix_of_activesync() -> None:
    at = bench(worlds.to_2010())
    step = "install-kb937031@EX03-1"
    at.up_to(step)
    assert state(at, step)[0] == "needed"
    assert at.carry_out(step) == "done"
    assert state(at, step)[0] == "satisfied"
    assert state(at, "gate-install-kb937031@EX03-2")[0] == "needed"


def test_hotfix_without_a_package_blocks() -> None:
    topology = worlds.to_2010()
    at = bench(replace(topology, media=tuple(m for m in topology.media if m.name != "kb937031")))
    found, message = state(at, "install-kb937031@EX03-1")
    assert found == "blocked"
    assert "no package" in message


def test_authentication_of_activesync_is_read_from_the_directory() -> None:
    at = bench(worlds.to_2010())
    step = "enable-eas-iwa-2003@EX03-1"
    assert state(at, step) == (
        "needed",
        "ActiveSync on EX03-1 does not take Integrated authentication (flags 2).",
    )
    alter(at, "(cn=Microsoft-Server-ActiveSync)", "$o.Put('msExchAuthenticationFlags', 6); $o.SetInfo()")
    assert state(at, step)[0] == "satisfied"


def test_recipient_policies() -> None:
    """Two primary addresses of a type, and one that is no address, are named; no primary domain of the Internet is told."""
    fax = AddressPolicy("Fax", ("SMTP:@localhost", "FAXMAKER:%m", "FAXMAKER:%g", "nothing"), 1, legacy=True)
    manager = AddressPolicy("Cleaning", (), 2, legacy=True, mailbox_manager="only")
    at = bench(worlds.with_policies(worlds.to_2010(), worlds.EVERYBODY, fax, manager))
    found = at.run("fix-recipient-policies", "Check")
    assert found["state"] == "needed"
    assert sorted(found["facts"]["faults"]) == [
        "'Fax' has 'nothing', which is no address",
        "'Fax' has 2 primary addresses of type FAXMAKER",
    ]
    assert found["facts"]["without_domain"] == ["SMTP:@localhost"]
    assert state(bench(worlds.to_2010()), "fix-recipient-policies")[0] == "satisfied"


def test_shared_domain_without_a_connector_in_the_plan() -> None:
    at = bench(worlds.shared_domain(worlds.to_2010()))
    assert state(at, "isolate-shared-smtp-namespace")[0] == "satisfied"
    policy = replace(
        worlds.EVERYBODY,
        templates=("SMTP:@contoso.com", "smtp:@other.example"),
        non_authoritative=("other.example",),
    )
    at = bench(worlds.with_policies(worlds.to_2010(), policy))
    found, message = state(at, "isolate-shared-smtp-namespace")
    assert found == "needed"
    assert "other.example" in message


def test_the_2007_option() -> None:
    """Undecided or given up: a person signs. Wished: four roles of 2007 must be there before."""
    undecided = bench(worlds.to_2010()).change.by_id
    assert "gate-keep-2007-option" in undecided
    assert "plant-2007-all-roles" not in undecided
    assert undecided["prepare-ad"].reversibility == "point-of-no-return"
    wished = bench(replace(worlds.to_2010(), keep_2007_option=True))
    assert "gate-keep-2007-option" not in wished.change.by_id
    assert "plant-2007-all-roles" in wished.change.by_id["prepare-ad"].needs
    found, message = state(wished, "plant-2007-all-roles")
    assert found == "needed"
    assert "Client Access, Hub Transport, Mailbox, Unified Messaging" in message
    mixed = bench(replace(worlds.mixed(), keep_2007_option=True))
    assert state(mixed, "plant-2007-all-roles") == (
        "needed",
        "No server of Exchange 2007 SP2 or later has Unified Messaging.",
    )
    alter(mixed, "(cn=MAIL2007)", "$o.Put('msExchCurrentServerRoles', 54); $o.SetInfo()")
    assert state(mixed, "plant-2007-all-roles")[0] == "satisfied"
    assert mixed.change.by_id["prepare-ad"].reversibility == "forward-only"


def test_legacy_permissions_before_the_schema() -> None:
    """Granted by Setup in the domain, waited for on every controller, then the schema."""
    at = bench(worlds.to_2007())
    step = "prepare-legacy-permissions@domain:contoso.local"
    _prepare_by_hand(at)
    at.up_to(step)
    assert state(at, step)[0] == "needed"
    assert at.carry_out(step) == "done"
    assert state(at, step)[0] == "satisfied"
    wait = "wait-replication-legacy-permissions@domain:contoso.local"
    at.done.add(step)
    assert state(at, wait)[0] == "needed"
    assert at.carry_out(wait) == "done"
    assert state(at, wait)[0] == "satisfied"
    at.world.forest.stick("DC02")
    found, message = state(at, wait)
    assert found == "needed", "a controller that no longer replicates would not hear of the schema"
    assert "DC02" in message


def test_domain_without_domainprep_blocks() -> None:
    at = bench(worlds.to_2007())
    at.administer(
        HOST,
        "$u = [ADSI]'LDAP://dc01.contoso.local/CN=Users,DC=contoso,DC=local'; $u.Delete('group', 'CN=Exchange Enterprise Servers')",
    )
    at.pass_time(3600)
    found, message = state(at, "prepare-legacy-permissions@domain:contoso.local")
    assert found == "blocked"
    assert "DomainPrep" in message


def test_directory_of_2007_from_end_to_end() -> None:
    """Schema, organization, domain of 2007: every step of the way and what it leaves."""
    at = bench(worlds.to_2007())
    _prepare_by_hand(at)
    last = "wait-replication-domains@domain:contoso.local"
    at.up_to(last)
    assert at.carry_out(last) in ("done", "satisfied")
    for step in ("prepare-schema", "prepare-ad", "prepare-domain@domain:contoso.local"):
        assert state(at, step)[0] == "satisfied"
    assert at.run("prepare-ad", "Verify")["state"] == "verified"


@pytest.mark.parametrize("plan", [legacy_a, legacy_b, legacy_d], ids=lambda f: f.__name__)
def test_readiness_and_directory_of_the_small_plans(plan: Callable[[], Topology]) -> None:
    """From the inventory to the last domain, with what persons do at the gates; nothing is blocked on the way."""
    at = Bench(plan())
    steps = [s for s in at.order() if at.change.by_id[s].phase in ("readiness", "directory")]
    for step in steps:
        at.carry_out(step)
        at.done.add(step)
    for step in steps:
        if "Check" in at.change.by_id[step].functions:
            assert state(at, step)[0] == "satisfied", step


@pytest.mark.parametrize("step", ["patch-legacy-servers@EX03-1", "install-kb937031@EX03-1"])
def test_2003_that_waits_for_a_restart_blocks(step: str) -> None:
    at = bench(worlds.to_2007())
    key = r"HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager"
    at.administer(
        "EX03-1",
        f"Set-ItemProperty '{key}' PendingFileRenameOperations @('\\??\\C:\\x','') -Type MultiString",
    )
    found, message = state(at, step)
    assert found == "blocked"
    assert "restart" in message


@pytest.mark.parametrize("step", ["gate-suppress-link-state@EX03-2", "gate-install-kb937031@EX03-2"])
def test_registry_that_does_not_answer_keeps_a_gate_open(step: str) -> None:
    at = bench(worlds.to_2007())
    server = at.world.server("EX03-2")
    assert server is not None
    server.go_down()
    found, message = state(at, step)
    assert found == "needed"
    assert "cannot be read" in message


def test_hotfix_of_a_server_that_is_not_driven() -> None:
    topology = worlds.to_2010()
    assert topology.source is not None
    machines = tuple(
        replace(m, exchange=replace(m.exchange, kb937031=True)) if m.exchange else m
        for m in topology.source.machines
    )
    at = bench(worlds.with_source(topology, machines=machines))
    assert state(at, "gate-install-kb937031@EX03-2")[0] == "satisfied"


@pytest.mark.parametrize(
    ("step", "argument", "word"),
    [
        ("enable-eas-iwa-2003@EX03-1", {"server": "NOWHERE"}, "no Exchange server"),
        ("enable-eas-iwa-2003@EX03-1", {"server": "EX00-1"}, "no ActiveSync"),
        (
            "raise-functional-levels@domain:contoso.local",
            {"domain": "elsewhere.local"},
            "no domain controller",
        ),
    ],
)
def test_what_the_directory_does_not_have_blocks(step: str, argument: dict[str, str], word: str) -> None:
    at = bench(worlds.to_2007())
    known = at.change.by_id[step]
    found = at.run(replace(known, arguments={**known.arguments, **argument}), "Check")
    assert found["state"] == "blocked"
    assert word in found["message"]


@pytest.mark.parametrize(
    "step",
    [
        "switch-native-mode",
        "remove-exchange55-remnants",
        "fix-recipient-policies",
        "isolate-shared-smtp-namespace",
    ],
)
def test_forest_without_exchange_blocks(step: str) -> None:
    topology = (
        worlds.to_2007() if step == "remove-exchange55-remnants" else worlds.shared_domain(worlds.to_2010())
    )
    at = bench(topology)
    at.administer(
        HOST,
        "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext');"
        '([ADSI]"LDAP://CN=Microsoft Exchange,CN=Services,$c").psbase.DeleteTree()',
    )
    assert state(at, step) == ("blocked", "The forest has no Exchange organization.")


def test_windows_of_a_2007_server() -> None:
    """2008 R2 by Add-WindowsFeature, 2008 by ServerManagerCmd; there and back."""
    at = bench(worlds.to_2007())
    for name in ("MAIL2010", "MAIL2"):
        step = f"install-os-prereqs@{name}"
        at.up_to(step)
        assert at.carry_out_thoroughly(step) == "done"


def test_windows_2003_is_prepared_by_a_person() -> None:
    """Each component that is missing is named, and the services that must go."""
    topology = worlds.to_2007()
    assert topology.source is not None
    servers = tuple(
        replace(s, os="2003", os_service_pack=2) if s.name == "MAIL2" else s for s in topology.servers
    )
    machines = tuple(
        replace(m, os="2003", os_service_pack=2) if m.name == "MAIL2" else m for m in topology.source.machines
    )
    at = bench(worlds.with_source(replace(topology, servers=servers), machines=machines))
    found, message = state(at, "install-os-prereqs@MAIL2")
    assert found == "blocked"
    assert "World Wide Web Service" in message
    assert "network COM+ access" in message
    assert "RPC over HTTP" not in message, "only Client Access wants it"


def test_media_of_a_2003_server_there_and_back() -> None:
    at = bench(worlds.to_2007())
    step = "stage-media@EX03-1"
    at.up_to(step)
    assert at.carry_out_thoroughly(step) == "done"


def test_server_object_of_a_delegated_installation() -> None:
    """Made before Setup runs on the server, and taken away while nothing was installed."""
    topology = worlds.to_2007()
    at = bench(replace(topology, policy=replace(topology.policy, optional=("provision-server",))))
    _prepare_by_hand(at)
    step = "provision-server@MAIL2"
    assert "provision-server@MAIL2010" not in at.change.by_id, "never the first server"
    at.up_to(step)
    assert at.carry_out_thoroughly(step) == "done"


@pytest.mark.parametrize("worlds_name", ["to_2007", "to_2010", "mixed"])
def test_remoting_of_a_2003_server(worlds_name: str) -> None:
    """The groups of later versions are not asked for where they do not exist yet, nor on a 2003 server at all."""
    at = bench(getattr(worlds, worlds_name)())
    step = "preflight-remoting@EX03-1"
    assert at.change.by_id[step].arguments["exchange"] is False
    assert at.carry_out(step) in ("done", "satisfied")


def _prepare_by_hand(at: Bench) -> None:
    """What persons do at the gates of the servers that are not driven."""
    alter(
        at,
        "(cn=EX03-2)",
        "$o.Put('serialNumber', 'Version 6.5 (Build 7638.2: Service Pack 2)'); $o.SetInfo()",
    )
