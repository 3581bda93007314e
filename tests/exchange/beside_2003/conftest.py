import pytest

from tests.exchange.beside_2003.words import HOST
from tests.exchange.legacy import build, with_2007, with_2010
from tests.exchange.scripts import Console


@pytest.fixture(params=["2007", "2010"])
def version(request):
    return request.param


@pytest.fixture
def world(version):
    return with_2007(build()) if version == "2007" else with_2010(build())


@pytest.fixture
def shell(world, version):
    return Console(world, HOST[version])
