"""The four catalogues hold every text of the sources and no other; French keeps its promises."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from vepshare.dossier import COMPARTMENT_TITLES, KINDS
from vepshare.web import _consent_words, _labels, _log_words
from vepshare.web._language import LANGUAGES

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "vepshare"
TRANSLATIONS = PACKAGE / "translations"

# What `make catalogues` looks for: gettext's own, and N_ for labels declared as data.
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%.")

SAID_OF_CODES: Mapping[str, Mapping[object, str]] = {
    "compartments": {**COMPARTMENT_TITLES},
    "professions": {**_labels.PROFESSIONS},
    "levels": {**_labels.LEVELS},
    "origins": {**_labels.ORIGINS},
    "reasons to take part": {**_labels.REASONS},
    "states": {**_labels.STATES},
    "forms of a consent": {**_consent_words.FORMS},
    "reasons for an oral consent": {**_consent_words.ORAL_REASONS},
    "interpreters": {**_consent_words.INTERPRETERS},
    "modes of interpreting": {**_consent_words.MODES},
    "what a level lets see": {**_consent_words.SEES},
    "events": {**_log_words.EVENTS},
    "outcomes": {**_log_words.OUTCOMES},
    "refusals": {**_log_words.REASONS},
}
SAME_IN_FRENCH = {"Police"}

# SCENARIOS gives these word for word; the others take non-breaking spaces.
VERBATIM = {
    "The person refused sharing with this service (%(day)s). To change this, a new consent is"
    " needed.": "La personne a refusé le partage avec ce service (%(day)s). Pour changer cela, il"
    " faut un nouvel accord.",
    "Sharing with your service ended on %(day)s.": "Le partage avec votre service a pris fin le"
    " %(day)s.",
    "You see what the person has agreed to share with your function. There may be other things.": (
        "Vous voyez ce que la personne a accepté de partager avec votre fonction. Il peut exister"
        " d'autres éléments."
    ),
    "This service cannot be added to this dossier.": "Ce service ne peut pas être ajouté à ce"
    " dossier.",
    "Not saved: sharing with your service has ended. You can copy this text into your own"
    " record.": "Non enregistré : le partage avec votre service a pris fin. Vous pouvez recopier ce"
    " texte dans votre propre dossier.",
}


@cache
def sources() -> Catalog:
    """Return the texts of the code and the templates, as `make catalogues` extracts them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for _, _, text, _, context in extract_from_dir(PACKAGE, methods, options, KEYWORDS):
        found.add(text, context=context)
    return found


@cache
def catalogue(language: str) -> Catalog:
    """Return what translators edit."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def compiled(language: str) -> Catalog:
    """Return what runs."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return read_mo(file)


def entries(texts: Catalog) -> list[Message]:
    return [one for one in texts if one.id]


def forms(text: object) -> tuple[str, ...]:
    """Return a text as its forms, one unless it is counted."""
    return tuple(str(one) for one in text) if isinstance(text, tuple | list) else (str(text),)


def key(one: Message) -> tuple[tuple[str, ...], str | None]:
    """Return what tells texts apart: the text itself, with its plural, and its context."""
    return forms(one.id), one.context


def keys(texts: Catalog) -> set[tuple[tuple[str, ...], str | None]]:
    return {key(one) for one in entries(texts)}


def french() -> Iterator[tuple[str, str]]:
    for one in entries(catalogue("fr")):
        yield from ((forms(one.id)[0], text) for text in forms(one.string))


def test_the_languages_are_those_of_the_switch() -> None:
    assert {path.parent.parent.name for path in TRANSLATIONS.rglob("*.po")} == set(LANGUAGES)


def test_the_sources_have_texts_of_every_kind() -> None:
    """If extraction broke, every comparison below would still hold."""
    texts = {forms(one.id)[0] for one in entries(sources())}

    assert {"Bruise", "Doctor", "My dossiers", "Main menu", "Error:"} <= texts
    assert len(texts) > 900


