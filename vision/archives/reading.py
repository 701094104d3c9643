"""What is in a ZIP, and the bytes of one of its files at a time. Trusts nothing that the ZIP says of itself.

A file in it that cannot be taken is a ``Member`` with a refusal, or fails alone when it is read; only a ZIP that cannot
be opened at all, or asks for too much as a whole, is refused as a whole. Nothing is unpacked here: no file is written.
"""

from __future__ import annotations

import stat
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vision.archives.names import clean_path, of_the_system, told_apart, written_name
from vision.errors import PictureError
from vision.images.refusals import size_words

if TYPE_CHECKING:
    from vision.settings import Settings

HEADS = (b"PK\x03\x04", b"PK\x05\x06")  # of a ZIP with files, and of an empty one
SENTENCES = {
    "damaged": "“{name}” is damaged and cannot be opened as a ZIP: copy or download it again, then add it once more.",
    "empty": "“{name}” holds no files: choose another one.",
    "document": "“{name}” is an Office document, an e-book or a program, not a ZIP of pictures: save it as PDF and add "
    "that.",
    "too_many": "“{name}” holds more than {limit} files, which is the limit: split it and add the parts.",
    "too_large": "“{name}” unpacks to more than {limit}, which is the limit: split it and add the parts.",
    "ratio": "“{name}” unpacks to more than {limit} times its size, as ZIPs made to do harm do: unpack it yourself and "
    "add the pictures.",
    "link": "“{name}” is a link to another file: add the file that it leads to.",
    "encrypted": "“{name}” is protected by a password: unpack the ZIP with the password and add the pictures.",
    "packed": "“{name}” is packed in a way that cannot be read here: unpack the ZIP yourself and add the pictures.",
    "file_too_large": "“{name}” has more than {limit}, which is the limit: save it smaller and add that.",
    "shared": "“{name}” shares its place in the ZIP with another file, as in ZIPs made to do harm: ask for the picture "
    "itself.",
    "damaged_inside": "“{name}” is damaged inside the ZIP: copy or download the ZIP again, then add it once more.",
    "lied": "“{name}” has not the size that the ZIP says: copy or download the ZIP again, then add it once more.",
    "nested": "“{name}” is a ZIP inside a ZIP: unpack it and add the pictures inside.",
}
FREE_OF_RATIO = 10  # times the limit of one file: blank pages shrink a thousandfold, and so much may come anyway
DIRECTORY_PER_FILE = 1000  # bytes of a ZIP's directory for each file that is allowed, names and system files included
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # APPNOTE.TXT 6.3.10, 4.4.4: encrypted, strongly encrypted, directory encrypted
_LOCAL_HEADER = 30  # bytes before a local name: the least that lies between two files
# What zipfile raises for bytes that are not what they should be (RuntimeError: among them NotImplementedError).
_BROKEN = (BadZipFile, RuntimeError, zlib.error, EOFError, struct.error, ValueError, OverflowError, OSError)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Files of hers in one ZIP, their bytes together, times the ZIP's own size, and bytes of each."""

    files: int = 10_000
    bytes: int = 5_000_000_000
    ratio: int = 200
    file_bytes: int = 50_000_000

    @classmethod
    def of(cls, settings: Settings) -> ArchiveLimits:
        """The limits that the settings of this process ask for."""
        return cls(
            settings.max_archive_files, settings.max_archive_bytes, settings.max_archive_ratio, settings.max_file_bytes
        )


DEFAULT = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a ZIP. ``number`` is its place in the directory, from 0; ``name`` is relative and fit to show;
    ``size`` is what the ZIP says, in bytes. ``refusal`` says why it cannot be taken, "" when it may be read."""

    number: int
    name: str
    size: int
    refusal: str = ""


class Archive:
    """An open ZIP. ``members`` are the files of hers, in the ZIP's own order. Not safe to share between threads."""

    def __init__(self, opened: ZipFile, members: tuple[Member, ...], limits: ArchiveLimits) -> None:
        self._opened = opened
        self._infos = opened.infolist()
        self._limits = limits
        self.members = members

    def read(self, member: Member) -> bytes:
        """Its bytes, at most as many as it announced. Raises PictureError, which says nothing of other members."""
        if member.refusal:
            raise PictureError(member.refusal, reason="archive")
        info = self._infos[member.number]
        try:
            with self._opened.open(info) as file:
                # zipfile hands out no more than the announced size, which is within the limit, and checks the sum
                data = file.read(self._limits.file_bytes + 1)
        except _BROKEN as error:
            raise _refused("damaged_inside", member.name, detail=str(error)) from None
        if len(data) != info.file_size:
            raise _refused("lied", member.name)
        if is_archive(data):
            raise _refused("nested", member.name)
        return data


