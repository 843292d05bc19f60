"""Figures for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
TURNS = Counter("dondoc_turns_total", "Updates taken in", ["channel", "result"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "dondoc_turn_seconds",
    "From an update's receipt to its commit",
    ["channel"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SENT = Counter("dondoc_messages_total", "Messages of the outbox", ["channel", "result"], registry=REGISTRY)
FLOOD = Counter("dondoc_updates_heeded_total", "Updates by what becomes of them", ["result"], registry=REGISTRY)
FILES = Counter("dondoc_files_total", "Files that came along", ["result"], registry=REGISTRY)
CHOICES = Counter("dondoc_model_choices_total", "Choices of the language model", ["result"], registry=REGISTRY)
TOKEN_REFRESHES = Counter("dondoc_zalo_token_refreshes_total", "Refreshes of the Zalo token", ["result"], registry=REGISTRY)
DATABASE_FAULTS = Counter(
    "dondoc_database_faults_total", "Faults of the database after which the same was tried again", ["why"], registry=REGISTRY
)
HUNG_UP = Counter("dondoc_connections_hung_up_total", "Connections whose clients let us wait", ["at"], registry=REGISTRY)
RESTARTS = Counter(
    "dondoc_restarts_total", "Parts of the process that failed and were started again", ["part"], registry=REGISTRY
)
PROCESSES = Gauge("dondoc_processes", "Processes at work on this database", registry=REGISTRY)
CLAIMS_LOST = Counter("dondoc_claims_lost_total", "Times that this process was taken for dead", registry=REGISTRY)
FREE = Gauge("dondoc_free_bytes", "Room left where things are kept", ["where"], registry=REGISTRY)
WAITING = Gauge("dondoc_outbox_waiting", "Messages waiting to be sent", registry=REGISTRY)
TICKS = Counter("dondoc_clock_ticks_total", "Looks at the clock", ["result"], registry=REGISTRY)
BACKUPS = Counter("dondoc_backups_total", "Nightly backups", ["result"], registry=REGISTRY)
JUMPS = Counter("dondoc_clock_set_total", "Times that the machine's clock was set", registry=REGISTRY)
PUSHES = Counter("dondoc_pushes_total", "Pushes queued by the clock", registry=REGISTRY)


def page() -> bytes:
    """The figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
