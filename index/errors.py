"""What can go wrong with an index.

    IndexingError
      UnreadableDocument   one file cannot be read as text
      EmptyCorpus          a path holds nothing that can be indexed
      StoreMissing         there is no index at that place
      StoreMismatch        the index was made with another embedder or format
      StoreBusy            another process is writing
      StoreDamaged         the index contradicts itself, or the disk refused a write
      UnknownDocument      no document with this id is stored
      ClusterUnavailable   the machines that should embed cannot be reached, or not be used
      EmbedderUnavailable  the embedder's weights are missing, damaged, or not here

Write `except IndexingError as error: print(error)`: every message is one sentence for the user that says what was seen,
what was wanted and what to do.
"""


class IndexingError(Exception):
    """Base of all errors of this package; its text may be shown to the user as it is."""


class UnreadableDocument(IndexingError):
    """One file cannot be read as text; the others are not affected."""


class EmptyCorpus(IndexingError):
    """The given paths hold nothing that can be indexed."""


class StoreMissing(IndexingError):
    """There is no index in the given directory."""


class StoreMismatch(IndexingError):
    """The index was made with another embedder, chunk setting or format version."""


class StoreBusy(IndexingError):
    """Another process holds the write lock of this index."""


class StoreDamaged(IndexingError):
    """The index contradicts itself or could not be written; what was committed before is unharmed."""


class UnknownDocument(IndexingError):
    """No document with this id is stored."""


class EmbedderUnavailable(IndexingError):
    """The embedder's weights are missing, damaged, or would have to be downloaded without permission."""


class ClusterUnavailable(IndexingError):
    """The machines that should embed cannot be reached, or have other weights than this one."""
