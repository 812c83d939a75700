"""From a situation in words to real acts, folded, and what is known of the dossier."""

from datetime import datetime, timedelta
from functools import cache

from vepshare import consent, policy
from vepshare.dossier import CODES, Compartment, Participant, State
from vepshare.people import Hat, Standing

from . import builders as b
from .oracle import (
    BARRED_ON,
    COMPARTMENTS,
    EXPIRED_ON,
    LINK_ENDED_ON,
    NOW,
    WITHDRAWN_ON,
    Situation,
)

Acts = tuple[tuple[datetime, consent.Act], ...]

_LATER = b.GIVEN + timedelta(days=1)
_WITNESS = b.person("witness")


def me(one: Situation) -> Hat:
    return b.hat("me", f"O1/{one.function}")


def compartment(one: Situation) -> Compartment:
    return CODES[one.compartment]


@cache
def consent_acts(function: str, code: str) -> dict[str, Acts]:
    """Return the acts that each word for a consent stands for, seen from one cell."""
    rest = " ".join(one for one in COMPARTMENTS if one != code)
    return {
        "none": (),
        **{words: ((b.GIVEN, act),) for words, act in _one_act(function, code, rest).items()},
        **_two_acts(function, code, rest),
        **{
            words: ((b.GIVEN, b.given("first", b.line(f"O1/{function}"))), (WITHDRAWN_ON, act))
            for words, act in _taken_back(function, code).items()
        },
    }


def _one_act(function: str, code: str, rest: str) -> dict[str, consent.Act]:
    mine, soon = f"O1/{function}", NOW + timedelta(microseconds=1)
    return {
        "given": b.given("first", b.line(mine)),
        "given to me by name": b.given("first", b.line(mine, by_name="me")),
        "given for this alone": b.given("first", b.line(mine, code)),
        "only the others named": b.given("first", b.line(mine, rest)),
        "own tick missing": b.given("first", b.line(mine, ticks=rest)),
        "warning missing": b.given("first", b.line(mine), proof=_unwarned()),
        "to another function here": b.given("first", b.line(f"O1/{_another(function)}")),
        "to this function elsewhere": b.given("first", b.line(f"O2/{function}")),
        "to a colleague by name": b.given("first", b.line(mine, by_name="colleague")),
        "expired": b.given("first", b.line(mine), ends=EXPIRED_ON),
        "not yet valid": b.given("first", b.line(mine), starts=soon),
        "awaiting the witness": b.given("first", b.line(mine), proof=_oral()),
    }


def _two_acts(function: str, code: str, rest: str) -> dict[str, Acts]:
    mine, first = f"O1/{function}", b.consent_id("first")
    whole, without = b.given("first", b.line(mine)), b.given("first", b.line(mine, rest))
    alone = b.given("first", b.line(mine, code))
    unticked = b.given("first", b.line(mine, ticks=rest))
    oral = b.given("first", b.line(mine), proof=_oral())
    this_too = b.given("second", b.line(mine, code), version=2)
    moved = b.given("second", b.line("O2/SVH", "AD"), version=2)
    instead = b.given(
        "second",
        b.line("O2/MED"),
        version=2,
        starts=WITHDRAWN_ON,
        replaces=frozenset({first}),
    )
    emptied = consent.Withdrawn(consent_id=first, compartments=b.compartments(code))
    return {
        "given for this later": ((b.GIVEN, without), (_LATER, this_too)),
        "ticked later": ((b.GIVEN, unticked), (_LATER, this_too)),
        "confirmed by the witness": (
            (b.GIVEN, oral),
            (_LATER, consent.Confirmed(consent_id=first)),
        ),
        "told another shelter since": ((b.GIVEN, whole), (_LATER, moved)),
        "replaced": ((b.GIVEN, whole), (_LATER, instead)),
        "narrowed to nothing": ((b.GIVEN, alone), (WITHDRAWN_ON, emptied)),
    }


def _taken_back(function: str, code: str) -> dict[str, consent.Act]:
    first, other = b.consent_id("first"), "CT" if code == "ID" else "ID"
    here, mine = b.target("O1/"), b.target(f"O1/{function}")
    others = (b.target("O2/"), b.target(f"O1/{_another(function)}"))
    return {
        "narrowed": consent.Withdrawn(consent_id=first, compartments=b.compartments(code)),
        "narrowed elsewhere": consent.Withdrawn(
            consent_id=first, compartments=b.compartments(other)
        ),
        "withdrawn whole": consent.Withdrawn(consent_id=first),
        "withdrawn from the organisation": consent.Withdrawn(consent_id=first, targets=(here,)),
        "withdrawn from the service": consent.Withdrawn(consent_id=first, targets=(mine,)),
        "withdrawn from others": consent.Withdrawn(consent_id=first, targets=others),
    }


def _unwarned() -> consent.Proof:
    return b.proof(reporting_warning_read=False)


def _oral() -> consent.Proof:
    return b.proof(
        form=consent.Form.ORAL, oral_reason=consent.OralReason.CANNOT_READ, witness=_WITNESS
    )


def _another(function: str) -> str:
    return "MED" if function == "SVA" else "SVA"


def exclusion_acts(words: str) -> Acts:
    """Return the act by which somebody is kept out, if any."""
    acts: dict[str, tuple[consent.Act, ...]] = {
        "none": (),
        "of others": (
            consent.Excluded(organisation_id=b.organisation("O2")),
            consent.Excluded(professional_id=b.person("colleague")),
            consent.Tied(professional_id=b.person("somebody")),
        ),
        "organisation": (consent.Excluded(organisation_id=b.organisation("O1")),),
        "person": (consent.Excluded(professional_id=b.person("me")),),
        "tie": (consent.Tied(professional_id=b.person("me")),),
    }
    return tuple((BARRED_ON, act) for act in acts[words])


@cache
def register(words: str, function: str, code: str, exclusion: str) -> consent.Register:
    return b.fold(*consent_acts(function, code)[words], *exclusion_acts(exclusion))


def links(one: Situation) -> tuple[Participant, ...]:
    """Return who takes part."""
    mine = me(one)
    return {
        "participant": (b.link(mine),),
        "nobody": (),
        "a colleague only": (b.link(b.hat("colleague", f"O1/{one.function}")),),
        "ended": (b.link(mine, ended_at=LINK_ENDED_ON),),
        "elsewhere": (b.link(_elsewhere(one)),),
        "under another function": (b.link(b.hat("me", f"O1/{_another(one.function)}")),),
    }[one.link]


def _elsewhere(one: Situation) -> Hat:
    return b.hat("me", f"O2/{one.function}")


_STANDINGS = {
    "in force": {},
    "account_inactive": {"account_active": False},
    "organisation_inactive": {"organisation_active": False},
    "function_not_held": {"function_held": False},
    "undertaking_lapsed": {"undertaking_until": NOW - timedelta(microseconds=1)},
}


def standing(words: str) -> Standing:
    whole = {
        "account_active": True,
        "organisation_active": True,
        "function_held": True,
        "undertaking_until": NOW,
    }
    return Standing(**(whole | _STANDINGS[words]))


def facts_and_actor(one: Situation) -> tuple[policy.Facts, policy.Actor]:
    """Return what policy is asked about in this situation."""
    known = b.facts(
        register(one.consent, one.function, one.compartment, one.exclusion),
        *links(one),
        state=State(one.dossier),
        referent="me" if one.referent else "referent",
    )
    return known, b.actor(me(one), standing(one.standing))
