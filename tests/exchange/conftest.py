import pytest

from tests.exchange.harness import Shell, build, with_2010


@pytest.fixture
def world():
    """The 2007 organization."""
    return build()


@pytest.fixture
def both():
    """The same with a 2010 server of all roles."""
    return with_2010(build())


@pytest.fixture
def e07(both):
    return Shell(both, "MAIL2007", "2007")


@pytest.fixture
def e10(both):
    return Shell(both, "MAIL2010", "2010")
