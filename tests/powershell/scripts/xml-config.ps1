param([string]$Path = 'C:\Data\web.config', [hashtable]$Settings = @{ Timeout = '90'; Mode = 'Strict' })
Copy-Item $Path "$Path.bak" -Force
[xml]$config = Get-Content $Path
$node = $config.configuration.appSettings
foreach ($key in ($Settings.Keys | Sort-Object)) {
    $entry = $node.SelectSingleNode("add[@key='$key']")
    if ($entry -eq $null) {
        $entry = $config.CreateElement('add')
        $entry.SetAttribute('key', $key)
        [void]$node.AppendChild($entry)
    }
    $entry.SetAttribute('value', $Settings[$key])
}
$old = $config.SelectNodes('//connectionStrings/add') | Where-Object { $_.name -like 'Old*' }
foreach ($one in @($old)) { if ($one) { [void]$one.ParentNode.RemoveChild($one) } }
$config.Save($Path)
[xml]$again = Get-Content $Path
$again.configuration.appSettings.add | ForEach-Object { "$($_.key)=$($_.value)" }
@($again.configuration.connectionStrings.add).Count
(Get-Item $Path).Length -ne (Get-Item "$Path.bak").Length
