"""The demonstration as it is prepared for a visitor."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vepshare.config import Settings
from vepshare.demo import ORGANISATIONS, PROFESSIONALS, S01, S02, prepare
from vepshare.errors import ConfigurationError
from vepshare.services import platform
from vepshare.storage import Store

NOW = datetime(2027, 5, 3, 9, 30, tzinfo=UTC)
SHORTEST = 5


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    return prepare(folder, now=NOW, keep=False, say=lambda _line: None)


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)


def written_texts() -> set[str]:
    """Return every text of the stories that is no code: what a person typed."""
    acts = [act for story in (S01, S02) for act in story.acts]
    entries = [entry for act in acts for entry in getattr(act, "entries", ())]
    entries += [act.entry for act in acts if hasattr(act, "entry")]
    texts = {text for entry in entries for text in leaves(dict(entry.values))}
    # Days stand in the log as well, and the directory names the platform's own professionals.
    public = {one.name for one in (*ORGANISATIONS, *PROFESSIONALS)}
    return {text for text in texts - public if len(text) >= SHORTEST and not is_code(text)}


def is_code(text: str) -> bool:
    return text.replace("_", "").islower() or text.replace("-", "").isdigit()


def folder_of(prepared: Settings) -> Path:
    """Return where a demonstration keeps its files."""
    return Path(prepared.database.removeprefix("sqlite:///")).parent


def spellings(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield from (raw, text.encode("utf-16-le"), raw.hex().encode())
    # In base64 a text has three spellings; the ends depend on what stands beside it.
    for offset in range(3):
        yield base64.b64encode(bytes(offset) + raw)[4:-4] or raw


def test_no_text_of_the_stories_is_in_the_files_in_clear(prepared: Settings) -> None:
    """Source: DESIGN 1.5."""
    folder = folder_of(prepared)
    stored = b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())
    texts = written_texts()

    found = {text for text in texts for one in spellings(text) if one in stored}

    assert len(texts) > 40
    assert found == set()


def test_the_scan_would_find_what_is_there(prepared: Settings) -> None:
    stored = (folder_of(prepared) / "vepshare.db").read_bytes()

    assert any(one in stored for one in spellings("Hirondelle"))


def test_nothing_of_the_demonstration_lies_in_the_future_and_its_log_is_whole(
    prepared: Settings,
) -> None:
    store = Store(prepared.database)
    report = platform.verify_log(store)
    with store.peek() as work:
        last = work.log.head().last_time
    store.dispose()

    assert report.whole
    assert last is not None
    assert last <= NOW


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")

    with pytest.raises(ConfigurationError):
        prepare(tmp_path, now=NOW, keep=False, say=lambda _line: None)

    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def test_a_demonstration_is_kept_when_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder, now=NOW, keep=False, say=lambda _line: None)
    pepper = (folder / "pepper").read_bytes()

    prepare(folder, now=NOW, keep=True, say=lambda _line: None)

    assert (folder / "pepper").read_bytes() == pepper
