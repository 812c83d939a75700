"""The append-only log: entries, Merkle tree, checkpoints and their verification.

It knows nothing of storage: whoever keeps the rows hands them in. `docs/log.md` specifies
the bytes, and `tests/vectors/log.json` holds known answers.
"""

from vepshare.audit._append import Appended, append
from vepshare.audit._canonical import (
    MAX_ENTRY_BYTES,
    EntryRefusedError,
    EntryTooLongError,
    decode,
    encode,
)
from vepshare.audit._checkpoint import (
    Checkpoint,
    CheckpointError,
    CheckpointProblem,
    KeySpan,
    LogKey,
    create_log_key_file,
    is_manifest,
    open_checkpoint,
    open_spanned,
    sign_checkpoint,
    sign_manifest,
    tried,
)
from vepshare.audit._entries import Entry, Event, Outcome, Record
from vepshare.audit._proofs import (
    NodeSource,
    ProofError,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from vepshare.audit._tree import EMPTY, HASH_BYTES, Head, Node, leaf_hash, node_hash
from vepshare.audit._verify import MAX_FAULTS, Fault, FaultCode, Report, StoredEntry, verify
from vepshare.audit.ports import LogSigner

__all__ = [
    "EMPTY",
    "HASH_BYTES",
    "MAX_ENTRY_BYTES",
    "MAX_FAULTS",
    "Appended",
    "Checkpoint",
    "CheckpointError",
    "CheckpointProblem",
    "Entry",
    "EntryRefusedError",
    "EntryTooLongError",
    "Event",
    "Fault",
    "FaultCode",
    "Head",
    "KeySpan",
    "LogKey",
    "LogSigner",
    "Node",
    "NodeSource",
    "Outcome",
    "ProofError",
    "Record",
    "Report",
    "StoredEntry",
    "append",
    "consistency_proof",
    "create_log_key_file",
    "decode",
    "encode",
    "inclusion_proof",
    "is_manifest",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_spanned",
    "sign_checkpoint",
    "sign_manifest",
    "tried",
    "verify",
    "verify_consistency",
    "verify_inclusion",
]
