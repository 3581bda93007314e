# The Exchange 2010 management shell, once per process, over the whole forest.
if (-not (Get-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.E2010' -ErrorAction SilentlyContinue)) {
    Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.E2010' -ErrorAction Stop
    Set-ADServerSettings -ViewEntireForest $true -Confirm:$false -ErrorAction Stop
}
