<#
title: "Outlook 2003 before its mailboxes move"
scope: organization
when: "target.version == '2010' and client_access.outlook_2003_clients"
effect: gate
needs: [collect-inventory]
estimate: {p50: 172800, p90: 864000}
order: 55
gate:
  closes: person
  instructions: |
    Outlook 2003 does not encrypt RPC by itself, and a 2010 Client Access server demands it.
    {% if client_access.rpc_encryption_required %}
    The plan keeps that demand: deploy a group policy with 'Enable RPC encryption' for Outlook 2003 and see it on a pilot
    computer (gpresult, or EnableRPCEncryption = 1 in the policies of Office 11). Confirm with the name of the policy.
    {% else %}
    The plan takes the demand away on each new Client Access server (set-rpc-encryption): confirm that this is accepted.
    {% endif %}
    Outlook 2003 also needs free/busy and address book in public folders until it is gone.
  undo: "Unlink the group policy."
#>
