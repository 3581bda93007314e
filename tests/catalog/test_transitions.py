"""The transitions: every step that a way between two versions has stands in it, or is left out for a reason that is told."""

from __future__ import annotations

import pytest

from exmigrate import facts
from exmigrate.catalog import CatalogError, Transition, expression
from tests.catalog.scripts import catalog

LEGACY_TO_2007 = """
collect-inventory run-exchange-predeployment-analyzer gate-retained-servers gate-exchange-aware-products gate-backup
remove-exchange55-remnants switch-native-mode raise-functional-levels patch-legacy-servers fix-recipient-policies
suppress-link-state enable-eas-iwa-2003 install-kb937031 prepare-legacy-permissions wait-replication-legacy-permissions
wait-replication-schema wait-replication-ad wait-replication-domains prepare-schema prepare-ad prepare-domain
install-os-prereqs provision-server install-cas set-autodiscover-scp gate-purchase-certificate enable-certificate
set-outlook-provider configure-cas-vdirs enable-outlook-anywhere gate-publish-namespace cutover-client-namespace
flip-autodiscover-scp install-hub harden-first-rgc create-additional-rgc configure-accepted-domains
create-shared-domain-connector allow-anonymous-receive create-internet-send-connector gate-cutover-inbound-smtp
remove-legacy-internet-connector customize-dsn install-edge edge-subscribe install-mailbox configure-databases
replicate-system-folders replicate-public-folders move-mailboxes move-oab upgrade-address-policies-and-lists
drain-legacy-pf-replicas delete-legacy-stores remove-legacy-rgc clear-mailbox-manager-policies move-pf-hierarchy delete-rus
uninstall-legacy-server remove-legacy-routing-groups clean-legacy-groups install-um configure-um gate-redirect-um-gateways
enable-um-mailboxes post-install-verification
"""
LEGACY_TO_2010 = """
collect-inventory run-exchange-predeployment-analyzer gate-keep-2007-option gate-retained-servers
gate-exchange-aware-products isolate-shared-smtp-namespace switch-native-mode raise-forest-functional-level
ensure-dc-levels patch-legacy-servers gate-backup fix-recipient-policies suppress-link-state enable-eas-iwa-2003
install-kb937031 prepare-outlook2003-clients prepare-legacy-permissions prepare-schema prepare-ad prepare-domain
wait-replication-legacy-permissions wait-replication-schema wait-replication-ad wait-replication-domains
gate-purchase-certificate install-os-prereqs install-cas gate-create-legacy-dns gate-install-legacy-certificate
set-autodiscover-scp enable-certificate set-outlook-provider set-exchange2003-url configure-cas-vdirs set-rpc-encryption
create-cas-array gate-cas-array-endpoint enable-outlook-anywhere install-hub harden-first-rgc create-additional-rgc
install-mailbox configure-databases configure-accepted-domains create-shared-domain-connector allow-anonymous-receive
create-internet-send-connector gate-cutover-inbound-smtp remove-legacy-internet-connector customize-dsn install-edge
edge-subscribe gate-publish-namespace cutover-client-namespace flip-autodiscover-scp replicate-system-folders
replicate-public-folders move-mailboxes move-oab upgrade-address-policies-and-lists retire-legacy-namespace
clear-exchange2003-url drain-legacy-pf-replicas clear-mailbox-manager-policies delete-legacy-stores move-pf-hierarchy
remove-legacy-rgc delete-rus uninstall-legacy-server remove-legacy-routing-groups clean-legacy-groups
post-install-verification install-um configure-um gate-redirect-um-gateways enable-um-mailboxes
"""
MIXED_ONLY = """
plant-2007-all-roles patch-legacy-servers switch-native-mode enable-eas-iwa-2003 suppress-link-state
prepare-legacy-permissions wait-replication-legacy-permissions set-exchange2003-url install-hub rehome-rgc-source
create-additional-rgc move-mailboxes drain-legacy-pf-replicas move-pf-hierarchy upgrade-address-policies-and-lists
delete-legacy-stores remove-legacy-rgc clear-mailbox-manager-policies delete-rus uninstall-legacy-server
remove-legacy-routing-groups clean-legacy-groups clear-exchange2003-url fix-recipient-policies gate-retained-servers
"""
COMMON = """
preflight-remoting gate-install-wmf stage-media install-update-rollup set-product-key create-certificate-request
gate-outbound-path gate-backup-target gate-decommission move-expansion-servers set-site-routing create-mailbox-database
create-public-folder-database create-dag add-dag-member add-database-copy create-test-mailboxes prepare-blackberry
install-edge export-edge-subscription edge-subscribe remove-edge-subscription uninstall-old-edge
"""
LEFT_OUT = {
    ("2000-2003-to-2007.yaml", "create-dag"): "2007 has no database availability groups",
    ("2000-2003-to-2007.yaml", "add-dag-member"): "2007 has no database availability groups",
    ("2000-2003-to-2007.yaml", "add-database-copy"): "2007 has no database copies of that form",
    ("2000-2003-to-2007.yaml", "prepare-blackberry"): "throttling policies come with 2010",
    ("2000-2003-to-2007.yaml", "remove-edge-subscription"): "there was no Edge before 2007",
    ("2000-2003-to-2007.yaml", "uninstall-old-edge"): "there was no Edge before 2007",
}


