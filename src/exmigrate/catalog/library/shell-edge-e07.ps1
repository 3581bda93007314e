# The Exchange 2007 shell of an Edge server: its own directory only, so there is no forest to view.
if (-not (Get-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction SilentlyContinue)) {
    Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction Stop
}
