"""Whether waiting helps an item that nobody answered, for how long, and whether it is the item or the run that
waits."""

from __future__ import annotations

from collections.abc import Callable

from vision.batch.following import END, Follows
from vision.routing.router import Question, Router
from vision.store import OwnedStore


def resolved(
    then: Follows,
    router: Router,
    owned: OwnedStore,
    asked: tuple[Question, Question],
    may_come_again: Callable[[], bool],
) -> Follows:
    """What follows "again", "later" and "hold" really. ``asked`` is the item's question, and one that any item of the
    run would do for. Raises NotThere and StoreError."""
    mine, anybody = asked
    seconds = router.seconds_out(owned, mine)
    if then.what == "later":  # told to come later: routing keeps the pace
        return Follows("back") if may_come_again() else END
    if then.what == "again":  # in trouble, several times running: then it is not this item
        return Follows("hold", then.reason, seconds) if seconds is not None and may_come_again() else END
    if seconds is not None:
        return Follows("hold", then.reason, seconds)
    if router.plan(owned, mine).candidates:
        return Follows("hold", then.reason)  # somebody can be asked again meanwhile
    if router.seconds_out(owned, anybody) is not None or router.plan(owned, anybody).candidates:
        return END  # others can be asked about: this one never
    return Follows("pause", then.reason)
