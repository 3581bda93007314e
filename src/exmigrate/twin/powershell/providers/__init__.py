"""The providers: FileSystem, Registry, Certificate, Environment, Variable, Function and Alias."""

from exmigrate.twin.powershell.providers.base import Drive, Drives, Place, Provider, drives_of

__all__ = ["Drive", "Drives", "Place", "Provider", "core_providers", "drives_of"]


def core_providers() -> list[Provider]:
    """The providers that every session has."""
    from exmigrate.twin.powershell.providers.certificate import CertificateProvider
    from exmigrate.twin.powershell.providers.filesystem import FileSystemProvider
    from exmigrate.twin.powershell.providers.registry import RegistryProvider
    from exmigrate.twin.powershell.providers.session import (
        AliasProvider,
        EnvironmentProvider,
        FunctionProvider,
        VariableProvider,
    )

    return [
        FileSystemProvider(),
        RegistryProvider(),
        CertificateProvider(),
        EnvironmentProvider(),
        VariableProvider(),
        FunctionProvider(),
        AliasProvider(),
    ]
