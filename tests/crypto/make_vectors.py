"""Make tests/vectors/crypto.json anew: `python -m tests.crypto.make_vectors`.

`known()` is the same at each run and is compared whole. `sealed()` is not, since
encryption takes fresh randomness: what stands in the file is opened instead. The
published X-Wing vector is kept as it is.
"""

import json
from pathlib import Path

from vepshare import crypto
from vepshare.plain import Plain

from .builders import ENTRY_WRAP_PLACE, GRANT_PLACE, LAPTOP, MEMBER_PLACE, NURSE, VERSION_PLACE

FILE = Path(__file__).parent.parent / "vectors" / "crypto.json"

ROOT = crypto.RootSeed(bytes([1]) * 32)
KEY = crypto.CompartmentKey(bytes([2]) * 32)
ENTRY_KEY = crypto.EntryKey(bytes([3]) * 32)
PEPPER = crypto.PepperKey(bytes([4]) * 32)
DEVICE = crypto.DeviceSecret(bytes([5]) * 32)
KIT = crypto.KitCode(bytes([11]) * 20)
SALT = bytes([6]) * 16
TOKEN = crypto.Token(id=bytes([7]) * 32, half=bytes([8]) * 32)
ROW_HALF = bytes([9]) * 32
PARAMETERS = crypto.Argon2Parameters(memory_kib=19_456, time=2, lanes=1)
PASSPHRASE = "neuf lacs gelés"
CONTENT = "Rue d'exemple 12, 4000 Liège"
SESSION = b"session"

Vectors = dict[str, dict[str, str]]


def passphrase_secret(device: crypto.DeviceSecret | None) -> crypto.UnlockSecret:
    return crypto.passphrase_secret(
        Plain(PASSPHRASE), salt=SALT, parameters=PARAMETERS, pepper=PEPPER, device=device
    )


def kit_secret() -> crypto.UnlockSecret:
    stretched = crypto.stretch(Plain(PASSPHRASE), salt=SALT, parameters=PARAMETERS)
    return crypto.kit_secret(stretched, KIT)


def known() -> Vectors:
    """Return everything that follows from the inputs alone, in hexadecimal."""
    return {"bindings": bindings(), "keys": keys(), "unlock": unlock(), "tokens": tokens()}


def bindings() -> dict[str, str]:
    return {
        "grant-wrap": GRANT_PLACE.info().hex(),
        "member-wrap": MEMBER_PLACE.info().hex(),
        "entry-wrap": ENTRY_WRAP_PLACE.info().hex(),
        "record": VERSION_PLACE.context(crypto.Part.BODY).hex(),
        "flags": VERSION_PLACE.context(crypto.Part.FLAG).hex(),
        "sealed-hash of 01 and 0203": crypto.sealed_hash(b"\1", b"\2\3").hex(),
        "digest of a version with 01 and 0203": VERSION_PLACE.digest(b"\1", b"\2\3").hex(),
    }


def keys() -> dict[str, str]:
    identity, flag = crypto.identity_of(ROOT), crypto.flag_key(KEY)
    public = crypto.public_key(identity.wrap)
    return {
        "wrap seed": identity.wrap.raw.hex(),
        "wrap key id": crypto.key_id(public).hex(),
        "signing seed": identity.signing.raw.hex(),
        "signing public key": crypto.signing_public_key(identity.signing).hex(),
        "signed consent": crypto.sign(identity.signing, crypto.Kind.CONSENT, b"{}").hex(),
        "flag key": flag.raw.hex(),
        "commitment": crypto.commitment(KEY).hex(),
        "flag commitment": crypto.commitment(flag).hex(),
        "inbox seed": crypto.inbox_seed(KEY).raw.hex(),
        "flag inbox seed": crypto.inbox_seed(flag).raw.hex(),
        "entry flag key": crypto.entry_flag_key(ENTRY_KEY).raw.hex(),
    }


def unlock() -> dict[str, str]:
    return {
        "passphrase": passphrase_secret(None).raw.hex(),
        "device": passphrase_secret(DEVICE).raw.hex(),
        "passkey": crypto.prf_secret(bytes([10]) * 32).raw.hex(),
        "kit": kit_secret().raw.hex(),
        "printed code": KIT.encode(),
        "pepper id": PEPPER.id,
        "form secret": crypto.form_secret(PEPPER).hex(),
        "mix of abc": PEPPER.mix(b"abc").hex(),
    }


def tokens() -> dict[str, str]:
    return {"text": TOKEN.encode(), "hash": crypto.token_hash(TOKEN).hex()}


def sealed() -> dict[str, str]:
    """Return one blob of each format, in hexadecimal."""
    public = crypto.public_key(crypto.identity_of(ROOT).wrap)
    secret = passphrase_secret(DEVICE)
    context = VERSION_PLACE.context(crypto.Part.BODY)
    return {
        "wrap": crypto.wrap(KEY, public, GRANT_PLACE.info()).hex(),
        "seal": crypto.seal(KEY, context, CONTENT.encode()).hex(),
        "lock": crypto.lock_root(ROOT, secret, professional=NURSE, method=LAPTOP).hex(),
        "session": crypto.seal_session(TOKEN, ROW_HALF, SESSION, CONTENT.encode()).hex(),
    }


def main() -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))["xwing_draft_06"]
    vectors = {"xwing_draft_06": kept, "known": known(), "sealed": sealed()}
    FILE.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
