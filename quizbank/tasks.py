"""What a worker does for the question bank: fit somebody's memory parameters."""

from __future__ import annotations

import os
import subprocess
import sys

from celery import shared_task

from quizbank.models import User
from quizbank.services.fits import TASK

SECONDS = 300


@shared_task(name=TASK, time_limit=SECONDS + 30)
def fit(user_id: int) -> None:
    """In a process of its own: it takes torch's memory with it, and leaves nothing to a fork.

    Whoever has gone since it was asked for needs no fit.
    """
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return
    command = [sys.executable, "-m", "django", "fit_parameters", "--id", str(user_id)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(command, env=environment, timeout=SECONDS, check=True)
