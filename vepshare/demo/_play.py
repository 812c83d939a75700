"""Playing stories through the services: what the cast does, at the times it is told for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import singledispatchmethod

from vepshare import consent
from vepshare.consent import Proof, Purpose, Recipient, Refused, Target, Terms, end_of
from vepshare.demo._calendar import Shift, moved
from vepshare.demo._cast import Cast
from vepshare.demo._s01 import S01
from vepshare.demo._s02 import S02
from vepshare.demo._s05 import S05
from vepshare.demo._stories import (
    Act,
    Agreed,
    Entry,
    Giving,
    HandingOver,
    Inviting,
    Line,
    Opening,
    Reading,
    Rectifying,
    Story,
    Withdrawing,
    Writing,
)
from vepshare.dossier import KINDS, clean
from vepshare.errors import VepshareError
from vepshare.ids import ConsentId, EntryId, OrganisationId, RequestId, new_id
from vepshare.people import Profession
from vepshare.plain import Plain
from vepshare.services import Caller, Draft, consents, dossiers, entries, opening, participants
from vepshare.storage import Store

STORIES = (S01, S02, S05)
"""Every story there is."""

DEMONSTRATED = (S01, S02)
"""The stories of the demonstration, told side by side."""


class LetThroughError(VepshareError):
    """The platform let happen what a story says it refuses."""


class Performance:
    """One story under way in one store: how far it is, and what it has made so far.

    *shift* moves all of it: zero plays it in the year it is told for.
    """

    def __init__(
        self, store: Store, cast: Cast, story: Story, *, shift: timedelta = timedelta()
    ) -> None:
        self.reference = ""
        self._store = store
        self._cast = cast
        self._story = story
        self._shift = Shift(by=shift)
        self._left = list(story.acts)
        self._consents: list[ConsentId] = []
        self._entries: dict[str, tuple[EntryId, int]] = {}

    def next_at(self, until: datetime) -> datetime | None:
        """Return when the next act takes place, shifted; None when none is left before *until*.

        *until* is in the time of the story, not shifted, and exclusive.
        """
        if not self._left or self._left[0].at >= until:
            return None
        return self._shift.instant(self._left[0].at)

    def up_to(self, until: datetime) -> None:
        """Go on with the story to *until*, in its own time, exclusive.

        Raises:
            LetThroughError: the platform did not refuse what it must.
            VepshareError: it refused something else.

        """
        while self.next_at(until) is not None:
            self.step()

    def step(self) -> None:
        """Perform the next act.

        Raises: as for `up_to`; `IndexError` when the story is over.
        """
        act = self._left.pop(0)
        if act.refused is None:
            self._perform(act)
            return
        try:
            self._perform(act)
        except act.refused:
            return
        raise LetThroughError(self._story.code, act.at.isoformat())

    @singledispatchmethod
    def _perform(self, act: Act) -> None:
        raise TypeError(type(act).__name__)

    @_perform.register
    def _(self, act: Opening) -> None:
        caller, now = self._who(act)
        self.reference = opening.open_dossier(
            self._store,
            caller,
            self._terms(act, act.agreed),
            [self._draft(act, one) for one in act.entries],
            pseudonym=self._story.pseudonym,
            now=now,
        )
        held = consents.list_consents(self._store, caller, self.reference, now=now)
        self._consents = [one.id for one in held.consents]

    @_perform.register
    def _(self, act: Giving) -> None:
        caller, now = self._who(act)
        terms = self._terms(act, act.agreed)
        given = consents.give(self._store, caller, self.reference, terms, now=now)
        self._consents.append(given.id)

    @_perform.register
    def _(self, act: Withdrawing) -> None:
        caller, now = self._who(act)
        targets = [Target(organisation_id=self._at(code)) for code in act.organisations]
        consents.withdraw(self._store, caller, self.reference, None, targets=targets, now=now)

    @_perform.register
    def _(self, act: Inviting) -> None:
        caller, now = self._who(act)
        hat = self._cast.callers[act.whom].hat
        participants.invite(self._store, caller, self.reference, hat, act.reason, now=now)

    @_perform.register
    def _(self, act: HandingOver) -> None:
        caller, now = self._who(act)
        hat = self._cast.callers[act.to].hat
        participants.hand_over_to(self._store, caller, self.reference, hat, now=now)

    @_perform.register
    def _(self, act: Writing) -> None:
        caller, now = self._who(act)
        entry_id = entries.write_entry(
            self._store,
            caller,
            self.reference,
            self._draft(act, act.entry),
            addressed_to=[self._service(one) for one in act.addressed_to],
            now=now,
        )
        if act.name:
            self._entries[act.name] = (entry_id, 1)

    @_perform.register
    def _(self, act: Rectifying) -> None:
        caller, now = self._who(act)
        entry_id, version = self._entries[act.name]
        draft = self._draft(act, act.entry)
        version = entries.rectify_entry(
            self._store,
            caller,
            self.reference,
            entry_id,
            lambda _kind: draft,
            version=version,
            now=now,
        )
        self._entries[act.name] = (entry_id, version)

    @_perform.register
    def _(self, act: Reading) -> None:
        caller, now = self._who(act)
        purpose = Purpose.COORDINATION
        dossiers.read_dossier(self._store, caller, self.reference, purpose=purpose, now=now)

    def _who(self, act: Act) -> tuple[Caller, datetime]:
        """Return who acts, in a request of its own, and when."""
        caller = replace(self._cast.callers[act.by], request=RequestId(new_id()))
        return caller, self._shift.instant(act.at)

    def _at(self, code: str) -> OrganisationId:
        return self._cast.organisations[code].id

    def _service(self, code: str) -> tuple[OrganisationId, Profession]:
        organisation, profession = code.split("/")
        return self._at(organisation), Profession(profession)

    def _draft(self, act: Act, entry: Entry) -> Draft:
        kind, days = KINDS[entry.kind], self._shift.days(act.at)
        return Draft(
            kind=kind,
            values=Plain(clean(kind, moved(kind.fields, entry.values, days))),
            origin=entry.origin,
            occurred_on=None if entry.occurred_on is None else entry.occurred_on + days,
        )

    def _terms(self, act: Act, agreed: Agreed) -> Terms:
        days = self._shift.days(act.at)
        return Terms(
            recipients=tuple(self._recipient(one, days) for one in agreed.lines),
            refused=tuple(Refused(profession=one) for one in sorted(agreed.refused)),
            purposes=frozenset({Purpose.COORDINATION}),
            starts=self._shift.instant(act.at),
            ends=end_of(agreed.ends + days),
            proof=self._proof(act, agreed),
            replaces=frozenset(self._consents if agreed.replaces else ()),
        )

    def _recipient(self, line: Line, days: timedelta) -> Recipient:
        return Recipient(
            organisation_id=self._at(line.organisation),
            profession=line.profession,
            professional_id=None if line.person is None else self._cast.callers[line.person].id,
            compartments=line.compartments,
            own_ticks=line.ticks,
            ends=None if line.ends is None else end_of(line.ends + days),
        )

    def _proof(self, act: Act, agreed: Agreed) -> Proof:
        said = consent.statement(consent.CURRENT, "fr")
        if said is None:
            raise LookupError(consent.CURRENT)
        return Proof(
            form=agreed.form,
            statement_edition=said.edition,
            statement_language=said.language,
            statement_hash=said.digest,
            explained_by=self._cast.callers[act.by].id,
            seen_alone=True,
            reporting_warning_read=agreed.warned,
            understood=True,
        )


def play(
    store: Store,
    cast: Cast,
    story: Story,
    *,
    shift: timedelta = timedelta(),
    until: datetime | None = None,
) -> str:
    """Play a story up to *until*, its clock when left out, and return the dossier's reference.

    *until* is in the time of the story, not shifted, and exclusive.

    Raises: as for `Performance.up_to`.
    """
    performance = Performance(store, cast, story, shift=shift)
    performance.up_to(story.clock if until is None else until)
    return performance.reference


def play_all(
    store: Store,
    cast: Cast,
    *,
    stories: tuple[Story, ...] = DEMONSTRATED,
    now: datetime,
) -> Mapping[str, str]:
    """Play stories so that *now* is the clock of each; return their references, by code.

    They are told side by side, in the order of the shifted times: the clock of the log never
    goes back. The cast must have been there since `beginning`.
    """
    told = {
        one.code: (Performance(store, cast, one, shift=_shift(one, now)), one.clock)
        for one in stories
    }
    while due := [(at, code) for code, (one, end) in told.items() if (at := one.next_at(end))]:
        _, code = min(due)
        told[code][0].step()
    return {code: one.reference for code, (one, _) in told.items()}


def _shift(story: Story, now: datetime) -> timedelta:
    return now.astimezone(UTC) - story.clock.astimezone(UTC)


def beginning(stories: tuple[Story, ...] = DEMONSTRATED, *, now: datetime) -> datetime:
    """Return when to set up an installation whose stories stand at *now*: a day before them."""
    first = min(Shift(by=_shift(one, now)).instant(one.acts[0].at) for one in stories)
    return first - timedelta(days=1)
