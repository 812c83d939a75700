"""The root of the key directory, held in memory where no database writer reaches it."""

from collections.abc import Iterable
from itertools import product

from vepshare import audit
from vepshare.errors import ConfigurationError
from vepshare.services._key_directory import digest_of
from vepshare.services.platform import generations
from vepshare.storage import KeyStatement, Store, Work


def anchor(store: Store, origin: str, keys: Iterable[bytes]) -> None:
    """Believe one founding only from now on: that of the log a checkpoint was signed for.

    *keys* are the public keys that may have signed it, 32 bytes each. Until a first checkpoint
    covers it, the founding that stands there when the process starts is taken.

    Raises:
        ConfigurationError: the founding is not in the log that was signed for.

    """
    with store.peek() as work:
        founding = work.statements.founding()
        if founding is None:
            return
        checkpoint = _last_checkpoint(work, origin, keys)
        if checkpoint is not None and founding.log_index < checkpoint.size:
            _check(work, founding, checkpoint)
    store.founding = digest_of(founding)


def _last_checkpoint(work: Work, origin: str, keys: Iterable[bytes]) -> audit.Checkpoint | None:
    last = work.log.last_checkpoint()
    if last is None:
        return None
    for key, name in product(keys, generations(origin)):
        try:
            return audit.open_checkpoint(last[0], name, key)
        except audit.CheckpointError:
            continue
    raise ConfigurationError("the last checkpoint was not signed by this installation's key")


def _check(work: Work, founding: KeyStatement, checkpoint: audit.Checkpoint) -> None:
    index, size = founding.log_index, checkpoint.size
    try:
        proof = audit.inclusion_proof(index, size, work.log)
        leaf = audit.leaf_hash(founding.entry)
        audit.verify_inclusion(leaf, index, size, proof, checkpoint.root)
    except audit.ProofError:
        raise ConfigurationError(
            "the founding of the key directory is not in the log that was signed for:"
            " run `vepshare log verify`"
        ) from None
