"""A second process, to write beside the test or to be killed: ``python -m tests.store.writer FOLDER HOW-MANY``.

Each round writes a picture, a question and its answer, and then one line, so that the test knows what must be there.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from tests.store.conftest import open_store
from tests.store.rows import START, WORKER, answer, opened


def main(folder: str, rounds: str) -> None:
    owned = open_store(Path(folder)).of("local")
    talk = owned.create_conversation(f"process {os.getpid()}")
    for number in itertools.islice(itertools.count(), int(rounds) or None):
        data = f"{os.getpid()} {number}".encode() * 2000
        picture = owned.add_picture(opened(data), data)
        turn = owned.add_turn(talk.id, f"question {number}", [picture.id])
        answer_id = owned.start_answer(turn.id, START)
        owned.save_text(answer_id, WORKER, "so far")
        owned.finish_answer(answer_id, WORKER, answer())
        print(picture.id, answer_id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
