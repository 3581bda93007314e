<#
title: "Mailbox Manager out of the recipient policies"
scope: organization
when: has_legacy
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
libraries: [legacy, legacy-removal]
estimate: {p50: 900, p90: 86400}
rights: ["Exchange Full Administrator"]
impact: "Mailbox Manager of Exchange 2003 cleans no mailbox any more; managed folders or retention take its place"
order: 8
gate:
  closes: probe
  every: 600
  instructions: |
    Exchange System Manager > Recipients > Recipient Policies. A policy with Mailbox Manager settings alone: delete it. A
    mixed one: right-click > Change property pages, untick 'Mailbox Manager Settings'.
    {% for policy in topology.address_policies if policy.mailbox_manager %}
    {{ policy.name }}: {{ 'Mailbox Manager settings alone' if policy.mailbox_manager == 'only' else 'mixed with e-mail addresses' }}.
    {% endfor %}
    If the retention is still wanted, make managed folders (2007, 2010) or retention tags (2010 SP1) instead. Exchange
    {{ target.version }} cannot edit these settings and refuses to upgrade a policy that has them.
  undo: "Tick the page again, in Exchange System Manager."
#>

function Check {
    param($a)
    $organization = Get-OrganizationName -Dc $a.dc
    $found = @(Get-MailboxManagerPolicies -Organization $organization -Dc $a.dc)
    if ($found.Count) { return New-Needed -Message "With Mailbox Manager settings: $($found -join ', ')." -Facts @{ policies = $found } }
    return New-Satisfied -Message 'No recipient policy has Mailbox Manager settings.' -Facts @{ policies = @() }
}
