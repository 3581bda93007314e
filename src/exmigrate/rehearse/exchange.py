"""Exchange objects of a simulated organization, from the facts of a plan's source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exmigrate.model.topology import Database
from exmigrate.model.topology.source import Mailbox, SourceOrganization, VirtualDirectory
from exmigrate.twin.world.exchange import spec as exchange

_MIB = 2**20
LEGACY = ("2000", "2003")
_KIND = {
    "owa": "Owa",
    "activesync": "ActiveSync",
    "ews": "WebServices",
    "oab": "Oab",
    "autodiscover": "Autodiscover",
    "um": "UM",
    "ecp": "Ecp",
}
_MAILBOX_TYPE = {
    "user": "UserMailbox",
    "room": "RoomMailbox",
    "equipment": "EquipmentMailbox",
    "shared": "SharedMailbox",
    "journal": "UserMailbox",
    "blackberry": "UserMailbox",
}
_DOMAIN_TYPE = {
    "authoritative": "Authoritative",
    "internal-relay": "InternalRelay",
    "external-relay": "ExternalRelay",
}
_AUTHENTICATION = {
    "basic": "BasicAuthentication",
    "windows": "WindowsAuthentication",
    "forms": "FormsAuthentication",
    "digest": "DigestAuthentication",
}


def exchange_spec(source: SourceOrganization, site_link_costs: Mapping[str, int]) -> exchange.ExchangeSpec:
    """What the source organization holds."""
    return exchange.ExchangeSpec(
        servers=tuple(_servers(source)),
        storage_groups=tuple(
            exchange.StorageGroupSpec(g.name, g.server, g.log_path, g.system_path, g.circular_logging)
            for g in source.storage_groups
        ),
        databases=tuple(_database(d) for d in source.databases),
        mailboxes=tuple(_mailbox(m) for m in source.mailboxes),
        public_folders=tuple(
            exchange.PublicFolderSpec(f.folder, f.replicas, f.items, f.size // 1024, f.mail_enabled)
            for f in source.public_folders
        ),
        virtual_directories=tuple(_virtual_directory(v) for v in source.virtual_directories),
        outlook_anywhere=tuple(
            exchange.OutlookAnywhereSpec(
                c.server, c.outlook_anywhere_host, c.outlook_anywhere_auth.capitalize() or "Basic"
            )
            for c in source.client_access
            if c.outlook_anywhere_host
        ),
        send_connectors=tuple(
            exchange.SendConnectorSpec(
                c.name,
                c.sources,
                c.address_spaces,
                c.smart_hosts,
                c.fqdn,
                {"RequireTLS": True} if c.require_tls else {},
            )
            for c in source.send_connectors
            if not c.edge
        ),
        receive_connectors=tuple(_receive_connectors(source)),
        accepted_domains=tuple(
            exchange.AcceptedDomainSpec(d.name, _DOMAIN_TYPE[d.kind], default=d.default)
            for d in source.accepted_domains
            if source.version
            not in LEGACY  # they are in the recipient policies until PrepareAD of a later version
        ),
        email_address_policies=tuple(
            exchange.EmailAddressPolicySpec(p.name, p.templates, p.priority)
            for p in source.address_policies
            if not p.legacy
        ),
        transport_rules=tuple(_rules(source, "transport")),
        journal_rules=tuple(_rules(source, "journal")),
        certificates=tuple(
            exchange.CertificateSpec(c.server, c.names, ", ".join(c.services))
            for c in source.certificates
            if not c.self_signed
        ),
        offline_address_books=tuple(
            exchange.OfflineAddressBookSpec(
                b.name, b.server, b.web_distribution, b.versions, b.public_folder_distribution
            )
            for b in source.offline_address_books
        ),
        dial_plans=tuple(
            exchange.DialPlanSpec(
                p.name,
                p.digits,
                p.servers,
                tuple(p.gateways),
                tuple(p.gateways.values()),
                p.policies,
                p.prompts,
            )
            for p in source.dial_plans
        ),
        edge_subscriptions=tuple(
            exchange.EdgeSubscriptionSpec(e.edge, e.site, e.hubs, e.internet_connector, e.inbound_connector)
            for e in source.edge_subscriptions
        ),
        groups=tuple(
            exchange.DistributionGroupSpec(g.name, g.members, g.expansion_server, g.dynamic, domain=g.domain)
            for g in source.groups
        ),
        system_messages=tuple(_system_message(m.identity, m.text) for m in source.dsn_messages),
        transport_config={"DSNConversionMode": source.dsn_mode},
        site_link_costs=dict(site_link_costs),
        mail_flow=exchange.MailFlowSpec(
            source.inbound, source.relays, {p.name: p.servers for p in source.dial_plans}
        ),
    )


def _servers(source: SourceOrganization) -> Iterator[exchange.ServerObjectSpec]:
    scp = {c.server: c.scp for c in source.client_access}
    nodes = {node for c in source.clusters for node in c.nodes}
    for machine in source.machines:
        if machine.exchange is not None and machine.name not in nodes:
            yield exchange.ServerObjectSpec(
                machine.name, scp=scp.get(machine.name) or None, product_key=machine.exchange.product_key
            )
    for cluster in source.clusters:
        active = source.machine(cluster.active)
        if active is not None and active.exchange is not None:
            yield exchange.ServerObjectSpec(cluster.name, product_key=active.exchange.product_key)


def _database(database: Database) -> exchange.DatabaseSpec:
    quotas = {
        "issue_warning_mb": database.issue_warning_quota,
        "prohibit_send_mb": database.prohibit_send_quota,
        "prohibit_send_receive_mb": database.prohibit_send_receive_quota,
    }
    given: dict[str, Any] = {name: size // _MIB for name, size in quotas.items() if size}
    if database.offline_address_book:
        given["offline_address_book"] = database.offline_address_book
    return exchange.DatabaseSpec(
        name=database.name,
        server=database.server,
        storage_group=database.storage_group,
        public=database.kind == "public-folder",
        edb_path=database.edb_path,
        log_path=database.log_path,
        public_folder_database=database.public_folder_database,
        journal_recipient=database.journal_recipient,
        **given,
    )


def _mailbox(mailbox: Mailbox) -> exchange.MailboxSpec:
    return exchange.MailboxSpec(
        alias=mailbox.alias,
        database=mailbox.database,
        name=mailbox.name,
        size_mb=max(1, mailbox.size // _MIB),
        items=mailbox.items,
        type=_MAILBOX_TYPE[mailbox.kind],
        um_policy=mailbox.um_policy,
        extension=mailbox.um_extension,
        corrupt_items=mailbox.corrupt_items,
        emails=mailbox.addresses,
        domain=mailbox.domain,
    )


def _virtual_directory(directory: VirtualDirectory) -> exchange.VirtualDirectorySpec:
    settings: dict[str, Any] = {}
    if directory.internal_url:
        settings["InternalUrl"] = directory.internal_url
    if directory.external_url:
        settings["ExternalUrl"] = directory.external_url
    for name in directory.authentication if directory.kind in ("owa", "ews", "autodiscover", "oab") else ():
        if name in _AUTHENTICATION:
            settings[_AUTHENTICATION[name]] = True
    return exchange.VirtualDirectorySpec(directory.server, _KIND[directory.kind], settings=settings)


def _receive_connectors(source: SourceOrganization) -> Iterator[exchange.ReceiveConnectorSpec]:
    for connector in source.receive_connectors:
        settings: dict[str, Any] = {"Bindings": list(connector.bindings)}
        if connector.remote_ranges:
            settings["RemoteIPRanges"] = list(connector.remote_ranges)
        if connector.anonymous:
            settings["PermissionGroups"] = "AnonymousUsers"
        yield exchange.ReceiveConnectorSpec(connector.server, connector.name, settings, connector.relay)


def _rules(source: SourceOrganization, kind: str) -> Iterator[exchange.RuleSpec]:
    for rule in source.rules:
        if rule.kind == kind:
            yield exchange.RuleSpec(rule.name, dict(rule.settings), rule.enabled, source.version)


def _system_message(identity: str, text: str) -> exchange.SystemMessageSpec:
    language, where, code = [*identity.split("\\"), "", ""][:3]
    return exchange.SystemMessageSpec(code, text, language, where.lower() == "internal")
