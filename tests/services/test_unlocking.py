"""Ways to unlock outside a demonstration: devices, the kit, passkeys, a new passphrase."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.worlds import THURSDAY, TUESDAY, WEDNESDAY, World, last_entry, log_entries
from vepshare import audit, crypto
from vepshare.ids import MethodId, new_id
from vepshare.plain import Plain
from vepshare.services import (
    Given,
    InvalidError,
    SignInRefusedError,
    ThrottledError,
    _unlock,
    sessions,
    unlocking,
)
from vepshare.services._unlock import Passkey
from vepshare.services._ways import MOST_DEVICES
from vepshare.storage import LostRaceError

from .production import PASSPHRASE, enrol, enrol_ready, enter
from .signing_in import resume, sign_in

NEW = Plain("une autre phrase, plus longue")
SERVICE = "O7/MED"


def kinds(world: World, login: str) -> list[str]:
    return [one.kind.value for one in unlocking.ways(world.store, world.cast[login]).items]


def peppers(world: World) -> crypto.Peppers:
    return world.custody.peppers


def test_a_kit_and_the_passphrase_open_a_session(world: World) -> None:
    """Source: DESIGN 5."""
    kit = enrol(world, "u90", SERVICE)

    signed_in = enter(world, "u90", kit=kit)

    assert resume(world, signed_in.token) is not None
    assert signed_in.device is None
    assert last_entry(world.store).ground == "unlock.kit"


def test_neither_opens_without_the_other(world: World) -> None:
    """No passphrase alone outside a demonstration, no kit alone anywhere. Source: DESIGN 5."""
    kit = enrol(world, "u90", SERVICE)

    for wrong in (
        {},
        {"kit": crypto.KitCode.new()},
        {"kit": kit, "passphrase": Plain("")},
        {"kit": kit, "passphrase": Plain("une autre")},
        {"devices": (crypto.DeviceToken(method=MethodId(new_id()), secret=secret()),)},
    ):
        with pytest.raises(SignInRefusedError):
            enter(world, "u90", **wrong)
        last = last_entry(world.store)
        assert (last.event, last.reason) == (audit.Event.SESSION_REFUSED, "wrong_credentials")


def secret() -> crypto.DeviceSecret:
    return crypto.DeviceSecret.new()


def test_the_passphrase_alone_opens_in_a_demonstration_only(world: World) -> None:
    """The cast has passphrases alone; the setting of the server decides. Source: DESIGN 5."""
    assert sign_in(world, "u01").caller
    with pytest.raises(SignInRefusedError):
        enter(world, "u01", passphrase=Plain("demo-u01-vepshare"))


def test_an_enrolled_device_opens_with_the_passphrase(world: World) -> None:
    """Source: DESIGN 5."""
    device = enrol_ready(world, "u90", SERVICE)

    assert enter(world, "u90", devices=(device,), now=WEDNESDAY).caller

    assert last_entry(world.store).ground == "unlock.device"
    assert sorted(kinds(world, "u90")) == ["device", "kit"]
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(device,), passphrase=Plain("demo-u90-vepshare"))
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(replace(device, secret=secret()),))


def test_a_shared_computer_keeps_several_people_apart(world: World) -> None:
    """Each has a cookie of their own there; one's own is found among them. Source: DESIGN 5."""
    first = enrol_ready(world, "u90", SERVICE)
    second = enrol_ready(world, "u91", SERVICE)

    for login in ("u90", "u91"):
        assert enter(world, login, devices=(first, second)).caller.login == login
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(second,))


