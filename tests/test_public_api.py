"""What is promised: the public names, and that importing them costs nothing heavy."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import rag

HEAVY = {"torch", "faiss", "gradio", "transformers", "sentence_transformers", "tantivy", "openai"}


def loaded_after(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after running the code."""
    report = f"import json, sys; {code}; print(json.dumps(list(sys.modules)))"
    return set(json.loads(subprocess.check_output([sys.executable, "-c", report], text=True)))


def test_the_public_names_exist_and_are_sorted() -> None:
    """`__all__` is the promise."""
    assert sorted(rag.__all__) == rag.__all__
    assert all(hasattr(rag, name) for name in rag.__all__)
    assert {"answer", "check_text", "open_pipeline"} <= set(rag.__all__)


def test_importing_rag_loads_no_heavy_library() -> None:
    """The first import stays quick: the standard library is all it needs."""
    assert set() == (HEAVY | {"numpy"}) & loaded_after("import rag")


def test_parsing_a_command_loads_no_heavy_library() -> None:
    """`rag --help` does not wait for torch, faiss or gradio, although ui and eval add their commands."""
    assert set() == HEAVY & loaded_after("import rag.cli; rag.cli.build_parser()")


def test_loading_the_encoder_loads_no_compiler() -> None:
    """Torch's compiler takes a second to import and is not needed; first values made on the "meta" device import it."""
    loaded = loaded_after(
        "from rag.read.large import load_large; from rag.read.weights import FOLDER; load_large(FOLDER)"
    )
    assert "torch" in loaded
    assert "torch._dynamo" not in loaded


def test_no_two_files_of_one_name_hold_different_things() -> None:
    """A name in a traceback or a search tells its room; what each package has of its own is named alike on purpose."""
    root = Path(rag.__file__).parent.parent
    names = Counter(
        path.name
        for package in ("index", "rag", "ui", "eval")
        for path in (root / package).rglob("*.py")
        if "data" not in path.relative_to(root).parts
    )

    assert {name for name, number in names.items() if number > 1} == {"__init__.py", "errors.py", "protocols.py"}
