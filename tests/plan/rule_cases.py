"""For each rule that is judged on a plan: changes of a shipped plan that break it."""

from __future__ import annotations

from tests.plan.broken import Change

SINGLE: dict[str, tuple[Change, ...]] = {
    "ORG-010": (("  from:\n    - {version: 2007, service_pack: SP3}", "  from:\n    - {version: 2007, service_pack: SP1}"), ("    service_pack: SP3\n    build: 8.3.83.6", "    service_pack: SP1\n    build: 8.1.240.6")),
    "ORG-012": (("    service_pack: SP3\n    build: 14.3.123.4", "    service_pack: RTM\n    build: 14.0.639.21"),),
    "ORG-014": (("  forest:\n    level: 2003", "  forest:\n    level: 2000"),),
    "ORG-016": (("{name: DC01, os: 2008R2, os_service_pack: 1", "{name: DC01, os: 2003, os_service_pack: 1"),),
    "ORG-017": (("{name: DC01, os: 2008R2, os_service_pack: 1", "{name: DC01, os: 2008R2, global_catalog: false"), ("{name: DC02, os: 2008R2, os_service_pack: 1", "{name: DC02, os: 2008R2, read_only: true")),
    "ORG-018": (("      addresses: [10.1.0.20]", "      addresses: [10.9.0.20]"),),
    "ORG-023": (('templates: ["SMTP:%g.%s@contoso.com"]', 'templates: ["smtp:%g.%s@contoso.com"]'),),
    "ORG-024": (("      - Enterprise Admins\n", ""),),
    "ORG-027": (("      processors: 8\n", "      processors: 8\n      bits: 32\n"),),
    "ORG-028": (("      os: 2008R2\n      os_service_pack: 1\n      memory: 32GB", "      os: 2003R2\n      os_service_pack: 1\n      memory: 32GB"),),
    "TOP-002": (("      primary: true\n", "      primary: true\n      role_order: [hub, cas, mailbox]\n"),),
    "TOP-003": (("roles: [cas, hub, mailbox]\n      edition: Standard", "roles: [cas, mailbox]\n      edition: Standard"),),
    "TOP-004": (("roles: [cas, hub, mailbox]\n      edition: Standard", "roles: [hub, mailbox]\n      edition: Standard"),),
    "TOP-006": (("      primary: true\n", "      primary: true\n      role_order: [cas, hub, mailbox, um]\n"),),
    "TOP-007": (("roles: [cas, hub, mailbox]\n      edition: Standard", "roles: [cas, hub, mailbox, edge]\n      edition: Standard"),),
    "TOP-008": (("      primary: true\n", "      primary: true\n      role_order: [edge, cas, hub, mailbox]\n"),),
    "TOP-014": (("fqdn: outlook.contoso.local", "fqdn: mail.contoso.com"),),
    "TOP-019": (("      memory: 32GB", "      memory: 4GB"),),
    "TOP-021": (("      product_key: env:EXCHANGE_2010_KEY\n      databases:\n", "      databases:\n" + "".join(f"        - {{name: DB{n}, edb: 'D:\\DB{n}.edb', logs: 'E:\\DB{n}'}}\n" for n in range(4))),),
    "TOP-023": (("      processors: 8\n", "      processors: 8\n      os_edition: Standard\n"), ("  client_access:\n    outlook_anywhere: true", "  dags:\n    - {name: DAG1, members: [MAIL2010], witness_server: FS1, witness_directory: 'C:\\DAG1'}\n  client_access:\n    outlook_anywhere: true")),
    "TOP-024": (("      roles: [cas, hub, mailbox]\n      edition: Enterprise", "      roles: [cas, hub, mailbox]\n      cluster: LCR\n      edition: Enterprise"),),
    "TOP-025": (("      processors: 8\n", "      processors: 8\n      bits: 32\n"),),
    "CA-001": (("members_csv: everyone.csv", "members: [eva.egli]"),),
    "CA-006": (("roles: [cas, hub, mailbox]\n      edition: Standard", "roles: [cas, mailbox]\n      edition: Standard"),),
    "CA-009": (("    legacy: legacy.contoso.com", "    legacy: ''"),),
    "CA-010": (("  - name: everyone\n    members_csv: everyone.csv\n    targets: [EX2010DB01]\n    concurrency: 2\n", ""), ("    pilot: true ", "    pilot: false ")),
    "CA-011": (("names: [mail.contoso.com, autodiscover.contoso.com, legacy.contoso.com, contoso.com]", "names: [mail.contoso.com, autodiscover.contoso.com]"),),
    "CA-013": (("services: [IIS, SMTP, POP, IMAP]", "services: [IIS]"),),
    "CA-014": (("legacy.contoso.com, contoso.com]", "legacy.contoso.com, '*.contoso.com']"),),
    "CA-017": (("activesync_legacy_external_url: false", "activesync_legacy_external_url: true"),),
    "CA-022": (("    outlook_anywhere: true", "    outlook_anywhere: true\n    outlook_2003_clients: true"),),
    "CA-024": (("authentication: [forms, basic]", "authentication: [basic]"),),
    "CA-026": (("        scp: https", "        pop_imap: true\n        scp: https"),),
    "CA-027": (("    - {name: mail.contoso.com, value: 203.0.113.10, view: external, ttl: 300}\n", ""),),
    "CA-029": (("    - {name: mail.contoso.com, value: 203.0.113.10, view: external, ttl: 300}", "    - {name: mail.contoso.com, value: 203.0.113.10, view: external, ttl: 86400}"),),
    "CA-034": (("    outlook_anywhere_auth: NTLM           #", "    outlook_anywhere_auth: Basic          #"),),
    "CA-035": (("legacy.contoso.com, contoso.com]", "legacy.contoso.com, '*.contoso.com']"),),
    "MF-010": (("      - {name: From the Internet, use: internet, servers: [MAIL2010]}\n", ""),),
    "MF-013": (("      - {name: Internet, sources: [MAIL2010]}", "      - {name: New, create: true, sources: [MAIL2010], address_spaces: ['SMTP:x.example;1']}"),),
    "MF-014": (("{name: contoso.com, default: true}", "{name: contoso.com, default: true, shared_with: Notes of the parent company}"),),
    "MF-022": (("      - {name: From printers, use: relay, servers: [MAIL2010], remote_ranges: [10.1.9.0/24], bindings: [\"10.1.0.20:25\"]}\n", ""),),
    "MF-024": (("    inbound: direct ", "    dsn_messages: [{identity: 'en\\External\\5.7.1', text: No.}]\n    inbound: direct "),),
    "MF-026": (("    inbound: direct ", "    inbound: gateway "),),
    "MF-029": (("sources: [MAIL2007], address_spaces: [\"SMTP:*;1\"]", "sources: [MAIL2007], require_tls: true, address_spaces: [\"SMTP:*;1\"]"), ("      - {name: Internet, sources: [MAIL2010]}", "      - {name: New, create: true, sources: [MAIL2010], address_spaces: ['SMTP:*;1']}")),
    "OAB-003": (("    outlook_anywhere: true", "    outlook_anywhere: true\n    outlook_2003_clients: true"),),
    "PF-001": (("    outlook_anywhere: true", "    outlook_anywhere: true\n    outlook_2003_clients: true"), ("\n  public_folders:\n    databases: [PF2010]\n", "\n")),
    "MV-003": (),
    "MV-006": (("    concurrency: 2", "    bad_item_limit: 30"),),
    "MV-007": (("    concurrency: 2", "    concurrency: 12"),),
    "MV-008": (('disks: {"C:": 136GB, "D:": 900GB, "E:": 300GB}', 'disks: {"C:": 136GB, "D:": 5GB, "E:": 300GB}'),),
    "DEC-001": (("members_csv: everyone.csv", "members: [eva.egli]"),),
    "EXE-004": (("      os: 2008\n", "      os: 2000\n"),),
    "EXE-005": (("transport: credssp", "transport: ntlm"),),
    "EXE-006": (("      os: 2008\n", "      os: 2003\n"),),
    "EXE-008": (("  - name: exchange-2007-sp3   # roles are removed with the media of the installed level\n    version: 2007", "  - name: exchange-2007-sp3\n    version: 2010"),),
    "FEAT-003": (("products:\n", "products:\n  - {name: Old portal, kind: application, supports_target: false, api: WebDAV}\n"),),
    "FEAT-004": (),
    "ISS-001": (("    service_pack: SP3\n    build: 14.3.123.4", "    service_pack: RTM\n    build: 14.0.639.21"),),
    "ISS-006": (("    service_pack: SP3\n    build: 14.3.123.4", "    service_pack: RTM\n    build: 14.0.639.21"),),
}  # fmt: skip
"""Changes of the single-site plan."""

