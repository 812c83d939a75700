"""Stopping a process before its n-th statement, or before or after its n-th commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from vepshare.storage import Store


class Stopped(BaseException):
    """The process ended here; no `except Exception` of ours may go on after it."""


@contextmanager
def stopped_before(store: Store, number: int) -> Iterator[list[int]]:
    """Stop what runs on *store* before its statement or commit *number*; yield what was counted."""
    counted = [0]

    def count(*_arguments: object) -> None:
        counted[0] += 1
        if counted[0] == number:
            raise Stopped

    hooks: list[tuple[Engine, str, Callable[..., None]]] = [
        (store.engine, "before_cursor_execute", count),
        (store.engine, "commit", count),
    ]
    for hook in hooks:
        event.listen(*hook)
    try:
        yield counted
    finally:
        for hook in hooks:
            event.remove(*hook)


def stopping_everywhere(
    store_of: Callable[[int], Store], act: Callable[[Store], object], *, most: int = 200
) -> Iterator[Store]:
    """Yield a store for each place where *act* can be stopped, after it has been stopped there.

    *store_of* makes a fresh one for each number. It ends with the first number that is beyond
    what *act* does.
    """
    for number in range(1, most):
        store = store_of(number)
        try:
            with stopped_before(store, number):
                act(store)
        except Stopped:
            # Its connections end with a process.
            store.dispose()
            yield store
        else:
            return
    raise AssertionError("it never ends")
