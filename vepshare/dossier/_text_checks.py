"""Noticing, in free text, what looks like a place.

In a dossier with a protected place, a school named in a meeting's action tells where she
sleeps. The check only says yes or no, so that the warning built on it repeats no address.
It prefers a needless warning to a missed place, yet leaves common words alone: a warning
that comes at every sentence is no longer read.
"""

import re
import unicodedata
from collections.abc import Iterator

from vepshare.dossier._fields import EntryKind, Field, FieldKind, Values

_FREE_TEXT = frozenset({FieldKind.TEXT, FieldKind.LONG})

# A capitalised word, or a saint however written; quotes may stand before it.
_NAME = r"[«\"“„']?\s*(?:[A-ZÀ-ÖØ-Þ][\w'’-]+|(?i:s(?:ain)?te?|sint|sankt|st\.)[ .-])"
# Small words that may stand between the kind of place and its name.
_SMALL = (
    r"(?:(?i:de|du|des|la|le|les|communale?|primaire|maternelle|fondamentale|libre|secondaire"
    r"|royale?|van|der|den|het|von|vom|am|zum|zur|in|of|the)\s+|(?i:[ld])['’]\s*){0,4}"
)
_PLACES = (
    # Schools and nurseries
    r"[ée]coles?|cr[èe]ches?|garderie|lyc[ée]e|coll[èe]ge|ath[ée]n[ée]e|institut|internat"
    r"|school|college|nursery|kindergarten|basisschool|kleuterschool|kinderdagverblijf"
    r"|atheneum|instituut|opvang|(?:grund|haupt|real)?schule|gymnasium|kita|internaat"
    # Streets and squares
    r"|rue|avenue|boulevard|chauss[ée]e|place|quai|square|impasse|clos|street|road"
    # Transport and communes
    r"|arr[êe]t(?:\s+de\s+(?:bus|tram))?|gare|commune|village|quartier|halte|station"
    r"|gemeente|bahnhof|haltestelle|gemeinde|bus\s+stop|perron"
)
_STREETS = r"rue|avenue|boulevard|chauss[ée]e"
_OF = r"(?i:d(?:e\s+la|es?|u)\s+|de\s+l['’]|d['’])"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # A kind of place and its name: "école Sainte-…", "gare de Huy".
        rf"\b(?i:{_PLACES})\s+{_SMALL}{_NAME}",
        # A name and its kind of place, as in English: "Lilac Street", "St Mary's School".
        r"\b[A-Z][\w'’-]+\s+(?:[Ss]treet|[Rr]oad|[Ll]ane|[Ss]quare|[Ss]chool|[Nn]ursery)\b",
        # A street written in haste, without capitals: "rue des lilas", "place du marché 3".
        rf"\b(?i:{_STREETS})\s+{_OF}(?!(?i:chez|elle|lui|son|sa|ses)\b)\w{{3,}}",
        rf"\b(?i:{_STREETS}|place|quai)\s+(?:[\w'’-]+\s+){{0,4}}\d{{1,4}}\b",
        # Dutch and German streets are one word: "Bergstraat", "Lindenallee".
        r"\b\w{3,}(?i:straat|laan|steenweg|plein|kaai|dreef|stra(?:ß|ss)e|str\.|allee|gasse)\b",
        r"\b\w{3,}(?i:str\.|weg|platz|baan|lei)\s*\d{1,4}\b",
        # A postcode and its commune; years are left out, but for the cities numbered so.
        r"\b(?:[13-9]\d{3}|2[1-9]\d{2})(?<!\b19\d\d)\s+(?!Eur)[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+",
        r"\b(?:19|20)\d\d\s+(?:Antwerpen|Anvers|Kraainem|Zaventem|Zemst|Kampenhout)\b",
        r"\b[BD]-\d{4,5}\b",
        # Lines: "ligne de bus 12", "tram 1", "Buslinie 12".
        r"\b(?i:lignes?|lijn|buslijn|(?:bus)?linie|line|bus|tram)\s+(?i:de\s+bus\s+|n[°o]\s*)?\d",
        # Where somebody lives.
        r"\b(?i:habit(?:e|er|ent)|vit|log(?:e|er|ée)|install[ée]e?|d[ée]m[ée]nag[ée]e?)\s+à\s+[A-ZÀ-Þ]",
        r"\b(?i:woont|verblijft|wohnt|lebt|lives|staying)\s+in\s+[A-ZÀ-Þ]",
    )
)

_ABBREVIATIONS = {
    "r": "rue",
    "av": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "bvd": "boulevard",
    "ch": "chaussee",
    "chee": "chaussee",
    "pl": "place",
    "st": "saint",
    "ste": "sainte",
}
_NOISE = frozenset({"n", "no", "nr", "num", "numero", "nummer", "b", "be"})
_WORD = re.compile(r"[^\W_]+")
_STREET_SUFFIX = re.compile(r"(?<=\w{3})str$")


def looks_like_place(text: str) -> bool:
    """Tell whether *text* names something that looks like a place (FR, NL, DE, EN).

    A generic word (« l'école ») is not a place; a word with a name or a number is.
    """
    composed = unicodedata.normalize("NFC", text)
    return any(pattern.search(composed) for pattern in _PATTERNS)


def texts(kind: EntryKind, values: Values) -> Iterator[str]:
    """Yield every free text in *values*, those of rows included."""
    return _texts(kind.fields, values)


def _texts(fields: tuple[Field, ...], values: Values) -> Iterator[str]:
    for field in fields:
        value = values.get(field.name)
        if field.kind in _FREE_TEXT and isinstance(value, str):
            yield value
        elif field.kind is FieldKind.ROWS and isinstance(value, list):
            for row in value:
                yield from _texts(field.fields, row)


def same_place(a: str, b: str) -> bool:
    """Tell whether two places are written the same, but for order, accents and abbreviations.

    A place without a letter or a digit equals none, itself included.
    """
    return bool(_place_words(a)) and _place_words(a) == _place_words(b)


def _place_words(place: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", place.casefold())
    bare = "".join(one for one in decomposed if not unicodedata.combining(one))
    words = (_ABBREVIATIONS.get(word, word) for word in _WORD.findall(bare))
    return sorted(_STREET_SUFFIX.sub("strasse", word) for word in words if word not in _NOISE)
