"""A person at work, in few words: pictures, questions, and waiting for what comes."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from vision.answering.engine import Engine
from vision.answering.live import Live
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.store import OwnedStore, Store, StoredAnswer, StoredPicture

OWNER = "local"
CLAUDE, GPT, GEMINI, LOCAL = "claude-sonnet-5-5", "gpt-6.1-terra", "gemini-3.8-flash", "compatible:llava:7b"


def drawn(*lines: str, size: tuple[int, int] = (640, 480)) -> bytes:
    """A PNG with printed lines; at 640 pixels of width they are 28 pixels high, 40 from the left, 60 apart."""
    scale = size[0] / 640
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(28 * scale)
    for number, line in enumerate(lines):
        pen.text((40 * scale, (40 + 60 * number) * scale), line, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class Talks:
    store: Store
    engine: Engine
    conversation_id: str = ""

    @property
    def owned(self) -> OwnedStore:
        return self.store.of(OWNER)

    def picture(self, *lines: str, size: tuple[int, int] = (640, 480)) -> StoredPicture:
        return add_picture(self.owned, drawn(*(lines or ("TOTAL 12.50",)), size=size), "receipt.png", OpenLimits())

    def ask(self, question: str, *pictures: StoredPicture, model: str = GPT, detail: Detail = Detail.NORMAL) -> str:
        """Asks in the one talk of the test; returns the answer's id."""
        if not self.conversation_id:
            self.conversation_id = self.owned.create_conversation().id
        ids = [picture.id for picture in pictures]
        return self.engine.ask(OWNER, self.conversation_id, question, ids, model=model, detail=detail)

    def live(self, answer_id: str) -> Live:
        live = self.engine.live(answer_id)
        assert live is not None
        return live

    def end(self, answer_id: str, seconds: float = 30.0) -> StoredAnswer:
        """Waits for the end; the answer as it is stored."""
        live = self.live(answer_id)
        assert live.wait_for(lambda: live.done, seconds), f"still running with {live.text!r}"
        return self.owned.answer(answer_id)

    def answered(self, question: str, *pictures: StoredPicture, model: str = GPT) -> StoredAnswer:
        return self.end(self.ask(question, *pictures, model=model))
