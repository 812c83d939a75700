"""Signing in outside a demonstration through the API: kit, device, both with the passphrase."""

from collections.abc import Mapping
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.services.production import PASSPHRASE, enrol
from tests.worlds import World
from vepshare.crypto import KitCode

from .client import Api

RIGHT = {"login": "u90", "password": PASSPHRASE.reveal()}


@pytest.fixture
def strict(world: World, clock: FrozenDateTimeFactory) -> Api:
    """The API as it runs outside a demonstration."""
    return Api(world, clock, demo=False)


def post(api: Api, body: Mapping[str, object]) -> Any:
    return api.http.post("/api/v1/session", json=body)


def test_a_kit_enrols_a_device_and_the_device_signs_in(strict: Api, world: World) -> None:
    """Source: DESIGN 5 and 7."""
    kit = enrol(world, "u90", "O7/MED").encode()

    first = post(strict, RIGHT | {"kit": kit, "remember": True})
    assert first.status_code == 201
    device = first.json["device"]
    second = post(strict, RIGHT | {"device": device})

    assert second.status_code == 201
    assert "device" not in second.json
    assert second.json["token"] != first.json["token"]


def test_the_passphrase_alone_is_refused_like_anything_else(strict: Api, world: World) -> None:
    """Source: V5, R58."""
    enrol(world, "u90", "O7/MED")
    answers = {
        post(strict, body).data
        for body in (
            RIGHT,
            RIGHT | {"login": "nobody"},
            RIGHT | {"device": "A" * 64},
            RIGHT | {"kit": KitCode(bytes(20)).encode()},
        )
    }
    assert len({one.split(b"request")[0] for one in answers}) == 1
    assert post(strict, RIGHT).status_code == 401


def test_a_code_that_was_copied_badly_is_told(strict: Api, world: World) -> None:
    """Source: DESIGN 7: the field at fault, with a code."""
    kit = enrol(world, "u90", "O7/MED").encode()

    answer = post(strict, RIGHT | {"kit": kit[:-1]})

    assert answer.status_code == 422
    assert answer.json["errors"]["json"].keys() == {"kit"}
