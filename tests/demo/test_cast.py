"""The cast: who is in it, and that each of them can sign in and act."""

from tests.worlds import SET_UP, TUESDAY, World
from vepshare import demo
from vepshare.people import Profession
from vepshare.services import Given, sessions


def test_the_cast_is_that_of_the_scenarios() -> None:
    """Source: SCENARIOS 3."""
    codes = [one.code for one in demo.ORGANISATIONS]
    assert codes == [f"O{number}" for number in range(1, 15)]
    assert [one.login for one in demo.PROFESSIONALS] == [f"u{n:02}" for n in range(1, 25)]
    assert {one.organisation for one in demo.PROFESSIONALS} == set(codes)
    assert {one.profession for one in demo.PROFESSIONALS} == set(Profession)


def test_every_cast_is_made_under_ids_of_its_own() -> None:
    one, two = demo.organisations(), demo.organisations()
    assert not {o.id for o in one} & {o.id for o in two}
    first, second = (demo.people(one, now=SET_UP) for _ in range(2))
    assert not {p.professional.id for p in first} & {p.professional.id for p in second}


def test_everybody_acts_for_the_organisation_they_belong_to(world: World) -> None:
    for one in demo.PROFESSIONALS:
        caller = world.cast[one.login]
        assert caller.name == one.name
        assert caller.hat.profession is one.profession
        assert caller.organisation_code == one.organisation


def test_a_login_and_its_public_passphrase_sign_in(world: World) -> None:
    assert demo.passphrase("u07").reveal() == "demo-u07-vepshare"
    credentials = sessions.Credentials(
        login="u07", given=Given(passphrase=demo.passphrase("u07"), alone=True)
    )

    signed_in = sessions.sign_in(
        world.store,
        world.custody.peppers,
        credentials,
        request=sessions.new_request(),
        now=TUESDAY,
    )

    assert signed_in.token.encode()
