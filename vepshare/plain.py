"""A value in clear that does not print itself."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Plain(Generic[T]):
    """Hold a value in clear; show dots wherever it is printed, formatted or logged.

    `reveal()` is called in templates and serialisers only, so that a value cannot
    slip into a trace or a notice by being interpolated.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value in clear."""
        return self._value

    def satisfies(self, question: Callable[[T], bool]) -> bool:
        """Answer a yes-or-no question about the value without taking it out."""
        return question(self._value)

    def __repr__(self) -> str:
        return "Plain(•••)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and bool(self._value == other._value)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> str:
        raise TypeError("a value in clear is not pickled")
