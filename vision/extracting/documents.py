"""What is read as one document: all pages of a file, or every page by itself."""

from __future__ import annotations

from collections.abc import Sequence

from vision.images.limits import OpenLimits
from vision.ingest import other_page
from vision.store import OwnedStore, StoredPicture
from vision.store.extract_records import Document

MOST_PAGES = 50  # of one document: more than any provider takes at once with room for an answer


def pages_of(owned: OwnedStore, stored: StoredPicture, limits: OpenLimits) -> tuple[StoredPicture, ...]:
    """All pages of the file that ``stored`` is a page of, in order; the first ``MOST_PAGES``. Raises PictureError,
    NotThere and StoreError."""
    pages = min(stored.picture.pages, MOST_PAGES)
    return tuple(
        stored if page == stored.picture.page else other_page(owned, stored, page, limits)
        for page in range(1, pages + 1)
    )


def documents_of(
    owned: OwnedStore, files: Sequence[StoredPicture], limits: OpenLimits, *, together: bool
) -> tuple[Document, ...]:
    """One document for each file with all its pages, or, not ``together``, one for each page. Raises as
    ``pages_of``."""
    found: list[Document] = []
    for stored in files:
        pages = pages_of(owned, stored, limits)
        name = stored.picture.name
        if together or len(pages) == 1:
            found.append(Document(name, tuple(one.id for one in pages)))
        else:
            found.extend(Document(f"{name}, page {one.picture.page}", (one.id,)) for one in pages)
    return tuple(found)


def one_document(owned: OwnedStore, files: Sequence[StoredPicture], limits: OpenLimits) -> Document:
    """All files, with all their pages, as one document. Raises as ``pages_of``."""
    pages = [page for stored in files for page in pages_of(owned, stored, limits)]
    return Document(files[0].picture.name, tuple(dict.fromkeys(one.id for one in pages)))
