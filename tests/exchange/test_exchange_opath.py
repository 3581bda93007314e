"""OPATH filters and the LDAP filters that stand beside them."""

import pytest

from exmigrate.twin.cmdlets.exchange.opath import FilterError, included, to_ldap


@pytest.mark.parametrize(
    ("text", "ldap"),
    [
        ("Alias -ne $null", "(mailNickname=*)"),
        ("Alias -eq $null", "(!(mailNickname=*))"),
        ("{Department -eq 'Sales'}", "(department=Sales)"),
        ("Department -eq 'R(D)*'", "(department=R\\28D\\29\\2a)"),
        ("City -like 'Z*' -and Company -ne 'X'", "(&(l=Z*)(!(company=X)))"),
        (
            "CustomAttribute1 -eq 'a' -or CustomAttribute15 -eq 'b'",
            "(|(extensionAttribute1=a)(extensionAttribute15=b))",
        ),
        ("-not (Office -eq 'Z')", "(!(physicalDeliveryOfficeName=Z))"),
        (
            "(Alias -ne $null -and (ObjectClass -eq 'user' -or ObjectClass -eq 'group'))",
            "(&(mailNickname=*)(|(objectClass=user)(objectClass=group)))",
        ),
        ("HiddenFromAddressListsEnabled -eq $true", "(msExchHideFromAddressLists=TRUE)"),
        ("RecipientType -eq 'PublicFolder'", "(&(objectCategory=publicFolder)(mailNickname=*))"),
        ("Name -eq 'O''Neil'", "(cn=O'Neil)"),
    ],
)
def test_a_filter_in_ldap(text, ldap):
    assert to_ldap(text) == ldap


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(mailNickname=*)", "an operator was expected"),
        ("Departmint -eq 'x'", "'Departmint' is not a recognized filterable property"),
        ("Alias -like $null", "$null fits"),
        ("(Alias -ne $null", "')' is missing"),
        ("Alias -ne $null)", "unexpected"),
        ("Alias -match 'x'", "an operator was expected"),
        ("RecipientType -eq 'Robot'", "no recipient type"),
        ("Alias -eq", "a value was expected"),
        ("", "a property was expected"),
    ],
)
def test_no_filter(text, words):
    with pytest.raises(FilterError) as caught:
        to_ldap(text)
    assert words in str(caught.value)


def test_words_stand_for_filters_and_join():
    assert included(["AllRecipients"]) == ("Alias -ne $null", "(mailNickname=*)")
    opath, ldap = included(["MailboxUsers", "MailContacts"])
    assert opath.startswith("(((Alias -ne $null)")
    assert ldap.startswith("(|(&(objectCategory=person)")
    with pytest.raises(FilterError, match="Everybody"):
        included(["Everybody"])
