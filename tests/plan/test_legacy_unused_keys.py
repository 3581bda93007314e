"""Keys that a transition has no use for are refused by name."""

from __future__ import annotations

import pytest

from exmigrate.plan import LoadResult
from tests.plan.broken import Change, broken
from tests.plan.legacy_texts import PLANS

UNUSED: dict[str, tuple[str, Change, str]] = {
    # plan, change, key that is refused
    "mixed mode": ("c", ("  organization: Contoso\n", "  organization: Contoso\n  mixed_mode: true\n"), "mixed_mode"),
    **{
        f"{key} without 2003": ("c", ("  organization: Contoso\n", f"  organization: Contoso\n  {key}: {value}\n"), key)
        for key, value in {
            "administrative_groups": "[First]",
            "routing_groups": "[{name: First Routing Group}]",
            "smtp_connectors": "[{name: A, bridgeheads: [MAIL2007], address_spaces: ['SMTP:*;1']}]",
            "update_services": "[{name: A, server: MAIL2007}]",
            "address_lists": "[{name: All Users, filter: '(a=b)'}]",
            "features": "[{feature: nntp}]",
            "connection_agreements": "[A]",
            "site_replication_services": "[A]",
        }.items()
    },
    **{
        f"policy {key} without 2003": (
            "c", ('templates: ["SMTP:%g.%s@contoso.com"]}', f'templates: ["SMTP:%g.%s@contoso.com"], {key}: {value}}}'), key,
        )
        for key, value in {"filter": "(a=b)", "mailbox_manager": "only", "non_authoritative": "[a.com]"}.items()
    },
    **{
        f"{key} without 2003": ("c", ("    inbound: direct", f"    {key}: {value}\n    inbound: direct"), key)
        for key, value in {
            "accepted_domains": "[{name: contoso.com, kind: internal-relay}]",
            "suppress_link_state": "false",
            "legacy_routing_server": "MAIL2007",
        }.items()
    },
    "exchange2003_url without 2003": (
        "c", ("    outlook_anywhere: true", "    exchange2003_url: https://l.contoso.com/exchange\n    outlook_anywhere: true"),
        "exchange2003_url",
    ),
    "keep_2007_option without 2003": (
        "c", ("  to: {version: 2010, service_pack: SP3}\n", "  to: {version: 2010, service_pack: SP3}\n  keep_2007_option: false\n"),
        "keep_2007_option",
    ),
    **{
        f"{key} of a 2007 server": ("c", ("      roles: [cas, hub, mailbox]\n      edition: Enterprise", f"      {key}: true\n      roles: [cas, hub, mailbox]\n      edition: Enterprise"), key)
        for key in ("link_state_suppressed", "activesync_integrated", "kb937031")
    },
    "a DAG in 2007": (
        "a", ("  public_folders: {databases: [PF07]}\n", "  public_folders: {databases: [PF07]}\n  dags: [{name: D, members: [MAIL07], witness_server: DC01, witness_directory: 'C:\\D'}]\n"),
        "dags",
    ),
    "a CAS array in 2007": (
        "a", ("      internal_addresses: [10.1.0.20]\n", "      internal_addresses: [10.1.0.20]\n      cas_array: {name: A, fqdn: outlook.contoso.local}\n"),
        "cas_array",
    ),
    "RPC encryption in 2007": (
        "a", ("{outlook_anywhere: true,", "{outlook_anywhere: true, rpc_encryption_required: false,"), "rpc_encryption_required",
    ),
    "the OWA folder in 2007": (
        "a", ("{outlook_anywhere: true,", "{outlook_anywhere: true, owa_version_folder: media,"), "owa_version_folder",
    ),
    "Exchange2003Url in 2007": (
        "a", ("{outlook_anywhere: true,", "{outlook_anywhere: true, exchange2003_url: 'https://l.contoso.com/exchange',"), "exchange2003_url",
    ),
    "ActiveSync to the legacy name in 2007": (
        "a", ("{outlook_anywhere: true,", "{outlook_anywhere: true, activesync_legacy_external_url: true,"), "activesync_legacy_external_url",
    ),
    "a legacy name in 2007": (
        "a", ("    primary: mail.contoso.com\n", "    primary: mail.contoso.com\n    legacy: legacy.contoso.com\n"), "legacy",
    ),
    "legacy addresses in 2007": (
        "a", ("      internal_addresses: [10.1.0.20]\n", "      internal_addresses: [10.1.0.20]\n      legacy_addresses: [10.1.0.11]\n"), "legacy_addresses",
    ),
    "Setup's database in 2007": (
        "a", ("          logs: E:\\MB07-01\n", "          logs: E:\\MB07-01\n          created_by_setup: true\n"), "created_by_setup",
    ),
    "a country code in 2007": (
        "a", ("  public_folders: {databases: [PF07]}\n", "  public_folders: {databases: [PF07]}\n  dial_plans:\n    - {name: D, create: true, servers: [MAIL07], digits: 4, gateways: {g: 10.1.0.9}, policies: [P], country_code: '41'}\n"),
        "country_code",
    ),
    "copies in 2007": (
        "a", ("          logs: E:\\MB07-01\n", "          logs: E:\\MB07-01\n          copies: [MAIL07]\n"), "copies",
    ),
    "a storage group in 2010": (
        "b", ("          logs: E:\\DB01\n", "          logs: E:\\DB01\n          storage_group: SG1\n"), "storage_group",
    ),
    **{
        f"{key} without 2007": ("b", ("    inbound: [EXCH1]\n", f"    inbound: [EXCH1]\n    {key}: {value}\n"), key)
        for key, value in {
            "send_connectors": "[{name: A, sources: [EXCH1], address_spaces: ['SMTP:*;1']}]",
            "rules": "[{name: A, kind: transport}]",
            "dsn_messages": "[{identity: 'en\\External\\5.7.1', text: No}]",
            "dsn_mode": "DoNotConvert",
        }.items()
    },
    "dial plans without 2007": (
        "b", ("  organization: Acme\n", "  organization: Acme\n  dial_plans: [{name: A}]\n"), "dial_plans",
    ),
    "an Edge subscription without 2007": (
        "b", ("  organization: Acme\n", "  organization: Acme\n  edge_subscriptions: [{edge: EXCH1, site: Main}]\n"), "edge_subscriptions",
    ),
    "a rollup of 2003": ("b", ("      edition: Standard\n      databases:\n        - name: Mailbox", "      edition: Standard\n      rollup: 6.5.7654.4\n      databases:\n        - name: Mailbox"), "rollup"),
    "receive connectors of 2003": (
        "b", ("      client_access:\n", "      receive_connectors: [{name: A, remote_ranges: [10.0.0.0/8]}]\n      client_access:\n"), "receive_connectors",
    ),
    "Autodiscover of 2003": (
        "b", ("      client_access:\n", "      client_access:\n        scp: https://mail.acme.com/Autodiscover/Autodiscover.xml\n"), "scp",
    ),
    "web services of 2003": (
        "b", ("      client_access:\n", "      client_access:\n        ews: {external: 'https://mail.acme.com/EWS'}\n"), "ews",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSED)
def test_a_key_that_the_transition_has_no_use_for_is_refused_by_name(name: str) -> None:
    letter, change, key = UNUSED[name]
    result: LoadResult = broken(change, text=PLANS[letter])
    assert result.topology is None
    found = [p for p in result.errors if p.code == "EXM-L052" and p.message.startswith(f"'{key}' is ")]
    assert len(found) == 1, "\n".join(str(p) for p in result.problems)
    problem = found[0]
    assert problem.source_line[len(problem.caret) - 1 :].startswith(key)
    assert problem.remedy