TWO: dict[str, tuple[Change, ...]] = {
    "ORG-011": (("    - {version: 2007, service_pack: SP3}", "    - {version: 2007, service_pack: SP1}"), ("    service_pack: SP3\n    build: 8.3.83.6", "    service_pack: SP1\n    build: 8.1.240.6"), ("    - name: GVA07-MBX\n      site: Geneva", "    - name: GVA07-MBX\n      site: Third"), ("    site_links:", "      - {name: Third, internet_facing: false, domain_controllers: [{name: TDC1, os: 2008}]}\n    site_links:")),
    "TOP-001": (("    - name: Zurich\n      primary: true", "    - name: Geneva\n      internet_facing: true\n      primary: true"), ("    - name: Geneva\n      cas_array", "    - name: Zurich\n      cas_array"), ("{name: EX10-CH3, site: Geneva", "{name: EX10-CH3, site: Zurich"), ("{name: EX10-MB3, site: Geneva", "{name: EX10-MB3, site: Zurich")),
    "TOP-020": (("    dsn_mode: DoNotConvert\n\n  dial_plans:", "    dsn_mode: DoNotConvert\n    site_routing: [{link: Zurich-Geneva, exchange_cost: 10}]\n\n  dial_plans:"),),
    "CA-019": (('owa: {internal: "https://gva07-cashub.contoso.local/owa"', 'owa: {internal: "https://gva07-cashub.contoso.local/owa", external: "https://geneva.contoso.com/owa"'),),
    "MF-008": (("products:\n", "keep:\n  - {server: GVA07-MBX, reason: The archive application is bound to it.}\nproducts:\n"),),
    "UM-004": (("products:\n", "keep:\n  - {server: UM07, reason: Inbound fax is still used.}\nproducts:\n"),),
    "MF-018": (("    - {edge: EDGE10-1, site: Zurich, replaces: EDGE07-1}", "    - {edge: EDGE10-1, site: Empty, replaces: EDGE07-1}"), ("    site_links:", "      - {name: Empty, internet_facing: false, domain_controllers: [{name: TDC1, os: 2008}]}\n    site_links:")),
    "MF-019": (("    - {edge: EDGE10-1, site: Zurich, replaces: EDGE07-1}\n", ""),),
}  # fmt: skip
"""Changes of the two-site plan."""

NOT_IN_A_2007_PLAN = {"ORG-006"}
"""Judged, but the language refuses such a source before the rules are asked."""
