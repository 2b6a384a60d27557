"""One release to many webhooks on one local sink, against curl making the same posts; and what hanging ones cost others."""

import json
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from . import stix
from .client import Address, Client, bearer
from .load import alternate, median
from .report import Report, Row
from .servers import NGINX_WORKERS, Caveatd
from .setting import JIFFIES, Halt, Setting, free_port
from .stores import MAIN, Store

DESTINATIONS = 10_000
SOME, HANGING = 1_000, 100  # Destinations of the second measurement, and how many of them hang.
PER_PRINCIPAL = 20  # The most that one principal may have.
CURL_PARALLEL = 256  # Posts that curl has under way at once; more of them are slower on this machine.
FLOOR = 1.0
CEILING = 2.0
RELEASES = 10  # Of the second measurement, one after the other.
SECONDS_MAX = 180


class Sink:
    """nginx that answers every POST with 204 and writes down when, and a port that accepts and never answers."""

    def __init__(self, setting: Setting):
        self.setting = setting
        self.folder = setting.folder(f"sink-{free_port()}")
        self.arrivals = self.folder / "arrivals"
        self.address = Address(free_port())
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        spare = "".join(f"{kind}_temp_path spare; " for kind in kinds)
        (self.folder / "nginx.conf").write_text(f"""daemon off;
worker_processes {NGINX_WORKERS};
{"user root root;" if os.geteuid() == 0 else ""}
pid {self.folder}/pid;
events {{ worker_connections 16384; }}
http {{
    log_format arrival "$msec $request_method $uri";
    access_log {self.arrivals} arrival;
    error_log {self.folder}/log crit;
    {spare}keepalive_timeout 3600;
    keepalive_requests 1000000000;
    server {{ listen 127.0.0.1:{self.address.port} backlog=4096; location / {{ return 204; }} }}
}}
""")
        log = self.folder / "log"
        log.touch()
        command = [setting.program("nginx"), "-p", str(self.folder), "-e", str(log), "-c", str(self.folder / "nginx.conf")]
        self.process = setting.start(command, log)
        deadline = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", self.address.port)) != 0:
            if time.monotonic() > deadline:
                raise Halt(f"the sink does not answer: {log.read_text()}")
            time.sleep(0.02)
        self.tar = socket.create_server(("127.0.0.1", 0), backlog=1_024)
        self.stuck = []
        threading.Thread(target=self._hang, daemon=True).start()
        self.read = 0

    def _hang(self):
        try:
            while True:
                self.stuck.append(self.tar.accept()[0])
        except OSError:
            return

    def url(self, number: int) -> str:
        return f"{self.address.url}/{number}"

    def hanging(self, number: int) -> str:
        return f"http://127.0.0.1:{self.tar.getsockname()[1]}/{number}"

    def take(self, count: int) -> list[float]:
        """When the next `count` posts arrived, in seconds since 1970, ascending."""
        deadline = time.monotonic() + SECONDS_MAX
        while True:
            lines = self.arrivals.read_text().splitlines()[self.read :] if self.arrivals.exists() else []
            posts = [line for line in lines if " POST " in line]
            if len(posts) >= count:
                if len(posts) > count:
                    raise Halt(f"{len(posts)} posts arrived and {count} were to be made")
                self.read += len(lines)
                return sorted(float(line.split()[0]) for line in posts)
            if time.monotonic() > deadline:
                raise Halt(f"{len(posts)} of {count} posts arrived within {SECONDS_MAX} s")
            time.sleep(0.05)

    def close(self):
        self.setting.stop(self.process)
        self.tar.close()
        for connection in self.stuck:
            connection.close()


