"""The bytes at rest can be read by a program that knows the specifications only."""

import json
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from vepshare import crypto

from . import make_vectors as made
from .builders import GRANT_PLACE, LAPTOP, NURSE, VERSION_PLACE
from .second_opinion import cobblestone_open, hkdf_sha256, hpke_open, mixed, xwing_decapsulate

UNLOCK = crypto.binding(crypto.Kind.UNLOCK, NURSE, LAPTOP)
VECTORS = json.loads((Path(__file__).parent.parent / "vectors/crypto.json").read_text("utf-8"))
VECTOR_LOCK = bytes.fromhex(VECTORS["sealed"]["lock"])


def test_x_wing_agrees_with_the_published_vector() -> None:
    vector = VECTORS["xwing_draft_06"]
    shared = xwing_decapsulate(bytes.fromhex(vector["seed"]), bytes.fromhex(vector["ct"]))

    assert shared.hex() == vector["ss"]


def test_a_wrap_is_hpke_base_mode() -> None:
    seed, key = crypto.WrapSeed.new(), crypto.CompartmentKey.new()
    blob = crypto.wrap(key, crypto.public_key(seed), GRANT_PLACE.info())

    assert hpke_open(seed.raw, blob[1:], GRANT_PLACE.info()) == key.raw


def test_a_seal_is_a_padded_cobblestone_message() -> None:
    key, context = crypto.EntryKey.new(), VERSION_PLACE.context(crypto.Part.BODY)
    blob = crypto.seal(key, context, b"she sleeps elsewhere")

    expected = b"she sleeps elsewhere\x80".ljust(256, b"\0")
    assert cobblestone_open(key.raw, context, blob[1:]) == expected


def test_a_long_seal_is_several_chunks() -> None:
    key, context = crypto.EntryKey.new(), VERSION_PLACE.context(crypto.Part.BODY)
    content = bytes(range(256)) * 200
    blob = crypto.seal(key, context, content)

    assert cobblestone_open(key.raw, context, blob[1:]).startswith(content + b"\x80")


def test_derived_keys_are_hkdf_under_their_labels() -> None:
    key = crypto.CompartmentKey.new()

    assert crypto.flag_key(key).raw == hkdf_sha256(key.raw, b"vepshare/key/flag/v1")
    assert crypto.commitment(key) == hkdf_sha256(key.raw, b"vepshare/key/kid/v1")
    assert crypto.inbox_seed(key).raw == hkdf_sha256(key.raw, b"vepshare/key/inbox/v1")


def test_the_pepper_enters_by_one_hmac() -> None:
    pepper = made.PEPPER.raw
    stretched = hash_secret_raw(
        made.PASSPHRASE.encode(), made.SALT, 2, 19_456, 1, hash_len=32, type=Type.ID
    )
    peppered = mixed(pepper, b"passphrase", stretched)
    with_device = hkdf_sha256(peppered + made.DEVICE.raw, b"vepshare/key/unlock/device/v1")

    assert made.passphrase_secret(None).raw == hkdf_sha256(
        peppered, b"vepshare/key/unlock/passphrase/v1"
    )
    assert made.passphrase_secret(made.DEVICE).raw == with_device
    assert made.kit_secret().raw == hkdf_sha256(
        stretched + made.KIT.raw, b"vepshare/key/unlock/kit/v1"
    )
    assert cobblestone_open(with_device, UNLOCK, VECTOR_LOCK[1:]) == made.ROOT.raw


def test_a_pepper_is_named_and_forms_are_signed_through_the_same_hmac() -> None:
    pepper = made.PEPPER.raw
    named = hkdf_sha256(mixed(pepper, b"id"), b"vepshare/key/pepper-id/v1")
    forms = hkdf_sha256(mixed(pepper, b"forms"), b"vepshare/key/forms/v1")

    assert made.PEPPER.id == named[:8].hex()
    assert crypto.form_secret(made.PEPPER) == forms
