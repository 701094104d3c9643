"""Contests: their lanes, what was voted in them, and how all of it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from vision.errors import NotThere
from vision.store.answers import alone
from vision.store.compare_tables import ContestRow, LaneRow, VoteRow
from vision.store.conversations import OwnedConversations, title_of
from vision.store.records import BOTH_BAD, TIE, Contest, Lane, StoredTurn, Vote
from vision.store.tables import ConversationRow, PictureRow, TurnRow, WaitingPictureRow, now
from vision.store.wording import storable

NO_SUCH_LANE = "This is no answer of this comparison: choose one of those on the page."


class OwnedContests(OwnedConversations):
    def create_contest(
        self,
        models: Sequence[str],
        picture_ids: Sequence[str] = (),
        title: str = "",
        *,
        blind: bool = True,
        order: Sequence[int] | None = None,
    ) -> Contest:
        """A lane for each of ``models`` (choice words), in which the pictures wait for the first question.

        ``order``: which of them stands first on the page, second, ... (None: as given). Raises NotThere for a picture,
        ValueError for an ``order`` that does not show each model once."""
        order = range(len(models)) if order is None else order
        if sorted(order) != list(range(len(models))):
            raise ValueError(f"{list(order)} does not order {len(models)} models")
        with self._writing() as session:
            contest = ContestRow(owner=self.owner, title=storable(title.strip()), blind=blind, shown=[])
            session.add(contest)
            session.flush()
            lanes = [
                self._add_lane(session, contest.id, number, model, picture_ids) for number, model in enumerate(models)
            ]
            contest.shown = [lanes[number].id for number in order]
            session.flush()
            return self._contest(session, contest)

    def _add_lane(
        self, session: Session, contest_id: str, position: int, model: str, picture_ids: Sequence[str]
    ) -> LaneRow:
        talk = ConversationRow(owner=self.owner, kind="lane", model=model)
        session.add(talk)
        session.flush()
        for number, picture_id in enumerate(dict.fromkeys(picture_ids)):
            picture = self._row(session, PictureRow, picture_id)
            waits = {"conversation_id": talk.id, "position": number, "picture_id": picture.id}
            session.add(WaitingPictureRow(owner=self.owner, **waits))
        row = LaneRow(owner=self.owner, contest_id=contest_id, position=position, conversation_id=talk.id, model=model)
        session.add(row)
        session.flush()
        return row

    def contest(self, contest_id: str) -> Contest:
        """Raises NotThere."""
        with self._reading() as session:
            return self._contest(session, self._row(session, ContestRow, contest_id))

    def contests(self, limit: int = 50) -> tuple[Contest, ...]:
        """Last used first."""
        rows = select(ContestRow).where(ContestRow.owner == self.owner)
        rows = rows.order_by(ContestRow.updated.desc(), ContestRow.id).limit(limit)
        with self._reading() as session:
            return tuple(self._contest(session, row) for row in session.scalars(rows).all())

    def round_of(self, turn_id: str) -> str:
        """The name of the round in which this question was asked, the same for all lanes; "" outside of contests."""
        rows = (
            select(LaneRow.contest_id, TurnRow.position)
            .join(TurnRow, TurnRow.conversation_id == LaneRow.conversation_id)
            .where(LaneRow.owner == self.owner, TurnRow.owner == self.owner, TurnRow.id == turn_id)
        )
        with self._reading() as session:
            found = session.execute(rows).first()
            return "" if found is None else f"{found.contest_id}:{found.position}"

    def add_round(
        self, contest_id: str, question: str, picture_ids: Sequence[str] | None = None
    ) -> Mapping[str, StoredTurn]:
        """The same question in every lane, or in none: the turns by lane id, all at the same position. Its pictures
        (None: what waits in a lane) wait no longer, and the first question names a contest that has no name.

        Raises NotThere, and StillAnswering while a lane is being answered."""
        with self._writing() as session:
            contest = self._row(session, ContestRow, contest_id, locked=True)
            turns: dict[str, StoredTurn] = {}
            for lane in self._contest(session, contest).lanes:
                alone(session, self.owner, lane.conversation_id)
                ids = self._waiting_ids(session, lane.conversation_id) if picture_ids is None else picture_ids
                row = self._add_turn(session, lane.conversation_id, question, ids)
                turns[lane.id] = self._turns(session, [row])[0]
            contest.updated, contest.title = now(), contest.title or title_of(question)
            return turns

    def _waiting_ids(self, session: Session, conversation_id: str) -> Sequence[str]:
        rows = select(WaitingPictureRow.picture_id).where(
            WaitingPictureRow.owner == self.owner, WaitingPictureRow.conversation_id == conversation_id
        )
        return session.scalars(rows.order_by(WaitingPictureRow.position)).all()

    def set_revealed(self, contest_id: str) -> None:
        """She knows the names from now on. Raises NotThere."""
        with self._writing() as session:
            self._row(session, ContestRow, contest_id).revealed = True

    def vote(self, contest_id: str, position: int, choice: str, seconds: float | None = None) -> Vote:
        """Keeps what she chose in the round at turn ``position``, in place of what she chose there before, and reveals
        the names. Raises NotThere, also for a ``choice`` that is none."""
        with self._writing() as session:
            contest = self._row(session, ContestRow, contest_id, locked=True)
            if choice not in (*contest.shown, TIE, BOTH_BAD):
                raise NotThere(NO_SUCH_LANE)
            mine = (VoteRow.owner == self.owner, VoteRow.contest_id == contest_id, VoteRow.position == position)
            row = session.scalars(select(VoteRow).where(*mine)).one_or_none()
            if row is None:
                row = VoteRow(owner=self.owner, contest_id=contest_id, position=position)
                session.add(row)
            row.choice, row.shown, row.seconds, row.created = choice, list(contest.shown), seconds, now()
            row.blind = contest.blind and not contest.revealed
            contest.revealed = True
            contest.updated = now()
            session.flush()
            return self._votes(session, VoteRow.id == row.id)[0]

    def votes(self, contest_id: str | None = None) -> tuple[Vote, ...]:
        """Those of one contest, or all; oldest first."""
        with self._reading() as session:
            which = () if contest_id is None else (VoteRow.contest_id == contest_id,)
            return self._votes(session, *which)

    def delete_contest(self, contest_id: str) -> None:
        """Removes it with its votes, and its lanes with their questions and answers; the pictures stay. Raises
        NotThere."""
        with self._writing() as session:
            self._row(session, ContestRow, contest_id)
            lanes = select(LaneRow.conversation_id).where(LaneRow.owner == self.owner, LaneRow.contest_id == contest_id)
            talks = session.scalars(lanes).all()
            mine = (ConversationRow.owner == self.owner, ConversationRow.id.in_(talks))
            session.execute(delete(ConversationRow).where(*mine))
            session.execute(delete(ContestRow).where(ContestRow.owner == self.owner, ContestRow.id == contest_id))

    def _contest(self, session: Session, row: ContestRow) -> Contest:
        rows = select(LaneRow).where(LaneRow.owner == self.owner, LaneRow.contest_id == row.id)
        lanes = {
            lane.id: Lane(lane.id, lane.position, lane.conversation_id, lane.model) for lane in session.scalars(rows)
        }
        shown = tuple(lanes[key] for key in row.shown if key in lanes)
        return Contest(row.id, row.title, row.blind, row.revealed, shown, row.created, row.updated)

    def _votes(self, session: Session, *which: ColumnElement[bool]) -> tuple[Vote, ...]:
        models = select(LaneRow.id, LaneRow.model).where(LaneRow.owner == self.owner)
        words = {row.id: row.model for row in session.execute(models)}
        rows = select(VoteRow).where(VoteRow.owner == self.owner, *which)
        found = session.scalars(rows.order_by(VoteRow.created, VoteRow.contest_id, VoteRow.position)).all()
        return tuple(
            Vote(
                contest_id=row.contest_id,
                position=row.position,
                choice=row.choice,
                shown=tuple(row.shown),
                models=tuple(words.get(key, "") for key in row.shown),
                blind=row.blind,
                seconds=row.seconds,
                created=row.created,
            )
            for row in found
        )
