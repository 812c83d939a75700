"""The fictional cast: organisations and professionals that every story shares.

Likeness to a real name is accidental. The codes are public and so are the passphrases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vepshare import crypto
from vepshare.ids import OrganisationId, ProfessionalId, new_id
from vepshare.people import Hat, Organisation, OrganisationKind, Profession, Professional
from vepshare.plain import Plain
from vepshare.services import Caller, accounts
from vepshare.storage import Store

_UNDERTAKING = timedelta(days=2 * 365)
"""How long each of the cast has promised secrecy for: longer than any story lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CastOrganisation:
    """A fictional organisation, by its code: `O5`."""

    code: str
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CastProfessional:
    """A fictional professional: the login is the lower-case code, `u01`."""

    login: str
    name: str
    profession: Profession
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The cast once enrolled: callers by login, organisations by code."""

    callers: Mapping[str, Caller]
    organisations: Mapping[str, Organisation]


ORGANISATIONS = tuple(
    CastOrganisation(code=code, name=name, kind=kind)
    for code, name, kind in (
        ("O1", "asbl Rive-Claire", OrganisationKind.VICTIM_SUPPORT),
        ("O2", "Maison Ancolie", OrganisationKind.SHELTER),
        ("O3", "asbl L'Escale-Nord", OrganisationKind.SHELTER),
        ("O4", "asbl Cap-Tournant", OrganisationKind.PERPETRATOR_SERVICE),
        ("O5", "Centre hospitalier des Trois-Vallées", OrganisationKind.HOSPITAL),
        ("O6", "Centre Clairière", OrganisationKind.SEXUAL_VIOLENCE_CENTRE),
        ("O7", "Maison médicale du Tilleul-Blanc", OrganisationKind.GENERAL_PRACTICE),
        ("O8", "Zone de police Val-de-Brume", OrganisationKind.POLICE),
        ("O9", "Parquet, section fictive « VIF »", OrganisationKind.PROSECUTION),
        ("O10", "Maison de justice de Bellecour", OrganisationKind.JUSTICE_HOUSE),
        ("O11", "CPAS de Bellecour", OrganisationKind.SOCIAL_WELFARE),
        ("O12", "asbl Grandir-Libre", OrganisationKind.YOUTH),
        ("O13", "Service Entre-Deux", OrganisationKind.MEDIATION),
        ("O14", "Coordination provinciale fictive", OrganisationKind.COORDINATION),
    )
)

PROFESSIONALS = tuple(
    CastProfessional(login=login, name=name, profession=profession, organisation=organisation)
    for login, name, profession, organisation in (
        ("u01", "Inès Mertolla", Profession.SVA, "O1"),
        ("u02", "Gauthier Pirnot", Profession.PSY, "O1"),
        ("u03", "Clémence Vauchelin", Profession.JUR, "O1"),
        ("u04", "Fatou Ndiagnelle", Profession.SVH, "O2"),
        ("u05", "Maud Desterbrecq", Profession.SVH, "O3"),
        ("u06", "Loïc Hanquinalle", Profession.AUT, "O4"),
        ("u07", "Aurélie Wiringart", Profession.INF, "O5"),
        ("u08", "Sofie Brackmeyer", Profession.SF, "O5"),
        ("u09", "Denis Roosemoncq", Profession.ASH, "O5"),
        ("u10", "Yasmine Tahiricol", Profession.INF, "O6"),
        ("u11", "Dr Lode Wauterschool", Profession.MED, "O7"),
        ("u12", "Noémie Crutzelaar", Profession.SAPV, "O8"),
        ("u13", "Karim Delvoyance", Profession.POL, "O8"),
        ("u14", "Élise Marchandot-Ruy", Profession.PAR, "O9"),
        ("u15", "Pol Vranckaerde", Profession.AJV, "O10"),
        ("u16", "Rachida Oumlilène", Profession.CPAS, "O11"),
        ("u17", "Thibaut Gerlacquin", Profession.EJE, "O12"),
        ("u18", "Anke Schöffmeier", Profession.MDT, "O13"),
        ("u19", "Bérénice Fastrelle", Profession.COO, "O14"),
        ("u20", "Raoul Timmerfeld", Profession.ANI, "O14"),
        ("u21", "Véronique Holzemerand", Profession.DPO, "O14"),
        ("u22", "Igor Stassenkof", Profession.ADM, "O14"),
        ("u23", "Jordan Pasquasier", Profession.INF, "O5"),
        ("u24", "Hélène Cordonnery", Profession.RES, "O2"),
    )
)


def passphrase(login: str) -> Plain[str]:
    """Return the passphrase of one of the cast. It is public: nothing real may lie behind it."""
    return Plain(f"demo-{login}-vepshare")


def organisations() -> tuple[Organisation, ...]:
    """Return the fictional organisations, each under a fresh id."""
    return tuple(
        Organisation(
            id=OrganisationId(new_id()), code=one.code, name=one.name, kind=one.kind, active=True
        )
        for one in ORGANISATIONS
    )


def people(
    partners: Iterable[Organisation], *, now: datetime
) -> tuple[accounts.NewProfessional, ...]:
    """Return the fictional professionals, each under a fresh id, as members of *partners*.

    Raises:
        KeyError: an organisation of the cast is not among *partners*.

    """
    by_code = {one.code: one for one in partners}
    return tuple(_new(one, by_code[one.organisation], now) for one in PROFESSIONALS)


def _new(
    one: CastProfessional, organisation: Organisation, now: datetime
) -> accounts.NewProfessional:
    professional = Professional(
        id=ProfessionalId(new_id()),
        login=one.login,
        name=one.name,
        locale="fr",
        active=True,
        undertaking_until=now + _UNDERTAKING,
    )
    hat = Hat(
        professional_id=professional.id,
        organisation_id=organisation.id,
        profession=one.profession,
    )
    return accounts.NewProfessional(
        professional=professional, hats=(hat,), passphrase=passphrase(one.login)
    )


def add_cast(
    store: Store,
    peppers: crypto.Peppers,
    *,
    parameters: crypto.Argon2Parameters = crypto.Argon2Parameters.DEFAULT,
    now: datetime,
) -> Cast:
    """Record the organisations, enrol the professionals, and return who may now act."""
    partners = organisations()
    accounts.add_organisations(store, partners)
    enrolled = accounts.enrol(
        store, people(partners, now=now), peppers, parameters=parameters, demo=True, now=now
    )
    return Cast(
        callers={one.professional.login: accounts.caller_of(store, one) for one in enrolled},
        organisations={one.code: one for one in partners},
    )
