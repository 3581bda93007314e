"""What the tests beside Exchange 2003 have in common."""

from exmigrate.twin.world import legacy
from tests.exchange.harness import org_of

HOST = {"2007": "MAIL2007", "2010": "MAIL2010"}
RG12 = "Exchange Routing Group (DWBGZMFD01QNBJR)"
AG12 = "Exchange Administrative Group (FYDIBOHF23SPDLT)"


def refused(shell, text):
    """The words in which a line is refused."""
    result = shell.try_run(text)
    problems = [*result.errors, *([result.terminated] if result.terminated else [])]
    assert problems, result.output
    return problems[0].message


def connectors(world):
    controller = world.forest.find(writable=True)
    return legacy.routing_group_connectors(controller)


def flow(world, sender, recipient):
    message = org_of(world).mail.deliver(f"{sender}@contoso.com", f"{recipient}@contoso.com", "test")
    return message.hops, message.status


def moved(shell, version, alias="anna"):
    if version == "2007":
        shell.run(
            rf"Move-Mailbox {alias} -TargetDatabase 'MAIL2007\First Storage Group\Mailbox Database' -Confirm:$false | Out-Null"
        )
    else:
        shell.run(
            f"New-MoveRequest {alias} -TargetDatabase DB01 | Out-Null; Start-Sleep 900; Remove-MoveRequest {alias} -Confirm:$false"
        )
