"""The texts of the small plans by letter: a, b, d with old servers, c without."""

from tests.plan.broken import TEXT
from tests.plan.topologies import DATA

PLANS = {
    **{letter: (DATA / f"legacy-{letter}.yaml").read_text("utf-8") for letter in "abd"},
    "c": TEXT,
}

UM = (
    ("      roles: [cas, hub, mailbox]\n      edition: Standard\n      product_key: env:EXCHANGE_2010_KEY\n",
     "      roles: [cas, hub, um, mailbox]\n      edition: Standard\n      product_key: env:EXCHANGE_2010_KEY\n"),
    ("  public_folders: {databases: [PFDB01]}\n",
     "  public_folders: {databases: [PFDB01]}\n"
     "  dial_plans:\n    - name: Main\n      create: true\n      servers: [EXCH2]\n      digits: 4\n      country_code: '41'\n"
     "      gateways: {pbx: 10.2.0.50}\n      policies: [Main Default Policy, Guests]\n"
     "  um_mailboxes:\n    - {name: desk, dial_plan: main, members: {alice: '4001', BOB: '4002'}}\n"),
)  # fmt: skip
"""A new dial plan with its mailboxes, as two changes of plan b."""
