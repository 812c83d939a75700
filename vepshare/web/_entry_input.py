"""An entry as forms and JSON send it, checked against its kind."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from vepshare.dossier import (
    KINDS,
    Compartment,
    InvalidValuesError,
    Origin,
    clean,
)
from vepshare.ids import OrganisationId
from vepshare.people import Profession
from vepshare.plain import Plain
from vepshare.services import Draft, InvalidError
from vepshare.services.directory import Directory
from vepshare.web._fields import YesOrNo

MOST_ADDRESSEES = 12


class AddressIn(Schema):
    """A service an entry is addressed to."""

    organisation = fields.String(required=True, validate=validate.Length(1, 20))
    function = fields.Enum(Profession, by_value=True, required=True)


class EntryValuesIn(Schema):
    """What both a new entry and a rectification say."""

    values = fields.Dict(keys=fields.String(validate=validate.Length(1, 60)), required=True)
    origin = fields.Enum(Origin, by_value=True, required=True)
    occurred_on = fields.Date()
    place_checked = YesOrNo(load_default=False)


class EntryIn(EntryValuesIn):
    """A new entry."""

    compartment = fields.Enum(Compartment, by_value=True, required=True)
    kind = fields.String(required=True, validate=validate.Length(1, 40))
    addressed_to = fields.List(
        fields.Nested(AddressIn), load_default=list, validate=validate.Length(0, MOST_ADDRESSEES)
    )


class EntryUpdateIn(EntryValuesIn):
    """A rectification, on top of the version that was read."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10_000))


def draft_of(data: Mapping[str, Any], kind_code: str, path: str = "") -> Draft:
    """Return what *data*, loaded by one of these schemas, says, checked against its kind.

    Raises:
        InvalidError: there is no such kind in that compartment, or the values do not fit it;
            *path* goes in front of the names of the fields.

    """
    kind = KINDS.get(kind_code)
    compartment = data.get("compartment")
    if kind is None or (compartment is not None and kind.compartment is not compartment):
        raise InvalidError({f"{path}kind": "unknown"})
    try:
        values = clean(kind, data["values"])
    except InvalidValuesError as error:
        named = {f"{path}values.{name}".rstrip("."): code for name, code in error.faults.items()}
        raise InvalidError({name: code.value for name, code in named.items()}) from error
    occurred: date | None = data.get("occurred_on")
    return Draft(kind=kind, values=Plain(values), origin=data["origin"], occurred_on=occurred)


def addresses_of(
    data: Mapping[str, Any], people: Directory
) -> tuple[tuple[OrganisationId, Profession], ...]:
    """Return the services an entry is addressed to.

    Raises:
        InvalidError: an organisation is not in the directory.

    """
    found = []
    for number, one in enumerate(data["addressed_to"]):
        organisation = people.organisation(one["organisation"])
        if organisation is None:
            raise InvalidError({f"addressed_to.{number}": "unknown"})
        found.append((organisation.id, one["function"]))
    return tuple(found)
