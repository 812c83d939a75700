"""A form that was shown before a pepper took over is taken after it."""

import re

from freezegun.api import FrozenDateTimeFactory

from tests.api.client import make_app
from tests.services.custodies import file_places, with_custody
from tests.services.rotating import both_places
from tests.worlds import World

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
GIVEN = {"login": "u01", "password": "demo-u01-vepshare"}


def test_workers_with_the_peppers_in_another_order_take_each_other_s_forms(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    old, new = f"file:{world.pepper_path}", both_places(world, world.pepper_path.parent)[0]
    for order in ((old, new), (new, old)):
        shown = with_custody(world, file_places(world, peppers=order))
        taken = with_custody(world, file_places(world, peppers=order[::-1]))
        first, second = make_app(shown).test_client(), make_app(taken).test_client()
        page = first.get("/sign-in")
        cookie = first.get_cookie("vep-form")
        second.set_cookie("vep-form", cookie.value)
        token = TOKEN.search(page.text)[1]

        assert second.post("/sign-in", data=GIVEN | {"csrf_token": token}).status_code == 302


def test_a_form_of_another_installation_is_not_taken(
    world: World, clock: FrozenDateTimeFactory
) -> None:
    """The test above would pass if nothing were checked."""
    client = make_app(world).test_client()
    page = client.get("/sign-in")
    token = TOKEN.search(page.text)[1]

    assert client.post("/sign-in", data=GIVEN | {"csrf_token": f"{token}x"}).status_code == 400