def test_who_has_many_ways_waits_no_longer_than_a_stranger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One derivation, whoever asks and with whatever. Source: R58, V5."""
    device = enrol_ready(world, "u90", SERVICE)
    kit = unlocking.new_kit(
        world.store, peppers(world), world.cast["u90"], given(device), now=TUESDAY
    )
    derived: list[bytes] = []
    stretch = crypto.stretch

    def counted(passphrase: Plain[str], **more: object) -> crypto.Stretched:
        derived.append(b"")
        return stretch(passphrase, **more)

    monkeypatch.setattr(_unlock.crypto, "stretch", counted)
    for login in ("u90", "nobody"):
        for tried in ({"devices": (device,)}, {"kit": kit}, {}):
            derived.clear()
            with pytest.raises(SignInRefusedError):
                enter(world, login, passphrase=Plain("no"), **tried)
            assert len(derived) == 1


def given(*devices: crypto.DeviceToken, passphrase: Plain[str] = PASSPHRASE) -> Given:
    return Given(passphrase=passphrase, devices=devices)


def test_a_device_that_was_removed_opens_nothing_any_more(world: World) -> None:
    """A stolen laptop, at night, with a session from elsewhere. Source: R58."""
    device = enrol_ready(world, "u90", SERVICE)

    unlocking.forget(world.store, world.cast["u90"], device.method, now=TUESDAY)

    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(device,))
    removed = log_entries(world.store, audit.Event.UNLOCK_REMOVED)
    assert [(one.subject, one.ground) for one in removed] == [(device.method, "unlock.device")]


def test_the_last_way_and_those_of_others_are_not_removed(world: World) -> None:
    """Source: R58."""
    enrol(world, "u90", SERVICE)
    other = enrol_ready(world, "u91", SERVICE)
    (only,) = unlocking.ways(world.store, world.cast["u90"]).items

    for method, fault in ((only.id, "last"), (other.method, "unknown")):
        with pytest.raises(InvalidError) as caught:
            unlocking.forget(world.store, world.cast["u90"], method, now=TUESDAY)
        assert caught.value.faults == {"method": fault}
    assert enter(world, "u91", devices=(other,)).caller


def test_a_new_kit_replaces_the_one_before(world: World) -> None:
    """Source: DESIGN 5."""
    old = enrol(world, "u90", SERVICE)
    device = enter(world, "u90", kit=old, remember=True).device
    assert device is not None

    new = unlocking.new_kit(
        world.store, peppers(world), world.cast["u90"], given(device), now=TUESDAY
    )

    assert enter(world, "u90", kit=new).caller
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", kit=old)
    assert sorted(kinds(world, "u90")) == ["device", "kit"]


def test_a_new_passphrase_ends_everything_that_went_with_the_old_one(world: World) -> None:
    """Other sessions, other devices, the kit; this device goes on. Source: R58, issue of keys."""
    kit = enrol(world, "u90", SERVICE)
    here = enter(world, "u90", kit=kit, remember=True)
    elsewhere = enter(world, "u90", kit=kit, remember=True)
    session = enter(world, "u90", devices=(device_of(here),))

    changed = unlocking.change_passphrase(
        world.store,
        peppers(world),
        session.caller,
        session.token,
        given(device_of(here)),
        NEW,
        now=TUESDAY,
    )

    assert resume(world, session.token) is not None
    assert resume(world, here.token) is None
    assert resume(world, elsewhere.token) is None
    for tried in ({"devices": (device_of(elsewhere),)}, {"kit": kit}, {"devices": (one(changed),)}):
        with pytest.raises(SignInRefusedError):
            enter(world, "u90", **tried)
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", passphrase=NEW, devices=(device_of(elsewhere),))
    assert enter(world, "u90", passphrase=NEW, devices=(one(changed),)).caller
    assert enter(world, "u90", passphrase=NEW, kit=changed.kit).caller
    assert last_entry(world.store).event is audit.Event.SESSION_OPENED
    assert log_entries(world.store, audit.Event.UNLOCK_CHANGED)


def device_of(signed_in: sessions.SignedIn) -> crypto.DeviceToken:
    assert signed_in.device is not None
    return signed_in.device


def one(changed: unlocking.Changed) -> crypto.DeviceToken:
    assert changed.device is not None
    return changed.device


def test_a_session_left_open_changes_nothing_by_itself(world: World) -> None:
    """Guessing at it counts like guessing at the door. Source: R58."""
    device = enrol_ready(world, "u90", SERVICE)
    session = enter(world, "u90", devices=(device,))
    wrong = given(device, passphrase=Plain("not this one"))

    for _ in range(10):
        with pytest.raises(SignInRefusedError):
            unlocking.new_kit(world.store, peppers(world), session.caller, wrong, now=TUESDAY)
    last = last_entry(world.store)
    assert (last.event, last.reason) == (audit.Event.UNLOCK_REFUSED, "wrong_credentials")

    for refused in (
        lambda: unlocking.new_kit(
            world.store, peppers(world), session.caller, given(device), now=TUESDAY
        ),
        lambda: enter(world, "u90", devices=(device,)),
    ):
        with pytest.raises(ThrottledError):
            refused()
    later = TUESDAY + timedelta(minutes=16)
    assert enter(world, "u90", devices=(device,), now=later).caller


@pytest.mark.parametrize("new", ["", "onze lettre", "x" * 201])
def test_a_passphrase_has_a_length(world: World, new: str) -> None:
    """Source: DESIGN 5, R58."""
    device = enrol_ready(world, "u90", SERVICE)
    session = enter(world, "u90", devices=(device,))

    with pytest.raises(InvalidError):
        unlocking.change_passphrase(
            world.store,
            peppers(world),
            session.caller,
            session.token,
            given(device),
            Plain(new),
            now=TUESDAY,
        )
    assert enter(world, "u90", devices=(device,)).caller


def test_a_device_removed_meanwhile_makes_no_kit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A race between two sessions of one person, or of a thief and its owner. Source: R58."""
    device = enrol_ready(world, "u90", SERVICE)
    caller = world.cast["u90"]
    open_root = _unlock.open_root

    def slow(*args: object, **more: object) -> _unlock.Opened | None:
        opened = open_root(*args, **more)
        unlocking.forget(world.store, caller, device.method, now=TUESDAY)
        return opened

    monkeypatch.setattr(_unlock, "open_root", slow)
    with pytest.raises(LostRaceError):
        unlocking.new_kit(world.store, peppers(world), caller, given(device), now=TUESDAY)
    assert kinds(world, "u90") == ["kit"]


