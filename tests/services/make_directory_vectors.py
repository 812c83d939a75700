"""Make tests/vectors/directory.json anew: `python -m tests.services.make_directory_vectors`.

Everything follows from the inputs below; the file is compared whole.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from vepshare import crypto
from vepshare.dossier import Compartment
from vepshare.ids import DossierId, OrganisationId, ProfessionalId
from vepshare.services import _approvals, _key_directory, _rotations
from vepshare.storage import Epoch, KeyStatement, SignedAct, StatementKind

FILE = Path(__file__).parent.parent / "vectors" / "directory.json"

SIGNING = crypto.SigningSeed(bytes([1]) * 32)
REGISTRAR = ProfessionalId(UUID(int=1))
SERVICE = UUID(int=2)
ORGANISATION = OrganisationId(UUID(int=3))
DOSSIER = DossierId(UUID(int=4))

STATEMENT = KeyStatement(
    log_index=17,
    kind=StatementKind.SERVICE,
    subject=SERVICE,
    organisation_id=ORGANISATION,
    profession="MED",
    epoch=2,
    wrap_key_id=bytes([5]) * 32,
    sign_public=b"",
    previous=bytes([6]) * 32,
    signer=REGISTRAR,
    signature=b"",
    entry=b"",
)
APPROVAL = SignedAct(
    dossier_id=DOSSIER,
    seq=1,
    event="participant.invited",
    subject=SERVICE,
    organisation_id=ORGANISATION,
    profession="MED",
    reason="follow_up",
    at=datetime(2027, 3, 2, 13, 35, tzinfo=UTC),
    by_organisation=ORGANISATION,
    by_profession="SVA",
    previous=bytes(32),
    signer=REGISTRAR,
    signature=b"",
)
EPOCH = Epoch(
    compartment=Compartment.HEALTH,
    epoch=1,
    body_commitment=bytes([7]) * 32,
    flag_commitment=bytes([8]) * 32,
    body_inbox=bytes([9]) * 1216,
    flag_inbox=bytes([10]) * 1216,
    begun_at=datetime(2027, 3, 2, tzinfo=UTC),
)


def known() -> dict[str, dict[str, str]]:
    """Return the digests and the signatures of the three, in hexadecimal."""
    statement = _key_directory.digest_of(STATEMENT)
    approval = _approvals.digest_of(APPROVAL)
    return {
        "statement": {
            "digest": statement.hex(),
            "signature": crypto.sign(SIGNING, crypto.Kind.KEY_DIRECTORY, statement).hex(),
        },
        "approval": {
            "digest": approval.hex(),
            "signature": crypto.sign(SIGNING, crypto.Kind.APPROVAL, approval).hex(),
        },
        "epochs": {"digest": _rotations.digest_of(DOSSIER, [EPOCH]).hex()},
        "signer": {"public": crypto.signing_public_key(SIGNING).hex()},
    }


def main() -> None:
    FILE.write_text(json.dumps(known(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
