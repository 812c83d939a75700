"""What she agrees to in a measured dossier."""

from datetime import datetime, timedelta

from vepshare import consent
from vepshare.bench._words import Line
from vepshare.consent import Form, Proof, Purpose, Recipient, Terms
from vepshare.demo import Cast
from vepshare.dossier import CODES, Compartment
from vepshare.people import Profession

_LASTS = timedelta(days=90)


def terms(cast: Cast, lines: tuple[Line, ...], *, now: datetime) -> Terms:
    """Return a consent on paper for *lines*, from *now* on."""
    return Terms(
        recipients=tuple(_recipient(cast, one) for one in lines),
        refused=(),
        purposes=frozenset({Purpose.COORDINATION}),
        starts=now,
        ends=consent.end_of(consent.local_day(now + _LASTS)),
        proof=_proof(cast),
    )


def _recipient(cast: Cast, line: Line) -> Recipient:
    service, compartments, ticks = line
    organisation, profession = service.split("/")
    return Recipient(
        organisation_id=cast.organisations[organisation].id,
        profession=Profession(profession),
        compartments=_compartments(compartments),
        own_ticks=_compartments(ticks),
    )


def _compartments(codes: str) -> frozenset[Compartment]:
    return frozenset(CODES[code] for code in codes.split())


def _proof(cast: Cast) -> Proof:
    said = consent.statement(consent.CURRENT, "fr")
    if said is None:
        raise LookupError(consent.CURRENT)
    return Proof(
        form=Form.WRITTEN_PAPER,
        statement_edition=said.edition,
        statement_language=said.language,
        statement_hash=said.digest,
        explained_by=cast.callers["u01"].id,
        seen_alone=True,
        reporting_warning_read=True,
        understood=True,
    )
