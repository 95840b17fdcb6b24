"""The carrier of mail: each recipient's mail goes to the pool of his destination."""

import asyncio
from collections import defaultdict

import structlog

from dateline.delivery.channels.contract import Load
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.mailing.mail import Mail, Sender
from dateline.delivery.mailing.pool import Pool
from dateline.delivery.mailing.post import Content, Held, Post
from dateline.delivery.mailing.routes import NoServerError, Routes
from dateline.delivery.outward import Names
from dateline.delivery.recipient import Recipient

log = structlog.get_logger("dateline.delivery")
# Renditions kept rendered.
_RENDERED = 64
_UNRENDERED = Answer(Meaning.AGAIN, "it could not be rendered")


class Postman:
    """Destinations are kept as long as the process runs, with what was learned of them."""

    def __init__(self, routes: Routes, sender: Sender) -> None:
        self._routes, self._sender = routes, sender
        # Strangers choose their domains' servers: a slow name holds up nothing but mail.
        self._names = Names()
        self.pools: dict[str, Pool] = {}
        self._rendered: dict[tuple[int, str], Mail] = {}

    async def carry(self, load: Load) -> None:
        """Hand each to its pool, and wait until all have their answers."""
        pass_ = _Pass(len(load.recipients))
        by_domain: dict[str, list[Recipient]] = defaultdict(list)
        for to in load.recipients:
            by_domain[to.address.rpartition("@")[2].lower()].append(to)
        # Side by side: a name that is slow to be found must not hold up the others.
        handed = (self._hand_over(load, domain, recipients, pass_) for domain, recipients in by_domain.items())
        await asyncio.gather(*handed)
        await pass_.over

    async def send(self, load: Held, to: Recipient, content: Content) -> None:
        """One mail beside the loads: returns when it is answered."""
        pass_ = _Pass(1)
        pool = await self._pool(to.address.rpartition("@")[2].lower())
        if isinstance(pool, Answer):
            load.done(to, pool, 0.0)
            return
        pool.put(Post(load, to, content, self._sender, pass_.ended))
        pool.pump()
        await pass_.over

    def resume(self) -> None:
        for pool in self.pools.values():
            pool.pump()

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self.pools.values()))
        await self._names.close()

    async def _hand_over(self, load: Load, domain: str, recipients: list[Recipient], pass_: "_Pass") -> None:
        pool = await self._pool(domain)
        for to in recipients:
            mail = self._mail(load, to.lang)
            if isinstance(pool, Pool) and mail is not None:
                pool.put(Post(load, to, mail, self._sender, pass_.ended))
            else:
                load.done(to, pool if isinstance(pool, Answer) else _UNRENDERED, 0.0)
                pass_.ended()
        if isinstance(pool, Pool):
            pool.pump()

    async def _pool(self, domain: str) -> Pool | Answer:
        try:
            to = await self._routes.of(domain)
        except NoServerError as error:
            return Answer(Meaning.NEVER if error.for_good else Meaning.AGAIN, str(error))
        if to.name not in self.pools:
            self.pools[to.name] = Pool(to, self._sender.host, self._names)
        return self.pools[to.name]

    def _mail(self, load: Load, lang: str) -> Mail | None:
        """Rendered once. One that cannot be rendered must not stop the rest."""
        key = load.entry.seq, lang
        if key not in self._rendered:
            try:
                made = Mail.of(load.entry, lang, self._sender)
            except (ValueError, LookupError, TypeError) as error:
                log.warning("cannot be rendered", seq=load.entry.seq, lang=lang, why=type(error).__name__)
                return None
            if len(self._rendered) >= _RENDERED:
                del self._rendered[next(iter(self._rendered))]
            self._rendered[key] = made
        return self._rendered[key]


class _Pass:
    """Counts down until each recipient of a load is answered."""

    def __init__(self, left: int) -> None:
        self._left = left
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._look()

    def ended(self) -> None:
        self._left -= 1
        self._look()

    def _look(self) -> None:
        if self._left <= 0 and not self.over.done():
            self.over.set_result(None)
