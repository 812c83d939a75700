"""A token of SoftHSM in a folder of the test, with keys in it as an operator would make them."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "8642-for-tests"
TOKEN = "vepshare"


def module() -> Path | None:
    """Return where SoftHSM is, or None where it or python-pkcs11 is not."""
    found = next((Path(one) for one in MODULES if Path(one).is_file()), None)
    usable = importlib.util.find_spec("pkcs11") is not None and shutil.which("softhsm2-util")
    return found if usable else None


WITH_SOFTHSM = [
    pytest.mark.softhsm,
    pytest.mark.skipif(module() is None, reason="install softhsm2 and python-pkcs11"),
]


@dataclass(frozen=True)
class Token:
    """A token, the file its PIN is in, and what an operator does to it."""

    module: Path
    pin: Path
    folder: Path

    def add_pepper(self, label: str, raw: bytes, **changes: object) -> None:
        from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415

        template = {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
            Attribute.LABEL: label,
            Attribute.VALUE: raw,
            Attribute.TOKEN: True,
            Attribute.SIGN: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
        }
        named = {Attribute[name]: value for name, value in changes.items()}
        with self._session() as session:
            session.create_object(template | named)

    def add_signer(self, label: str, **changes: object) -> None:
        from pkcs11 import Attribute, KeyType, Mechanism  # noqa: PLC0415
        from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}
        named = {Attribute[name]: value for name, value in changes.items()}
        with self._session() as session:
            parameters = session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
            parameters.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=label,
                private_template=named,
            )

    def remove(self, label: str) -> None:
        from pkcs11 import Attribute  # noqa: PLC0415

        with self._session() as session:
            for one in list(session.get_objects({Attribute.LABEL: label})):
                one.destroy()

    def begin_anew(self) -> None:
        """Let the module forget its sessions and read its configuration again."""
        import pkcs11  # noqa: PLC0415

        pkcs11.lib(str(self.module)).reinitialize()

    def unplug(self) -> None:
        """Take the token away."""
        shutil.move(self.folder / "tokens", self.folder / "unplugged")
        (self.folder / "tokens").mkdir()

    def plug(self) -> None:
        """Put it back."""
        (self.folder / "tokens").rmdir()
        shutil.move(self.folder / "unplugged", self.folder / "tokens")

    @contextmanager
    def _session(self) -> Iterator[object]:
        import pkcs11  # noqa: PLC0415

        token = pkcs11.lib(str(self.module)).get_token(token_label=TOKEN)
        try:
            session = token.open(user_pin=PIN, rw=True)
        except pkcs11.exceptions.UserAlreadyLoggedIn:
            session = token.open(rw=True)
        try:
            yield session
        finally:
            session.close()


@contextmanager
def token(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Token]:
    """Yield a new token below *folder*."""
    import pkcs11  # noqa: PLC0415

    found = module()
    assert found is not None
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n"
    )
    patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    pin = folder / "pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN]
    subprocess.run([*command, "--so-pin", PIN, "--pin", PIN], check=True, capture_output=True)
    try:
        yield Token(module=found, pin=pin, folder=folder)
    finally:
        # The next test has another folder, which the module reads when it begins anew.
        library = pkcs11.lib(str(found))
        library.finalize()
