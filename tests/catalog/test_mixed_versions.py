"""What happens while Exchange 2003, 2007 and 2010 stand side by side."""

from __future__ import annotations

from tests.catalog.bench import Bench
from tests.plan.topologies import legacy_d

UPGRADE = "upgrade-address-policies-and-lists"
DELETE = (
    "$user = [ADSI]'LDAP://dc02.contoso.local/CN=Otto Old,CN=Users,DC=contoso,DC=local';"
    "$user.psbase.DeleteTree()"
)
COUNT = "@(Search-Forest -Filter '(mailNickname=otto.old)' -Properties 'cn' -Dc '%s').Count | Write-Host"


def test_recipients_come_and_go_while_filters_are_upgraded() -> None:
    """The old and the new filter are counted at the same moment: a mailbox that has gone is no fault of the filter."""
    at = Bench(legacy_d())
    at.up_to(UPGRADE)
    assert at.run(UPGRADE, "Check")["state"] == "needed"
    at.run(UPGRADE, "Apply")
    at.administer("MAIL2010", DELETE)
    seen = at.run(UPGRADE, "Verify")
    assert seen["state"] == "verified", seen
    at.administer(
        "MAIL2010",
        "Set-AddressList 'All Users' -IncludedRecipients MailContacts -Confirm:$false",
        "shell-e10",
    )
    seen = at.run(UPGRADE, "Verify")
    assert (seen["state"], "All Users has 0 members" in seen["message"]) == ("failed", True), seen


def test_the_forest_is_read_where_it_was_written() -> None:
    """Each catalog has its own view until replication: the one on the named controller is asked."""
    at = Bench(legacy_d())
    assert at.administer("MAIL2010", COUNT % "dc02.contoso.local", "directory").strip() == "1"
    at.administer("MAIL2010", DELETE)
    assert at.administer("MAIL2010", COUNT % "dc02.contoso.local", "directory").strip() == "0"
    assert at.administer("MAIL2010", COUNT % "dc01.contoso.local", "directory").strip() == "1"
