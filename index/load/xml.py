"""Parses XML from strangers: no entities are expanded, nothing is fetched, depth and size are bounded by lxml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import UnreadableDocument

if TYPE_CHECKING:
    from lxml.etree import _Element


def parsed(data: bytes) -> _Element:
    """The root element. Raises UnreadableDocument."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise UnreadableDocument("is damaged (its XML is not well formed); save it again") from None
