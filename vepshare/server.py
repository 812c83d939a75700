"""Serving with gunicorn: threads in worker processes, nothing it does not need switched on."""

import gc
from typing import Any

from gunicorn.app.base import BaseApplication

from vepshare.app import create_app, load_custody
from vepshare.config import Settings
from vepshare.errors import ConfigurationError
from vepshare.storage import Store

_COLLECT_EVERY = 10_000


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured here and nowhere else."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, made in the worker: connections are not shared by fork."""
        app = create_app(self._settings, store=Store(self._settings.database))
        # What it is made of stays until the end: the collector need not walk through it again
        # and again, nor come by several times in one request that leaves no cycles.
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY)
        return app


def run(settings: Settings, *, bind: str, workers: int) -> None:
    """Serve until told to stop.

    Raises:
        ConfigurationError: before anything is bound, if the installation does not hold together,
            or if nobody has said that its data are fictional.

    """
    custody = load_custody(settings)
    create_app(settings, custody=custody)
    # The workers are forked from here, and a hardware module does not survive that.
    custody.close()
    if not (settings.demo or settings.evaluation):
        raise ConfigurationError(
            "this version unlocks with a passphrase alone, so it is not for real data:"
            " set VEPSHARE_EVALUATION=fictional-data to serve fictional data"
        )
    options = {
        "bind": bind,
        "workers": workers,
        "worker_class": "gthread",
        "threads": 4,
        "max_requests": 2000,
        "max_requests_jitter": 200,
        "worker_tmp_dir": "/dev/shm",  # noqa: S108
        "header_map": "drop",
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
        "graceful_timeout": 10,
    }
    _Server(settings, options).run()
