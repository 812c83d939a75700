"""Opening a dossier on her consent, with the first entries of the intake."""

from collections.abc import Iterable
from datetime import datetime

from vepshare import audit, policy
from vepshare.consent import Given, Register, Terms
from vepshare.dossier import Dossier, Participant, Reason, State, new_pseudonym, new_reference
from vepshare.ids import ConsentId, DossierId, EntryId, ParticipantId, new_id
from vepshare.policy import Facts
from vepshare.services import _alarm, _facts, _keys, _records
from vepshare.services._caller import Caller
from vepshare.services._consenting import checked, place_moved, recorded, watch
from vepshare.services._errors import ActRefusedError, InvalidError
from vepshare.services._facts import Loaded
from vepshare.services._recipients import Recipients
from vepshare.services._sealing import Draft, Position, seal_entry
from vepshare.storage import Store, Work


def open_dossier(
    store: Store,
    caller: Caller,
    terms: Terms,
    entries: Iterable[Draft] = (),
    *,
    pseudonym: str = "",
    now: datetime,
) -> str:
    """Open a dossier on her consent, write the first entries, and return its reference.

    Raises:
        ActRefusedError: the caller's function may not record a consent.
        InvalidError: the consent or an entry does not stand.

    Source: V3, V13

    """
    drafts = tuple(entries)
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        refusal = policy.decide_opening(caller.actor, now=now)
        if refusal is None:
            checked(work, terms, None, caller, drafts, now=now)
            return _open(work, caller, terms, drafts, pseudonym or new_pseudonym(), now)
        _records.note(work, caller, audit.Event.DOSSIER_OPENED, None, refusal, now=now)
    raise ActRefusedError(refusal)


def _open(
    work: Work,
    caller: Caller,
    terms: Terms,
    drafts: tuple[Draft, ...],
    pseudonym: str,
    now: datetime,
) -> str:
    dossier = Dossier(
        id=DossierId(new_id()),
        reference=new_reference(),
        pseudonym=pseudonym,
        state=State.ACTIVE,
        opened_at=now,
        referent_id=caller.id,
    )
    work.dossiers.add(dossier)
    work.dossiers.link(dossier.id, _opening_link(caller, now))
    loaded = _facts.record(work, _empty(dossier), caller, _first(terms), now=now)
    held = _keys.align(work, dossier.id, loaded.register, caller=caller, now=now)
    watch(work, loaded, now=now)
    _records.note(work, caller, audit.Event.DOSSIER_OPENED, dossier.id, None, now=now)
    recorded(work, caller, loaded, now=now)
    place_moved(work, caller, None, loaded, now=now)
    _write_first(work, caller, loaded, held, drafts, now)
    return dossier.reference


def _first(terms: Terms) -> Given:
    return Given(consent_id=ConsentId(new_id()), version=1, terms=terms)


def _empty(dossier: Dossier) -> Loaded:
    facts = Facts(
        state=dossier.state,
        referent_id=dossier.referent_id,
        participants=(),
        register=Register(),
    )
    return Loaded(dossier=dossier, facts=facts, events=())


def _opening_link(caller: Caller, now: datetime) -> Participant:
    return Participant(
        id=ParticipantId(new_id()),
        professional_id=caller.id,
        organisation_id=caller.hat.organisation_id,
        profession=caller.hat.profession,
        reason=Reason.OPENING,
        since=now,
        ended_at=None,
    )


def _write_first(
    work: Work,
    caller: Caller,
    loaded: Loaded,
    held: _keys.Held,
    drafts: tuple[Draft, ...],
    now: datetime,
) -> None:
    """Write the entries of the intake, in the compartments she agreed to (V13).

    The keys have just been made here, so the recorder writes what their own cell will
    perhaps not let them read again. Where their organisation reads only what it wrote itself,
    the entry gets a key of its own, as any other that it writes.

    Raises:
        InvalidError: a compartment has no key as yet: nobody who reads it can be handed one.

    """
    epochs = {one.compartment: one for one in work.keys.epochs(loaded.dossier.id)}
    resolve = Recipients(work, loaded.register)
    for number, draft in enumerate(drafts):
        position = Position(dossier_id=loaded.dossier.id, entry_id=EntryId(new_id()))
        compartment = draft.kind.compartment
        own = resolve.readers(compartment, caller.hat.organisation_id, (), now=now) or None
        epoch = epochs.get(compartment)
        if epoch is None:
            raise InvalidError({f"entries.{number}.compartment": "no_key"})
        sealed = seal_entry(draft, position, epoch, caller, held=held, own_key_for=own, now=now)
        work.entries.add(sealed.row)
        work.entries.add_wraps(loaded.dossier.id, sealed.wraps)
        _records.note(
            work,
            caller,
            audit.Event.ENTRY_WRITTEN,
            loaded.dossier.id,
            None,
            now=now,
            compartments={draft.kind.compartment: _records.NAMED},
            digest=sealed.row.digest,
            subject=sealed.row.id,
            ground="V13",
        )