def test_a_device_removed_meanwhile_opens_no_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: R58."""
    device = enrol_ready(world, "u90", SERVICE)
    caller = world.cast["u90"]
    open_root = _unlock.open_root

    def slow(*args: object, **more: object) -> _unlock.Opened | None:
        opened = open_root(*args, **more)
        unlocking.forget(world.store, caller, device.method, now=TUESDAY)
        return opened

    monkeypatch.setattr(_unlock, "open_root", slow)
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(device,))


def test_a_passkey_opens_by_what_it_computes(world: World) -> None:
    """And what it computes is all there is: no passphrase, no pepper. Source: DESIGN 5."""
    device = enrol_ready(world, "u90", SERVICE)
    passkey = Passkey(method=MethodId(new_id()), output=bytes(range(32)))
    unlocking.add_passkey(
        world.store, peppers(world), world.cast["u90"], given(device), passkey, now=TUESDAY
    )

    opened = with_passkey(world, passkey)

    assert opened.caller.keyring.signing == world.cast["u90"].keyring.signing
    assert last_entry(world.store).ground == "unlock.passkey"
    for wrong in (
        replace(passkey, output=bytes(32)),
        replace(passkey, method=device.method),
        replace(passkey, method=MethodId(new_id())),
    ):
        with pytest.raises(SignInRefusedError):
            with_passkey(world, wrong)


def with_passkey(world: World, passkey: Passkey) -> sessions.SignedIn:
    return sessions.sign_in(
        world.store,
        peppers(world),
        sessions.Credentials(login="u90", given=Given(passkey=passkey), remember=True),
        request=sessions.new_request(),
        now=TUESDAY,
    )


def test_a_passkey_outlives_the_passphrase_and_makes_no_kit(world: World) -> None:
    """A kit goes with the passphrase, which a passkey does not know. Source: DESIGN 5."""
    device = enrol_ready(world, "u90", SERVICE)
    passkey = Passkey(method=MethodId(new_id()), output=bytes(range(32)))
    caller = world.cast["u90"]
    unlocking.add_passkey(world.store, peppers(world), caller, given(device), passkey, now=TUESDAY)
    by_passkey = Given(passkey=passkey)

    with pytest.raises(InvalidError):
        unlocking.new_kit(world.store, peppers(world), caller, by_passkey, now=TUESDAY)
    session = with_passkey(world, passkey)
    changed = unlocking.change_passphrase(
        world.store, peppers(world), caller, session.token, by_passkey, NEW, now=TUESDAY
    )

    assert enter(world, "u90", passphrase=NEW, devices=(one(changed),)).caller
    assert with_passkey(world, passkey).caller


def test_the_device_longest_unused_makes_room(world: World) -> None:
    """Source: R58. A list that only grows is looked at by nobody."""
    kit = enrol(world, "u90", SERVICE)
    devices = []
    for number in range(MOST_DEVICES):
        now = TUESDAY + timedelta(minutes=number)
        devices.append(device_of(enter(world, "u90", kit=kit, remember=True, now=now)))
    enter(world, "u90", devices=(devices[0],), now=WEDNESDAY)

    enter(world, "u90", kit=kit, remember=True, now=THURSDAY)

    assert enter(world, "u90", devices=(devices[0],), now=THURSDAY).caller
    with pytest.raises(SignInRefusedError):
        enter(world, "u90", devices=(devices[1],), now=THURSDAY)
    assert kinds(world, "u90").count("device") == MOST_DEVICES
