<#
title: "A week without members in the Exchange 2003 groups of {{ domain.name }}"
scope: domain
when: "domain.exchange and has_legacy and not legacy()|selectattr('keep')|list"
effect: gate
needs: [empty-legacy-groups@domain]
estimate: {p50: 604800, p90: 1209600}
order: 7
gate:
  closes: person
  instructions: |
    Exchange Domain Servers, Exchange Enterprise Servers and (root domain) ExchangeLegacyInterop of {{ domain.name }} have no
    members. Watch for a week: mailboxes are made and appear in the global address list, applications that ran under these
    groups' rights work, no access failures in the event logs of the domain controllers.
  undo: "Nothing was deleted: take empty-legacy-groups back."
#>
