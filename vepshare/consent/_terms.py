"""What she said: to whom, on what, for how long, and how it was recorded."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, OrganisationId, ProfessionalId
from vepshare.people import Profession


class Purpose(StrEnum):
    """What the sharing, and each reading, is for (finalité)."""

    COORDINATION = "coordination"
    SAFETY = "safety"
    CARE = "care"


class Form(StrEnum):
    """How the consent was expressed (forme)."""

    WRITTEN_PAPER = "written_paper"
    WRITTEN_TABLET = "written_tablet"
    ORAL = "oral"
    NIGHT = "night"


class InterpreterService(StrEnum):
    """Who may interpret: bound by secrecy, never a relative (R12)."""

    APPROVED_SOCIAL_SERVICE = "approved_social_service"
    SWORN_INTERPRETER = "sworn_interpreter"
    HOSPITAL_MEDIATION = "hospital_mediation"


class InterpreterMode(StrEnum):
    """How the interpreter took part."""

    TELEPHONE = "telephone"
    VIDEO = "video"
    PRESENT = "present"


class OralReason(StrEnum):
    """Why it was not put in writing (R11)."""

    CANNOT_READ = "cannot_read"
    PAPER_IS_DANGEROUS = "paper_is_dangerous"
    BY_TELEPHONE = "by_telephone"
    EMERGENCY = "emergency"
    HER_CHOICE = "her_choice"


class RepresentativeKind(StrEnum):
    """Who speaks for someone who cannot (représentant); never the alleged perpetrator (R12)."""

    COURT_ADMINISTRATOR = "court_administrator"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One line of a consent: a service, or one person of it, and what they may receive.

    `own_ticks` are the compartments ticked one by one after their own warning; without it a
    `+` cell and the sensitive six stay closed. `ends` shortens the consent for this line only.
    """

    organisation_id: OrganisationId
    profession: Profession
    professional_id: ProfessionalId | None = None
    compartments: frozenset[Compartment]
    own_ticks: frozenset[Compartment] = frozenset()
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A service she said no to: an organisation, a function anywhere, or one of the other."""

    organisation_id: OrganisationId | None = None
    profession: Profession | None = None

    def covers(self, organisation_id: OrganisationId, profession: Profession) -> bool:
        """Tell whether this refusal speaks of that service."""
        here = self.organisation_id in {None, organisation_id}
        return here and self.profession in {None, profession}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The interpreter's service and code; never a name."""

    service: InterpreterService
    code: str
    mode: InterpreterMode
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How the consent can be shown to have been given (R3, R11).

    `statement_hash` is the SHA-256 of the edition file that was read out, 32 bytes in hex.
    """

    form: Form
    statement_edition: str
    statement_language: str
    statement_hash: str
    explained_by: ProfessionalId
    seen_alone: bool
    reporting_warning_read: bool
    understood: bool
    witness: ProfessionalId | None = None
    interpreter: Interpreter | None = None
    representative: RepresentativeKind | None = None
    oral_reason: OralReason | None = None

    @property
    def without_witness(self) -> bool:
        """Tell whether it rests on the recorder's word alone (R11)."""
        return self.form in {Form.ORAL, Form.NIGHT} and self.witness is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything one act of consent says. Times are aware, UTC; `ends` is the last instant."""

    recipients: tuple[Recipient, ...]
    refused: tuple[Refused, ...]
    purposes: frozenset[Purpose]
    starts: datetime
    ends: datetime
    proof: Proof
    replaces: frozenset[ConsentId] = field(default_factory=frozenset)
