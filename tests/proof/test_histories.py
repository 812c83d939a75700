"""In any history of one dossier, raw keys open exactly the cells of their holder."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Template

from .histories import Histories
from .soak import SOAKING, share


def test_in_any_history_raw_keys_open_exactly_the_cells_of_their_holder(
    template: Template,
) -> None:
    """A small share of the histories here, all of them in `make soak`. Source: DESIGN 5, V1."""

    class OnThisDatabase(Histories):
        pass

    OnThisDatabase.template = template
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(
            max_examples=share(12, 250),
            stateful_step_count=share(12, 25),
            derandomize=not SOAKING,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if SOAKING else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
