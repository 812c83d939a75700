"""The entry kinds, as data: one module for each group of compartments."""

from vepshare.dossier.kinds._care import CARE
from vepshare.dossier.kinds._children import CHILDREN_KIND
from vepshare.dossier.kinds._facts import FACTS
from vepshare.dossier.kinds._home import HOME
from vepshare.dossier.kinds._person import PERSON
from vepshare.dossier.kinds._plans import PLANS
from vepshare.dossier.kinds._risk import DANGER_SIGNS, RISK_ASSESSMENT, default_review

ALL = (*PERSON, *HOME, CHILDREN_KIND, *CARE, *FACTS, RISK_ASSESSMENT, *PLANS)

__all__ = ["ALL", "DANGER_SIGNS", "default_review"]
