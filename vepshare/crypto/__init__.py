"""Keys and seals: what hides a value, ties it to its place and hands its key on.

Primitives come from `cryptography` and `argon2-cffi`; byte formats are in docs/crypto.md.
"""

from vepshare.crypto._bindings import Kind, binding
from vepshare.crypto._compartments import (
    check_commitment,
    commitment,
    entry_flag_key,
    flag_key,
    inbox_seed,
)
from vepshare.crypto._custody import create_pepper_file, read_pepper, read_pepper_credential
from vepshare.crypto._custody_pkcs11 import Hsm, HsmAt, HsmPepper, HsmSigner
from vepshare.crypto._custody_vault import VaultPepper, VaultSigner
from vepshare.crypto._identity import Identity, identity_of, sign, signing_public_key, verify
from vepshare.crypto._passphrases import (
    Argon2Parameters,
    WeakParametersError,
    kit_secret,
    new_salt,
    passphrase_secret,
    peppered,
    stretch,
)
from vepshare.crypto._peppers import PepperKey, Peppers, form_secret, pepper_id
from vepshare.crypto._places import (
    NO_PREVIOUS,
    EntryPlace,
    EntryWrapPlace,
    GrantPlace,
    MemberPlace,
    Part,
    Provenance,
    VersionPlace,
)
from vepshare.crypto._seals import seal, sealed_hash, unseal
from vepshare.crypto._secrets import (
    CompartmentKey,
    DeviceSecret,
    EntryFlagKey,
    EntryKey,
    FlagKey,
    KitCode,
    RootSeed,
    Secret,
    Seed,
    SigningSeed,
    Stretched,
    UnlockSecret,
    WrapSeed,
)
from vepshare.crypto._sessions import Token, seal_session, token_hash, unseal_session
from vepshare.crypto._unlock import (
    DeviceToken,
    Method,
    WrongSecretError,
    lock_root,
    prf_secret,
    unlock_root,
)
from vepshare.crypto._vault import Vault, VaultAt
from vepshare.crypto._wraps import PrivateKey, key_id, private_key, public_key, unwrap, wrap
from vepshare.crypto.ports import Pepper

__all__ = [
    "NO_PREVIOUS",
    "Argon2Parameters",
    "CompartmentKey",
    "DeviceSecret",
    "DeviceToken",
    "EntryFlagKey",
    "EntryKey",
    "EntryPlace",
    "EntryWrapPlace",
    "FlagKey",
    "GrantPlace",
    "Hsm",
    "HsmAt",
    "HsmPepper",
    "HsmSigner",
    "Identity",
    "Kind",
    "KitCode",
    "MemberPlace",
    "Method",
    "Part",
    "Pepper",
    "PepperKey",
    "Peppers",
    "PrivateKey",
    "Provenance",
    "RootSeed",
    "Secret",
    "Seed",
    "SigningSeed",
    "Stretched",
    "Token",
    "UnlockSecret",
    "Vault",
    "VaultAt",
    "VaultPepper",
    "VaultSigner",
    "VersionPlace",
    "WeakParametersError",
    "WrapSeed",
    "WrongSecretError",
    "binding",
    "check_commitment",
    "commitment",
    "create_pepper_file",
    "entry_flag_key",
    "flag_key",
    "form_secret",
    "identity_of",
    "inbox_seed",
    "key_id",
    "kit_secret",
    "lock_root",
    "new_salt",
    "passphrase_secret",
    "pepper_id",
    "peppered",
    "prf_secret",
    "private_key",
    "public_key",
    "read_pepper",
    "read_pepper_credential",
    "seal",
    "seal_session",
    "sealed_hash",
    "sign",
    "signing_public_key",
    "stretch",
    "token_hash",
    "unlock_root",
    "unseal",
    "unseal_session",
    "unwrap",
    "verify",
    "wrap",
]