class Exchange:
    """A daemon with a writer and many destinations of others."""

    def __init__(self, setting: Setting, name: str, urls: list[str]):
        self.setting = setting
        self.folder = setting.data / f"push-{name}-{setting.temporary.name}"
        self.folder.mkdir(mode=0o700)
        self.store = Store(setting, self.folder, f"push {name}")
        self.daemon = Caveatd(setting, self.folder, more='push:\n  networks: ["127.0.0.1"]\n')
        self.store.populate(self.daemon)
        self.path = self.store.pool(self.daemon, MAIN)
        self.source = random.Random(name)
        for number, start in enumerate(range(0, len(urls), PER_PRINCIPAL)):
            principal = {"name": f"reader-{number}", "member": "bench-bank", "roles": ["reader"]}
            self.daemon.admin("POST", "principals", principal)
            made = self.daemon.admin("POST", "credentials", {"principal": principal["name"], "type": "token"})
            self._subscribe(bearer(made["secret"]), urls[start : start + PER_PRINCIPAL])

    def _subscribe(self, authorization: str, urls: list[str]):
        connection = self.daemon.address.connection()
        for url in urls:
            headers = {"Authorization": authorization, "Content-Type": "application/json"}
            connection.request("POST", "/v1/destinations", json.dumps({"url": url}), headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 201:
                raise Halt(f"POST /v1/destinations: {answer.status}: {body[:300].decode(errors='replace')}")
        connection.close()

    def release(self):
        with Client(self.daemon.address, self.store.writer) as writer:
            writer.post(self.path, stix.envelope([stix.indicator(self.source)]))

    def seconds(self) -> float:
        """Processor time of the daemon."""
        values = Path(f"/proc/{self.daemon.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / JIFFIES

    def close(self):
        self.daemon.stop()
        shutil.rmtree(self.folder)


def push(setting: Setting, report: Report):
    sink = Sink(setting)
    try:
        _fan_out(setting, report, sink)
        _hanging(setting, report, sink)
    finally:
        sink.close()


def _fan_out(setting: Setting, report: Report, sink: Sink):
    setting.say(f"one release to {DESTINATIONS:,} webhooks, against curl")
    exchange = Exchange(setting, "many", [sink.url(number) for number in range(DESTINATIONS)])
    try:
        config = _curl_posts(setting, sink)

        def ours(_: int) -> tuple[float, float, float]:
            before, started = exchange.seconds(), time.time()
            exchange.release()
            times = sink.take(DESTINATIONS)
            return times[0] - started, times[-1] - started, exchange.seconds() - before

        def theirs(_: int) -> float:
            started = time.time()
            command = ["curl", "--silent", "--show-error", "--parallel", "--parallel-max", str(CURL_PARALLEL), "--config", str(config)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise Halt(f"curl: {done.stderr.strip()[:300]}")
            return sink.take(DESTINATIONS)[-1] - started

        mine, other = alternate(setting.scale.write_rounds, ours, theirs)
        memory = exchange.daemon.resident("VmHWM")
    finally:
        exchange.close()
    ratios = [theirs / last for (_, last, _), theirs in zip(mine, other)]
    name = f"one release to {DESTINATIONS:,} webhooks : curl --parallel, rate"
    row = Row("push", name, "HTTP", median(ratios), max(ratios), floor=FLOOR)
    row.ours, row.theirs = DESTINATIONS / median(last for _, last, _ in mine), DESTINATIONS / median(other)
    first, cpu = median(first for first, _, _ in mine), median(cpu for _, _, cpu in mine)
    last = median(last for _, last, _ in mine)
    row.note = f"first after {first * 1000:.0f} ms, last after {last:.2f} s, {cpu:.2f} s of processor time; most memory {memory:.0f} MiB"
    report.add(row)


def _curl_posts(setting: Setting, sink: Sink) -> Path:
    """A configuration of curl with as many posts as there are destinations, each as large as a message."""
    body = setting.temporary / "message"
    item = {"tick": "1790000000000000", "pool": MAIN, "date_added": "2026-11-26T00:00:00.000000Z"}
    item["object"] = json.loads(stix.indicator(random.Random("curl")))
    message = {"type": "feed.objects", "timestamp": item["date_added"], "data": {"items": [item]}}
    body.write_text(json.dumps(message, separators=(",", ":")))
    config = setting.temporary / "posts"
    one = f'data-binary = "@{body}"\nheader = "Content-Type: application/json"\noutput = "/dev/null"\n'
    config.write_text("next\n".join(f'url = "{sink.url(number)}"\n{one}' for number in range(DESTINATIONS)))
    return config


def _hanging(setting: Setting, report: Report, sink: Sink):
    setting.say(f"{SOME:,} webhooks of which {HANGING} hang")
    well = [sink.url(number) for number in range(SOME)]
    some = [sink.hanging(number) if number % (SOME // HANGING) == 0 else sink.url(number) for number in range(SOME)]
    p99 = []
    for name, urls, count in (("well", well, SOME), ("hanging", some, SOME - HANGING)):
        exchange = Exchange(setting, name, urls)
        try:
            waits = []
            for _ in range(RELEASES):
                started = time.time()
                exchange.release()
                waits += [moment - started for moment in sink.take(count)]
            p99.append(sorted(waits)[len(waits) * 99 // 100])
        finally:
            exchange.close()
    row = Row("push", f"p99 of {SOME - HANGING} webhooks beside {HANGING} that hang : of {SOME:,} that do not", "HTTP", p99[1] / p99[0])
    row.ceiling = CEILING
    row.p99 = (p99[1] * 1000, p99[0] * 1000)
    report.add(row)
