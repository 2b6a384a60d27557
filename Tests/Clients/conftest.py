"""Drives the real daemon as a process; every process started here is ended by its pid."""
import functools
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
CAVEATD = Path(os.environ.get("CAVEATD", ROOT / ".build/debug/caveatd")).resolve()
CAVEAT = Path(os.environ.get("CAVEAT", ROOT / ".build/debug/caveat")).resolve()
TAXII = "application/taxii+json;version=2.1"
TLP = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "red-1": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
ADDRESSING = "extension-definition--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=20):
    """Polls a condition until it holds; the only place where tests wait."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds} s")


@functools.cache
def later_library():
    """What sets a daemon's time of day; see later.c."""
    library = Path(tempfile.mkdtemp(prefix="caveat-later-"), "later.so")
    compiler = shutil.which("clang") or "cc"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", ROOT / "Tests/Clients/later.c", "-o", library], check=True)
    return library


def told_later(seconds):
    """The environment of a program for which it is so many seconds later than it is."""
    return os.environ | ({"LD_PRELOAD": str(later_library()), "CAVEAT_TEST_LATER": str(seconds)} if seconds else {})


class Trial:
    """One `caveatd trial`, which can be killed and started again on the same data."""

    def __init__(self, data, port=0):
        self.data, self.port, self.process, self.card = data, port, None, None
        # Tokens of members that a test adds.
        self.extra = {}

    def start(self, later=0):
        """Starts it, for all it knows so many seconds later than it is."""
        self.process = subprocess.Popen(
            [CAVEATD, "trial", "--json", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=open(f"{self.data}.log", "a"), env=told_later(later),
        )
        line = self.process.stdout.readline()
        assert line, Path(f"{self.data}.log").read_text()
        self.card = json.loads(line)
        return self

    def stop(self):
        self.process.terminate()
        assert self.process.wait(20) == 0, "SIGTERM must end it with 0"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def token(self, member):
        return self.extra.get(member) or next(m["token"] for m in self.card["members"] if m["name"] == member)

    def collection(self, pool):
        return next(p["collection"] for p in self.card["pools"] if p["name"] == pool)

    def url(self, path):
        return self.card["api_root"] + path

    def objects_url(self, pool):
        return self.url(f"collections/{self.collection(pool)}/objects/")

    def get(self, member, path, **options):
        headers = {"Authorization": f"Bearer {self.token(member)}"} | options.pop("headers", {})
        return requests.get(self.url(path), headers=headers, timeout=20, **options)

    def post(self, member, pool, objects, **options):
        headers = {"Authorization": f"Bearer {self.token(member)}", "Content-Type": TAXII}
        body = objects if isinstance(objects, (bytes, str)) else json.dumps({"objects": objects})
        return requests.post(self.objects_url(pool), data=body, headers=headers, timeout=20, **options)

    def publish(self, member, pool, objects):
        answer = self.post(member, pool, objects)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def cli(self, *words, member=None, check=True, **options):
        environment = os.environ | {
            "CAVEAT_URL": self.card["url"],
            "CAVEAT_ADMIN_SOCKET": self.card["admin_socket"],
            "XDG_STATE_HOME": f"{self.data}-state",
        }
        if member:
            environment["CAVEAT_TOKEN"] = self.token(member)
        done = subprocess.run(
            [CAVEAT, *words], capture_output=True, text=True, env=environment, timeout=60, **options
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def identity(self, name):
        """The STIX identity of a member."""
        return "identity--" + json.loads(self.cli("admin", "member", "show", name, "--json").stdout)["id"]


class Node(Trial):
    """A daemon over an address of a store: its own, or one PostgreSQL of several."""

    def __init__(self, folder, number, url):
        super().__init__(str(folder / f"node{number}"), free_port())
        self.socket = str(folder / f"run{number}/admin.sock")
        self.file = folder / f"node{number}.yaml"
        self.log = folder / f"node{number}.log"
        self.card = {"url": f"http://127.0.0.1:{self.port}", "admin_socket": self.socket, "members": []}
        self.file.write_text(
            f"listen: 127.0.0.1:{self.port}\nstore:\n  url: {url}\nadmin:\n  socket: {self.socket}\n"
            f"access:\n  gateways: {ROOT}/config/gateways\nrate:\n  requests_per_second: 0\nlog:\n  level: notice\n"
        )

    def start(self, later=0):
        environment = told_later(later)
        self.process = subprocess.Popen([CAVEATD, "serve", "--config", self.file], stderr=open(self.log, "w"), env=environment)
        wait_for(lambda: "serving" in self.log.read_text() or self.process.poll() is not None, "the start")
        assert self.process.poll() is None, self.log.read_text()
        return self


class Postgres:
    """A PostgreSQL of the test's own, on a Unix socket in a temporary folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        data = self.folder / "pg"
        data.mkdir()
        for place in (self.folder, data):
            os.chmod(place, 0o777)
        if self.user:
            shutil.chown(data, "postgres")
        for parent in self.folder.parents:
            if parent.stat().st_mode & 0o001 == 0:
                os.chmod(parent, parent.stat().st_mode | 0o711)
        subprocess.run([*self.user, f"{self.bin}/initdb", "-D", data, "-A", "trust", "-U", "caveat", "-E", "UTF8"], check=True, capture_output=True)
        self.process = subprocess.Popen(
            [*self.user, f"{self.bin}/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL, stderr=open(self.folder / "pg.log", "w"),
        )
        self.url = f"postgresql://caveat@/postgres?host={self.folder}"
        wait_for(lambda: (self.folder / ".s.PGSQL.5432").exists() and "ready to accept" in (self.folder / "pg.log").read_text(), "PostgreSQL")

    def rows(self, query):
        """What a query brings, a tuple of texts a row."""
        words = [f"{self.bin}/psql", "-h", self.folder, "-U", "caveat", "-d", "postgres", "-At", "-F", "\t", "-c", query]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def stop(self):
        pid = int((self.folder / "pg/postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 2)
        self.process.wait(20)


class Serve:
    """`caveatd serve` with a configuration of its own."""

    def __init__(self, folder, **keys):
        self.folder, self.port = folder, free_port()
        self.socket = str(folder / "run/admin.sock")
        lines = [f"listen: 127.0.0.1:{self.port}", f"store:\n  url: sqlite:{folder}/caveat.db", f"admin:\n  socket: {self.socket}"]
        lines += [f"{group}:\n" + "\n".join(f"  {k}: {v}" for k, v in values.items()) for group, values in keys.items()]
        (folder / "caveatd.yaml").write_text("\n".join(lines) + "\n")
        self.log = folder / "log"
        self.process = subprocess.Popen([CAVEATD, "serve", "--config", folder / "caveatd.yaml"], stderr=open(self.log, "w"))
        try:
            wait_for(lambda: "serving" in self.log.read_text() or self.process.poll() is not None, "the start")
            assert self.process.poll() is None, self.log.read_text()
        except AssertionError:
            self.process.kill()
            raise

    def stop(self):
        self.process.terminate()
        assert self.process.wait(20) == 0, self.log.read_text()

    def operator(self):
        """The command line against it, for administration."""
        operator = Trial(str(self.folder / "none"))
        operator.card = {"url": f"http://127.0.0.1:{self.port}", "admin_socket": self.socket, "members": []}
        return operator


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    running = Trial(str(tmp_path_factory.mktemp("trial") / "data")).start()
    yield running
    running.stop()


@pytest.fixture
def fresh(tmp_path):
    running = Trial(str(tmp_path / "data")).start()
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def postgres():
    folder = tempfile.mkdtemp(prefix="caveat-pg-", dir="/tmp")
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def indicator(number=None, modified="2026-01-01T00:00:00.000Z", marking=None, addressees=None, **more):
    """A valid indicator; the same number is the same object."""
    identity = uuid.uuid4() if number is None else uuid.UUID(int=(number << 80) | (4 << 76) | (8 << 60) | number)
    made = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{identity}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": modified,
        "pattern": "[url:value = 'http://x.example/']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    } | more
    if marking:
        made["object_marking_refs"] = [TLP[marking]]
    if addressees:
        made["extensions"] = {ADDRESSING: {"extension_type": "property-extension", "addressees": addressees}}
    return made


def secret(folder, text):
    """The path of a file that holds a secret."""
    path = folder / "secret"
    path.write_text(text + "\n")
    return str(path)


@pytest.fixture
def medallion(tmp_path):
    """A foreign TAXII server: the URL of its one collection, and what posts objects there. admin has the password Password0."""
    place = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
    collection = {"id": place, "title": "High value", "can_read": True, "can_write": True,
                  "media_types": ["application/stix+json;version=2.1"], "objects": [], "manifest": []}
    data = {"/discovery": {"title": "T", "default": "http://127.0.0.1/api/", "api_roots": ["http://127.0.0.1/api/"]},
            "api": {"information": {"title": "A", "versions": [TAXII], "max_content_length": 9_765_625},
                    "status": [], "collections": [collection]}}
    (tmp_path / "data.json").write_text(json.dumps(data))
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(tmp_path / "data.json")}
    config = {"backend": backend, "users": {"admin": "Password0"}, "taxii": {"max_page_size": 10}}
    (tmp_path / "medallion.json").write_text(json.dumps(config))
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "medallion.scripts.run", "--port", str(port), tmp_path / "medallion.json"],
                               stdout=open(tmp_path / "medallion.log", "w"), stderr=subprocess.STDOUT)
    session = requests.Session()
    session.auth, session.headers["Accept"] = ("admin", "Password0"), TAXII
    url = f"http://127.0.0.1:{port}/api/collections/{place}/"

    def answers():
        try:
            return session.get(url, timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    wait_for(answers, "medallion's start")

    def post(objects):
        answer = session.post(url + "objects/", data=json.dumps({"objects": objects}), headers={"Content-Type": TAXII}, timeout=20)
        assert answer.status_code == 202, answer.text

    post.session = session
    yield url, post
    process.kill()
    process.wait()