def transition(file: str) -> Transition:
    (found,) = [t for t in catalog().transitions if t.file == file]
    return found


def steps_of_2007_to_2010() -> str:
    return " ".join(transition("2007-to-2010.yaml").phase_of)


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("2000-2003-to-2007.yaml", LEGACY_TO_2007 + COMMON),
        ("2003-to-2010.yaml", LEGACY_TO_2010 + COMMON),
        ("2003-2007-to-2010.yaml", steps_of_2007_to_2010() + MIXED_ONLY + COMMON),
    ],
)
def test_every_step_of_the_way_is_in_the_transition(file: str, wanted: str) -> None:
    """Or stands in the list of what is left out, with its reason; and nothing stands there that is in it."""
    there = set(transition(file).phase_of)
    missing = set(wanted.split()) - there
    reasons = {kind for of, kind in LEFT_OUT if of == file}
    assert missing == reasons


@pytest.mark.parametrize("found", catalog().transitions, ids=lambda t: t.file)
def test_no_kind_stands_twice_and_all_exist(found: Transition) -> None:
    named = [kind for phase in found.phases for kind in phase.kinds]
    assert len(named) == len(set(named))
    assert set(named) <= set(catalog().kinds)


@pytest.mark.parametrize("found", catalog().transitions, ids=lambda t: t.file)
def test_a_kind_for_servers_that_are_not_driven_goes_with_its_twin(found: Transition) -> None:
    """`X` and `gate-X` are one step of two ways of reaching a server: a plan has both or neither."""
    for kind in catalog().kinds:
        # The certificate of a 2003 front-end and that of a 2007 Client Access server are two matters.
        if f"gate-{kind}" in catalog().kinds and kind != "install-legacy-certificate":
            assert (kind in found.phase_of) == (f"gate-{kind}" in found.phase_of), kind


@pytest.mark.parametrize(
    ("sources", "target", "file"),
    [
        (["2003"], "2007", "2000-2003-to-2007.yaml"),
        (["2000"], "2007", "2000-2003-to-2007.yaml"),
        (["2003", "2000"], "2007", "2000-2003-to-2007.yaml"),
        (["2003"], "2010", "2003-to-2010.yaml"),
        (["2007", "2003"], "2010", "2003-2007-to-2010.yaml"),
        (["2007"], "2010", "2007-to-2010.yaml"),
    ],
)
def test_the_versions_choose_the_transition(sources: list[str], target: str, file: str) -> None:
    assert catalog().transition(sources, target).file == file


@pytest.mark.parametrize(
    ("sources", "target"), [(["2000"], "2010"), (["2000", "2003"], "2010"), (["2007"], "2007")]
)
def test_a_way_that_does_not_exist_is_refused_by_name(sources: list[str], target: str) -> None:
    """2010 joins no organization that still has an Exchange 2000 server."""
    with pytest.raises(CatalogError, match="There is no transition from") as caught:
        catalog().transition(sources, target)
    assert "2000 + 2003 to 2007" in caught.value.why


def test_unified_messaging_comes_after_the_mailboxes_of_2007_and_before_those_of_2010() -> None:
    for found in catalog().transitions:
        order = [phase.id for phase in found.phases]
        assert (order.index("um") > order.index("mailbox")) == (found.target == "2007"), found.file


class Release:
    """What the expressions of a level see of the target."""

    def __init__(self, version: str, service_pack: str) -> None:
        self.version, self.service_pack = version, service_pack


@pytest.mark.parametrize("version", ["2007", "2010"])
@pytest.mark.parametrize("service_pack", ["", "RTM", "SP1", "SP2", "SP3"])
@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("prepare-ad", "org"),
        ("wait-replication-ad", "org"),
        ("prepare-domain", "meso"),
        ("wait-replication-domains", "meso"),
    ],
)
def test_levels_are_those_of_the_version_facts(
    version: str, service_pack: str, kind: str, level: str
) -> None:
    """What a step waits for is what Setup of that release writes."""
    text = str(catalog().kinds[kind].arguments["level"])
    found = expression(text)({"target": Release(version, service_pack)})
    known = facts.exchange_levels()[version + service_pack.replace("RTM", "")]
    assert found == getattr(known, level)
