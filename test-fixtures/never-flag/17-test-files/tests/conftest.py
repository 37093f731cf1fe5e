# Never flag 17: the fixtures that tests share.
import pytest

_cache = {}


@pytest.fixture(scope="session")
def data():
    if "data" not in _cache:
        _cache["data"] = object()
    return _cache["data"]
