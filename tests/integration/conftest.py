"""What the tests in Python share: a stand-in cloud per module, a folder per test."""
import os
import pathlib
import sys

import pytest

for folder in ("e2e", "sdk/python"):
    sys.path.insert(0, str(pathlib.Path(__file__).parent / folder))

from cloud import Cloud  # noqa: E402
from runs import Bench  # noqa: E402

@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    made = Cloud(tmp_path_factory.mktemp("cloud"))
    yield made
    made.stop()


@pytest.fixture
def bench(tmp_path, cloud):
    return Bench(tmp_path, cloud)


@pytest.fixture(scope="module")
def search():
    url = os.environ.get("MILLRACE_SEARCH_URL")
    if not url:
        pytest.skip("needs a search server (tests/servers/opensearch)")
    return url


@pytest.fixture(scope="module")
def long():
    return bool(os.environ.get("MILLRACE_LONG"))
