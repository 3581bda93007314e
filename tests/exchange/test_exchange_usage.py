"""What tells who uses the organization: logons to mailboxes and message tracking logs."""

import pytest

from tests.exchange.harness import CmdletFailed, org_of

FOLDER = r"TransportRoles\Logs\MessageTracking"


def client(world, name, version):
    for box in org_of(world).state.mailboxes.values():
        if box.name == name:
            box.client_version = version
            return
    raise AssertionError(name)


def test_logons_of_a_server_a_store_and_a_mailbox(both, e07):
    assert e07("Get-LogonStatistics", Server="MAIL2007") == []
    box = next(b for b in org_of(both).state.mailboxes.values() if not b.system)
    client(both, box.name, "11.0.8200.0")
    (one,) = e07("Get-LogonStatistics", Server="MAIL2007")
    assert (one["UserName"], one["ClientVersion"], one["ServerName"]) == (box.name, "11.0.8200.0", "MAIL2007")
    assert [r["UserName"] for r in e07("Get-LogonStatistics", Database=one["DatabaseName"])] == [box.name]
    org_of(both).state.databases[box.database].mounted = False
    with pytest.raises(CmdletFailed, match="not available"):
        e07("Get-LogonStatistics", Server="MAIL2007")


def test_a_hub_has_the_folder_that_its_object_names(both, e07, e10):
    """Setup makes it for a new Hub too; a log of before the start has only the old one."""
    for shell, server in ((e07, "MAIL2007"), (e10, "MAIL2010")):
        path = str(shell.one("Get-TransportServer", Identity=server)["MessageTrackingLogPath"])
        assert path.endswith(FOLDER)
        assert both.server(server).files.stat(path).is_directory
    old = str(e07.one("Get-TransportServer", Identity="MAIL2007")["MessageTrackingLogPath"])
    names = both.server("MAIL2007").files.children(old)
    assert len(names) == 3
    text = both.server("MAIL2007").files.read(f"{old}\\{names[0]}").decode()
    assert text.splitlines()[4].startswith("#Fields: date-time,client-ip,client-hostname,")
