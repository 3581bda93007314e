<#
title: "Go or no-go for the removal of the front-end {{ server.name }}"
scope: server
when: >-
  server.source and server.legacy and server.roles == ('front-end',) and not server.keep
  and (target.version == '2007' or '2007' in topology.versions)
effect: gate
needs: [cutover-client-namespace, gate-cutover-inbound-smtp, gate-backup]
estimate: {p50: "policy.soak_days * 86400", p90: "policy.soak_days * 172800"}
order: 9
gate:
  closes: person
  instructions: |
    {{ server.name }} has no store and is no bridgehead, and a 2007 Client Access server takes its place for old mailboxes
    (/exchange, /public, ActiveSync), so it may leave before them. For {{ policy.soak_days }} days its IIS, POP3, IMAP4 and
    SMTP logs have shown no user, device, relay client or service; no DNS name, firewall rule or load balancer leads to it
    ({{ server.addresses|join(', ') }}). A last backup is kept. Application owners and the board have signed. What follows
    cannot be undone.
  undo: "Withdraw the confirmation; nothing was removed yet."
#>
