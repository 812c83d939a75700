"""An installation whose keys are in a hardware module, played by SoftHSM."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.softhsm import PIN, TOKEN, WITH_SOFTHSM, Token, token
from tests.worlds import TUESDAY, World
from vepshare import crypto
from vepshare.config import from_environment
from vepshare.errors import ConfigurationError, CustodyUnavailableError
from vepshare.services import SignInRefusedError, platform, rotation
from vepshare.services.custody import HsmPlace, Places, open_custody

from .custodies import everything, file_places, raw_pepper, with_custody
from .signing_in import sign_in

pytestmark = WITH_SOFTHSM


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Token]:
    folder = tmp_path / "hsm"
    folder.mkdir()
    with token(folder, monkeypatch) as made:
        yield made


def places(plugged: Token, **changes: object) -> Places:
    place = HsmPlace(module=plugged.module, token=TOKEN, pin=f"file:{plugged.pin}")
    given = {"peppers": ("pkcs11:pepper",), "log_keys": ("pkcs11:log",), "hsm": place}
    return Places(**(given | changes))


def test_an_installation_moves_into_a_module_and_works_there(world: World, plugged: Token) -> None:
    plugged.add_pepper("pepper", raw_pepper(world))
    plugged.add_pepper("p2", crypto.PepperKey.new().raw)
    plugged.add_signer("log")
    files = file_places(world)
    turning = with_custody(
        world,
        places(
            plugged,
            peppers=("pkcs11:pepper", "pkcs11:p2"),
            log_keys=(*files.log_keys, "pkcs11:log"),
        ),
    )
    rotation.rotate_pepper(turning.store, turning.custody, now=TUESDAY)
    rotation.rotate_log_key(turning.store, turning.custody, now=TUESDAY)
    for login in world.cast:
        sign_in(turning, login)
    alone = with_custody(world, places(plugged, peppers=("pkcs11:p2",)))

    assert sign_in(alone).caller
    with pytest.raises(SignInRefusedError):
        sign_in(alone, passphrase="wrong")
    assert platform.checkpoint(alone.store, alone.custody, now=TUESDAY)
    assert platform.verify_log(alone.store).whole


def refused(world: World, where: Places) -> str:
    before = everything(world.store)
    with pytest.raises(ConfigurationError) as caught:
        platform.check(world.store, open_custody(where))
    assert everything(world.store) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_module_token_key_or_pin_that_is_missing_is_refused_in_one_line(
    world: World, plugged: Token, tmp_path: Path
) -> None:
    plugged.add_pepper("pepper", raw_pepper(world))
    here = places(plugged, log_keys=file_places(world).log_keys)
    assert here.hsm is not None

    def line(**changes: object) -> str:
        return refused(world, replace(here, hsm=replace(here.hsm, **changes)))

    # First, since a process that was let in once is not asked again.
    plugged.pin.write_text("0000")
    assert "does not let this process use it" in line()
    plugged.pin.write_text(PIN)
    assert "there is no PKCS#11 module" in line(module=tmp_path / "missing.so")
    assert "does not answer" in line(token="another")
    assert "PIN of the hardware module not read" in line(pin=f"file:{tmp_path / 'missing'}")
    assert "VEPSHARE_PKCS11_MODULE" in refused(world, replace(here, hsm=None))
    assert "no such key" in refused(world, replace(here, peppers=("pkcs11:another",)))
    plugged.pin.chmod(0o644)
    assert "open to others" in line()


def test_the_pepper_of_another_installation_in_a_module_is_refused(
    world: World, plugged: Token
) -> None:
    plugged.add_pepper("pepper", bytes(32))
    here = places(plugged, log_keys=file_places(world).log_keys)

    assert "the pepper is not the one" in refused(world, here)


def test_a_key_that_is_gone_is_no_wrong_password(world: World, plugged: Token) -> None:
    """Source: R58."""
    plugged.add_pepper("pepper", raw_pepper(world))
    moved = with_custody(world, places(plugged, log_keys=file_places(world).log_keys))
    before = everything(world.store)
    plugged.remove("pepper")

    for login, passphrase in (("u01", None), ("u01", "wrong"), ("nobody", "wrong")):
        with pytest.raises(CustodyUnavailableError):
            sign_in(moved, login, passphrase)

    assert everything(world.store) == before


def test_the_environment_says_which_module() -> None:
    said = {
        "VEPSHARE_DATABASE": "sqlite:///x",
        "VEPSHARE_ORIGIN": "test.example/log",
        "VEPSHARE_PEPPER": "pkcs11:pepper",
        "VEPSHARE_LOG_KEY": "pkcs11:log",
        "VEPSHARE_PKCS11_MODULE": "/usr/lib/module.so",
        "VEPSHARE_PKCS11_TOKEN": "vepshare",
        "VEPSHARE_PKCS11_PIN_FILE": "/run/pin",
    }

    hsm = from_environment(said).places.hsm

    assert hsm == HsmPlace(module=Path("/usr/lib/module.so"), token="vepshare", pin="file:/run/pin")
    with pytest.raises(ConfigurationError, match="VEPSHARE_PKCS11_TOKEN"):
        from_environment(said | {"VEPSHARE_PKCS11_TOKEN": ""})
