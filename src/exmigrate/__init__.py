"""exmigrate: moves an on-premises Exchange organization from one version to another."""

__version__ = "0.1.0"
