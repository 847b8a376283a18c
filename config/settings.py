"""Settings. Every value that differs between machines comes from the environment:

DATA_DIR, SECRET_KEY, DEBUG, HOST, ALLOWED_HOSTS, DATABASE_URL, REDIS_URL, HTTPS,
PROXIES, STATEMENT_TIMEOUT, STATIC_ROOT, LOG_LEVEL.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.environment import ANYWHERE, LOOPBACK, PROJECT, BadEnvironment, flag, whole, words

BASE_DIR = PROJECT
DATA_DIR = environment.data_dir()
HOST = os.environ.get("HOST", "127.0.0.1").strip()

try:
    DEBUG = flag("DEBUG")
    WORKER_PRELOAD = flag("WORKER_PRELOAD", True)
    HTTPS = flag("HTTPS")
    PROXIES = whole("PROXIES", 0, 0, 8)
    PUBLIC = HOST not in LOOPBACK
    SECRET_KEY = environment.secret_key(DATA_DIR, strict=PUBLIC and not DEBUG)
except BadEnvironment as bad:
    raise ImproperlyConfigured(str(bad)) from bad

SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
# The machine's own names stay allowed: supervisors ask for the health page by them.
ALLOWED_HOSTS = sorted({*words("ALLOWED_HOSTS"), *LOOPBACK, "[::1]", HOST} - ANYWHERE)
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

# --- Applications ---

INSTALLED_APPS = [
    "config.launcher",
    "quizbank",
    "demos",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "axes",
    "csp",
]
AUTH_USER_MODEL = "quizbank.User"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.ShortPrefixMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.unstorable.UnstorableMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quizbank.context_processors.shell",
            ],
        },
    },
]

# --- Database ---

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "").strip() or f"sqlite:///{DATA_DIR / 'proofdeck.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the one writer; a writer waits five seconds, not for ever, and a
    # command a minute (config.patience).
    _OPTIONS.setdefault("transaction_mode", "IMMEDIATE")
    _OPTIONS.setdefault("timeout", 5)
    _OPTIONS.setdefault(
        "init_command",
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;"
        # Else INSERT OR REPLACE takes a row out and asks no trigger: the log's forbid it.
        "PRAGMA recursive_triggers=ON;"
        # Sizes in kibibytes, bytes and pages: 16 MiB of pages kept, 256 MiB read without a
        # call of the system, and 32 MiB of the log before an answer has to empty it.
        "PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=8192;",
    )
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Seconds; 0 is without end, for migrations.
    _STATEMENT = os.environ.get("STATEMENT_TIMEOUT", "").strip() or "5"
    _OPTIONS.setdefault(
        "options",
        f"-c lock_timeout=2s -c statement_timeout={_STATEMENT}s "
        "-c idle_in_transaction_session_timeout=10s",
    )

# --- People ---

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "quizbank:sign_in"
LOGIN_REDIRECT_URL = "quizbank:home"
LOGOUT_REDIRECT_URL = "quizbank:home"

# Counted by account and address together: a stranger's guesses never lock the owner out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "quizbank.views.people.locked_out"
AXES_IPWARE_PROXY_COUNT = PROXIES
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- Security ---

_DAY = 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_AGE = 30 * _DAY
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "quizbank.views.errors.csrf_failure"
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * _DAY if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "quizbank.views.errors.csrf_failure"

# No inline script and no inline style: what a note or a title smuggles in stays dead text.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# The longest answer box, percent-encoded Chinese included, stays below this (bytes).
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Languages and time ---

LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * _DAY
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files ---

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", "") or DATA_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- API ---

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "api.errors.problem",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    # Without it a forged X-Forwarded-For gives every request a throttle bucket of its own.
    "NUM_PROXIES": PROXIES,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Proofdeck",
    "VERSION": environment.version(),
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    # Several fields are called `state`, and several `kind`.
    "ENUM_NAME_OVERRIDES": {
        "RunState": "demos.models.State",
        "CardState": ["new", "learning", "review", "relearning"],
        "AnswerState": "api.quiz_shapes.STATES",
        "ItemKind": "api.quiz_shapes.ITEM_KINDS",
        "MockState": "api.mock_shapes.STATES",
        "ClaimKind": ["always", "share", "sometimes", "shown"],
        "DisputeKind": "api.dispute_shapes.KINDS",
        "EventKind": "api.study_shapes.KINDS",
        "QuestionLevel": ["screen", "core", "deep"],
    },
}

# --- Queue and log ---

REDIS_URL = environment.redis_url()

# What one run may use, and how often the sweeper looks: tests make them short.
DEMO_LIMITS = {
    name: float(os.environ[key]) if name.endswith("seconds") else int(os.environ[key])
    for name, key in {
        "lease_seconds": "LEASE_SECONDS",
        "renew_seconds": "RENEW_SECONDS",
        "wall_seconds": "WALL_SECONDS",
        "memory_bytes": "RUN_MEMORY_BYTES",
    }.items()
    if os.environ.get(key)
}
SWEEP_SECONDS = float(os.environ.get("SWEEP_SECONDS") or 3)
RING_AGAIN_SECONDS = float(os.environ.get("RING_AGAIN_SECONDS") or 5)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.OneLine",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
