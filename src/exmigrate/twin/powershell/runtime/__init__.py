"""Running PowerShell: sessions and scopes, commands and their binding, the pipeline, errors, modules and jobs."""
