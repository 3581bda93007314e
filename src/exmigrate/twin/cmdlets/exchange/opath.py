"""Recipient filters of 2007 and later (OPATH), and the LDAP filter that Exchange keeps beside one."""

from __future__ import annotations

import re

PROPERTIES = {
    "alias": "mailNickname", "name": "cn", "displayname": "displayName", "company": "company", "department": "department",
    "city": "l", "stateorprovince": "st", "office": "physicalDeliveryOfficeName", "title": "title", "firstname": "givenName",
    "lastname": "sn", "countryorregion": "c", "database": "homeMDB", "serverlegacydn": "msExchHomeServerName",
    "objectclass": "objectClass", "objectcategory": "objectCategory", "samaccountname": "sAMAccountName",
    "legacyexchangedn": "legacyExchangeDN", "emailaddresses": "proxyAddresses", "primarysmtpaddress": "mail",
    "manager": "manager", "memberofgroup": "memberOf", "hiddenfromaddresslistsenabled": "msExchHideFromAddressLists",
    **{f"customattribute{n}": f"extensionAttribute{n}" for n in range(1, 16)},
}  # fmt: skip
_USER = "(objectCategory=person)(objectClass=user)"
_BOXED = "(|(homeMDB=*)(msExchHomeServerName=*))"
TYPES = {
    "usermailbox": f"(&{_USER}(mailNickname=*){_BOXED})",
    "mailuser": f"(&{_USER}(mailNickname=*)(!{_BOXED}))",
    "mailcontact": "(&(objectClass=contact)(mailNickname=*))",
    "mailuniversaldistributiongroup": "(&(objectCategory=group)(mailNickname=*))",
    "mailuniversalsecuritygroup": "(&(objectCategory=group)(mailNickname=*)(groupType:1.2.840.113556.1.4.803:=2147483648))",
    "mailnonuniversalgroup": "(&(objectCategory=group)(mailNickname=*)(!(groupType:1.2.840.113556.1.4.803:=8)))",
    "dynamicdistributiongroup": "(&(objectCategory=msExchDynamicDistributionList)(mailNickname=*))",
    "publicfolder": "(&(objectCategory=publicFolder)(mailNickname=*))",
}
WORDS = {
    "allrecipients": ("Alias -ne $null", "(mailNickname=*)"),
    "mailboxusers": ("((Alias -ne $null) -and (RecipientType -eq 'UserMailbox'))", TYPES["usermailbox"]),
    "mailusers": ("((Alias -ne $null) -and (RecipientType -eq 'MailUser'))", TYPES["mailuser"]),
    "mailcontacts": ("((Alias -ne $null) -and (RecipientType -eq 'MailContact'))", TYPES["mailcontact"]),
    "mailgroups": (
        "((Alias -ne $null) -and (ObjectCategory -like 'group'))",
        "(&(mailNickname=*)(objectCategory=group))",
    ),
    "resources": (
        "((Alias -ne $null) -and (ResourceMetaData -like 'ResourceType:*'))",
        "(&(mailNickname=*)(msExchResourceMetaData=ResourceType:*))",
    ),
}
"""What ``-IncludedRecipients`` stands for: OPATH and LDAP."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<op>-[A-Za-z]+)|'(?P<one>(?:[^']|'')*)'|"(?P<two>[^"]*)"|(?P<word>[^\s()'"]+))"""
)
_COMPARE = ("-eq", "-ne", "-like", "-notlike", "-gt", "-ge", "-lt", "-le")


class FilterError(ValueError):
    """The text is no filter; says where."""


def to_ldap(text: str) -> str:
    """The LDAP filter of an OPATH filter.

    Raises:
        FilterError: malformed, an unknown property, or an operator that does not fit.
    """
    return _Parser(text.strip().removeprefix("{").removesuffix("}")).whole()


def included(words: list[str]) -> tuple[str, str]:
    """OPATH and LDAP of ``-IncludedRecipients``.

    Raises:
        FilterError: a word that stands for nothing.
    """
    found = []
    for word in words:
        known = WORDS.get(word.strip().lower())
        if known is None:
            raise FilterError(f"'{word}' is no value of IncludedRecipients")
        found.append(known)
    if len(found) == 1:
        return found[0]
    return "(" + " -or ".join(opath for opath, _ in found) + ")", "(|" + "".join(
        ldap for _, ldap in found
    ) + ")"


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._kind, self._value = "", ""
        self._next()

    def whole(self) -> str:
        found = self._either()
        if self._kind != "end":
            raise FilterError(f"unexpected '{self._value}'")
        return found

    def _next(self) -> None:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            if self._text[self._at :].strip():
                raise FilterError(f"unexpected '{self._text[self._at :].strip()}'")
            self._kind, self._value = "end", "the end"
            return
        self._at = match.end()
        kind = match.lastgroup or "end"
        value = match[kind]
        self._kind = "text" if kind in ("one", "two") else kind
        self._value = value.replace("''", "'") if kind == "one" else value

    def _either(self) -> str:
        parts = [self._all()]
        while self._kind == "op" and self._value.lower() == "-or":
            self._next()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else f"(|{''.join(parts)})"

    def _all(self) -> str:
        parts = [self._not()]
        while self._kind == "op" and self._value.lower() == "-and":
            self._next()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else f"(&{''.join(parts)})"

    def _not(self) -> str:
        if self._kind == "op" and self._value.lower() == "-not":
            self._next()
            return f"(!{self._not()})"
        if self._kind == "open":
            self._next()
            inner = self._either()
            if self._kind != "close":
                raise FilterError(f"')' is missing before '{self._value}'")
            self._next()
            return inner
        return self._comparison()

    def _comparison(self) -> str:
        if self._kind != "word":
            raise FilterError(f"a property was expected at '{self._value}'")
        name = self._value
        self._next()
        operator = self._value.lower()
        if self._kind != "op" or operator not in _COMPARE:
            raise FilterError(f"an operator was expected at '{self._value}'")
        self._next()
        if self._kind not in ("word", "text"):
            raise FilterError(f"a value was expected at '{self._value}'")
        value, is_null = self._value, self._kind == "word" and self._value.lower() == "$null"
        self._next()
        return _item(name, operator, value.lstrip("$") if not is_null else None)


def _item(name: str, operator: str, value: str | None) -> str:
    if name.lower() == "recipienttype":
        known = TYPES.get((value or "").lower())
        if known is None or operator not in ("-eq", "-ne"):
            raise FilterError(f"'{value}' is no recipient type")
        return known if operator == "-eq" else f"(!{known})"
    attribute = (
        "msExchResourceMetaData" if name.lower() == "resourcemetadata" else PROPERTIES.get(name.lower())
    )
    if attribute is None:
        raise FilterError(f"'{name}' is not a recognized filterable property")
    if value is None:
        if operator not in ("-eq", "-ne"):
            raise FilterError(f"$null fits -eq and -ne, not {operator}")
        return f"(!({attribute}=*))" if operator == "-eq" else f"({attribute}=*)"
    escaped = value.replace("\\", "\\5c").replace("(", "\\28").replace(")", "\\29")
    if operator in ("-eq", "-ne"):
        escaped = escaped.replace("*", "\\2a")
        upper = {"true": "TRUE", "false": "FALSE"}.get(escaped.lower(), escaped)
        return f"({attribute}={upper})" if operator == "-eq" else f"(!({attribute}={upper}))"
    if operator in ("-like", "-notlike"):
        return f"({attribute}={escaped})" if operator == "-like" else f"(!({attribute}={escaped}))"
    sign = ">=" if operator in ("-gt", "-ge") else "<="
    return f"({attribute}{sign}{escaped})"
