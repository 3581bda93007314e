"""The cmdlet signatures: what a script of either version may say."""

import pytest

from exmigrate.facts.cmdlets import VERSIONS, signatures


def test_names_compare_without_case():
    assert signatures("2010")["get-moverequest"].name == "Get-MoveRequest"


def test_a_move_request_is_unknown_to_2007():
    assert "New-MoveRequest" in signatures("2010")
    assert "New-MoveRequest" not in signatures("2007")
    assert "Move-Mailbox" in signatures("2007")


def test_an_offline_address_book_moves_with_both_and_a_certificate_by_path_with_one():
    assert signatures("2007")["Import-ExchangeCertificate"].accepts("Path")
    assert not signatures("2010")["Import-ExchangeCertificate"].accepts("Path")
    assert signatures("2010")["Import-ExchangeCertificate"].accepts("FileData")


def test_aliases_abbreviations_and_common_parameters_are_accepted():
    cmdlet = signatures("2010")["Set-SendConnector"]
    assert cmdlet.accepts("cf")
    assert cmdlet.accepts("ErrorAction")
    assert cmdlet.accepts("SourceTransport")
    assert not cmdlet.accepts("SourceServers")


def test_a_set_needs_its_mandatory_parameters():
    cmdlet = signatures("2010")["New-MailboxDatabase"]
    assert cmdlet.set_is_possible(frozenset({"Name", "Server"}))
    assert not cmdlet.set_is_possible(frozenset({"EdbFilePath"}))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_entry_reads_and_every_mandatory_name_is_a_parameter(version):
    for name in signatures(version):
        cmdlet = signatures(version)[name]
        for one in cmdlet.sets:
            assert one.mandatory <= one.members <= set(cmdlet.parameters), name


def test_derived_signatures_say_so():
    assert signatures("2007")["Remove-Mailbox"].certain is False
    assert signatures("2007")["Move-OfflineAddressBook"].certain is True
    assert signatures("2010")["Move-OfflineAddressBook"].certain is True


def test_another_version_is_refused_by_name():
    with pytest.raises(KeyError, match="2003"):
        signatures("2003")  # type: ignore[arg-type]
