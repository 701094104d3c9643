"""A talk as a file: Markdown, JSON, or one HTML page with the pictures inside. Pure: records in, text out.

Pictures in exports are the previews, which carry no metadata. Model text and file names are hostile here as anywhere.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from html import escape

from markdown_it import MarkdownIt

from vision.answering.talk import lettered
from vision.markdown import safe_markdown
from vision.messages import Attempt
from vision.routing.paid import paid
from vision.store.records import Conversation, StoredAnswer, StoredPicture, StoredTurn

PreviewOf = Callable[[str], bytes]

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
.question { font-weight: 600; margin-top: 2rem } .who { opacity: .75; font-size: .85rem }
img { max-width: 100%; max-height: 24rem; border-radius: .5rem; display: block; margin: .5rem 0 }
pre { overflow-x: auto; white-space: pre-wrap } table { border-collapse: collapse }
td, th { border: 1px solid #8886; padding: .25rem .6rem; text-align: left }
""".strip()


REVERSED = "Asked again with the order of the pictures swapped:"


def who(answer: StoredAnswer, label: str = "") -> str:
    """Who answered, in how long, with how many tokens and at what price, in one line; ``label`` is the model's name."""
    parts = [label or answer.model or "Nobody", f"{answer.seconds:.1f} s"]
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    if tokens:
        cached = f" ({answer.usage.cached_tokens:,} cached)" if answer.usage.cached_tokens else ""
        parts.append(f"{tokens:,} tokens{cached}")
    parts.append(paid(answer.attempts, answer.cost_usd).words)
    return " · ".join(parts)


def ending(answer: StoredAnswer) -> str:
    """The sentence for an answer that did not simply end well, or nothing."""
    return answer.sentence or answer.explanation


def to_markdown(talk: Conversation, turns: Sequence[StoredTurn]) -> str:
    """The talk as Markdown; pictures by name."""
    lines = [f"# {_line(talk.title)}", ""]
    for turn, names in zip(turns, _names(talk, turns), strict=True):
        for picture, name in zip(turn.pictures, names, strict=True):
            lines += [f"*{name}: {_line(picture.picture.name)}*", ""]
        lines += [f"**{_line(turn.question)}**", ""]
        for answer in _shown(turn):
            lines += [f"*{REVERSED}*", ""] if answer.swapped else []
            lines += [_words(answer), ""] if answer.text else []
            lines += [f"*{_line(ending(answer))}*", ""] if ending(answer) else []
            lines += [f"*{_line(note)}*\n" for note in answer.notes]
            lines += [f"— {_line(who(answer))}", ""]
    return "\n".join(lines)


def _names(talk: Conversation, turns: Sequence[StoredTurn]) -> Sequence[Sequence[str]]:
    """What each turn's pictures are called: "Picture A" where they are compared, in the order in which they stand."""
    if talk.kind != "compare":
        return [["Picture"] * len(turn.pictures) for turn in turns]
    return [[f"Picture {one}" for one in letters] for letters in lettered(turns)]


def _shown(turn: StoredTurn) -> Sequence[StoredAnswer]:
    """The newest answer, and the newest to the other order of the pictures: what it was when they were swapped."""
    newest = {answer.swapped: answer for answer in turn.answers}
    return [newest[swapped] for swapped in (False, True) if swapped in newest]


def _words(answer: StoredAnswer) -> str:
    """A model writes Markdown; what the reader read is set as it stands, in a fence longer than any inside it."""
    if answer.provider != "reader":
        return safe_markdown(answer.text)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", answer.text)), default=0))
    return f"{fence}text\n{answer.text}\n{fence}"


def _line(text: str) -> str:
    return safe_markdown(" ".join(text.split()))


def to_json(talk: Conversation, turns: Sequence[StoredTurn]) -> str:
    """The talk as one JSON object, with what was sent and where each answer was read."""
    found = {
        "title": talk.title,
        "kind": talk.kind,
        "created": talk.created.isoformat(),
        "turns": [
            {
                "question": turn.question,
                "asked": turn.created.isoformat(),
                "pictures": [
                    {**_picture(picture), "called": name} for picture, name in zip(turn.pictures, names, strict=True)
                ],
                "answers": [_answer(answer) for answer in turn.answers],
            }
            for turn, names in zip(turns, _names(talk, turns), strict=True)
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _picture(stored: StoredPicture) -> dict[str, object]:
    picture = stored.picture
    return {
        "name": picture.name,
        "sha256": picture.sha256,
        "page": picture.page,
        "width": picture.width,
        "height": picture.height,
    }


def _answer(answer: StoredAnswer) -> dict[str, object]:
    return {
        "state": answer.state.value,
        "text": answer.text,
        "provider": answer.provider,
        "model": answer.model,
        "note": ending(answer),
        "seconds": answer.seconds,
        "usage": asdict(answer.usage),
        "choice": answer.choice,
        "swapped": answer.swapped,
        "notes": list(answer.notes),
        "cost_usd": _dollars(paid(answer.attempts, answer.cost_usd).usd),
        "attempts": [_attempt(attempt) for attempt in answer.attempts],
        "sent_sha256": list(answer.sent_sha256),
        "evidence": [asdict(evidence) for evidence in answer.evidence],
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    found = asdict(attempt)
    return {**found, "cost_usd": _dollars(attempt.cost_usd)}


def _dollars(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def to_html(talk: Conversation, turns: Sequence[StoredTurn], preview_of: PreviewOf) -> str:
    """The talk as one page that needs nothing else: the pictures are inside, and nothing may be loaded from outside."""
    body = [f"<h1>{escape(talk.title)}</h1>"]
    for turn, names in zip(turns, _names(talk, turns), strict=True):
        for picture, name in zip(turn.pictures, names, strict=True):
            body += [f'<p class="who">{name}: {escape(picture.picture.name)}</p>'] if talk.kind == "compare" else []
            body.append(_figure(picture, preview_of(picture.id)))
        body.append(f'<p class="question">{escape(turn.question)}</p>')
        for answer in _shown(turn):
            body += [f'<p class="who">{REVERSED}</p>'] if answer.swapped else []
            text = f"<pre>{escape(answer.text)}</pre>" if answer.provider == "reader" else _html(answer.text)
            body.append(text)
            body += [f"<p><em>{escape(ending(answer))}</em></p>"] if ending(answer) else []
            body += [f'<p class="who">{escape(note)}</p>' for note in answer.notes]
            body.append(f'<p class="who">{escape(who(answer))}</p>')
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(talk.title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _html(text: str) -> str:
    """Model text as HTML: made safe first, then rendered with raw HTML off."""
    return str(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(safe_markdown(text)))


def _figure(stored: StoredPicture, preview: bytes) -> str:
    mime = "image/png" if preview.startswith(b"\x89PNG") else "image/jpeg"
    data = base64.b64encode(preview).decode()
    return f'<img alt="{escape(stored.picture.name, quote=True)}" src="data:{mime};base64,{data}">'
