"""Cases of the golden error texts: what is changed in the single-site plan, or in a CSV beside it."""

from __future__ import annotations

from tests.plan.broken import Change

PLAN: dict[str, tuple[Change, ...]] = {
    "wrong-type": (
        ("internet_facing: true ", "internet_facing: yes "),
        ("roles: [cas, hub, mailbox]\n      edition: Enterprise", "roles: cas\n      edition: Enterprise"),
    ),
    "wrong-unit": (
        ("memory: 16GB", "memory: 16"),
        ("soak: 7d", "soak: 7 days"),
        ("length: 8h", "length: eight hours"),
    ),
    "unknown-key": (
        ("outlook_anywhere_auth: NTLM", "outlook_anywhere_auht: NTLM"),
        ("policy:\n", "policy:\n  colour: blue\n"),
    ),
    "unknown-word": (
        ("edition: Enterprise", "edition: Enterprize"),
        ("transport: credssp", "transport: telnet"),
    ),
    "duplicate-key": (("  soak: 7d\n", "  soak: 7d\n  soak: 3d\n"),),
    "missing-key": (("  organization: Contoso\n", ""), ("    username: CONTOSO\\exmigrate\n", "")),
    "no-value": (("  organization: Contoso\n", "  organization:\n"),),
    "dangling-database": (
        ("targets: [EX2010DB01]\n    concurrency", "targets: [EX2010DB1]\n    concurrency"),
    ),
    "dangling-server": (
        ("web_distribution: [MAIL2007]", "web_distribution: [MAIL2OO7]"),
        ("directory_host: MAIL2010", "directory_host: DC09"),
    ),
    "dangling-connector": (
        ("- {name: Internet, sources: [MAIL2010]}", "- {name: Internat, sources: [MAIL2010]}"),
    ),
    "two-servers-one-name": (("    - name: MAIL2010\n      site", "    - name: mail2007\n      site"),),
    "in-place-upgrade": (("    - name: MAIL2010\n      roles", "    - name: MAIL2007\n      roles"),),
    "no-internet-facing-site": (("internet_facing: true ", "internet_facing: false "),),
    "role-order": (
        ("      primary: true\n", "      primary: true\n      role_order: [mailbox, hub, cas]\n"),
    ),
    "role-without-hub": (
        (
            "roles: [cas, hub, mailbox]\n      edition: Standard",
            "roles: [cas, mailbox]\n      edition: Standard",
        ),
    ),
    "edge-not-alone": (
        (
            "roles: [cas, hub, mailbox]\n      edition: Standard",
            "roles: [cas, hub, mailbox, edge]\n      edition: Standard",
        ),
    ),
    "literal-password": (
        ("password: env:EXMIGRATE_PASSWORD", "password: S3cret-of-Contoso"),
        ("product_key: env:EXCHANGE_2010_KEY", "product_key: AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"),
    ),
    "misspelt-password": (("password: env:EXMIGRATE_PASSWORD", "pasword: S3cret-of-Contoso"),),
    "approvals": (("policy:\n", "policy:\n  approvals: {change-board: 2 of 3}\n"),),
    "other-transition": (("to: {version: 2010, service_pack: SP3}", "to: {version: 2013}"),),
    "only-2003": (("    inbound: direct", "    suppress_link_state: true\n    inbound: direct"),),
    "in-two-batches": (
        (
            "members: [anna.ammann, bruno.baumann, carla.christen]",
            "members: [anna.ammann, anna.ammann, david.dubois]",
        ),
    ),
    "unwaivable": (
        (
            "policy:\n",
            "policy:\n  waivers:\n    - {rule: CA-001, who: M. Keller, date: 2011-03-01, reason: We shall be careful.}\n",
        ),
    ),
    "bad-times": (
        ("  soak: 7d\n", "  soak: 7d\n  start: tomorrow\n"),
        ("timezone: Europe/Zurich", "timezone: Europe/Zurch"),
        ('start: "20:00", length: 8h', 'start: "25:00", length: 8h'),
        ("2011-12-24", "2011-13-24"),
    ),
    "explicit-tag": (("change: CHG-2011-0117", "change: !!python/object/apply:os.system [id]"),),
    "merge-key": (
        ("    - name: MAIL2010\n      site", "    - <<: {os: 2008}\n      name: MAIL2010\n      site"),
    ),
    "missing-csv": (("mailboxes_csv: [mailboxes.csv]", "mailboxes_csv: [mailboxs.csv]"),),
    "csv-outside": (("members_csv: everyone.csv", "members_csv: ../../../etc/passwd"),),
    "contradictions": (
        (
            "    inbound_targets: [MAIL2010]\n",
            "    inbound_targets: [MAIL2010]\n    site_routing: [{link: Nowhere, exchange_cost: 5}]\n",
        ),
        ("use: relay, servers: [MAIL2010], remote_ranges: [10.1.9.0/24]", "use: relay, servers: [MAIL2010]"),
        ("    databases: [PF2010]", "    databases: [EX2010DB01]"),
    ),
}
"""Changes of the plan by the name of the golden file."""

CSV: dict[str, tuple[str, bytes]] = {
    "csv-latin-1": ("everyone.csv", "mailbox\nj\xf6rg.m\xfcller\n".encode("latin-1")),
    "csv-utf-16": ("everyone.csv", "mailbox\ndavid.dubois\n".encode("utf-16")),
    "csv-no-header": ("everyone.csv", b"david.dubois\neva.egli\n"),
    "csv-misspelt-header": ("everyone.csv", b"mailbx,targt\ndavid.dubois,EX2010DB01\n"),
    "csv-unknown-mailbox": (
        "everyone.csv",
        b"mailbox,target\ndavid.dubois,EX2010DB01\n eva.eggli ,EX2010DB01\nfelix.frei,EX2010DB99\n",
    ),
    "csv-doubled-mailbox": ("everyone.csv", b"mailbox\ndavid.dubois\neva.egli\nDavid.Dubois\nanna.ammann\n"),
    "csv-empty": ("everyone.csv", b""),
    "csv-only-header": ("everyone.csv", b"mailbox\n"),
    "csv-columns": ("everyone.csv", b"mailbox;target\ndavid.dubois\neva.egli;EX2010DB01;7\n"),
    "csv-open-quote": ("everyone.csv", b'mailbox\n"david.dubois\neva.egli\n'),
    "csv-mailboxes": (
        "mailboxes.csv",
        b"alias,name,database,size,items,kind\nanna.ammann,Anna,Mailbox Datbase,10MB,5,user\nbruno.baumann,Bruno,Mailbox Database,10,five,usr\nanna.ammann,Anna,Mailbox Database,10MB,5,user\nanna.ammann,Anna,Mailbox Database,10MB,5,user\n",
    ),
}
"""Bytes of a CSV by the name of the golden file."""
