"""`python -m ui.draw_page PAGE WORDS < FILE > PNG`: draws one page of a PDF with the words marked."""

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

WIDTH = 1_200
"""Pixels; sharp on a panel of 600."""
HIGHEST = 4_000
WINDOW = 6
MARK = (255, 214, 70, 110)

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, as PDF counts them."""


def main() -> int:
    """Reads the file from stdin; 1 where there is no such page."""
    from PIL import Image, ImageDraw
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(sys.stdin.buffer.read()) as document:
            page = document[int(sys.argv[1]) - 1]
            width, height = page.get_size()
            scale = min(WIDTH / width, HIGHEST / height)
            image = page.render(scale=scale).to_pil().convert("RGB")
            layer = Image.new("RGBA", image.size)
            pen = ImageDraw.Draw(layer)
            for left, bottom, right, top in boxes(page.get_textpage(), sys.argv[2]):
                pen.rectangle((left * scale, (height - top) * scale, right * scale, (height - bottom) * scale), MARK)
    except (PdfiumError, IndexError, ValueError, ZeroDivisionError):
        return 1
    out = io.BytesIO()
    Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB").save(out, "PNG")
    sys.stdout.buffer.write(out.getvalue())
    return 0


def boxes(page: "PdfTextPage", words: str) -> Iterator[Box]:
    """Where the words stand: all of them in one, or, where line ends and hyphens are in the way, six by six."""
    found = list(_found(page, " ".join(words.split())))
    if found:
        yield from found
        return
    parts = words.split()
    for start in range(0, len(parts), WINDOW):
        yield from _found(page, " ".join(parts[start : start + WINDOW]))


def _found(page: "PdfTextPage", words: str) -> Iterator[Box]:
    if not words:
        return
    place = page.search(words, match_case=True).get_next()
    if place is None:
        return
    first, count = place
    for number in range(page.count_rects(first, count)):
        yield page.get_rect(number)


if __name__ == "__main__":
    sys.exit(main())
