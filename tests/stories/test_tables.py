"""Every cell of every visibility table, through the API."""

import pytest

from vepshare import demo
from vepshare.demo import Story, Table

from .conftest import Tell
from .looking import NOWHERE, same, seen, statuses
from .telling import Telling

TABLES = [
    pytest.param(story, table, id=f"{story.code}-{table.at:%d-%m-%H:%M}")
    for story in demo.STORIES
    for table in story.expected
]


def told(look: Tell, story: Story, table: Table) -> Telling:
    return look(story, f"{table.at:%Y-%m-%d %H:%M}")


def took_part(story: Story, table: Table) -> set[str]:
    """Return who was let into the dossier before *table*, whatever became of it."""
    done = [act for act in story.acts if act.at < table.at and act.refused is None]
    return {getattr(act, "whom", act.by) for act in done}


@pytest.mark.parametrize(("story", "table"), TABLES)
def test_everybody_sees_the_cells_of_the_table_and_no_other(
    look: Tell, story: Story, table: Table
) -> None:
    """A closed cell is a compartment that the answer does not have. Source: V1, V6."""
    assert seen(told(look, story, table), table) == table.rows


@pytest.mark.parametrize(("story", "table"), TABLES)
def test_an_empty_row_is_404_for_who_never_took_part_and_410_for_who_did(
    look: Tell, story: Story, table: Table
) -> None:
    """Source: V5."""
    expected = {
        login: 200 if cells else 410 if login in took_part(story, table) else 404
        for login, cells in table.rows.items()
    }
    assert statuses(told(look, story, table), table) == expected


@pytest.mark.parametrize(("story", "table"), TABLES[::2])
def test_whoever_never_took_part_cannot_tell_it_from_a_dossier_that_is_not(
    look: Tell, story: Story, table: Table
) -> None:
    """Source: V5, S01-R2."""
    telling = told(look, story, table)
    outsiders = set(telling.api.world.cast) - took_part(story, table)
    for login in sorted(outsiders):
        asked = telling.api.get(telling.path, by=login)
        assert same(asked, telling.api.get(NOWHERE, by=login)), login
