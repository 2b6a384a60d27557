"""Resident memory: of an idle daemon, and with many objects stored and many pollers connected."""

import contextlib
import time

from .client import TAXII, Reply
from .report import Report, Row
from .servers import Caveatd
from .setting import Halt, Setting
from .stores import MAIN, PAGE, Store

IDLE_CEILING_MIB = 64
POLLERS_CEILING_MIB = 256
POLLERS = 1_000
SOURCES = 10  # Loopback addresses that the pollers come from: a daemon limits the connections of each.
SETTLE_SECONDS = 2


def idle(setting: Setting, report: Report):
    """A daemon that was just started over an empty store."""
    setting.say("memory of an idle daemon")
    with Caveatd(setting, setting.folder("idle")) as daemon:
        time.sleep(SETTLE_SECONDS)
        row = Row("memory", "resident memory, idle", "HTTP", daemon.resident(), unit="MiB")
        row.ceiling = IDLE_CEILING_MIB
        row.note = f"up in {daemon.start_seconds:.2f} s"
        report.add(row)


def polled(setting: Setting, report: Report, store: Store, daemon: Caveatd, has_ingested: bool):
    """The daemon over the largest store while pollers that each took a page stay connected."""
    transport = "TLS" if daemon.address.authority else "HTTP"
    setting.say(f"{transport}: memory with {POLLERS:,} pollers connected")
    place = store.places[MAIN]
    headers = {"Authorization": store.reader, "Accept": TAXII}
    before = daemon.memory()
    with contextlib.ExitStack() as stack:
        pollers = []
        for number in range(POLLERS):
            poller = daemon.address.connection(source=f"127.0.0.{2 + number % SOURCES}")
            stack.callback(poller.close)
            poller.request("GET", place.page(place.before_last), headers=headers)
            reply = Reply(poller.getresponse())
            if reply.status != 200 or reply.body.count(b'"indicator--') < PAGE:
                raise Halt(f"poller {number} was answered {reply.status}")
            pollers.append(poller)
        time.sleep(SETTLE_SECONDS)
        for poller in pollers[:: POLLERS // 10]:  # They are connected still.
            poller.request("GET", place.poll(), headers=headers)
            if Reply(poller.getresponse()).status != 200:
                raise Halt("a poller lost its connection")
        size = setting.scale.sizes[-1]
        name = f"memory of its own, {size:,} objects, {POLLERS:,} pollers"
        row = Row("memory", name, transport, daemon.memory(), unit="MiB")
        row.ceiling = POLLERS_CEILING_MIB
        origin = "after taking them all in" if has_ingested else "started over them"
        row.note = f"{before:.0f} MiB before the pollers, {daemon.resident():.0f} MiB with pages of the database; {origin}"
        report.add(row)
