"""The demonstration: a fictional cast, and stories played through the services."""

from vepshare.demo._cast import (
    ORGANISATIONS,
    PROFESSIONALS,
    Cast,
    CastOrganisation,
    CastProfessional,
    add_cast,
    organisations,
    passphrase,
    people,
)
from vepshare.demo._play import (
    DEMONSTRATED,
    STORIES,
    LetThroughError,
    Performance,
    beginning,
    play,
    play_all,
)
from vepshare.demo._prepare import prepare
from vepshare.demo._s01 import S01
from vepshare.demo._s02 import S02
from vepshare.demo._s05 import S05
from vepshare.demo._stories import Story, Table

__all__ = [
    "DEMONSTRATED",
    "ORGANISATIONS",
    "PROFESSIONALS",
    "S01",
    "S02",
    "S05",
    "STORIES",
    "Cast",
    "CastOrganisation",
    "CastProfessional",
    "LetThroughError",
    "Performance",
    "Story",
    "Table",
    "add_cast",
    "beginning",
    "organisations",
    "passphrase",
    "people",
    "play",
    "play_all",
    "prepare",
]
