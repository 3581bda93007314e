# The Exchange 2007 management shell, once per process, over the whole forest (its default scope is one domain).
if (-not (Get-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction SilentlyContinue)) {
    Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.Admin' -ErrorAction Stop
}
$AdminSessionADSettings.ViewEntireForest = $true
