"""What is agreed in a dossier, in words: what is open now, every act, what can be taken back."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from vepshare.consent import Consent
from vepshare.dossier import Compartment
from vepshare.ids import OrganisationId
from vepshare.people import Profession
from vepshare.services.consents import ConsentsView
from vepshare.services.directory import Directory
from vepshare.services.overview import HolderView
from vepshare.web import _labels

Service = tuple[OrganisationId, Profession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service and what is open to it now."""

    service: Service
    name: str
    person: str
    holders: tuple[HolderView, ...]

    @property
    def until(self) -> datetime:
        """Return when the last of it ends."""
        return max(one.holder.grant.ends for one in self.holders)


def lines_of(open_now: tuple[HolderView, ...], people: Directory) -> list[Line]:
    found: dict[tuple[str, str], list[HolderView]] = {}
    for one in open_now:
        service = _service(one.holder.organisation_id, one.holder.profession, people)
        who = one.holder.professional_id
        person = "" if who is None else people.professionals[who].name
        found.setdefault((service, person), []).append(one)
    return [
        Line(
            service=(rows[0].holder.organisation_id, rows[0].holder.profession),
            name=name,
            person=person,
            holders=tuple(rows),
        )
        for (name, person), rows in sorted(found.items())
    ]


def _service(where: OrganisationId, function: Profession, people: Directory) -> str:
    return _labels.service(people.organisations[where].name, function)


def history_of(
    one: Consent,
    open_now: tuple[HolderView, ...],
    people: Directory,
    moment: datetime,
    *,
    own_only: bool = False,
) -> dict[str, object]:
    state = state_of(one, moment)
    standing = {
        (view.holder.organisation_id, view.holder.profession)
        for view in open_now
        if view.holder.grant.consent_id == one.id
    }
    return {
        "consent": one,
        "state": state,
        "lines": [
            {
                "name": _service(line.organisation_id, line.profession, people),
                "person": ""
                if line.professional_id is None
                else people.professionals[line.professional_id].name,
                "subjects": [c for c in Compartment if c in line.compartments],
                "own_ticks": line.own_ticks,
                "until": line.ends or one.terms.ends,
                "closed": state == "active"
                and (line.organisation_id, line.profession) not in standing,
            }
            for line in one.terms.recipients
        ],
        "refused": [_no(no.organisation_id, no.profession, people) for no in one.terms.refused],
        # A name leads to its organisation, and the name of a shelter to its region (S05-R4).
        "people_shown": not own_only,
        "recorded_by": people.professionals[one.recorded_by.professional_id].name,
        "recorded_for": _service(
            one.recorded_by.organisation_id, one.recorded_by.profession, people
        ),
        "explained_by": people.professionals[one.terms.proof.explained_by].name,
        "witness": ""
        if one.terms.proof.witness is None
        else people.professionals[one.terms.proof.witness].name,
    }


def state_of(one: Consent, moment: datetime) -> str:
    if one.ended_at is not None and one.ended_at <= moment:
        return "ended"
    if not one.confirmed:
        return "awaiting_witness"
    if moment > one.terms.ends:
        return "ended"
    return "active" if one.terms.starts <= moment else "to_come"


def _no(
    where: OrganisationId | None, function: Profession | None, people: Directory
) -> tuple[str, str]:
    """Return the organisation and the function she said no to; nothing where it is all of them."""
    organisation = "" if where is None else people.organisations[where].name
    return organisation, "" if function is None else function.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What can be taken back: services by their key in the form, and subjects.

    `own` is the service of whoever records it.
    """

    view: ConsentsView
    own: Service
    services: dict[str, tuple[Service, str]]
    subjects: tuple[Compartment, ...]

    @property
    def items(self) -> list[dict[str, str]]:
        """Return the services as choices of a form, one's own last and with what it does."""
        return [self._item(key, *named) for key, named in self.services.items()]

    def _item(self, key: str, service: Service, name: str) -> dict[str, str]:
        item = {"value": key, "text": name}
        if service == self.own:
            item["hint"] = _("Your own service: if it is ticked, this dossier closes to you too.")
        return item

    @property
    def subject_items(self) -> list[dict[str, str]]:
        """Return the subjects as choices of a form."""
        return [{"value": one.value, "text": _labels.compartment(one)} for one in self.subjects]


def agreed_of(
    view: ConsentsView,
    open_now: tuple[HolderView, ...],
    people: Directory,
    own: Service,
    moment: datetime,
) -> Agreed:
    """Return what can be taken back at *moment*, as far as it is shown."""
    # What waits for its witness, or begins later, opens nothing yet and can be taken back too.
    waiting = [
        (line.organisation_id, line.profession, line.compartments)
        for one in view.consents
        if state_of(one, moment) in {"awaiting_witness", "to_come"}
        for line in one.terms.recipients
    ]
    lines = [
        (one.holder.organisation_id, one.holder.profession, frozenset({one.holder.compartment}))
        for one in open_now
    ] + waiting
    named = {(where, function) for where, function, _subjects in lines}
    subjects = frozenset[Compartment]().union(*(one for _where, _function, one in lines))
    services = {
        f"{people.code(where)}/{function.value}": (
            (where, function),
            _service(where, function, people),
        )
        for where, function in named
    }
    return Agreed(
        view=view,
        own=own,
        services=dict(
            sorted(services.items(), key=lambda one: (one[1][0] == own, one[1][1].casefold()))
        ),
        subjects=tuple(one for one in Compartment if one in subjects),
    )
