"""A service goes on to another key while its members are at their screens: they notice nothing."""

from tests.worlds import LINES, WEDNESDAY, World, log_entries, make_draft, open_dossier
from vepshare import audit
from vepshare.services import leaving

from .conftest import OpenAt

WARD = ("O5/INF", "ID CT HE RI", "HE")


def test_an_open_session_reads_on_and_moves_what_its_service_holds(
    world: World, at: OpenAt
) -> None:
    """Source: DESIGN 5."""
    kinds = ("identity", "safe_contact", "health")
    drafts = tuple(make_draft(kind) for kind in kinds)
    reference = open_dossier(world, *LINES, WARD, participants="u07 u23", entries=drafts)
    nurse = at("u07")
    assert "Vandermostelle" in nurse.get(f"/dossiers/{reference}").text

    leaving.end_function(world.store, world.cast["u22"], world.hat("u23"), now=WEDNESDAY)

    for _number in range(4):
        assert "Vandermostelle" in nurse.get(f"/dossiers/{reference}").text
    (moved,) = log_entries(world.store, audit.Event.KEY_MOVED)
    assert moved.actor == world.cast["u07"].id
    with world.store.peek() as work:
        key = work.people.service_keys()[world.service("O5/INF")]
        assert not work.people.has_former_seeds(key.service_id, before=key.epoch)


def test_the_one_who_left_is_shown_the_sign_in_page(world: World, at: OpenAt) -> None:
    """A tab that is still open opens nothing any more. Source: R17, V4."""
    reference = open_dossier(
        world, *LINES, WARD, participants="u07 u23", entries=(make_draft("identity"),)
    )
    nurse = at("u23")
    assert "Vandermostelle" in nurse.get(f"/dossiers/{reference}").text

    leaving.end_function(world.store, world.cast["u22"], world.hat("u23"), now=WEDNESDAY)

    page = nurse.get(f"/dossiers/{reference}")
    assert "Vandermostelle" not in page.text
    assert page.path.startswith("/sign-in")
