"""Organisations, professionals and the keys of both."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from vepshare import crypto
from vepshare.ids import OrganisationId, ProfessionalId, RequestId, ServiceId, new_id
from vepshare.people import Hat, Organisation, Profession, Professional, Service, Standing
from vepshare.plain import Plain
from vepshare.services import _published, _publishing, _unlock
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
    kit: crypto.KitCode | None = None
    """The code of the printed kit that goes with the passphrase; None in a demonstration."""


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
    registrars: Iterable[Caller] = (),
    demo: bool = False,
    now: datetime,
) -> tuple[Enrolled, ...]:
    """Make the keys of some professionals and of their services; publish their public keys.

    In a demonstration the passphrase alone unlocks, and each is handed the seeds of their
    services. Otherwise it does so beside a printed kit, and they are handed nothing until they
    have a second way to unlock (DESIGN 5): the first of a service who signs in with two makes
    its next key (`take_up_services`).

    A service gets its key pair with its first members. Members who come later receive its seed
    from a member who signs in (`share_services`).

    The first of an organisation becomes its registrar. Later on its registrar must be among
    *registrars*, or nothing is published, and so nothing wrapped to the newcomers (ADR 0012).

    Raises:
        CustodyUnavailableError: the current pepper cannot be had just now; nothing was kept.

    """
    new = [(one, crypto.RootSeed.new()) for one in people]
    pepper = None
    if demo:
        with store.peek() as work:
            pepper = peppers.named(work.custody.current_pepper())
    # The slow derivations happen before the lock is taken, as many at once as crypto allows.
    with ThreadPoolExecutor(max_workers=2) as pool:
        pending = [pool.submit(_locked, *one, pepper, parameters, now) for one in new]
    ways = [one.result() for one in pending]
    enrolled = tuple(
        Enrolled(
            professional=one.professional,
            hats=one.hats,
            identity=crypto.identity_of(root),
            kit=kit,
        )
        for (one, root), (_, kit) in zip(new, ways, strict=True)
    )
    with store.begin() as work:
        for one, (method, _) in zip(enrolled, ways, strict=True):
            _add(work, one, method)
        services = _add_services(work, enrolled, entrusted=demo)
        _publish(work, enrolled, services, registrars, now)
    return enrolled


def _locked(
    one: NewProfessional,
    root: crypto.RootSeed,
    pepper: crypto.Pepper | None,
    parameters: crypto.Argon2Parameters,
    now: datetime,
) -> tuple[UnlockRow, crypto.KitCode | None]:
    """Return the first way to unlock *root*: with a kit where no *pepper* is given."""
    base = _unlock.Base.new(one.professional.id, root, one.passphrase, parameters)
    return base.kit(now=now) if pepper is None else (base.passphrase(pepper, now=now), None)


def _add(work: Work, one: Enrolled, method: UnlockRow) -> None:
    work.people.add_professional(one.professional, _public_keys(one))
    for hat in one.hats:
        work.people.give_function(hat)
    work.sessions.add_method(method)


def _public_keys(one: Enrolled) -> PublicKeys:
    public = crypto.public_key(one.identity.wrap)
    return PublicKeys(
        professional_id=one.professional.id,
        wrap_public=public,
        wrap_key_id=crypto.key_id(public),
        sign_public=crypto.signing_public_key(one.identity.signing),
    )


def _publish(
    work: Work,
    enrolled: tuple[Enrolled, ...],
    services: tuple[ServiceKey, ...],
    registrars: Iterable[Caller],
    now: datetime,
) -> None:
    """Publish the keys just made, as far as the registrars who must sign for them are here."""
    seeds = {one.id: one.keyring.signing for one in registrars}
    seeds |= {one.professional.id: one.identity.signing for one in enrolled}
    hats = {hat: _public_keys(one) for one in enrolled for hat in one.hats}
    signers: dict[OrganisationId, _publishing.Signer | None] = {}
    for hat, keys in hats.items():
        if hat.organisation_id not in signers:
            signers[hat.organisation_id] = _publishing.registrar(
                work, hat, seeds, among=hats, now=now
            )
        signer = signers[hat.organisation_id]
        if signer is not None:
            _publishing.publish_member(work, hat, keys, signer, now=now)
    for key in services:
        signer = signers[key.organisation_id]
        if signer is not None:
            _publishing.publish_service(work, key, signer, now=now)


def _add_services(
    work: Work, enrolled: tuple[Enrolled, ...], *, entrusted: bool
) -> tuple[ServiceKey, ...]:
    """Give keys to services that have none; members who are *entrusted* get the seeds."""
    added: list[ServiceKey] = []
    known = work.people.service_keys()
    by_id = {one.professional.id: one for one in enrolled}
    hats = {(hat.organisation_id, hat.profession) for one in enrolled for hat in one.hats}
    for service_key in (known[one] for one in sorted(hats & known.keys())):
        # Nobody is left to hand the seed over: the newcomers begin with a key of their own.
        if entrusted and not service_key.held:
            hat = (service_key.organisation_id, service_key.profession)
            publics = {
                one.professional.id: crypto.public_key(one.identity.wrap)
                for one in enrolled
                if hat in {(held.organisation_id, held.profession) for held in one.hats}
            }
            added.append(_next_epoch(work, service_key, publics))
    for organisation_id, profession in sorted(hats - known.keys()):
        members = work.people.members(organisation_id, profession)
        held_by = [hat.professional_id for hat in members if entrusted]
        identities = [by_id[one] for one in held_by if one in by_id]
        service = Service(
            id=ServiceId(new_id()), organisation_id=organisation_id, profession=profession
        )
        added.append(_add_service(work, service, identities))
    return tuple(added)


def _add_service(work: Work, service: Service, members: list[Enrolled]) -> ServiceKey:
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
    return key


def begin_service_epoch(
    work: Work, key: ServiceKey, signer: _publishing.Signer, *, now: datetime
) -> None:
    """Give a service its next key, signed by a present member, and its members the seed of it.

    What is wrapped to the key before stays so until a member moves it (`moving.move_on`).

    Source: DESIGN 5, ADR 0012
    """
    members = work.people.members(key.organisation_id, key.profession)
    publics = _published_keys(work, key, [hat.professional_id for hat in members])
    _publishing.publish_service(work, _next_epoch(work, key, publics), signer, now=now)


def _next_epoch(work: Work, key: ServiceKey, publics: dict[ProfessionalId, bytes]) -> ServiceKey:
    seed = crypto.WrapSeed.new()
    public = crypto.public_key(seed)
    following = replace(key, epoch=key.epoch + 1, key_id=crypto.key_id(public), public=public)
    work.people.begin_service_epoch(following)
    work.people.add_member_wraps(_member_wraps(following, seed, publics))
    work.keys.redirect_owed(key.key_id, following.key_id)
    return following


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


def take_up_services(
    work: Work, hats: Iterable[Hat], signer: _publishing.Signer, *, now: datetime
) -> None:
    """Give each service of somebody that nobody holds a key of its own its next one.

    Called when a member signs in: the first who may be entrusted with the seed.
    """
    known = work.people.service_keys()
    for hat in hats:
        key = known.get((hat.organisation_id, hat.profession))
        if key is not None and not key.held and is_published(work, key, hat.professional_id):
            begin_service_epoch(work, key, signer, now=now)


def share_services(work: Work, keyring: Keyring, hats: Iterable[Hat]) -> None:
    """Hand the seeds of one's services to members who have come since.

    Called when a member signs in: they hold the seed, the newcomer only a public key.
    """
    known = work.people.service_keys()
    services = {(hat.organisation_id, hat.profession) for hat in hats}
    for one in keyring.seeds:
        service = (one.organisation_id, one.profession)
        if service in services and service in known:
            # Of former epochs as well: something may still be wrapped to them.
            key = replace(known[service], epoch=one.epoch, key_id=one.key_id)
            missing = work.people.members_without_wrap(key)
            publics = _published_keys(work, key, missing) if missing else {}
            work.people.add_member_wraps(_member_wraps(key, one.seed, publics))


def is_published(work: Work, key: ServiceKey, professional_id: ProfessionalId) -> bool:
    """Tell whether a professional may be handed the seed of a service.

    Its registrar has published them as a member, and they have two ways to unlock.
    """
    return bool(_published_keys(work, key, (professional_id,)))


def _published_keys(
    work: Work, key: ServiceKey, members: Iterable[ProfessionalId]
) -> dict[ProfessionalId, bytes]:
    """Return the keys of those *members* whose registrar published them under this function.

    Who has but one way to unlock is left out: what they are handed they would lose with it.
    """
    found = work.people.public_keys(work.people.ready(members))
    directory = _published.load_latest(work, found)
    hats = (
        Hat(
            professional_id=one,
            organisation_id=key.organisation_id,
            profession=key.profession,
        )
        for one in found
    )
    return {
        hat.professional_id: keys.wrap_public
        for hat in hats
        if directory.member(hat, keys := found[hat.professional_id])
    }


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
                epoch=one.epoch,
            )
        )
    return Keyring(signing=identity.signing, seeds=tuple(seeds))


def renewed(work: Work, professional_id: ProfessionalId, before: Keyring) -> Keyring:
    """Return a keyring with what its holder has been handed since it was made."""
    identity = crypto.Identity(wrap=before.own.seed, signing=before.signing)
    return keyring(work, professional_id, identity)


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
