"""Signed acts that bind somebody to a dossier: inviting, joining, handing over.

Consents say which services may read; these say who of them takes part, by whose act. They are
signed by whoever does it and chained within the dossier; `vepshare log verify` checks them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from vepshare import audit, crypto
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import DossierId, OrganisationId
from vepshare.people import Hat, Profession
from vepshare.services import _published
from vepshare.services._caller import Caller
from vepshare.storage import SignedAct, Work

NO_PREVIOUS = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Who is bound: a professional under a hat, or a service, by its id; and for which reason."""

    subject: UUID
    organisation_id: OrganisationId
    profession: Profession
    reason: str = ""


def of(hat: Hat, reason: str = "") -> Bound:
    """Return a professional as somebody to bind."""
    return Bound(
        subject=hat.professional_id,
        organisation_id=hat.organisation_id,
        profession=hat.profession,
        reason=reason,
    )


def digest_of(one: SignedAct) -> bytes:
    """Return the digest that names an act, and that stands in its entry of the log: 32 bytes."""
    said = crypto.binding(
        crypto.Kind.APPROVAL,
        one.dossier_id,
        one.seq,
        one.event,
        one.subject,
        one.organisation_id,
        one.profession,
        one.reason,
        one.at.astimezone(UTC).isoformat(timespec="microseconds"),
        one.signer,
        one.by_organisation,
        one.by_profession,
        one.previous,
    )
    return crypto.sealed_hash(said)


def record(
    work: Work,
    caller: Caller,
    event: audit.Event,
    dossier_id: DossierId,
    bound: Bound,
    *,
    now: datetime,
) -> bytes:
    """Sign that the caller bound somebody, append it, and return its digest for the log.

    Raises:
        TamperedError: the caller's key was not published: nobody could verify what they sign.

    """
    public = crypto.signing_public_key(caller.keyring.signing)
    if not _published.load_latest(work, (caller.id,)).signs(caller.hat, public):
        raise TamperedError(Tampered.KEY, caller.id)
    acts = work.statements.acts(dossier_id)
    one = SignedAct(
        dossier_id=dossier_id,
        seq=len(acts) + 1,
        event=event.value,
        subject=bound.subject,
        organisation_id=bound.organisation_id,
        profession=bound.profession.value,
        reason=bound.reason,
        at=now,
        by_organisation=caller.hat.organisation_id,
        by_profession=caller.hat.profession.value,
        previous=digest_of(acts[-1]) if acts else NO_PREVIOUS,
        signer=caller.id,
        signature=b"",
    )
    digest = digest_of(one)
    signature = crypto.sign(caller.keyring.signing, crypto.Kind.APPROVAL, digest)
    work.statements.add_act(one._replace(signature=signature))
    return digest
