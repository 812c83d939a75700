"""Who takes part in the platform."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vepshare.ids import OrganisationId, ProfessionalId, ServiceId


class Profession(StrEnum):
    """What a professional works as (fonction); its ceiling is the most it can ever see."""

    MED = "MED"
    INF = "INF"
    SF = "SF"
    PSY = "PSY"
    ASH = "ASH"
    CPAS = "CPAS"
    SVA = "SVA"
    SVH = "SVH"
    JUR = "JUR"
    EJE = "EJE"
    SAPV = "SAPV"
    POL = "POL"
    AJV = "AJV"
    PAR = "PAR"
    MDT = "MDT"
    AUT = "AUT"
    ANI = "ANI"
    COO = "COO"
    RES = "RES"
    DPO = "DPO"
    ADM = "ADM"


CONFIDANTS = frozenset(
    {
        Profession.MED,
        Profession.INF,
        Profession.SF,
        Profession.PSY,
        Profession.ASH,
        Profession.CPAS,
        Profession.SVA,
        Profession.SVH,
        Profession.JUR,
        Profession.EJE,
    }
)
"""Those who help and are bound by secrecy towards her: only they may record a consent."""

REPORTING = frozenset({Profession.SAPV, Profession.POL, Profession.AJV, Profession.CPAS})
"""Officials who may have to report what they learn: named only after the warning (R35, V14)."""

OUTSIDE_FUNCTIONS = frozenset({Profession.PAR, Profession.RES, Profession.DPO, Profession.ADM})
"""Functions no consent can name: the parquet, managers, the DPO, the administrator (R19, V14)."""


class OrganisationKind(StrEnum):
    """What an organisation is for (type de service)."""

    VICTIM_SUPPORT = "victim_support"
    SHELTER = "shelter"
    PERPETRATOR_SERVICE = "perpetrator_service"
    HOSPITAL = "hospital"
    SEXUAL_VIOLENCE_CENTRE = "sexual_violence_centre"
    GENERAL_PRACTICE = "general_practice"
    POLICE = "police"
    PROSECUTION = "prosecution"
    JUSTICE_HOUSE = "justice_house"
    SOCIAL_WELFARE = "social_welfare"
    YOUTH = "youth"
    MEDIATION = "mediation"
    COORDINATION = "coordination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A partner of the platform (organisation partenaire). `code` is short and public: `O5`."""

    id: OrganisationId
    code: str
    name: str
    kind: OrganisationKind
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The usual recipient of a consent: one function at one organisation (service)."""

    id: ServiceId
    organisation_id: OrganisationId
    profession: Profession


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A person with an account (professionnel·le)."""

    id: ProfessionalId
    login: str
    name: str
    locale: str
    active: bool
    undertaking_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hat:
    """The function a professional is working under now (casquette)."""

    professional_id: ProfessionalId
    organisation_id: OrganisationId
    profession: Profession


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether the person behind a hat is still in force, apart from any dossier (R15, R16)."""

    account_active: bool
    organisation_active: bool
    function_held: bool
    undertaking_until: datetime

    def in_force(self, now: datetime) -> bool:
        """Tell whether account, organisation, function and undertaking all hold at *now*."""
        holds = self.account_active and self.organisation_active and self.function_held
        return holds and now <= self.undertaking_until
