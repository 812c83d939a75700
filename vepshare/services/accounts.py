"""Organisations, professionals and the keys of both."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, crypto
from vepshare.ids import MethodId, ProfessionalId, RequestId, ServiceId, new_id
from vepshare.people import Hat, Organisation, Profession, Professional, Service, Standing
from vepshare.plain import Plain
from vepshare.services._caller import Caller, HeldSeed, Keyring
from vepshare.storage import MemberWrap, PublicKeys, ServiceKey, Store, UnlockRow, Work


@dataclass(frozen=True, kw_only=True)
class NewProfessional:
    """Somebody to enrol: who, under which functions, with which first passphrase."""

    professional: Professional
    hats: tuple[Hat, ...]
    passphrase: Plain[str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Enrolled:
    """A professional with the seeds made for them; kept in memory only, by whoever enrols."""

    professional: Professional
    hats: tuple[Hat, ...]
    identity: crypto.Identity


def add_organisations(store: Store, organisations: Iterable[Organisation]) -> None:
    """Record partner organisations."""
    with store.begin() as work:
        for one in organisations:
            work.people.add_organisation(one)


def enrol(
    store: Store,
    people: Iterable[NewProfessional],
    peppers: crypto.Peppers,
    *,
    parameters: crypto.Argon2Parameters = crypto.Argon2Parameters.DEFAULT,
    now: datetime,
) -> tuple[Enrolled, ...]:
    """Make the keys of some professionals and of their services; log their public keys.

    A service gets its key pair with its first members, and each of them a wrap of its seed.
    Members who come later receive it from a member who signs in (`share_services`).

    Raises:
        CustodyUnavailableError: the current pepper cannot be had just now; nothing was kept.

    """
    new = [(one, crypto.RootSeed.new()) for one in people]
    with store.peek() as work:
        pepper = peppers.named(work.custody.current_pepper())
    # The slow derivations happen before the lock is taken, as many at once as crypto allows.
    with ThreadPoolExecutor(max_workers=2) as pool:
        pending = [pool.submit(_passphrase, *one, pepper, parameters) for one in new]
    methods = [one.result() for one in pending]
    enrolled = tuple(
        Enrolled(professional=one.professional, hats=one.hats, identity=crypto.identity_of(root))
        for one, root in new
    )
    with store.begin() as work:
        for one, method in zip(enrolled, methods, strict=True):
            _add(work, one, method, now)
        _add_services(work, enrolled, now)
    return enrolled


def _passphrase(
    one: NewProfessional,
    root: crypto.RootSeed,
    pepper: crypto.Pepper,
    parameters: crypto.Argon2Parameters,
) -> UnlockRow:
    method_id, salt = MethodId(new_id()), crypto.new_salt()
    secret = crypto.passphrase_secret(
        one.passphrase, salt=salt, parameters=parameters, pepper=pepper, device=None
    )
    professional_id = one.professional.id
    return UnlockRow(
        id=method_id,
        professional_id=professional_id,
        kind=crypto.Method.PASSPHRASE.value,
        salt=salt,
        parameters=parameters.encode(),
        pepper_id=pepper.id,
        wrap=crypto.lock_root(root, secret, professional=professional_id, method=method_id),
    )


def _add(work: Work, one: Enrolled, method: UnlockRow, now: datetime) -> None:
    public = crypto.public_key(one.identity.wrap)
    keys = PublicKeys(
        professional_id=one.professional.id,
        wrap_public=public,
        wrap_key_id=crypto.key_id(public),
        sign_public=crypto.signing_public_key(one.identity.signing),
    )
    work.people.add_professional(one.professional, keys)
    for hat in one.hats:
        work.people.give_function(hat)
    work.sessions.add_method(method)
    digest = crypto.sealed_hash(keys.wrap_public, keys.sign_public)
    _publish(work, one.professional.id, digest, now)


def _add_services(work: Work, enrolled: tuple[Enrolled, ...], now: datetime) -> None:
    known = work.people.service_keys()
    by_id = {one.professional.id: one for one in enrolled}
    hats = {(hat.organisation_id, hat.profession) for one in enrolled for hat in one.hats}
    for organisation_id, profession in sorted(hats - known.keys()):
        members = work.people.members(organisation_id, profession)
        identities = [by_id[hat.professional_id] for hat in members if hat.professional_id in by_id]
        service = Service(
            id=ServiceId(new_id()), organisation_id=organisation_id, profession=profession
        )
        _add_service(work, service, identities, now)


def _add_service(work: Work, service: Service, members: list[Enrolled], now: datetime) -> None:
    seed = crypto.WrapSeed.new()
    public = crypto.public_key(seed)
    key = ServiceKey(
        service_id=service.id,
        organisation_id=service.organisation_id,
        profession=service.profession,
        epoch=1,
        key_id=crypto.key_id(public),
        public=public,
    )
    work.people.add_service(service, key)
    publics = {one.professional.id: crypto.public_key(one.identity.wrap) for one in members}
    work.people.add_member_wraps(_member_wraps(key, seed, publics))
    _publish(work, service.id, crypto.sealed_hash(public), now)


def _member_wraps(
    key: ServiceKey, seed: crypto.WrapSeed, publics: dict[ProfessionalId, bytes]
) -> list[MemberWrap]:
    return [
        MemberWrap(
            service_id=key.service_id,
            epoch=key.epoch,
            professional_id=member,
            wrap=crypto.wrap(
                seed,
                public,
                crypto.MemberPlace(
                    service=key.service_id, epoch=key.epoch, professional=member
                ).info(),
            ),
        )
        for member, public in publics.items()
    ]


def share_services(work: Work, keyring: Keyring, hats: Iterable[Hat]) -> None:
    """Hand the seeds of one's services to members who have come since.

    Called when a member signs in: they hold the seed, the newcomer only a public key.
    """
    known = work.people.service_keys()
    held = {one.key_id: one.seed for one in keyring.seeds}
    for hat in hats:
        key = known.get((hat.organisation_id, hat.profession))
        if key is not None and key.key_id in held:
            missing = work.people.members_without_wrap(key)
            publics = {
                one.professional_id: one.wrap_public
                for one in work.people.public_keys(missing).values()
            }
            work.people.add_member_wraps(_member_wraps(key, held[key.key_id], publics))


def _publish(work: Work, subject: ProfessionalId | ServiceId, digest: bytes, now: datetime) -> None:
    record = audit.Record(
        event=audit.Event.KEY_PUBLISHED,
        outcome=audit.Outcome.ALLOWED,
        actor=None,
        organisation=None,
        dossier=None,
        request=RequestId(new_id()),
        digest=digest,
        subject=subject,
    )
    work.log.append(record, now=now)


def keyring(work: Work, professional_id: ProfessionalId, identity: crypto.Identity) -> Keyring:
    """Return what a session of a professional holds: their own seeds, and their services'.

    Raises:
        TamperedError: a member wrap is not what was put there.

    """
    own = crypto.private_key(identity.wrap)
    own_id = crypto.key_id(crypto.public_key(identity.wrap))
    seeds = [HeldSeed(key_id=own_id, seed=identity.wrap)]
    by_service = {key.service_id: key for key in work.people.service_keys().values()}
    for one in work.people.member_wraps(professional_id):
        key = by_service[one.service_id]
        place = crypto.MemberPlace(
            service=one.service_id, epoch=one.epoch, professional=professional_id
        )
        seed = crypto.unwrap(crypto.WrapSeed, one.wrap, own, place.info())
        seeds.append(
            HeldSeed(
                key_id=crypto.key_id(crypto.public_key(seed)),
                seed=seed,
                organisation_id=key.organisation_id,
                profession=key.profession,
            )
        )
    return Keyring(signing=identity.signing, seeds=tuple(seeds))


def caller_of(store: Store, one: Enrolled, profession: Profession | None = None) -> Caller:
    """Return a caller for somebody just enrolled, as the demonstration and the bench need it."""
    hat = next(hat for hat in one.hats if profession in {None, hat.profession})
    with store.peek() as work:
        held = keyring(work, one.professional.id, one.identity)
        organisation = work.people.organisations()[hat.organisation_id]
    standing = Standing(
        account_active=True,
        organisation_active=True,
        function_held=True,
        undertaking_until=one.professional.undertaking_until,
    )
    return Caller(
        hat=hat,
        standing=standing,
        request=RequestId(new_id()),
        keyring=held,
        login=one.professional.login,
        name=one.professional.name,
        locale=one.professional.locale,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
    )
