"""Kafka and Redis for all tests of this folder, a cluster for each module."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from cluster import Cluster, server  # noqa: E402
from runs import Bench  # noqa: E402


def started(name, folder):
    """The address of a server; one that runs already is used as it is."""
    known = os.environ.get(f"MILLRACE_{name.upper()}")
    if known:
        yield known
        return
    yield server(name, "start", folder)
    server(name, "stop", folder)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    yield from started("kafka", tmp_path_factory.mktemp("kafka"))


@pytest.fixture(scope="session")
def redis(tmp_path_factory):
    yield from started("redis", tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, cloud, kafka, redis):
    folder = tmp_path_factory.mktemp("cluster")
    bench = Bench(folder, cloud)
    made = Cluster(folder, kafka, redis, bench).start()
    yield made
    made.stop()
