"""Plain text, Markdown and source code: kept as written."""

from __future__ import annotations

from index.load.clean import clean
from index.load.decode import decode
from index.load.reading import Format, Limits, Reading


def _read(data: bytes, _limits: Limits) -> Reading:
    return Reading(clean(decode(data)))


TEXT = Format("plain text", (".txt", ".text"), _read)
MARKDOWN = Format("Markdown", (".md", ".markdown", ".mdx"), _read)
CODE = Format(
    "source code",
    tuple(
        ".py .pyi .js .mjs .cjs .jsx .ts .tsx .java .kt .kts .scala .c .h .cc .cpp .cxx .hpp .hh .cs .go .rs .rb .php "
        ".swift .m .mm .r .jl .lua .pl .pm .sh .bash .zsh .fish .ps1 .bat .sql .hs .ml .clj .ex .exs .erl .dart .vue "
        ".svelte .css .scss .less .toml .yaml .yml .ini .cfg .conf .properties .xml .proto .graphql .gradle .cmake .mk "
        ".tf .dockerfile .log .diff .patch .srt .vtt .bib".split()
    ),
    _read,
    named=True,
)
