"""The effective cell: ceiling, consent, own tick, warning and place, all at once (V1)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from vepshare.consent import Grant, Register
from vepshare.dossier import SENSITIVE, Compartment
from vepshare.people import REPORTING, Hat, Profession
from vepshare.policy._ceiling import Level, matrix
from vepshare.policy._facts import Cell, Holder, Refusal

_RANK = {Level.FLAG: 0, Level.WRITE_OWN: 1, Level.READ: 2, Level.WRITE: 3, Level.PLACE: 3}


def needs_own_tick(profession: Profession, compartment: Compartment) -> bool:
    """Tell whether a cell stays closed until she says yes to it by itself (R5, R26)."""
    cell = matrix().cell(profession, compartment)
    return compartment in SENSITIVE or (cell is not None and cell.own_tick)


def cell_of(grant: Grant, compartment: Compartment, register: Register) -> Level | Refusal:
    """Return the level one live grant opens in a compartment, or why it opens nothing.

    Source: V1, R5
    """
    if compartment not in grant.compartments:
        return Refusal.COMPARTMENT_NOT_CONSENTED
    ceiling = matrix().cell(grant.profession, compartment)
    if ceiling is None:
        return Refusal.OUTSIDE_FUNCTION
    if needs_own_tick(grant.profession, compartment) and compartment not in grant.own_ticks:
        return Refusal.OWN_TICK_MISSING
    if grant.profession in REPORTING and not grant.warned:
        return Refusal.WARNING_MISSING
    if ceiling.level is Level.PLACE:
        mine = register.place == grant.organisation_id
        return Level.PLACE if mine else Refusal.NOT_THE_PLACE
    return ceiling.level


def cells(grants: Iterable[Grant], register: Register) -> dict[Compartment, Cell]:
    """Return the open cells of some live grants; of two for one compartment, the longer one."""
    found: dict[Compartment, Cell] = {}
    for grant in grants:
        for compartment in grant.compartments:
            level = cell_of(grant, compartment, register)
            if isinstance(level, Level):
                cell = Cell(level=level, grant=grant)
                found[compartment] = _better(found.get(compartment), cell)
    return {compartment: found[compartment] for compartment in Compartment if compartment in found}


def _better(old: Cell | None, new: Cell) -> Cell:
    if old is None or (_RANK[new.level], new.grant.ends) > (_RANK[old.level], old.grant.ends):
        return new
    return old


def holders(register: Register, *, now: datetime) -> Iterator[Holder]:
    """Yield every recipient to whom a compartment is open at *now*, whoever takes part.

    The keys follow this list and nothing else: a wrap for somebody who is not on it must not
    exist. Excluded organisations are not on it; an excluded member of a service is for the
    keys to leave out, since the service has one key for all its members.
    """
    best: dict[tuple[object, ...], Holder] = {}
    for grant in register.live(now):
        if _organisation_barred(grant, register):
            continue
        for compartment, cell in cells((grant,), register).items():
            holder = _holder(compartment, cell)
            key = (compartment, grant.organisation_id, grant.profession, grant.professional_id)
            if key not in best or best[key].grant.ends < grant.ends:
                best[key] = holder
    yield from best.values()


def _holder(compartment: Compartment, cell: Cell) -> Holder:
    return Holder(
        compartment=compartment,
        organisation_id=cell.grant.organisation_id,
        profession=cell.grant.profession,
        professional_id=cell.grant.professional_id,
        level=cell.level,
        grant=cell.grant,
    )


def _organisation_barred(grant: Grant, register: Register) -> bool:
    return any(bar.organisation_id == grant.organisation_id for bar in register.barred)


def own_grants(register: Register, hat: Hat, now: datetime) -> tuple[Grant, ...]:
    """Return the live grants that name this organisation, function and person."""
    return tuple(grant for grant in register.live(now) if grant.names(hat))
