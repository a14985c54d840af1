"""The receiver of mails, put together for whichever role brings them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from services.network_support.conversation.addresses import ReplyAddresses
from services.network_support.conversation.inbound.filing import Filing
from services.network_support.conversation.inbound.receiving import Receiver
from services.network_support.settings import Settings
from shared.asking import Asking, ServiceToken
from shared.clock import Clock
from shared.db import Database
from shared.files.store import Store
from shared.web.app import Parts


@dataclass(frozen=True)
class Mail:
    """What the interface needs of mails; `secret` is the gateway's, "" for none."""

    receiver: Receiver
    secret: str = field(repr=False)


def mail(settings: Settings, store: Store, parts: Parts) -> Mail:
    made = receiver(settings, parts.database, parts.clock, parts.nudge, parts.http, store)
    return Mail(made, settings.inbound_secret)


def receiver(
    settings: Settings,
    database: Database,
    clock: Clock,
    nudge: Callable[[], None],
    http: httpx.AsyncClient,
    store: Store,
) -> Receiver:
    """Raises ValueError without a key of reply addresses."""
    return Receiver(
        database,
        clock,
        nudge,
        Asking("pledges", settings.pledges_url, http, ServiceToken.of(settings, http)),
        ReplyAddresses(settings.reply_keys, settings.reply_domain),
        Filing(database, clock, store),
        (settings.mail_domain.lower(), settings.reply_domain.lower()),
    )