def is_archive(head: bytes | bytearray) -> bool:
    """Whether these are the first bytes of a ZIP; four are enough."""
    return head[:4] in HEADS


@contextmanager
def open_archive(source: Path | IO[bytes], name: str, limits: ArchiveLimits = DEFAULT) -> Iterator[Archive]:
    """The ZIP at a path or in an open file that can seek, called ``name`` in sentences. Raises PictureError when it
    cannot be opened, holds nothing, or is beyond a limit as a whole."""
    if isinstance(source, Path):
        with source.open("rb") as file, open_archive(file, name, limits) as archive:
            yield archive
        return
    guard = _Guard(source, most=limits.files * DIRECTORY_PER_FILE + 65_536)
    try:
        opened = ZipFile(cast("IO[bytes]", guard))
    except _TooMuch:
        raise _refused("too_many", name, limit=f"{limits.files:,}") from None
    except _BROKEN as error:
        raise _refused("damaged", name, detail=str(error)) from None
    guard.most = sys.maxsize - 1  # of a file, no more is asked for than it may have
    with opened:
        yield Archive(opened, _members(opened.infolist(), guard.size, name, limits), limits)


class _TooMuch(Exception):
    """More is asked for at once than an honest ZIP of this many files needs."""


class _Guard:
    """The file as zipfile sees it. zipfile reads a whole directory at once, as long as the ZIP says that it is: a
    gigabyte of memory, if nobody looks."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self.most = most  # bytes of one reading
        self.size = file.seek(0, 2)
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, count: int = -1) -> bytes:
        data = b"" if count > self.most else self._file.read(count if count >= 0 else self.most + 1)
        if max(count, len(data)) > self.most:
            raise _TooMuch
        return data


def _members(infos: Sequence[ZipInfo], archive_bytes: int, name: str, limits: ArchiveLimits) -> tuple[Member, ...]:
    """Raises PictureError when the ZIP as a whole is beyond a limit."""
    written = [written_name(info) for info in infos]
    if infos and ("[Content_Types].xml" in written or written[0] in ("mimetype", "META-INF/")):
        raise _refused("document", name)
    hers = [
        number
        for number, path in enumerate(written)
        if not path.endswith(("/", "\\")) and not of_the_system(path)  # ZipInfo.is_dir fails on an empty name
    ]
    if not hers:
        raise _refused("empty", name)
    if len(hers) > limits.files:
        raise _refused("too_many", name, limit=f"{limits.files:,}")
    shared = _overlapping(infos)
    found = tuple(
        Member(number, shown, infos[number].file_size, _refusal(infos[number], shown, number in shared, limits))
        for number, shown in zip(hers, told_apart(clean_path(written[number]) for number in hers), strict=True)
    )
    total = sum(member.size for member in found if not member.refusal)
    if total > limits.bytes:
        raise _refused("too_large", name, limit=size_words(limits.bytes))
    if total > max(limits.ratio * archive_bytes, FREE_OF_RATIO * limits.file_bytes):
        raise _refused("ratio", name, limit=f"{limits.ratio:,}")
    return found


def _refusal(info: ZipInfo, name: str, shared: bool, limits: ArchiveLimits) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return _sentence("link", name)
    if info.flag_bits & _ENCRYPTED:
        return _sentence("encrypted", name)
    # The other kinds unpack a block of any size at once, whatever is asked for; no system's own program writes them.
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return _sentence("packed", name)
    if info.file_size > limits.file_bytes:
        return _sentence("file_too_large", name, limit=size_words(limits.file_bytes))
    return _sentence("shared", name) if shared else ""


def _overlapping(infos: Sequence[ZipInfo]) -> set[int]:
    """Numbers of the files that begin before an earlier one ends: one kernel of bytes, unpacked under many names."""
    found: set[int] = set()
    end = 0
    for number in sorted(range(len(infos)), key=lambda number: infos[number].header_offset):
        info = infos[number]
        if info.header_offset < end:
            found.add(number)
        end = max(end, info.header_offset + _LOCAL_HEADER + info.compress_size)
    return found


def _sentence(reason: str, name: str, **facts: str) -> str:
    return SENTENCES[reason].format(name=name, **facts)


def _refused(reason: str, name: str, *, detail: str = "", **facts: str) -> PictureError:
    return PictureError(_sentence(reason, name, **facts), reason="archive", detail=detail)
