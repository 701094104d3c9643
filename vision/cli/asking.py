"""``ask`` and ``chat``: one question, or many in a row, about one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from vision.cli.options import Chosen, asking_options, image_argument, read_image, say_notes
from vision.cli.terminal import ask_for_line, say, write_json

if TYPE_CHECKING:
    from vision.answering.live import Live
    from vision.cli.session import Session
    from vision.routing.plan import Plan
    from vision.store.records import Kind

ENDS = frozenset({"quit", "exit", "q"})
STOP_SECONDS = 5.0


@click.command()
@image_argument()
@click.argument("prompt")
@asking_options
def ask(image: Path, prompt: str, **options: Any) -> int:
    """Ask one question about a picture."""
    if not prompt.strip():
        raise click.UsageError("The question is empty: write what you want to know about the picture.")
    with Talk([image], Chosen(**options)) as talk:
        return 0 if talk.ask(prompt) else 1


@click.command()
@image_argument()
@asking_options
def chat(image: Path, **options: Any) -> int:
    """Ask about a picture, question after question, one a line. quit, exit, q or the end of input ends."""
    with Talk([image], Chosen(**options)) as talk:
        good = True
        while True:
            line = ask_for_line("> ")
            if line is None or line.strip().lower() in ENDS:
                return 0 if good else 1
            if line.strip():
                good = talk.ask(line.strip()) and good


class Talk:
    """A conversation in the store, opened with its pictures when the first question comes."""

    def __init__(self, images: Sequence[Path], chosen: Chosen, kind: Kind = "chat") -> None:
        from contextlib import ExitStack  # noqa: PLC0415

        chosen.check()
        from vision.cli.choosing import choice_word  # noqa: PLC0415
        from vision.cli.session import opened  # noqa: PLC0415 - the database and the catalogue: not for --help
        from vision.images.limits import OpenLimits  # noqa: PLC0415
        from vision.ingest import add_picture  # noqa: PLC0415
        from vision.messages import Detail  # noqa: PLC0415
        from vision.models.catalog import load_catalogue  # noqa: PLC0415
        from vision.settings import load_settings  # noqa: PLC0415

        settings = load_settings()
        catalogue = load_catalogue()
        self._word = choice_word(catalogue, chosen.level, chosen.model)
        self._detail = Detail(chosen.detail)
        self._chosen = chosen
        self._kind = kind
        limits = OpenLimits.of(settings)
        files = [(image.name, read_image(image, limits.max_bytes)) for image in images]
        self._stack = ExitStack()
        with ExitStack() as stack:
            self._session: Session = stack.enter_context(opened(settings, catalogue))
            owned = self._session.owned
            self._new = [add_picture(owned, data, name, limits, chosen.page) for name, data in files]
            for stored in self._new:
                say_notes(stored.picture)
            self._stack = stack.pop_all()
        self._conversation_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def ask(self, question: str) -> bool:
        """Asks, writes the answer as it comes; whether there was one. Ctrl-C stops the answer and is passed on."""
        engine, owned = self._session.engine, self._session.owned
        if not self._conversation_id:
            self._conversation_id = owned.create_conversation(kind=self._kind).id
        plan = self._planned = self._plan(question)
        self._announce(plan)
        answer_id = engine.ask(
            owned.owner,
            self._conversation_id,
            question,
            [picture.id for picture in self._new],
            model=self._word,
            detail=self._detail,
            budget=self._chosen.budget,
        )
        self._new = []
        return self._told(answer_id, plan)

    def _told(self, answer_id: str, plan: Plan) -> bool:
        """Writes the answer as it comes and what is to be said after it; whether there was one."""
        return self._report(answer_id, self._follow(answer_id, plan), plan)

    def _write(self, found: dict[str, Any]) -> None:
        """What ``--json`` says of an answer."""
        write_json(found)

    def _plan(self, question: str) -> Plan:
        from vision.answering.requesting import shape_of_next  # noqa: PLC0415

        engine, owned = self._session.engine, self._session.owned
        turns = owned.turns(self._conversation_id)
        shape = shape_of_next(turns, self._new, self._detail, question=question, kind=self._kind)
        return engine.plan(owned.owner, self._word, shape, text=question, budget=self._chosen.budget)

    def _announce(self, plan: Plan) -> None:
        """Who is asked, before anything is sent."""
        from vision.cli import explaining  # noqa: PLC0415

        self._said: set[str] = set()
        lines = list(explaining.lines(plan)) if self._chosen.explain and not self._chosen.as_json else []
        for line in (*lines, *explaining.notes(plan), explaining.asking(plan)):
            self._say_once(line)

    def _say_once(self, line: str) -> None:
        if line and line not in self._said:
            self._said.add(line)
            say(line)

    def _follow(self, answer_id: str, plan: Plan) -> str:
        """Writes the text as it comes, and the sentence if it fails. Returns the text."""
        from vision.cli.following import Following  # noqa: PLC0415

        live = self._session.engine.live(answer_id)
        assert live is not None  # noqa: S101 - it has only just begun
        following = Following(live, silent=self._chosen.as_json)
        try:
            following.to_the_end()
        except KeyboardInterrupt:  # what came is kept, and was paid for
            self._stop(answer_id, live)
            if self._chosen.as_json:
                self._report(answer_id, live.text, plan)
            raise
        except BaseException:  # nobody reads any more
            self._stop(answer_id, live)
            raise
        return following.shown

    def _stop(self, answer_id: str, live: Live) -> None:
        self._session.engine.stop(self._session.owned.owner, answer_id)
        live.wait_for(lambda: live.done, STOP_SECONDS)

    def _report(self, answer_id: str, came: str, plan: Plan) -> bool:
        from vision.cli import explaining, reporting  # noqa: PLC0415
        from vision.routing.wording import attempt_words, labels_of  # noqa: PLC0415

        answer = self._session.owned.answer(answer_id)
        if self._chosen.as_json:
            found = reporting.as_json(answer, came, plan)
            self._write({**found, "plan": explaining.as_json(plan)} if self._chosen.explain else found)
        for line in reporting.lines(answer, self._session.catalogue):
            self._say_once(line)
        if self._chosen.explain and not self._chosen.as_json and len(answer.attempts) > 1:
            labels = labels_of(self._session.catalogue)
            for attempt in answer.attempts:
                say(attempt_words(attempt, labels))
        return reporting.is_answer(answer)
