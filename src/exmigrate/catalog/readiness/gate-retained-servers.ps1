<#
title: "Features that force an old server to stay"
scope: organization
when: has_legacy
effect: gate
needs: [collect-inventory]
estimate: {p50: 86400, p90: 432000}
order: 36
gate:
  closes: person
  instructions: |
    Decide in writing which old servers stay because something that they have is not in Exchange {{ target.version }}.
    {% if '2000' in topology.versions %}
    One Exchange 2000 server stays for each of these in use: Mobile Information Server, Instant Messaging, Chat,
    Conferencing Server, Key Management Service, the connectors to cc:Mail and MS Mail.
    {% endif %}
    One Exchange 2003 server stays for each of these in use: the connectors to Novell GroupWise and Lotus Notes, X.400,
    NNTP.
    {% if target.version == '2010' %}
    Applications on WebDAV, ExOLEDB, CDOEX or store event sinks keep their mailboxes on the old version, or are rewritten.
    {% endif %}
    {% for server in servers(target=false) if server.keep %}
    The plan keeps {{ server.name }} (Exchange {{ server.version }}): {{ server.keep }}
    {% else %}
    The plan keeps no old server.
    {% endfor %}
    {% for feature in (topology.source.features if topology.source else []) %}
    Found in use: {{ feature.feature }}{{ ' on ' ~ feature.server if feature.server else '' }}{{ ' (' ~ feature.reason ~ ')' if feature.reason else '' }}.
    {% endfor %}
    A server that stays keeps its routing group, a Recipient Update Service and Exchange System Manager with it.
  undo: "Nothing was changed: withdraw the decision and make the plan again."
#>
