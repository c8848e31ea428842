"""Each tiny model is written once per run and loaded as often as tests need it."""

import pytest

from tests.rag.write.families import FAMILIES, Family, save_model


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """Gives the folder of a family's tiny model."""
    folders = {}

    def folder(family: Family, context: int = 1024):
        key = family.name, context
        if key not in folders:
            folders[key] = save_model(family, tmp_path_factory.mktemp(family.name), context)
        return folders[key]

    return folder


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request) -> Family:
    return request.param


def named(name: str) -> Family:
    return next(family for family in FAMILIES if family.name == name)


@pytest.fixture
def qwen3() -> Family:
    return named("qwen3")
