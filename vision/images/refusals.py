"""Why a file is refused, and the one sentence that says so.

Decoding raises ``Refused`` with a reason and plain facts, which also travel out of the child process as JSON; only
``sentence`` turns them into words, so that no library's message ever reaches a person.
"""

from __future__ import annotations

from vision.errors import PictureError

Fact = str | int | float

SENTENCES = {
    "empty": "“{name}” is empty (0 bytes): copy or download it again, then add it once more.",
    "too_many_bytes": "“{name}” has more than {limit}, which is the limit: save it smaller and add that.",
    "too_many_pixels": "“{name}” has {width} x {height} pixels, more than the limit of {limit_mp:,.4g} megapixels: "
    "scale it down and add the smaller picture.",
    "too_thin": "“{name}” is a strip of {width} x {height} pixels, too thin to look at: crop it to the part that "
    "matters, at most {aspect} times as long as it is wide.",
    "too_many_pages": "“{name}” has more than {limit} pages: split it and add the parts.",
    "page_out_of_range": "“{name}” has {has}, so there is no page {page}: choose one from 1 to {pages}.",
    "no_size": "“{name}” has nothing to show on page {page}, whose size is zero: choose another page.",
    "encrypted": "“{name}” is protected by a password: save a copy without the password and add that.",
    "unsupported": "“{name}” is {what}, which cannot be opened here: {advice}.",
    "unknown": "“{name}” is not a picture in a format known here: save it as JPEG, PNG or PDF and add that.",
    "truncated": "“{name}” is cut off, part of the file is missing: copy or download it again.",
    "damaged": "“{name}” is damaged and cannot be read: copy it again, or open it in another program and save it "
    "as JPEG or PNG.",
    "too_slow": "“{name}” took longer than {seconds:g} seconds to open: save it smaller, or as JPEG or PNG, and "
    "add that.",
    "too_much_memory": "“{name}” needs more than {limit} of memory to open: save it smaller, or as JPEG, and add that.",
    "crashed": "“{name}” cannot be read, it is damaged or needs too much memory: open it in another program and save "
    "it as JPEG or PNG.",
    "no_child": "“{name}” cannot be opened now, because this computer could not start the program that reads it: "
    "close other programs and try again.",
}


class Refused(Exception):
    """``reason`` is a key of ``SENTENCES``, whose sentence ``facts`` fill; ``detail`` is for the log."""

    def __init__(self, reason: str, *, detail: str = "", **facts: Fact) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts
        self.detail = detail


def size_words(count: int) -> str:
    """Bytes as a person says them, never rounded up: "more than" this is always true of what is above ``count``."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if count >= unit:
            whole, tenths = divmod(count * 10 // unit, 10)
            return f"{whole:,}.{tenths} {name}" if tenths and whole < 100 else f"{whole:,} {name}"
    return f"{count} bytes"


def refusal(refused: Refused, name: str) -> PictureError:
    """The error for the person. ``name`` has been through ``clean_name``."""
    facts = dict(refused.facts)
    if "limit_mb" in facts:
        facts["limit"] = size_words(round(float(facts["limit_mb"]) * 1e6))
    if "pages" in facts:
        facts["has"] = "1 page" if facts["pages"] == 1 else f"{facts['pages']} pages"
    sentence = SENTENCES[refused.reason].format(name=name, **facts)
    return PictureError(sentence, reason=refused.reason, detail=refused.detail)
