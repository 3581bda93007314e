<#
title: "SMTP domains that are shared with another system"
scope: organization
when: "has_legacy and (mail_flow.accepted_domains|selectattr('shared_with')|list or topology.address_policies|selectattr('non_authoritative')|list)"
effect: gate
needs: [collect-inventory]
vantage: AD
identity: delegated
arguments:
  designed: "mail_flow.accepted_domains|selectattr('kind', 'equalto', 'internal-relay')|selectattr('shared_with')|names"
estimate: {p50: 172800, p90: 1209600}
rights: ["read in the configuration partition"]
order: 39
gate:
  closes: both
  every: 3600
  instructions: |
    The old organization passes mail for unknown users of a domain on to another system. Old Exchange, new Exchange and a
    third system on one such domain break mail flow, unless the new version has a connector that leads there.
    {% for domain in mail_flow.accepted_domains if domain.shared_with -%}
    {{ domain.name }} is shared with {{ domain.shared_with }}.
    {%- if domain.kind == 'internal-relay' %} The plan makes that connector (create-shared-domain-connector) before mail from
    outside reaches the new servers; nothing is to be done for it here.{% endif %}
    {% endfor -%}
    For every other domain that the probe names: take the third system out (migrate its users, then tick 'This Exchange
    organization is responsible for all mail delivery to this address' in the recipient policy) and send a mail to a user
    that nobody has, which must come back; or name the domain in the plan as 'internal-relay' with 'shared_with'.
    The primary address of the default recipient policy cannot be of a shared domain. Confirm with the report that came back.
  undo: "Untick the responsibility in the recipient policy again."
#>
# msExchNonAuthoritativeDomains of every recipient policy, less what the plan has a connector for.

function Check {
    param($a)
    $organization = Get-OrganizationName -Dc $a.dc
    if (-not $organization) { return New-Blocked -Message 'The forest has no Exchange organization.' }
    $left = @()
    foreach ($result in @(Search-Directory -Base "CN=Recipient Policies,$organization" -Filter '(msExchNonAuthoritativeDomains=*)' -Properties 'cn', 'msExchNonAuthoritativeDomains' -Dc $a.dc)) {
        foreach ($value in @($result.Properties['msexchnonauthoritativedomains'])) {
            $domain = @("$value" -replace '^[^:]*:', '' -replace '^.*@', '')[0]
            if (@($a.designed) -notcontains $domain) { $left += "$domain (policy '$(Get-Attribute $result 'cn')')" }
        }
    }
    if ($left.Count) { return New-Needed -Message "Shared, and the plan has no connector for it: $($left -join ', ')." -Facts @{ shared = $left } }
    return New-Satisfied -Message 'No domain is shared, or the plan has a connector for it.'
}