def test_the_template_is_what_the_sources_say() -> None:
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        assert keys(read_po(file)) == keys(sources())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_texts_of_the_sources_and_no_other(language: str) -> None:
    assert keys(catalogue(language)) == keys(sources())
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_only_guessed(language: str) -> None:
    left = [
        one.id
        for one in entries(catalogue(language))
        if one.fuzzy or not all(text.strip() for text in forms(one.string))
    ]

    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_text_has_every_form_of_its_language(language: str) -> None:
    texts = catalogue(language)

    wrong = [
        one.id
        for one in entries(texts)
        if len(forms(one.string)) != (texts.num_plurals if one.pluralizable else 1)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_source(language: str) -> None:
    wrong = [
        one.id
        for one in entries(catalogue(language))
        for text in forms(one.string)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(forms(one.id)[-1]))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_can_become_markup(language: str) -> None:
    """Jinja trusts what gettext returns, in attributes too: a forged catalogue could run script."""
    texts = chain.from_iterable(
        chain(forms(one.id), forms(one.string)) for one in entries(catalogue(language))
    )

    assert [text for text in texts if set(text) & set('<>&"')] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_is_what_was_written(language: str) -> None:
    written, runs = (
        {key(one): forms(one.string) for one in entries(texts)}
        for texts in (catalogue(language), compiled(language))
    )

    assert runs == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_tells_nothing_of_where_texts_stand(language: str) -> None:
    """Places in the sources move with every change and would bury the changes of words."""
    assert [one.id for one in catalogue(language) if one.locations or one.auto_comments] == []


def test_english_is_the_source() -> None:
    assert [one.id for one in entries(catalogue("en")) if one.id != one.string] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_an_entry_kind_is_in_the_catalogues(kind: str) -> None:
    known = {forms(one.id)[0] for one in entries(sources())}
    said = KINDS[kind]
    fields = [*said.fields, *(part for field in said.fields for part in field.fields)]
    words = [said.title, *(one.label for one in (*fields, *said.flag_fields))]
    words += [one.hint for one in fields if one.hint]
    words += [text for field in (*fields, *said.flag_fields) for _, text in field.choices]

    assert set(words) <= known


@pytest.mark.parametrize("words", SAID_OF_CODES.values(), ids=SAID_OF_CODES.keys())
def test_what_stands_for_a_code_is_said_in_french(words: Mapping[object, str]) -> None:
    said = dict(french())

    assert {text for text in words.values() if said[text] == text} <= SAME_IN_FRENCH


@pytest.mark.parametrize("source", VERBATIM)
def test_the_sentences_agreed_upon_are_said_word_for_word(source: str) -> None:
    """Source: V5, V6."""
    assert dict(french())[source] == VERBATIM[source]


@pytest.mark.parametrize("word", ["agresseur", "votre conjoint", "·", "bourreau", "coupable"])
def test_french_never_says(word: str) -> None:
    """The person in question is said to do harm, no more; a screen reader stumbles on the dot."""
    assert [text for _, text in french() if word in text.casefold()] == []


def test_french_signs_do_not_begin_a_line() -> None:
    alone = re.compile(r"« | [»:;?!]|[^ \u00a0][;?!]|«[^\u00a0]|[^\u00a0]»")

    assert [
        text for source, text in french() if source not in VERBATIM and alone.search(text)
    ] == []


def test_titles_of_pages_betray_nothing() -> None:
    """Source: V9. What the window's title bar may show is a word of any office."""
    said = dict(french())
    titles = {
        text
        for path in (PACKAGE / "web" / "templates").rglob("*.html")
        for block in re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text("utf-8"))
        for text in re.findall(r'_\("([^"]+)"', block)
    }

    assert titles
    assert [
        said[one] for one in titles if re.search("violen|victim|police|danger", said[one])
    ] == []
