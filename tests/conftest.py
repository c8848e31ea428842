"""What all tests share."""

import pytest
from hypothesis import settings

from index.embed.embedders import load_embedder
from index.protocols import Embedder

settings.register_profile("no-deadline", deadline=None)  # a busy machine is not a failure
settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real one, from the installed package."""
    return load_embedder()
