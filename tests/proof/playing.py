"""Acts in one dossier, each done by the services and told to the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from uuid import UUID

from tests.worlds import World, make_draft, make_line, make_proof
from vepshare.consent import Form, OralReason, Purpose, Terms
from vepshare.dossier import CODES, KINDS, Reason
from vepshare.errors import VepshareError
from vepshare.ids import EntryId
from vepshare.services import (
    Draft,
    _facts,
    accounts,
    consents,
    dossiers,
    due,
    exclusions,
    leaving,
    moving,
    opening,
    participants,
)
from vepshare.services import entries as writing

from .copies import copied
from .ledger import Ledger, Line
from .staging import CODE_OF, Cell, compare, members_of

KIND_IN: Mapping[str, str] = {
    "ID": "identity",
    "CT": "safe_contact",
    "AD": "protected_place",
    "HO": "housing",
    "CH": "children",
    "HE": "health",
    "PR": "pregnancy",
    "PS": "psychological_note",
    "SF": "social_financial",
    "IN": "incidents",
    "RI": "risk_assessment",
    "PL": "safety_plan",
    "AP": "perpetrator_info",
    "RA": "referrals_appointments_note",
    "MD": "meeting_decisions",
}
"""A kind of entry for each compartment that these histories write in."""


TEXT_IN: Mapping[str, str] = {
    "identity": "family_name",
    "safe_contact": "introduce_as",
    "protected_place": "address",
    "health": "care",
    "psychological_note": "text",
    "incidents": "description",
    "risk_assessment": "justification",
    "safety_plan": "bag",
    "perpetrator_info": "designation",
    "referrals_appointments_note": "text",
    "meeting_decisions": "action",
}


def unlike_any(kind: str) -> Draft:
    """Return an entry whose text, where its kind has one, is like that of no other entry."""
    usual = make_draft(kind)
    if kind not in TEXT_IN:
        return usual
    values = dict(usual.values.reveal()) | {TEXT_IN[kind]: f"sans pareil {token_hex(8)}"}
    return make_draft(kind, **values)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line of a consent in words: `O1/PSY`, `ID PS`, `PS`; perhaps one person of it."""

    service: str
    codes: str
    ticks: str = ""
    person: str | None = None
    ends: datetime | None = None


