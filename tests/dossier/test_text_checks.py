"""Noticing what looks like a place in free text (S05-A1, S05-R3)."""

import time

import pytest

from vepshare.dossier._kinds import KINDS
from vepshare.dossier._text_checks import looks_like_place, same_place, texts


@pytest.mark.parametrize(
    "text",
    [
        "accompagner à l'école Sainte-…",
        "accompagner à l’école Sainte-Claire",
        "la fille va à l'école communale de Bellecour",
        "Athénée royal de Bellecour",
        "inscrire à la crèche Les Petits Pas",
        "creche « Boule de Neige »",
        "rendez-vous rue des Lilas",
        "elle attend rue des lilas 12",
        "RUE DES LILAS 12",
        "avenue de l'Observatoire",
        "place Saint-Lambert",
        "quai de la Batte 4",
        "4999 Bellecour",
        "B-4999",
        "2000 Antwerpen",
        "à l'arrêt Fontaine",
        "arrêt de bus Fontaine",
        "prendre la ligne de bus 12",
        "bus 48 le matin",
        "commune de Bellecour",
        "gare de Bellecour",
        "elle habite à Bellecour",
        "elle a déménagé à Bellecour",
        "gaat naar school De Klimop",
        "basisschool Sint-Jozef",
        "woont in de Bergstraat",
        "Lindenlaan 4",
        "Kerkweg 12",
        "buslijn 12",
        "zij woont in Bellecour",
        "gemeente Bellecour",
        "Grundschule Sankt Josef",
        "in der Lindenstraße",
        "Hauptstr. 12",
        "Bahnhof Bellecour",
        "sie wohnt in Bellecour",
        "Marktplatz 3",
        "Buslinie 12",
        "St Mary's School",
        "near Lilac Street",
        "she lives in Bellecour",
        "the school of Bellecour",
    ],
)
def test_a_named_place_is_noticed(text) -> None:
    """Source: S05-A1."""
    assert looks_like_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "accompagner à l'école",
        "accompagner à l'école. Elle préfère le matin",
        "les enfants changent de crèche",
        "cinq actions",
        "mot de code avec la voisine",
        "arrêt de travail jusqu'au 30/04",
        "il l'a attendue dans la rue de chez elle",
        "prendre place dans la salle",
        "appeler le 0400 00 01 01 entre 10:00 et 16:00",
        "depuis 2026 Coralie dort mal",
        "par le numéro de service",
        "plainte déposée en mars 2027",
        "conduire à l'hôpital",
        "l'assistante sociale du CPAS rappelle demain",
        "met de kinderen naar school",
        "vijf acties voor de volgende vergadering",
        "onderweg naar het werk",
        "die Kinder zur Schule begleiten",
        "sie sucht einen Arbeitsplatz",
        "fünf Maßnahmen bis April",
        "eine Schuld von 1500 Euro",
        "take the children to school",
        "call her before the next meeting",
        "code word with the neighbour",
    ],
)
def test_common_words_are_left_alone(text) -> None:
    """Source: S05-A1."""
    assert not looks_like_place(text)


def test_a_decomposed_text_is_read_as_composed() -> None:
    assert looks_like_place("e\u0301cole Sainte-Claire")


@pytest.mark.parametrize("piece", ["rue a ", "école de la ", "A", "1", "d'", "rue d'd'd' "])
def test_a_long_text_is_read_at_once(piece) -> None:
    """A text made to be slow would hold a worker: a denial of service."""
    text = (piece * 1500)[:1500]
    started = time.perf_counter()

    looks_like_place(text)

    assert time.perf_counter() - started < 0.5


def test_texts_walk_rows_and_leave_structured_values() -> None:
    values = {
        "children": [{"age_band": "3_5", "establishment": "École Sainte-Claire"}],
        "contact_days": "mardi",
        "abduction_risk": "yes",
        "youth_services": ["saj"],
    }

    assert list(texts(KINDS["children"], values)) == ["École Sainte-Claire", "mardi"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("12, rue des Lilas", "RUE DES LILAS 12"),
        ("Chaussée de l’Étang, n° 4", "chaussee de l'etang 4"),
        ("av. du Parc 3", "avenue du Parc, 3"),
        ("Lindenstr. 5", "Lindenstraße 5"),
        ("Lindenstrasse 5", "Lindenstraße 5"),
        ("Place Ste-Claire", "place Sainte Claire"),
    ],
)
def test_the_same_place_written_otherwise(a, b) -> None:
    """Source: S05-R3."""
    assert same_place(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("rue des Lilas 12", "rue des Lilas 21"),
        ("rue des Lilas", "rue des Lilas 12"),
        ("", ""),
        ("-", "."),
    ],
)
def test_other_places_differ(a, b) -> None:
    """Source: S05-R3."""
    assert not same_place(a, b)
