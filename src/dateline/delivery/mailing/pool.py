"""The connections to one destination, and the mails that wait for them: as many and as fast as its answers allow."""

import asyncio
import math
import time
from collections import deque

from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.mailing import session
from dateline.delivery.mailing.pace import Pace
from dateline.delivery.mailing.post import Post
from dateline.delivery.mailing.replies import Cause, Reply, answer, asked, cause
from dateline.delivery.mailing.routes import Destination
from dateline.delivery.mailing.smtp import Connection
from dateline.delivery.outward import Names

# Connections at once to one destination, and mails on each before it is made anew.
MOST, MAILS = 20, 1000
# A server closes what is idle; we do so first.
_IDLE = 8.0
# One mail comes back so often without an answer that is its own; then that is its answer.
_ROUNDS = 5
# And one that a limit holds up waits here so long, in seconds.
_PATIENCE = 300.0
_LOOK = 1.0


class Pool:
    """Mails go in by `put`; each is answered by its `finish`, or passed over by its `skip`."""

    def __init__(self, to: Destination, ours: str, names: Names, most: int = MOST) -> None:
        self.to, self.pace = to, Pace()
        self._ours, self._names, self._most = ours, names, most
        self._waiting: deque[Post] = deque()
        self._open: set[Connection[Post]] = set()
        self._idle: list[Connection[Post]] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._mails = MAILS
        self._taken = 0
        # No more connections than the server took at once, for a while.
        self._cap, self._cap_until = most, 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._closed = False

    def put(self, post: Post) -> None:
        """One more mail; withdrawals stand in front."""
        if post.load.urgent:
            self._waiting.appendleft(post)
        else:
            self._waiting.append(post)

    def pump(self) -> None:
        """Give what waits to connections that are idle, or open one more."""
        self._pass_over()
        while self._waiting and self._idle and (post := self._take()):
            self._idle.pop().give(post)
        if self._waiting and not self._idle:
            self._grow()

    async def close(self) -> None:
        self._closed = True
        for timer in (self._timer, self._watch):
            if timer is not None:
                timer.cancel()
        for task in list(self._opening):
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        for connection in list(self._open):
            connection.quit()

    def next_job(self, connection: Connection[Post]) -> Post | None:
        if connection.taken >= self._mails:
            return None
        return self._take()

    def answered(self, connection: Connection[Post], job: Post, reply: Reply) -> None:
        now = time.monotonic()
        why = cause(reply)
        if reply.good:
            self._taken += 1
        if why is Cause.PACE:
            self.pace.refused(now, asked(reply))
            self._wait_on(job, answer(reply), now)
        else:
            self.pace.accepted(now)
            job.finish(answer(reply))
        if self._waiting:
            self._grow()

    def unsent(self, connection: Connection[Post], job: Post, why: Reply | str) -> None:
        """A refusal is the job's own answer; that a connection ended is none."""
        if job.is_over():
            self.pace.lost()
            job.skip()
        elif job.refused is not None:
            self.answered(connection, job, job.refused)
        else:
            self.pace.lost()
            self._again(job, _ended(why))

    def uncertain(self, connection: Connection[Post], job: Post, why: Reply | str) -> None:
        self.pace.lost()
        told = _ended(why)
        evidence = f"uncertain: no answer to the final dot ({told.evidence})"
        job.finish(Answer(Meaning.AGAIN, evidence, told.wait))

    def idle(self, connection: Connection[Post]) -> None:
        if connection.taken >= self._mails:
            connection.quit()
            return
        self._idle.append(connection)
        self.pump()

    def ended(self, connection: Connection[Post], why: Reply | str) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if isinstance(why, Reply):
            self._told_to_leave(connection, why)
        if not self._closed:
            self.pump()

    def _told_to_leave(self, connection: Connection[Post], why: Reply) -> None:
        """Having taken some, it counts them; having taken none, there are too many of us."""
        if connection.taken:
            self._mails = min(self._mails, max(connection.taken, 1))
        else:
            self._too_many(asked(why))

    def _too_many(self, wait: float | None) -> None:
        now = time.monotonic()
        if self._open:
            self._cap, self._cap_until = len(self._open), now + 60.0
        else:
            self.pace.refused_before(now, wait)

    def _wait_on(self, post: Post, told: Answer, now: float) -> None:
        """There were too many: it goes when the pace allows, unless it has waited so long that the ledger must know."""
        post.refused = None
        if now - post.since > _PATIENCE:
            post.finish(told)
        else:
            self._waiting.appendleft(post)

    def _again(self, post: Post, told: Answer) -> None:
        """It waits for another try in this pass, a few times; for the ledger it was not tried yet."""
        post.refused = None
        post.rounds += 1
        if post.rounds >= _ROUNDS:
            post.finish(told)
        else:
            self._waiting.appendleft(post)

    def _take(self) -> Post | None:
        """The next mail, if the pace allows one and what came of the last can be written down."""
        self._pass_over()
        if not self._waiting or not self._waiting[0].load.has_room():
            return None
        now = time.monotonic()
        wait = self.pace.wait(now)
        if wait > 0:
            self._look_again(wait)
            return None
        self.pace.sent(now)
        return self._waiting.popleft()

    def _pass_over(self) -> None:
        while self._waiting and self._waiting[0].is_over():
            self._waiting.popleft().skip()

    def _look_again(self, seconds: float) -> None:
        if math.isinf(seconds):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(max(seconds, 0.001), self._looked)

    def _looked(self) -> None:
        self._timer = None
        self.pump()

    def _grow(self) -> None:
        if self._may_open():
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def _may_open(self) -> bool:
        """A few at first, and more as mails are taken: nobody is met with twenty connections at once."""
        many = len(self._open) + len(self._opening)
        if self._closed or many >= min(self._most, 2 + self._taken // 2):
            return False
        now = time.monotonic()
        if now < self._cap_until and many >= self._cap:
            return False
        wait = self.pace.wait(now)
        if wait > 0:
            self._look_again(wait)
        return wait <= 0

    async def _connect(self) -> None:
        try:
            connection = await session.opened(self.to, self._ours, self._names)
        except session.RefusedError as refused:
            self._unopened(Answer(Meaning.AGAIN, str(refused), asked(refused.reply)), refused.reply)
        except TimeoutError:
            self._unopened(Answer(Meaning.AGAIN, f"{self.to.name}: no answer in time"))
        except (OSError, ValueError) as error:
            self._unopened(Answer(Meaning.AGAIN, f"{self.to.name}: {error}"))
        else:
            connection.belongs_to(self)
            self._open.add(connection)
            self._idle.append(connection)
            self._watch = self._watch or asyncio.get_running_loop().call_later(_LOOK, self._watched)
            self.pump()
            self.pump()

    def _unopened(self, told: Answer, reply: Reply | None = None) -> None:
        """With others open it is one connection too many; with none, nothing can go there now."""
        if self._open or (reply is not None and cause(reply) is Cause.PACE):
            self._too_many(told.wait)
            if not self._open:
                self._give_back(told)
            return
        waiting, self._waiting = self._waiting, deque()
        for post in waiting:
            post.finish(told)

    def _give_back(self, told: Answer) -> None:
        """While not one connection is taken, each that waits is answered after a few rounds."""
        waiting, self._waiting = self._waiting, deque()
        for post in waiting:
            post.rounds += 1
            if post.rounds >= _ROUNDS:
                post.finish(told)
            else:
                self._waiting.append(post)
        self._look_again(max(self.pace.wait(time.monotonic()), 0.01))

    def _watched(self) -> None:
        """Leave connections that are idle for long; end those whose server is silent."""
        now = time.monotonic()
        for connection in list(self._open):
            if connection.overdue(now):
                connection.abort("no answer in time")
            elif connection.is_idle and now - connection.since > _IDLE:
                connection.quit()
        self._watch = None
        if self._open and not self._closed:
            self._watch = asyncio.get_running_loop().call_later(_LOOK, self._watched)


def _ended(why: Reply | str) -> Answer:
    if isinstance(why, str):
        return Answer(Meaning.AGAIN, why)
    return Answer(Meaning.AGAIN, f"{why.code} {why.text}", asked(why))
