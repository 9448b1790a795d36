"""Settings, read from the environment (twelve-factor). The start fails with a list of all wrong values.

With no ``DATABASE_URL`` and no ``BROKER_URL`` the servers are those that the launcher of this folder starts
(``ecase.embedded_addresses``).
``docs/reference/settings.md`` lists every variable.
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu.entity import Exchange, Queue

from ecase import formats, production, timeouts
from ecase.embedded_addresses import broker_url
from ecase.environment import Environment
from signatures.container import limits

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR)

# -- installation -------------------------------------------------------------------------------------------------

MODE = env.choice("ECASE_MODE", ("production", "demo"), default="demo")
if not env.is_given("ECASE_MODE") and env.is_given("DATABASE_URL", "BROKER_URL"):
    env.refuse("ECASE_MODE must be given where DATABASE_URL or BROKER_URL is: production, or demo")
DEMO = MODE == "demo"
INSTALLATION_ID = env.text("ECASE_INSTALLATION", formats.NAME, default="ecase-demo" if DEMO else None)
PUBLIC_URL = env.text("ECASE_PUBLIC_URL", formats.URL, default="http://127.0.0.1:8000" if DEMO else None).rstrip("/")
SECRET_KEY = env.text("SECRET_KEY", formats.TEXT, default="demo-only-not-a-secret" if DEMO else None)
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", formats.HOSTS, default=["127.0.0.1", "localhost", "[::1]"] if DEMO else None)
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", formats.URLS, default=())
VAR_DIR = env.path("ECASE_VAR", formats.FOLDER, default=BASE_DIR / "var")

# -- signatures ---------------------------------------------------------------------------------------------------

# A folder of trust anchors (PEM or DER certificates), their CRLs and `policy.yaml`.
TRUST_DIR = env.path("ECASE_TRUST_DIR", formats.FOLDER, default=VAR_DIR / "demo-pki" / "trust" if DEMO else None)
# The service's own key and certificate (PEM): seals acts that no officer signs, and the audit checkpoints.
SERVICE_KEY_FILE = env.path(
    "ECASE_SERVICE_KEY", formats.FILE, default=VAR_DIR / "demo-pki" / "service.pem" if DEMO else None
)
# Extended key usages, one of which a signer's certificate must carry: here a legal entity's (its employees sign).
SIGNER_ROLES = env.texts("ECASE_SIGNER_ROLES", formats.OIDS, default=["1.2.398.3.3.4.1.2"])
# The audit log's own signing key, and the folder of its checkpoints, preferably a mount of another machine.
LOG_KEY_FILE = env.path("ECASE_LOG_KEY", formats.FILE, default=VAR_DIR / "log-key" if DEMO else None)
CHECKPOINT_DIR = env.path("ECASE_CHECKPOINT_DIR", formats.FOLDER, default=VAR_DIR / "checkpoints" if DEMO else None)
# The address of NCALayer, or of the demo signer with the same protocol. With "pkcs12:" the page opens key files itself:
# its scripts could then see passwords, so that is for the demo alone.
SIGNER_URL = env.text(
    "ECASE_SIGNER_URL",
    formats.DEMO_SIGNER if DEMO else formats.SIGNER,
    default="ws://127.0.0.1:13580" if DEMO else "wss://127.0.0.1:13579",
)
SIGNER_IN_PAGE = SIGNER_URL == "pkcs12:"

# Sources of evidence, fetched at receipt: timestamp authorities and OCSP responders in the order of use, and
# revocation lists (the addresses of one list separated by |). If none is named nothing is fetched.
TSA_URLS = env.texts("ECASE_TSA_URLS", formats.URLS, default=())
OCSP_URLS = env.texts("ECASE_OCSP_URLS", formats.URLS, default=())
CRL_URLS = [group.split("|") for group in env.texts("ECASE_CRL_URLS", formats.URL_GROUPS, default=())]
# Seconds between attempts to verify a signature; the last pause repeats.
SIGNATURE_RETRY_SECONDS = env.seconds("ECASE_SIGNATURE_RETRY_SECONDS", default=(15, 60, 300, 900))
# Evidence is renewed by a new timestamp this many days before it expires.
RENEWAL_DAYS = env.number("ECASE_RENEWAL_DAYS", default=90)

CHALLENGE_LIFETIME = timedelta(minutes=env.number("ECASE_CHALLENGE_MINUTES", default=5))
PREPARED_LIFETIME = timedelta(minutes=env.number("ECASE_PREPARED_MINUTES", default=30))

# Maximum difference in seconds between the clocks of this machine, the database and the log. Beyond it nothing is done.
CLOCK_BOUND = timedelta(seconds=env.number("ECASE_CLOCK_SECONDS", default=2))

# -- law ----------------------------------------------------------------------------------------------------------

STATUTE_DIR = BASE_DIR / "fixtures" / "statute"
_JURISDICTIONS = sorted(folder.name for folder in STATUTE_DIR.iterdir() if folder.is_dir())
CALENDAR_DIR = BASE_DIR / "fixtures" / "calendar"
JURISDICTION = env.choice("ECASE_JURISDICTION", _JURISDICTIONS, default="kz")
# Past days whose work lowers a judge's chance in a draw; the factor by which a specialist's chance is higher.
DRAW_DAYS = env.number("ECASE_DRAW_DAYS", default=30)
DRAW_SPECIALIST = env.number("ECASE_DRAW_SPECIALIST", default=3)
# How long an officer on duty has to open a motion's materials before the next one is called.
DUTY_CALL_MINUTES = env.number("ECASE_DUTY_CALL_MINUTES", default=10)
# How long an addressee has to open a copy that has no term of its own before he gets one reminder.
COPY_REMINDER = timedelta(hours=env.number("ECASE_COPY_REMINDER_HOURS", default=24))
# Whether judges are offered suggestions for the reasons of a decision.
ECASE_ASSISTANT = env.flag("ECASE_ASSISTANT", default=True)

# -- Django -------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "ecase.officers.admin_site.EcaseAdminConfig",
    "csp",
    "django_fsm",
    "django_htmx",
    "pgtrigger",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "ecase.audit",
    "ecase.limits",
    "ecase.trust",
    "ecase.officers",
    "ecase.outbox",
    "ecase.cases",
    "workflows.statute",
    "workflows.calendars",
    "workflows.deadlines",
    "workflows.assignment",
    "workflows.copies",
    "workflows.measures",
    "workflows.papers",
    "workflows.motions",
    "workflows.watch",
    "workflows.drafting",
    "ecase.portal",
    "api",
]

MIDDLEWARE = [
    "ecase.requests.RequestIdMiddleware",
    "ecase.http.CacheControlMiddleware",
    "api.middleware.ProbeMiddleware",
    "api.server_errors.UnreceivedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ecase.http.PolicyMiddleware",
    "ecase.http.HeadMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Requests of the REST API pass by everything below.
    "api.middleware.ShortChainMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ecase.officers.middleware.CurrentPostMiddleware",
]

ROOT_URLCONF = "ecase.urls"
WSGI_APPLICATION = "ecase.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "ecase.portal.context.portal",
            ],
        },
    },
]

# Seconds by role of a program (ecase.timeouts); 0 is no limit. The names are PostgreSQL's.
DATABASE_TIMEOUTS = {
    "lock_timeout": env.seconds_by_role(
        "ECASE_LOCK_SECONDS", {"web": 5, "worker": 10, "watch": 5, "command": 30, "migration": 10}
    ),
    "statement_timeout": env.seconds_by_role(
        "ECASE_STATEMENT_SECONDS", {"web": 20, "worker": 60, "watch": 60, "command": 0, "migration": 0}
    ),
    "idle_in_transaction_session_timeout": env.seconds_by_role(
        "ECASE_IDLE_SECONDS", {"web": 60, "worker": 120, "watch": 120, "command": 900, "migration": 0}
    ),
}
# Whether connections prepare statements. False behind a pooler that gives each transaction another session: there a
# cursor does not outlive its transaction either.
PREPARED_STATEMENTS = env.flag("ECASE_PREPARED_STATEMENTS", default=True)
DATABASES = {"default": {**env.database("DATABASE_URL"), "DISABLE_SERVER_SIDE_CURSORS": not PREPARED_STATEMENTS}}
DATABASES["default"]["OPTIONS"] = {
    "server_side_binding": PREPARED_STATEMENTS,
    # A connection prepares a statement when it has executed it this often.
    "prepare_threshold": 5 if PREPARED_STATEMENTS else None,
    # Seconds for a server to accept a connection, milliseconds until a silent connection is dropped.
    "connect_timeout": 5,
    "tcp_user_timeout": 30_000,
    **DATABASES["default"].get("OPTIONS", {}),
    "options": timeouts.options(DATABASE_TIMEOUTS, "command"),
}

AUTH_USER_MODEL = "officers.Officer"
AUTHENTICATION_BACKENDS = ["ecase.officers.backends.CertificateBackend"]
LOGIN_URL = "portal:sign-in"
# The page where an administrator signs again before a change.
CONFIRM_URL = "portal:confirm"
LOGIN_REDIRECT_URL = "portal:home"

LANGUAGE_CODE = "kk"
LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "ecase" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static-root"
MEDIA_ROOT = env.path("ECASE_MEDIA", formats.FOLDER, default=VAR_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ecase.static_files.Storage"},
}
UPLOAD_MAX_BYTES = env.number("ECASE_UPLOAD_MAX_MB", default=20) * 1024 * 1024
# Larger files come in pieces (tus); they are not enclosed in evidence, which has their digests.
LARGE_UPLOAD_MAX_BYTES = env.number("ECASE_LARGE_UPLOAD_MAX_MB", default=2048) * 1024 * 1024
LARGE_FILES_BYTES = 4 * LARGE_UPLOAD_MAX_BYTES
# Maximum number of files under one requirement of a motion; for all together see CONTAINER_LIMITS.
ATTACHMENTS_PER_REQUIREMENT = env.number("ECASE_ATTACHMENTS_PER_REQUIREMENT", default=50)
_UPLOAD_TYPES = (
    "pdf",
    "png",
    "jpg",
    "tiff",
    "heic",
    "docx",
    "xlsx",
    "doc",
    "rtf",
    "odt",
    "txt",
    "mp3",
    "mp4",
    "zip",
    "p7s",
)
UPLOAD_TYPES = env.texts(
    "ECASE_UPLOAD_TYPES",
    formats.Format(f"some of {', '.join(_UPLOAD_TYPES)}, separated by commas", _UPLOAD_TYPES.__contains__),
    default=_UPLOAD_TYPES,
)
# With less free space for files the service is not ready.
DISK_FREE_BYTES = env.number("ECASE_DISK_FREE_MB", default=1024) * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# For each web worker: how many requests Django handles at once, and the seconds that every body has to arrive.
WEB_THREADS = env.number("ECASE_WEB_THREADS", default=2)
BODY_SECONDS = env.number("ECASE_BODY_SECONDS", default=20)

# -- security -----------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "ecase.officers.session_store"
# Until a post is chosen a session lives as long as a challenge; then these limits apply.
SESSION_COOKIE_AGE = int(CHALLENGE_LIFETIME.total_seconds())
# From opening to the latest end, and from the last activity to the end.
SESSION_LIFETIMES = {
    "officer": (
        timedelta(minutes=env.number("ECASE_SESSION_MINUTES", default=720)),
        timedelta(minutes=env.number("ECASE_SESSION_IDLE_MINUTES", default=30)),
    ),
    "administrator": (
        timedelta(minutes=env.number("ECASE_ADMIN_SESSION_MINUTES", default=60)),
        timedelta(minutes=env.number("ECASE_ADMIN_SESSION_IDLE_MINUTES", default=10)),
    ),
}
# An administrator's change needs a signature that is not older.
ADMIN_CONFIRM = timedelta(minutes=env.number("ECASE_ADMIN_CONFIRM_MINUTES", default=5))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not DEMO else None
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=not DEMO)
SECURE_HSTS_SECONDS = 0 if DEMO else 31536000
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF] if SIGNER_IN_PAGE else [SELF, SIGNER_URL],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "manifest-src": [SELF],
    }
}

# Rate limits of one address at endpoints without sign-in: all processes count together, in PostgreSQL.
LIMITS = {
    "sign-in": env.rate("ECASE_SIGN_IN_RATE", default="60/min"),
    "verify": env.rate("ECASE_VERIFY_RATE", default="20/min"),
    "checkpoint": env.rate("ECASE_CHECKPOINT_RATE", default="60/min"),
    "bad-token": env.rate("ECASE_BAD_TOKEN_RATE", default="60/min"),
    # Rate limits of one post over REST: all requests, and requests that change something.
    "post": env.rate("ECASE_POST_RATE", default="1200/min"),
    "post-changes": env.rate("ECASE_POST_CHANGES_RATE", default="300/min"),
}
# Number of web processes on all machines: each allows a post its share.
WEB_PROCESSES = env.number("ECASE_WEB_PROCESSES", default=1)
# Number of trusted proxies in front: that many addresses of X-Forwarded-For are believed.
PROXIES = env.number("ECASE_PROXIES", default=0, least=0)

# -- Celery -------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.text("BROKER_URL", formats.BROKER, default=broker_url(BASE_DIR))
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if CELERY_BROKER_URL.startswith("amqp") else "classic"
CELERY_WORKER_DETECT_QUORUM_QUEUES = True
CELERY_WORKER_CONSUMER = "ecase.consumer:Consumer"
# Webhooks wait for external servers: they have their own queue, so that signatures never wait behind them. A worker
# without `--queues` serves both.
WEBHOOK_QUEUE = "webhooks"
_QUEUE_KIND = {"x-queue-type": CELERY_TASK_DEFAULT_QUEUE_TYPE}
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), name, queue_arguments=_QUEUE_KIND)  # type: ignore[no-untyped-call]
    for name in ("celery", WEBHOOK_QUEUE)
]
CELERY_TASK_ROUTES = {"outbox.*": {"queue": WEBHOOK_QUEUE}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# Workers use the same log format as all other programs.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Only jobs that may run late. Legal deadlines are handled by `manage.py watch`.
CELERY_BEAT_SCHEDULE = {"measure-suggestions": {"task": "drafting.measure", "schedule": timedelta(seconds=15)}}

# -- outbox -------------------------------------------------------------------------------------------------------

# Seconds to wait after the first, second, ... failed delivery; after the last one the message is given up.
OUTBOX_RETRY_SECONDS = env.seconds("ECASE_OUTBOX_RETRY_SECONDS", default=(10, 60, 300, 1800, 7200, 18000, 36000, 86400))
# A task, and an attempt, that has not returned by then counts as lost. Longer than a webhook may take.
OUTBOX_LEASE_SECONDS = env.number("ECASE_OUTBOX_LEASE_SECONDS", default=60)
WEBHOOK_TIMEOUT_SECONDS = env.number("ECASE_WEBHOOK_TIMEOUT_SECONDS", default=15)
# Maximum messages of one subscription in flight at once, and maximum tasks in the broker.
WEBHOOK_IN_FLIGHT = env.number("ECASE_WEBHOOK_IN_FLIGHT", default=4)
OUTBOX_IN_FLIGHT = env.number("ECASE_OUTBOX_IN_FLIGHT", default=64)
# After this many failures in a row a receiver is paused for this many seconds; each further failure doubles the pause.
WEBHOOK_FAILURES = env.number("ECASE_WEBHOOK_FAILURES", default=5)
WEBHOOK_PAUSE_SECONDS = env.number("ECASE_WEBHOOK_PAUSE_SECONDS", default=30)
# Hosts in the internal network that webhooks may go to, also over plain http.
WEBHOOK_HOSTS = env.texts("ECASE_WEBHOOK_HOSTS", formats.HOSTS, default=[])

# -- public verification ----------------------------------------------------------------------------------------------

# Maximum size of a container, and how many are verified at once on a machine, each in its own process.
CONTAINER_LIMITS = limits.USUAL
VERIFY_AT_ONCE = env.number("ECASE_VERIFY_AT_ONCE", default=2)

# -- REST ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.PostTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.DeclaredTypes",
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PostThrottle"],
    "EXCEPTION_HANDLER": "api.problems.handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    # The renderer formats instants.
    "DATETIME_FORMAT": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ecase",
    "DESCRIPTION": "Motions from investigator through prosecutor to investigating judge, signed, on time, on record.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": PUBLIC_URL, "description": "This installation."}],
    "CONTACT": {"name": "The operator of this installation", "url": PUBLIC_URL},
    "LICENSE": {"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Files are bytes where they are taken only; no name says so (api.openapi.AutoSchema).
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "api.openapi.Generator",
    "PREPROCESSING_HOOKS": ["api.description.drop_aliases"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.description.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "MotionState": "workflows.motions.states.State",
        "ActType": "workflows.motions.states.ActType",
        "OfficersActType": "api.serializers.acts.OFFICERS_ACTS",
        "AppealState": "workflows.motions.states.AppealState",
        "AppealEffect": ["stands", "changed", "cancelled"],
        "DeadlineState": ["running", "met", "missed", "void"],
        "DecisionType": ["protocol", "endorsement"],
        "DifferenceMark": ["same", "removed", "added"],
        "EndpointStatus": ["closed", "open", "half-open"],
        "Hearing": ["mandatory", "none", "optional", "on_request"],
        "Indication": "api.serializers.verification.INDICATIONS",
        "KindOfCopy": ["decision", "hearing"],
        "MeasureEnd": "workflows.measures.register.How",
        "MeasureState": "workflows.measures.register.State",
        "MotionPath": ["ordinary", "urgent"],
        "Performed": ["performed"],
        "Prepared": ["prepared"],
        "ProbeStatus": ["ok"],
        "ProsecutorsPart": ["consent", "notify_copy", "author", "none"],
        "RelationEffect": ["extends", "ends", "replaces"],
        "Secrecy": ["investigation", "closed", "covert"],
        "SignatureResult": ["performed", "waiting", "refused"],
        "SuggestionStatus": ["ready"],
        "Topic": "workflows.watch.topics.TOPICS",
        "Validity": ["none", "fixed", "ladder", "until_lifted"],
        "WaitingStatus": ["waiting", "refused"],
        "WayByHand": "api.serializers.copies.WAYS_BY_HAND",
        "WayOfService": "workflows.copies.models.Way",
    },
}
KNOX_TOKEN_MODEL = "officers.Token"  # noqa: S105
REST_KNOX = {
    "TOKEN_TTL": timedelta(minutes=env.number("ECASE_TOKEN_MINUTES", default=480)),
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "ecase.logs.LineFormatter"}},
    "filters": {"outages": {"()": "ecase.logs.OutageFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outages"]}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING"), default="INFO")},
}

# -- report of every fault ----------------------------------------------------------------------------------------

if not DEMO:
    _chosen = production.Choices(SECRET_KEY, DEBUG, ALLOWED_HOSTS, PUBLIC_URL, SECURE_SSL_REDIRECT, env.unknown())
    for _fault in production.faults(_chosen):
        env.refuse(_fault)
env.finish()
