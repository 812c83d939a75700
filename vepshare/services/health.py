"""Whether keys and consents agree, for whoever runs the platform: numbers, never a content."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from vepshare.people import Profession
from vepshare.services import _draining, _facts, _keys
from vepshare.storage import ServiceKey, Store, Work

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A service that goes on to another key, and how many wraps its members have yet to move."""

    organisation: str
    profession: Profession
    epoch: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHealth:
    """What the key tables look like beside the consents; `extra` and `missing` ought to be 0.

    `undrained` dossiers have waited too long for somebody who holds an older key; `unheld`
    services have a key that no member has been handed.
    """

    dossiers: int
    extra: int
    missing: int
    undrained: int
    unheld: int
    moving: tuple[Moving, ...]

    @property
    def sound(self) -> bool:
        """Tell whether nothing needs anybody's attention."""
        return not (self.extra or self.missing or self.undrained)


def key_health(store: Store, *, now: datetime, say: Callable[[int], object]) -> KeyHealth:
    """Compare the keys of every dossier with its consents; tell *say* how many have been seen.

    Raises:
        TamperedError: the acts of a dossier are not what was signed.

    Source: DESIGN 5

    """
    with store.peek() as work:
        ids = work.dossiers.all_ids()
        services = tuple(work.people.service_keys().values())
        unheld = sum(not one.held for one in services)
        moving = tuple(_moving(work))
        undrained = len(work.keys.undrained(before=now - _draining.WITHIN, most=len(ids) + 1))
    extra = missing = 0
    for start in range(0, len(ids), _BATCH):
        with store.peek() as work:
            for loaded in _facts.several(work, ids[start : start + _BATCH]):
                found = _keys.discrepancies(work, loaded.dossier.id, loaded.register, now=now)
                extra, missing = extra + found.extra, missing + found.missing
        say(min(start + _BATCH, len(ids)))
    return KeyHealth(
        dossiers=len(ids),
        extra=extra,
        missing=missing,
        undrained=undrained,
        unheld=unheld,
        moving=moving,
    )


def _moving(work: Work) -> list[Moving]:
    left: dict[ServiceKey, int] = {}
    wrapped = work.keys.count_wrapped_to()
    for former, present in work.people.former_keys().items():
        left[present] = left.get(present, 0) + wrapped.get(former, 0)
    organisations = work.people.organisations()
    return [
        Moving(
            organisation=organisations[key.organisation_id].code,
            profession=key.profession,
            epoch=key.epoch,
            left=count,
        )
        for key, count in left.items()
        if count
    ]
