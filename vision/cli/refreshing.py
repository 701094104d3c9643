"""``models --refresh``: asks every service that is set up what it lists, and says what differs. No file is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from vision.cli.terminal import say, write, write_json
from vision.errors import ProviderError
from vision.models.catalog import COMPATIBLE

if TYPE_CHECKING:
    from vision.models.catalog import Catalogue
    from vision.models.refreshing import Compared, Listed
    from vision.settings import Credential

NOTHING_SET_UP = (
    "No provider is set up, so nobody can be asked: set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or "
    "LOUPE_COMPATIBLE_URL, then try again."
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one service said. ``trouble`` is the sentence why it said nothing, or ""."""

    provider: str
    label: str
    listed: tuple[Listed, ...]
    compared: Compared
    trouble: str = ""


def refresh(catalogue: Catalogue, found: Mapping[str, Credential], today: date, *, as_json: bool) -> int:
    """The exit code: 1 when nobody could be asked."""
    if not found:
        say(NOTHING_SET_UP)
    replies: list[Reply] = []
    for credential in found.values():
        reply = _ask(catalogue, credential, today)
        replies.append(reply)
        if reply.trouble:
            say(reply.trouble)
        elif not as_json:
            write("".join(f"{line}\n" for line in _lines(reply)))
    if as_json:
        write_json([_json(reply) for reply in replies])
    return 0 if any(not reply.trouble for reply in replies) else 1


def _ask(catalogue: Catalogue, credential: Credential, today: date) -> Reply:
    from vision.models.refreshing import Compared, compare  # noqa: PLC0415
    from vision.providers.clients import connect  # noqa: PLC0415

    provider, label = credential.provider, catalogue.labels[credential.provider]
    try:
        listed = connect(credential).listing()
    except ProviderError as error:
        return Reply(provider, label, (), Compared(), error.sentence)
    return Reply(provider, label, listed, compare(catalogue, provider, listed, today))


def _lines(reply: Reply) -> Iterator[str]:
    compared, number = reply.compared, len(reply.listed)
    counted = f"{reply.label}: {number} model{'' if number == 1 else 's'} listed"
    if reply.provider == COMPATIBLE:
        yield counted
        yield from (f"  ask it   {COMPATIBLE}:{one.id}" for one in reply.listed)
        return
    if not (compared.new or compared.gone or compared.changed):
        yield f"{counted}, nothing new, gone or changed"
        return
    yield counted
    yield from (f"  new      {one.id}: {_about(one)}" for one in compared.new)
    yield from (f"  gone     {id}: no longer listed" for id in compared.gone)
    yield from (f"  changed  {change.id}: {change.what}" for change in compared.changed)


def _about(one: Listed) -> str:
    said = ["takes pictures" if one.pictures else "whether it takes pictures is not told"]
    if one.input_tokens is not None:
        said.append(f"{one.input_tokens:,} tokens in")
    if one.output_tokens is not None:
        said.append(f"{one.output_tokens:,} out")
    if one.retires is not None:
        said.append(f"ends on {one.retires}")
    return ", ".join(said)


def _json(reply: Reply) -> dict[str, Any]:
    return {
        "provider": reply.provider,
        "error": reply.trouble or None,
        "listed": [one.id for one in reply.listed],
        "new": [
            {
                "id": one.id,
                "pictures": one.pictures,
                "input_tokens": one.input_tokens,
                "output_tokens": one.output_tokens,
                "retires": None if one.retires is None else one.retires.isoformat(),
            }
            for one in reply.compared.new
        ],
        "gone": list(reply.compared.gone),
        "changed": [{"id": change.id, "what": change.what} for change in reply.compared.changed],
    }
