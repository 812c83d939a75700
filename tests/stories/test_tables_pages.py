"""Every cell of every visibility table, by the headings that the pages show."""

import pytest

from vepshare.demo import Story, Table

from .conftest import Tell
from .screens import NOWHERE, bare, browser, rows
from .sentences import SENTENCES
from .test_tables import TABLES, told, took_part


@pytest.mark.parametrize(("story", "table"), TABLES)
def test_the_page_has_the_headings_and_levels_of_the_table(
    look: Tell, story: Story, table: Table
) -> None:
    """A closed cell has no heading. The referent is led to the closing sheet. Source: V1, V6."""
    referent = story.acts[0].by
    expected = {
        login: (
            200 if cells or login == referent else 410 if login in took_part(story, table) else 404,
            cells,
        )
        for login, cells in table.rows.items()
    }
    assert rows(told(look, story, table), table) == expected


@pytest.mark.parametrize(("story", "table"), TABLES)
def test_every_row_reads_one_of_the_three_sentences(look: Tell, story: Story, table: Table) -> None:
    """What is shared, until when it was, or that there is nothing here. Source: V5, V6.

    The closing sheet shows nothing of what was shared, and does not say that it does.
    """
    telling = told(look, story, table)
    ended = SENTENCES["V5"].format(day=f"{table.at:%d/%m/%Y}")
    for login in table.rows:
        page = browser(telling, login).get(telling.path)
        if page.status == 200:
            sheet = page.path.endswith("/closing")
            assert (SENTENCES["V6"] in page.text) is not sheet, login
        elif page.status == 410:
            assert ended in page.text, login
        else:
            assert bare(page) == bare(browser(telling, login).get(NOWHERE)), login
