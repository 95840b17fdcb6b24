"""The settings, each with its reason. What an operator may move is an environment variable `DATELINE_…`."""

import json
import os
from pathlib import Path

from dateline.site import home
from dateline.site.database import database
from dateline.words import languages
from dateline.words.release import FILING_LIMIT
from dateline.words.wire import Wire

HOME = home.load()
_keys = json.loads(HOME.key_file.read_text(encoding="utf-8"))

# Web, API and feeds; the live stream.
DATELINE_PORT = int(os.environ.get("DATELINE_PORT", "8000"))
DATELINE_STREAM_PORT = int(os.environ.get("DATELINE_STREAM_PORT", "8001"))
# A proxy with TLS stands before both; only a host without one listens to the world by itself.
DATELINE_BIND = os.environ.get("DATELINE_BIND", "127.0.0.1")
# An edge takes no more streams than this, and no more than files may be open.
DATELINE_STREAMS = int(os.environ.get("DATELINE_STREAMS", "50000"))
# One edge process is one core; they share the stream's port.
DATELINE_EDGES = int(os.environ.get("DATELINE_EDGES", "1"))
DATELINE_WIRE = Wire(
    name=HOME.name,
    origin=HOME.origin,
    base_url=os.environ.get("DATELINE_BASE_URL", f"http://127.0.0.1:{DATELINE_PORT}").rstrip("/"),
    stream_url=os.environ.get("DATELINE_STREAM_URL", f"http://127.0.0.1:{DATELINE_STREAM_PORT}").rstrip("/"),
    boilerplate=HOME.boilerplate,
    contact=HOME.contact,
)
DATELINE_HOME = HOME.path
DATELINE_RUN = HOME.run
DATELINE_DEMO = HOME.demo
DATELINE_KEY_FILE = HOME.key_file
DATELINE_WITNESS_FILE = HOME.witness_file
# Mail goes to one relay, which is the operator's.
# The demo brings a mail server of its own.
_smtp_port = DATELINE_STREAM_PORT + 24 if HOME.demo else 25
DATELINE_SMTP_URL = os.environ.get("DATELINE_SMTP_URL", f"smtp://127.0.0.1:{_smtp_port}")
# Where bounces are handed over: `unix:/PATH` or `HOST:PORT`; empty: nowhere.
DATELINE_LMTP = os.environ.get("DATELINE_LMTP", "")
DATELINE_MAIL_FROM = os.environ.get("DATELINE_MAIL_FROM", f"wire@{HOME.origin}")
# A webhook into the machine's own network would be a way in; tests and demos need one.
DATELINE_PRIVATE_WEBHOOKS = os.environ.get("DATELINE_PRIVATE_WEBHOOKS", "1" if HOME.demo else "") == "1"
# Beyond it nothing of a request is read.
DATELINE_FILING_LIMIT = FILING_LIMIT

# Signs sessions. It lies with the master key, outside the home, or a stolen home could forge an editor.
SECRET_KEY = _keys["session"]
DEBUG = False
# The wire is reached by whatever name its operator gave it; links are built from DATELINE_WIRE, never from Host.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "dateline.site.urls"
WSGI_APPLICATION = "dateline.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/work"
LOGOUT_REDIRECT_URL = "/"
DATABASES = {"default": database(HOME.database_url)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "dateline.people",
    "dateline.vault",
    "dateline.intake",
    "dateline.wire",
    "dateline.routing",
    "dateline.delivery",
    "dateline.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dateline.site.limits.limit_body",
    "dateline.site.errors.speak_problem",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dateline.site.errors.RefusedMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dateline.web.context.wire",
            ]
        },
    }
]

# A session row would tell when somebody worked; a signed cookie tells nobody.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = DATELINE_WIRE.base_url.startswith("https:")
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = f"dateline_{DATELINE_PORT}"
CSRF_COOKIE_NAME = f"dateline_csrf_{DATELINE_PORT}"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_TRUSTED_ORIGINS = [DATELINE_WIRE.base_url]
# Who was signed out while writing gets the text back.
CSRF_FAILURE_VIEW = "dateline.web.work.again.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Nothing that was uploaded may reach a disk in the clear, a temporary file included.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATELINE_FILING_LIMIT + 64 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = DATELINE_FILING_LIMIT + 64 * 1024

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [(tag.lower(), languages.language(tag).name) for tag in languages.FIFTEEN]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parents[1] / "web" / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# structlog says what happened; Django's own logging would print requests and addresses.
LOGGING_CONFIG = None
AUTHENTICATION_BACKENDS = ["dateline.people.accounts.Backend"]
