"""The terms of a consent as forms and JSON send them: one schema for both."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from vepshare.consent import (
    BRUSSELS,
    CURRENT,
    LANGUAGES,
    NIGHT,
    Form,
    Interpreter,
    InterpreterMode,
    InterpreterService,
    OralReason,
    Proof,
    Purpose,
    Recipient,
    Refused,
    RepresentativeKind,
    Terms,
    default_end,
    end_of,
    local_day,
    statement,
)
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, ProfessionalId
from vepshare.people import Profession
from vepshare.services import InvalidError
from vepshare.services.directory import Directory
from vepshare.web._fields import YesOrNo

MOST_RECIPIENTS = 40


class Moment(fields.Field[date]):
    """A day (`2027-09-01`), or an instant with its offset (`2027-05-14T03:12:00+02:00`)."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            if isinstance(value, str) and len(value) == len("2027-09-01"):
                return date.fromisoformat(value)
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("not_a_date") from error
        if moment.tzinfo is None:
            raise ValidationError("no_offset")
        return moment


def _code(kind: Any) -> fields.Enum[Any]:
    return fields.Enum(kind, by_value=True)


class RecipientIn(Schema):
    """One line of a consent."""

    organisation = fields.String(required=True, validate=validate.Length(1, 20))
    function = fields.Enum(Profession, by_value=True, required=True)
    person = fields.String(validate=validate.Length(1, 60))
    compartments = fields.List(
        fields.Enum(Compartment, by_value=True), required=True, validate=validate.Length(0, 19)
    )
    own_ticks = fields.List(
        fields.Enum(Compartment, by_value=True), load_default=list, validate=validate.Length(0, 19)
    )
    end = Moment()


class RefusedIn(Schema):
    """A service she said no to: an organisation, a function, or one of the other."""

    organisation = fields.String(validate=validate.Length(1, 20))
    function = fields.Enum(Profession, by_value=True)


class StatementIn(Schema):
    """Which statement was read out."""

    edition = fields.String(load_default=CURRENT, validate=validate.Length(1, 20))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class InterpreterIn(Schema):
    """The interpreter: a service bound by secrecy and a code, never a relative (R12)."""

    service = fields.Enum(InterpreterService, by_value=True, required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"[A-Z0-9-]{1,20}\Z"))
    mode = fields.Enum(InterpreterMode, by_value=True, required=True)
    language = fields.String(required=True, validate=validate.Length(1, 40))


class ConsentIn(Schema):
    """What she says, and how it was recorded (R3)."""

    recipients = fields.List(
        fields.Nested(RecipientIn), required=True, validate=validate.Length(0, MOST_RECIPIENTS)
    )
    refused = fields.List(
        fields.Nested(RefusedIn), load_default=list, validate=validate.Length(0, MOST_RECIPIENTS)
    )
    purposes = fields.List(_code(Purpose), required=True, validate=validate.Length(1, 3))
    start = Moment()
    end = Moment()
    form = fields.Enum(Form, by_value=True, required=True)
    statement = fields.Nested(StatementIn, required=True)
    explained_by = fields.String(required=True, validate=validate.Length(1, 60))
    seen_alone = YesOrNo(required=True)
    reporting_warning_read = YesOrNo(required=True)
    understood = YesOrNo(required=True)
    witness = fields.String(validate=validate.Length(1, 60))
    interpreter = fields.Nested(InterpreterIn)
    representative = fields.Enum(RepresentativeKind, by_value=True)
    oral_reason = fields.Enum(OralReason, by_value=True)
    replaces = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, 50))


def terms_of(data: Mapping[str, Any], people: Directory, *, now: datetime) -> Terms:
    """Return the terms that *data*, loaded by `ConsentIn`, speaks of.

    Raises:
        InvalidError: an organisation or a professional is not in the directory.

    """
    reader = _Reader(people)
    starts = _start(data.get("start"), now)
    form: Form = data["form"]
    terms = Terms(
        recipients=tuple(
            reader.recipient(number, one) for number, one in enumerate(data["recipients"])
        ),
        refused=tuple(reader.refused(number, one) for number, one in enumerate(data["refused"])),
        purposes=frozenset(data["purposes"]),
        starts=starts,
        ends=_end(data.get("end"), form, starts),
        proof=_proof(data, reader),
        replaces=frozenset(ConsentId(one) for one in data["replaces"]),
    )
    if reader.faults:
        raise InvalidError(reader.faults)
    return terms


class _Reader:
    """Turns codes and logins into ids, and collects those that name nobody."""

    def __init__(self, people: Directory) -> None:
        self._people = people
        self.faults: dict[str, str] = {}

    def recipient(self, number: int, data: Mapping[str, Any]) -> Recipient:
        path = f"recipients.{number}"
        organisation = self._people.organisation(data["organisation"])
        if organisation is None:
            self.faults[f"{path}.organisation"] = "unknown"
            organisation = next(iter(self._people.organisations.values()))
        elif (organisation.id, data["function"]) not in self._people.services:
            # Functions no consent can name have their own refusal, further in.
            self.faults |= self._no_service(path, data["function"])
        person = data.get("person")
        return Recipient(
            organisation_id=organisation.id,
            profession=data["function"],
            professional_id=None if person is None else self.professional(f"{path}.person", person),
            compartments=frozenset(data["compartments"]),
            own_ticks=frozenset(data["own_ticks"]),
            ends=_last_instant(data["end"]) if "end" in data else None,
        )

    def _no_service(self, path: str, profession: Profession) -> dict[str, str]:
        known = {service for _, service in self._people.services}
        return {f"{path}.function": "unknown"} if profession in known else {}

    def refused(self, number: int, data: Mapping[str, Any]) -> Refused:
        code = data.get("organisation")
        organisation = None if code is None else self._people.organisation(code)
        if (code is not None and organisation is None) or not data:
            self.faults[f"refused.{number}"] = "unknown"
        return Refused(
            organisation_id=None if organisation is None else organisation.id,
            profession=data.get("function"),
        )

    def professional(self, path: str, login: str) -> ProfessionalId:
        found = self._people.by_login(login)
        if found is None:
            self.faults[path] = "unknown"
            return next(iter(self._people.professionals))
        return found.id


def _start(said: date | None, now: datetime) -> datetime:
    if said is None:
        return now
    if isinstance(said, datetime):
        return said
    # A consent given today begins when it is recorded, not at the midnight before.
    return now if said == local_day(now) else datetime.combine(said, time(), BRUSSELS)


def _end(said: date | None, form: Form, starts: datetime) -> datetime:
    if said is not None:
        return _last_instant(said)
    return starts + NIGHT if form is Form.NIGHT else end_of(default_end(starts))


def _last_instant(said: date) -> datetime:
    return said if isinstance(said, datetime) else end_of(said)


def _proof(data: Mapping[str, Any], reader: _Reader) -> Proof:
    told, spoken, witness = data["statement"], data.get("interpreter"), data.get("witness")
    read_out = statement(told["edition"], told["language"])
    return Proof(
        form=data["form"],
        statement_edition=told["edition"],
        statement_language=told["language"],
        statement_hash="" if read_out is None else read_out.digest,
        explained_by=reader.professional("explained_by", data["explained_by"]),
        seen_alone=data["seen_alone"],
        reporting_warning_read=data["reporting_warning_read"],
        understood=data["understood"],
        witness=None if witness is None else reader.professional("witness", witness),
        interpreter=None if spoken is None else Interpreter(**spoken),
        representative=data.get("representative"),
        oral_reason=data.get("oral_reason"),
    )
