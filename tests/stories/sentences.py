"""The sentences that the scenarios give word for word. French is what professionals read first."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "V5": "Le partage avec votre service a pris fin le {day}.",
    "V6": "Vous voyez ce que la personne a accepté de partager avec votre fonction."
    " Il peut exister d'autres éléments.",
    "S01-R1": "La personne a refusé le partage avec ce service (02/03/2027)."
    " Pour changer cela, il faut un nouvel accord.",
    "S01-L1": "refus explicite",
    "S02-R1": "Non enregistré : le partage avec votre service a pris fin."
    " Vous pouvez recopier ce texte dans votre propre dossier.",
    "S02-R4": "Tilleul-Blanc, jusqu'au 21/04/2027",
    "S02-L1": "accord retiré",
    "S02 erase": "Effacer",
    "S02 seal": "Conserver sous scellé",
    "S02 again": "Reprendre avec un nouvel accord",
}

LEVELS: Mapping[str, str] = {
    "Voir l'essentiel seulement": "F",
    "Lire": "R",
    "Écrire, et lire ses propres éléments": "w",
    "Lire et écrire": "W",
    # The tables say W for the organisation that runs the place.
    "Lire et écrire : gère le lieu": "W",
}
"""What a level is called beside the heading of a compartment."""
