from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.world import Organization


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = Organization()
    yield made
    made.close()


@pytest.fixture
def trust(organization: Organization, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    path.write_bytes(organization.server.authority.pem)
    return str(path)
