"""An oral consent waits for its witness."""

import pytest

from tests.worlds import (
    MICROSECOND,
    TUESDAY,
    WEDNESDAY,
    World,
    end_of,
    levels,
    open_dossier,
    read,
)
from vepshare.consent import Form, OralReason
from vepshare.dossier import State
from vepshare.services import (
    ActRefusedError,
    UnknownDossierError,
    due,
    witnesses,
)

from .raw_keys import wrapped_to


def oral(world: World, **changes: object) -> dict[str, object]:
    """Return what makes an oral consent with u03 as its witness."""
    said = {
        "form": Form.ORAL,
        "oral_reason": OralReason.BY_TELEPHONE,
        "witness": world.cast["u03"].id,
    }
    return {"proof": said | changes, "ends": end_of("2027-05-31")}


def test_an_oral_consent_opens_nothing_before_its_witness_has_confirmed(world: World) -> None:
    """Source: R11, S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], reference, now=WEDNESDAY)
    assert wrapped_to(world, "u01", reference) == ""
    assert read(world, "u01", reference).compartments == {}

    witnesses.confirm(world.store, world.cast["u03"], reference, waiting.id, now=WEDNESDAY)

    assert "ID:W" in levels(read(world, "u01", reference, now=WEDNESDAY))
    assert wrapped_to(world, "u11", reference) == "ID HE IN:f RI PL:f MD"
    # The witness vouches for her word and learns nothing by it.
    assert wrapped_to(world, "u03", reference) == ""
    with pytest.raises(UnknownDossierError):
        read(world, "u03", reference, now=WEDNESDAY)


def test_nobody_but_the_witness_confirms(world: World) -> None:
    """Source: S06, R11."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)

    for login in ("u02", "u17", "u12"):
        with pytest.raises(UnknownDossierError):
            witnesses.confirm(world.store, world.cast[login], reference, waiting.id, now=TUESDAY)

    assert wrapped_to(world, "u01", reference) == ""


def test_a_witness_confirms_once(world: World) -> None:
    """Source: S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    witnesses.confirm(world.store, world.cast["u03"], reference, waiting.id, now=TUESDAY)

    with pytest.raises(ActRefusedError, match="already_confirmed"):
        witnesses.confirm(world.store, world.cast["u03"], reference, waiting.id, now=TUESDAY)


def test_an_oral_consent_lapses_a_day_after_it_was_recorded(world: World) -> None:
    """Source: S06, R11."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    late = TUESDAY.replace(day=3) + MICROSECOND

    with pytest.raises(ActRefusedError, match="confirmation_too_late"):
        witnesses.confirm(world.store, world.cast["u03"], reference, waiting.id, now=late)

    due.run_due(world.store, now=late)
    assert wrapped_to(world, "u01", reference) == ""
    assert state(world, reference) is State.LAPSED


def test_the_last_instant_of_the_day_is_in_time(world: World) -> None:
    """Source: S06."""
    reference = open_dossier(world, participants="", **oral(world))
    (waiting,) = witnesses.witnessed(world.store, world.cast["u03"], reference, now=TUESDAY)
    in_time = TUESDAY.replace(day=3)

    witnesses.confirm(world.store, world.cast["u03"], reference, waiting.id, now=in_time)

    assert wrapped_to(world, "u01", reference) != ""


def state(world: World, reference: str) -> State:
    with world.store.peek() as work:
        (found,) = work.dossiers.by_ids([work.dossiers.id_of(reference)])
    return found.state
