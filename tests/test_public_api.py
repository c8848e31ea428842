"""What is promised: the public names, and that importing them costs nothing heavy."""

import json
import subprocess
import sys

import rag

HEAVY = ("torch", "faiss", "gradio", "transformers", "sentence_transformers", "tantivy", "numpy", "openai")


def test_the_public_names_exist_and_are_sorted() -> None:
    """`__all__` is the promise."""
    assert sorted(rag.__all__) == rag.__all__
    assert all(hasattr(rag, name) for name in rag.__all__)
    assert {"answer", "check_text", "open_pipeline"} <= set(rag.__all__)


def test_importing_rag_loads_no_heavy_library() -> None:
    """The first import and `rag --help` stay quick: nothing of torch, faiss or gradio is loaded."""
    code = "import json, sys, rag, rag.cli; rag.cli.build_parser(); print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.check_output([sys.executable, "-c", code], text=True))

    assert [] == [name for name in HEAVY if name in loaded]
