# Two images from one file:
#   docker build --target web    -t proofdeck-web .      without torch
#   docker build --target worker -t proofdeck-worker .   with torch, for CPU and GPU queues
# A smaller worker for machines without a GPU:
#   docker build --target worker --build-arg TORCH_OPTIONS="--index-url https://download.pytorch.org/whl/cpu" …

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements/web.txt requirements/
RUN pip install --require-hashes -r requirements/web.txt

FROM packages AS packages-torch
ARG TORCH_OPTIONS=""
COPY requirements/torch.txt requirements/
RUN pip install $TORCH_OPTIONS -r requirements/torch.txt

FROM python:3.11-slim-bookworm AS site
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data \
    STATIC_ROOT=/srv/static \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    MKL_NUM_THREADS=1
RUN useradd --uid 10001 --no-create-home --home-dir /data proofdeck \
    && install -d -o proofdeck -g proofdeck -m 700 /data \
    && install -d -o proofdeck -g proofdeck /srv/static
WORKDIR /srv/proofdeck
COPY . .
USER proofdeck

FROM site AS web
COPY --from=packages /opt/venv /opt/venv
# Collected once, here; the key signs nothing and stays out of the image's environment.
RUN SECRET_KEY=only-to-collect python manage.py collectstatic --no-input --ignore 'rest_framework/*'
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000", \
     "--access-logfile", "-", "--graceful-timeout", "10", "config.wsgi:application"]

FROM site AS worker
COPY --from=packages-torch /opt/venv /opt/venv
ENV WORKER_ALIVE_FILE=/tmp/worker.alive WORKER_SHUTDOWN_SECONDS=10
# SIGTERM would wait for the running experiment however long; SIGQUIT gives it ten seconds,
# and the sweeper rings again for what was cut off.
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=20s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, sys, time; sys.exit(time.time() - os.stat('/tmp/worker.alive').st_mtime > 120)"]
CMD ["celery", "--app", "config.celery:app", "--quiet", "worker", "--queues", "cpu", \
     "--hostname", "cpu@%h", "--concurrency", "1", "--loglevel", "warning", \
     "--without-gossip", "--without-mingle", "--without-heartbeat"]
