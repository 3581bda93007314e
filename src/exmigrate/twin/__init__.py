"""The simulated organization: real WinRM on loopback, a PowerShell of its own, and the world behind both.

It knows no plan, no catalog and no step: it sees WS-Management bytes and PowerShell text, as a Windows server does,
and imports nothing of exmigrate but ``facts``. ``exmigrate.twin.serve`` starts one.
"""
