"""What ``batch`` is given, file by file: folders walked, globs expanded, ZIPs looked into; and each as a document.

Names are relative: a path as it was written ("scans/day1/a.jpg"), of one that begins at the root its last part; what is
inside a folder or a ZIP stands behind it ("scans/sub/a.jpg", "photos.zip/day1/a.jpg").
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import click

from vision.archives.names import clean_path, of_the_system, told_apart
from vision.archives.reading import Archive, ArchiveLimits, Member, is_archive, open_archive
from vision.cli.options import read_image
from vision.errors import PictureError
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.store import OwnedStore
from vision.store.extract_records import ALL_PAGES, Document


@dataclass(frozen=True, slots=True)
class Given:
    """One file. ``member`` is the one that is meant in the ZIP at ``path``. ``refusal``: why it cannot be opened."""

    name: str
    path: Path
    member: Member | None = None
    refusal: str = ""


def given_files(words: Sequence[str], limits: ArchiveLimits, *, leave_out: Path | None = None) -> list[Given]:
    """The files that ``words`` name, in their order, those of a folder sorted; without what systems leave there, and
    without ``leave_out``, our own result. Raises click.UsageError for what names nothing."""
    found: list[Given] = []
    for word in words:
        before = len(found)
        for path in _named(word):
            found += [inside for one in _walked(path) for inside in _looked_into(one, limits)]
        found[before:] = [one for one in found[before:] if leave_out is None or not _same(one.path, leave_out)]
        if len(found) == before:
            raise click.UsageError(f"{word} holds no file: name pictures, folders or ZIPs of pictures.")
    return _apart(found)


def _named(word: str) -> list[Path]:
    """What is there under this very name, else what it stands for as a pattern."""
    path = Path(word)
    if word and os.path.lexists(path):
        return [path]
    # Path.glob takes no pattern that begins at the root, or climbs
    matches = sorted(glob.glob(word, recursive=True)) if glob.has_magic(word) else []  # noqa: PTH207
    matches = [one for one in matches if not of_the_system(Path(one).name)]
    if not matches:
        raise click.UsageError(f"There is no file or folder {word or 'without a name'}.")
    return [Path(one) for one in matches]


def _walked(path: Path) -> Iterator[Given]:
    """The file itself, or all files of a folder and those below it."""
    prefix = path.name if path.is_absolute() else path.as_posix()
    if not path.is_dir():
        yield Given(clean_path(prefix), path)
        return
    refused: list[OSError] = []
    found = []
    for folder, _, names in os.walk(path, onerror=refused.append):
        found += [Path(folder, name) for name in names]
    inside = sorted((one.relative_to(path).parts, one) for one in found)
    for parts, one in inside:
        if not of_the_system("/".join(parts)) and (one.is_file() or one.is_symlink()):
            yield Given(clean_path("/".join((prefix, *parts))), one)
    for error in refused:
        name = clean_path(str(error.filename or prefix))
        yield Given(name, Path(error.filename or path), refusal=f"The folder {name} cannot be read: {_reason(error)}.")


def _looked_into(one: Given, limits: ArchiveLimits) -> list[Given]:
    """The files in a ZIP, or the file itself."""
    try:
        if one.refusal or not one.path.is_file():  # a pipe is read once, when it is opened
            return [one]
        with one.path.open("rb") as file:
            if not is_archive(file.read(4)):
                return [one]
            with open_archive(file, Path(one.name).name, limits) as archive:
                return [
                    Given(clean_path(f"{one.name}/{member.name}"), one.path, member, member.refusal)
                    for member in archive.members
                ]
    except PictureError as error:
        return [replace(one, refusal=error.sentence)]
    except OSError as error:
        return [replace(one, refusal=_cannot(one, error))]


def _apart(found: list[Given]) -> list[Given]:
    """Files of the same name told apart by a number; the same file named twice is the same twice."""
    keys = [(str(one.path.absolute()), one.member.number if one.member else -1) for one in found]
    first = {key: one.name for key, one in reversed(list(zip(keys, found, strict=True)))}
    order = list(dict.fromkeys(keys))
    names = dict(zip(order, told_apart(first[key] for key in order), strict=True))
    return [replace(one, name=names[key]) for key, one in zip(keys, found, strict=True)]


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown error").lower()


def _cannot(one: Given, error: OSError) -> str:
    return f"{Path(one.name).name} cannot be read: {_reason(error)}."


# -- as documents -----------------------------------------------------------------------------------------------------


def documents(
    owned: OwnedStore,
    given: Sequence[Given],
    limits: OpenLimits,
    archives: ArchiveLimits,
    *,
    each_page: bool,
    tell: Callable[[int], None],
) -> list[Document]:
    """Each file kept in the store, one at a time in memory; one that is no picture is a document with the reason.
    ``each_page``: every page of a file by itself, else all of them together. ``tell`` hears the number of the file that
    is opened, from 1. Raises StoreError."""
    found: list[Document] = []
    for number, (one, data) in enumerate(_contents(given, limits, archives), 1):
        tell(number)
        found += _documents(owned, one, data, limits, each_page=each_page)
    return found


def _contents(
    given: Sequence[Given], limits: OpenLimits, archives: ArchiveLimits
) -> Iterator[tuple[Given, bytes | str]]:
    """The bytes of each file, or why it cannot be read. A ZIP is opened once for all that come from it in a row."""
    for (path, packed), group in groupby(given, key=lambda one: (one.path, one.member is not None)):
        some = list(group)
        if packed:
            yield from _unpacked(path, some, archives)
        else:
            yield from ((one, one.refusal or _read(one, limits)) for one in some)


def _unpacked(path: Path, some: Sequence[Given], limits: ArchiveLimits) -> Iterator[tuple[Given, bytes | str]]:
    try:
        with open_archive(path, path.name, limits) as archive:
            for one in some:
                yield one, _member(archive, one)
    except (PictureError, OSError) as error:  # it changed since it was looked into
        said = error.sentence if isinstance(error, PictureError) else f"{path.name} cannot be read: {_reason(error)}."
        yield from ((one, said) for one in some)


def _member(archive: Archive, one: Given) -> bytes | str:
    try:
        return archive.read(one.member) if one.member else ""
    except PictureError as error:
        return error.sentence


def _read(one: Given, limits: OpenLimits) -> bytes | str:
    try:
        return read_image(one.path, limits.max_bytes)
    except PictureError as error:
        return error.sentence
    except click.UsageError as error:
        return error.message


def _documents(
    owned: OwnedStore, one: Given, data: bytes | str, limits: OpenLimits, *, each_page: bool
) -> list[Document]:
    if isinstance(data, str):
        return [Document(one.name, (), sentence=data)]
    try:
        stored = add_picture(owned, data, one.name, limits)
    except PictureError as error:
        return [Document(one.name, (), sentence=error.sentence)]
    pages = stored.picture.pages
    if pages == 1:
        return [Document(one.name, (stored.id,))]
    if not each_page:
        return [Document(one.name, (stored.id,), page=ALL_PAGES)]
    return [Document(f"{one.name}, page {page}", (stored.id,), page=page) for page in range(1, pages + 1)]
