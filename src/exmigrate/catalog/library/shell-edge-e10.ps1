# The Exchange 2010 shell of an Edge server: its own directory only, so there is no forest to view.
if (-not (Get-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.E2010' -ErrorAction SilentlyContinue)) {
    Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.E2010' -ErrorAction Stop
}
