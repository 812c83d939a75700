"""Publishing keys: a statement of the key directory, signed, and its entry in the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vepshare import audit, crypto
from vepshare.ids import OrganisationId, ProfessionalId, RequestId, new_id
from vepshare.people import Hat
from vepshare.services import _published
from vepshare.services._key_directory import NO_PREVIOUS, Directory, digest_of, place_of
from vepshare.storage import KeyStatement, PublicKeys, ServiceKey, StatementKind, Work

Seeds = Mapping[ProfessionalId, crypto.SigningSeed]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signer:
    """Who signs statements, with the seed they sign with."""

    professional_id: ProfessionalId
    seed: crypto.SigningSeed

    @property
    def public(self) -> bytes:
        """Return the 32-byte key that verifies what they sign."""
        return crypto.signing_public_key(self.seed)


def registrar(
    work: Work, hat: Hat, seeds: Seeds, *, among: Iterable[Hat], now: datetime
) -> Signer | None:
    """Return who vouches for the keys of an organisation, if their seed is among *seeds*.

    An organisation without a registrar gets the first of *among* that works there, vouched for
    by the founder; the first registrar of a platform is the founder. None when whoever has to
    sign is not here: what is not published is wrapped to by nobody.
    """
    organisation_id = hat.organisation_id
    found = Directory(work.founding)
    for one in work.statements.of_organisation(organisation_id):
        found.take(one)
    present = found.registrar(organisation_id)
    if present is None:
        first = next(one for one in among if one.organisation_id == organisation_id)
        new = Signer(professional_id=first.professional_id, seed=seeds[first.professional_id])
        founder = found.founder()
        if founder is None:
            founding = _registrar(StatementKind.FOUNDING, new, organisation_id, new)
            founder = _append(work, founding, new, now)
        voucher = _signer(founder.subject, seeds)
        if voucher is None:
            return None
        statement = _registrar(StatementKind.REGISTRAR, new, organisation_id, voucher)
        present = _append(work, statement, voucher, now)
    return _signer(present.subject, seeds)


def _signer(subject: UUID, seeds: Seeds) -> Signer | None:
    professional_id = ProfessionalId(subject)
    seed = seeds.get(professional_id)
    return None if seed is None else Signer(professional_id=professional_id, seed=seed)


def _registrar(
    kind: StatementKind, new: Signer, organisation_id: OrganisationId, voucher: Signer
) -> KeyStatement:
    return _unsigned(
        kind, new.professional_id, organisation_id, "", sign_public=new.public, signer=voucher
    )


def publish_member(
    work: Work, hat: Hat, keys: PublicKeys, signer: Signer, *, now: datetime
) -> None:
    """Publish the keys of a professional under one hat, signed by the registrar."""
    one = _unsigned(
        StatementKind.MEMBER,
        hat.professional_id,
        hat.organisation_id,
        hat.profession.value,
        wrap_key_id=keys.wrap_key_id,
        sign_public=keys.sign_public,
        signer=signer,
    )
    _append(work, _after_last(work, one), signer, now)


def strike_member(work: Work, hat: Hat, signer: Signer, *, now: datetime) -> None:
    """Publish that a professional holds a hat no more: nothing is wrapped to them under it."""
    one = _unsigned(
        StatementKind.MEMBER,
        hat.professional_id,
        hat.organisation_id,
        hat.profession.value,
        signer=signer,
    )
    _append(work, _after_last(work, one), signer, now)


def publish_service(work: Work, key: ServiceKey, signer: Signer, *, now: datetime) -> None:
    """Publish the key of a service in one epoch.

    Signed by the registrar, or, after the first epoch, by a member of the service: whoever
    makes the seed of the epoch signs for it in the same transaction.
    """
    one = _unsigned(
        StatementKind.SERVICE,
        key.service_id,
        key.organisation_id,
        key.profession.value,
        wrap_key_id=key.key_id,
        signer=signer,
    )
    _append(work, _after_last(work, one)._replace(epoch=key.epoch), signer, now)


def _unsigned(
    kind: StatementKind,
    subject: UUID,
    organisation_id: OrganisationId,
    profession: str,
    *,
    wrap_key_id: bytes = b"",
    sign_public: bytes = b"",
    signer: Signer,
) -> KeyStatement:
    return KeyStatement(
        log_index=-1,
        kind=kind,
        subject=subject,
        organisation_id=organisation_id,
        profession=profession,
        epoch=1,
        wrap_key_id=wrap_key_id,
        sign_public=sign_public,
        previous=NO_PREVIOUS,
        signer=signer.professional_id,
        signature=b"",
        entry=b"",
    )


def _after_last(work: Work, one: KeyStatement) -> KeyStatement:
    last = _published.load(work, (one.subject,)).last(place_of(one))
    if last is None:
        return one
    return one._replace(epoch=last.epoch + 1, previous=digest_of(last))


def _append(work: Work, one: KeyStatement, signer: Signer, now: datetime) -> KeyStatement:
    """Log a statement, sign and store it under its place in the log; return it."""
    digest = digest_of(one)
    # The founder vouches for a registrar from elsewhere: not under that organisation.
    elsewhere = one.kind is StatementKind.REGISTRAR and one.signer != one.subject
    record = audit.Record(
        event=audit.Event.KEY_PUBLISHED,
        outcome=audit.Outcome.ALLOWED,
        actor=signer.professional_id,
        organisation=None if elsewhere else one.organisation_id,
        dossier=None,
        request=RequestId(new_id()),
        digest=digest,
        subject=one.subject,
    )
    place = work.log.append(record, now=now)
    signature = crypto.sign(signer.seed, crypto.Kind.KEY_DIRECTORY, digest)
    signed = one._replace(log_index=place.index, signature=signature, entry=place.entry_bytes)
    work.statements.add(signed)
    return signed