class Play:
    """One dossier under way. Each act returns whether the platform let it happen."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now
        self.reference = ""
        self.ledger = Ledger(members_of(world))
        self.entries: dict[str, tuple[str, int]] = {}

    def at(self, now: datetime) -> "Play":
        """Move the clock, and do what is due by then."""
        self.now = now
        due.run_due(self.world.store, now=now)
        self.ledger.align(None, now=now)
        return self

    def differences(self) -> dict[str, tuple[set[Cell], set[Cell]]]:
        """Return where keys and ledger differ: for each of the cast, what lacks, what is extra."""
        return compare(self.world, self.ledger)

    def open(
        self,
        by: str,
        lines: Iterable[Said],
        kinds: Iterable[str] = (),
        *,
        ends: datetime,
        form: Form = Form.WRITTEN_PAPER,
    ) -> None:
        """Open the dossier with an intake; it must succeed."""
        told = tuple(lines)
        self.reference = opening.open_dossier(
            self.world.store,
            self.world.cast[by],
            self._terms(by, told, ends, form, replaces=False),
            [unlike_any(kind) for kind in kinds],
            now=self.now,
        )
        self.ledger.give(by, self._lines(told, ends), now=self.now)
        for entry, (code, version) in self._stored().items():
            self.ledger.write(by, code, entry, version, intake=True, now=self.now)
            self.entries[entry] = (code, version)

    def give(
        self,
        by: str,
        lines: Iterable[Said],
        *,
        ends: datetime,
        form: Form = Form.WRITTEN_PAPER,
        replaces: bool = False,
    ) -> bool:
        told = tuple(lines)
        terms = self._terms(by, told, ends, form, replaces=replaces)
        try:
            consents.give(
                self.world.store, self.world.cast[by], self.reference, terms, now=self.now
            )
        except VepshareError:
            return False
        self.ledger.give(by, self._lines(told, ends), replaces=replaces, now=self.now)
        return True

    def withdraw(self, by: str, targets: Iterable[str] = (), codes: str = "") -> bool:
        named = tuple(targets)
        try:
            consents.withdraw(
                self.world.store,
                self.world.cast[by],
                self.reference,
                None,
                targets=[self.world.target(one) for one in named],
                compartments=[CODES[one] for one in codes.split()],
                now=self.now,
            )
        except VepshareError:
            return False
        self.ledger.withdraw(by, targets=named, codes=codes.split(), now=self.now)
        return True

    def exclude(self, by: str, whom: str) -> bool:
        """Keep out an organisation, `O7`, or one person, `u11`."""
        chosen = (
            {"professional_id": self.world.cast[whom].id}
            if whom in self.world.cast
            else {"organisation_id": self.world.organisation_id(whom)}
        )
        try:
            exclusions.exclude(
                self.world.store, self.world.cast[by], self.reference, **chosen, now=self.now
            )
        except VepshareError:
            return False
        self.ledger.bar(by, whom, now=self.now)
        return True

    def leave(self, whom: str) -> None:
        """End the only function of somebody; a colleague signs for the next key, and moves on."""
        hat = self.world.hat(whom)
        leaving.end_function(self.world.store, self.world.cast["u22"], hat, now=self.now)
        self.at(self.now + timedelta(seconds=1))
        self.ledger.leave(whom, now=self.now)

    def move_on(self, by: str) -> None:
        """A request of somebody whose service is due for a key, or has dossiers to move."""
        store = self.world.store
        moving.renew(store, self.world.cast[by], now=self.now)
        with store.peek() as work:
            caller = self.world.cast[by]
            keyring = accounts.renewed(work, caller.id, caller.keyring)
        self.world.cast[by] = replace(caller, keyring=keyring)
        for _number in range(3):
            moving.move_on(store, self.world.cast[by], now=self.now)

    def tie(self, by: str) -> bool:
        try:
            exclusions.declare_tie(
                self.world.store, self.world.cast[by], self.reference, now=self.now
            )
        except VepshareError:
            return False
        self.ledger.bar(by, by, now=self.now)
        return True

    def invite(self, by: str, whom: str) -> bool:
        try:
            participants.invite(
                self.world.store,
                self.world.cast[by],
                self.reference,
                self.world.hat(whom),
                Reason.FOLLOW_UP,
                now=self.now,
            )
        except VepshareError:
            return False
        return True

    def hand_over(self, by: str, to: str) -> bool:
        """Make another participant the referent; no key moves."""
        store, cast = self.world.store, self.world.cast
        try:
            participants.hand_over_to(
                store, cast[by], self.reference, self.world.hat(to), now=self.now
            )
        except VepshareError:
            return False
        return True

    def write(self, by: str, code: str, addressed: Iterable[str] = ()) -> bool:
        to = tuple(addressed)
        try:
            entry = writing.write_entry(
                self.world.store,
                self.world.cast[by],
                self.reference,
                unlike_any(KIND_IN[code]),
                addressed_to=[self.world.service(one) for one in to],
                place_checked=True,
                now=self.now,
            )
        except VepshareError:
            return False
        self.ledger.write(by, code, entry.hex, 1, addressed=to, now=self.now)
        self.entries[entry.hex] = (code, 1)
        return True

    def rectify(self, by: str, entry: str) -> bool:
        code, version = self.entries[entry]
        try:
            writing.rectify_entry(
                self.world.store,
                self.world.cast[by],
                self.reference,
                EntryId(UUID(entry)),
                lambda kind: unlike_any(kind.code),
                version=version,
                place_checked=True,
                now=self.now,
            )
        except VepshareError:
            return False
        self.entries[entry] = (code, version + 1)
        self.ledger.write(by, code, entry, version + 1, now=self.now)
        return True

    def read(self, by: str) -> bool:
        try:
            dossiers.read_dossier(
                self.world.store,
                self.world.cast[by],
                self.reference,
                purpose=Purpose.COORDINATION,
                now=self.now,
            )
        except VepshareError:
            return False
        self.ledger.read(by, now=self.now)
        return True

    def _terms(
        self, by: str, told: tuple[Said, ...], ends: datetime, form: Form, *, replaces: bool
    ) -> Terms:
        reason = OralReason.EMERGENCY if form in {Form.ORAL, Form.NIGHT} else None
        explained = {"explained_by": self.world.cast[by].id, "form": form, "oral_reason": reason}
        return Terms(
            recipients=tuple(
                make_line(
                    self.world, one.service, one.codes, one.ticks, person=one.person, ends=one.ends
                )
                for one in told
            ),
            refused=(),
            purposes=frozenset({Purpose.COORDINATION}),
            starts=self.now,
            ends=ends,
            proof=make_proof(self.world, **explained),
            replaces=frozenset(self._standing() if replaces else ()),
        )

    def _standing(self) -> list[object]:
        with self.world.store.peek() as work:
            [loaded] = _facts.several(work, [work.dossiers.id_of(self.reference)])
        return [one.id for one in loaded.register.consents]

    def _lines(self, told: tuple[Said, ...], ends: datetime) -> list[Line]:
        return [
            Line(
                consent=0,
                service=one.service,
                person=one.person,
                codes=frozenset(one.codes.split()),
                ticks=frozenset(one.ticks.split()),
                warned=True,
                starts=self.now,
                ends=one.ends or ends,
            )
            for one in told
        ]

    def _stored(self) -> dict[str, tuple[str, int]]:
        with self.world.store.peek() as work:
            mine = work.dossiers.id_of(self.reference).hex
        rows = copied(self.world.url, ("entries",))["entries"]
        return {
            row["id"]: (CODE_OF[row["compartment"]], row["version"])
            for row in rows
            if row["dossier_id"] == mine
        }


A_MOMENT = timedelta(minutes=1)
"""How long an act takes."""

assert set(KIND_IN.values()) <= set(KINDS)
