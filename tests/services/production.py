"""Professionals enrolled as outside a demonstration: with a kit, and handed nothing yet."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.installations import ARGON2_FLOOR
from tests.worlds import TUESDAY, World
from vepshare import crypto
from vepshare.ids import OrganisationId, ProfessionalId, new_id
from vepshare.people import Hat, Organisation, OrganisationKind, Profession, Professional
from vepshare.plain import Plain
from vepshare.services import Caller, Given, accounts, sessions

PASSPHRASE = Plain("sept tasses bleues")


def enrol(
    world: World,
    login: str,
    service: str,
    *,
    now: datetime = TUESDAY,
) -> crypto.KitCode:
    """Enrol somebody of `O7/MED`, published by the registrar there; return the code of their kit.

    The cast gets a caller without a seed of the service, since they are handed none.
    """
    organisation_id, profession = world.service(service)
    professional = Professional(
        id=ProfessionalId(new_id()),
        login=login,
        name=f"Personne {login}",
        locale="fr",
        active=True,
        undertaking_until=now + timedelta(days=400),
    )
    hat = Hat(
        professional_id=professional.id, organisation_id=organisation_id, profession=profession
    )
    (enrolled,) = accounts.enrol(
        world.store,
        [accounts.NewProfessional(professional=professional, hats=(hat,), passphrase=PASSPHRASE)],
        world.custody.peppers,
        parameters=ARGON2_FLOOR,
        registrars=tuple(world.cast.values()),
        now=now,
    )
    world.cast[login] = accounts.caller_of(world.store, enrolled)
    assert enrolled.kit is not None
    return enrolled.kit


def add_organisation(world: World, code: str) -> None:
    """Add a partner that nobody of the cast belongs to."""
    one = Organisation(
        id=OrganisationId(new_id()),
        code=code,
        name=f"Partenaire {code}",
        kind=OrganisationKind.GENERAL_PRACTICE,
        active=True,
    )
    accounts.add_organisations(world.store, [one])
    world.organisations[code] = one


def enter(
    world: World,
    login: str,
    *,
    passphrase: Plain[str] = PASSPHRASE,
    devices: tuple[crypto.DeviceToken, ...] = (),
    kit: crypto.KitCode | None = None,
    remember: bool = False,
    now: datetime = TUESDAY,
    profession: Profession | None = None,
) -> sessions.SignedIn:
    """Sign in outside a demonstration; the cast goes on with the keys of that session."""
    signed_in = sessions.sign_in(
        world.store,
        world.custody.peppers,
        sessions.Credentials(
            login=login,
            given=Given(passphrase=passphrase, devices=devices, kit=kit),
            remember=remember,
            profession=profession,
        ),
        request=sessions.new_request(),
        now=now,
    )
    world.cast[login] = signed_in.caller
    return signed_in


def enrol_ready(
    world: World, login: str, service: str, *, now: datetime = TUESDAY
) -> crypto.DeviceToken:
    """Enrol somebody, and let them sign in with their kit on a device that is enrolled by it."""
    kit = enrol(world, login, service, now=now)
    device = enter(world, login, kit=kit, remember=True, now=now).device
    assert device is not None
    return device


def again(caller: Caller) -> Caller:
    """Return a caller in another request."""
    return replace(caller, request=sessions.new_request())
