"""Sources: a real daemon that pulls from another one, from medallion, from files, a web server and an SFTP server."""
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import ROOT, Trial, indicator, secret, wait_for

BANK = "first-harbour-bank"


@pytest.fixture
def puller(tmp_path):
    running = Trial(str(tmp_path / "puller")).start()
    for name, kind in (("pulled", "sharing"), ("list", "official-list")):
        running.cli("admin", "pool", "add", name, "--title", name, "--kind", kind, "--reading", "everyone", "--writing", "everyone")
    running.cli("admin", "member", "add", "importer", "--title", "Importer", "--kind", "bank", "--jurisdiction", "NL")
    running.cli("admin", "principal", "add", "importer", "--member", "importer", "--role", "reader", "--role", "publisher")
    running.cli("admin", "credential", "add", "--principal", "importer", "--type", "token")
    yield running
    running.kill()


def add(puller, kind, url, pool, *more):
    puller.cli("admin", "source", "add", "feed", "--kind", kind, "--url", url, "--pool", pool, "--as", "importer", *more)


def state(puller):
    return json.loads(puller.cli("admin", "source", "show", "feed", "--json").stdout)


def run(puller, *more):
    """Pulls now, and returns how that went."""
    before = state(puller)
    puller.cli("admin", "source", "run", "feed", "--no-wait", *more)
    return settled(puller, before)


def settled(puller, before=None):
    def is_settled():
        now = state(puller)
        fresh = before is None or now.get("done") != before.get("done") or now["failures"] != before["failures"]
        return now if (now.get("done") or now["failures"] or now["state"] == "asking") and (fresh or now["state"] == "asking") else None

    return wait_for(is_settled, "a pull", 60)


def held(puller, pool):
    """The last versions in a pool, by their ids."""
    collections = puller.get(BANK, "collections/").json()["collections"]
    place = next(c["id"] for c in collections if c["alias"] == pool)
    found, query = {}, "?limit=1000"
    while True:
        page = puller.get(BANK, f"collections/{place}/objects/{query}").json()
        found |= {o["id"]: o for o in page.get("objects", [])}
        if not page.get("more"):
            return found
        query = f"?limit=1000&next={page['next']}"


def test_pulls_from_another_exchange_though_it_is_killed(fresh, puller, tmp_path):
    token = secret(tmp_path, fresh.token(BANK))
    made = fresh.cli("admin", "pool", "add", "outgoing", "--title", "O", "--reading", "everyone", "--writing", "everyone", "--json")
    fresh.card["pools"].append({"name": "outgoing", "collection": json.loads(made.stdout)["id"]})
    sent = {o["id"]: o for o in (indicator() for _ in range(6_000))}
    objects = list(sent.values())
    for start in range(0, len(objects), 2_000):
        fresh.publish(BANK, "outgoing", objects[start:start + 2_000])
    url = fresh.url(f"collections/{fresh.collection('outgoing')}/")
    add(puller, "taxii", url, "pulled", "--token-file", token, "--network", "127.0.0.1")
    wait_for(lambda: held(puller, "pulled"), "the first page")
    puller.kill()
    puller.start()
    wait_for(lambda: sent.keys() <= held(puller, "pulled").keys(), "all that there is", 60)
    assert wait_for(lambda: state(puller).get("done"), "the end of the pull")
    more = indicator()
    fresh.publish(BANK, "outgoing", [more])
    done = run(puller)
    assert done["failures"] == 0
    records = json.loads(puller.cli("admin", "source", "quarantine", "feed", "--json").stdout)["records"]
    assert records == []
    assert more["id"] in held(puller, "pulled")
    assert {o["id"]: o["modified"] for o in held(puller, "pulled").values()}.items() >= {
        i: o["modified"] for i, o in sent.items()}.items()
    log = Path(f"{puller.data}.log").read_text()
    assert fresh.token(BANK) not in log


def test_pulls_from_medallion(medallion, puller, tmp_path):
    url, post = medallion
    sent = [indicator() for _ in range(35)]
    post(sent)
    login = ["--user", "admin", "--password-file", secret(tmp_path, "Password0"), "--network", "127.0.0.1"]
    add(puller, "taxii", url, "pulled", *login)
    assert settled(puller)["failures"] == 0
    assert held(puller, "pulled").keys() == {o["id"] for o in sent}
    changed = sent[0] | {"modified": "2026-02-01T00:00:00.000Z", "name": "changed"}
    post([changed, indicator(1)])
    assert run(puller)["failures"] == 0
    assert held(puller, "pulled")[sent[0]["id"]]["name"] == "changed" and len(held(puller, "pulled")) == 36
    post([indicator(2)])
    assert run(puller)["quarantined"] == 0
    assert len(held(puller, "pulled")) == 37


class Files:
    """A web server of files with ETags."""

    def __init__(self):
        self.files, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body, etag = server.files.get(self.path, (None, None))
                status = 404 if body is None else 304 if etag and self.headers["If-None-Match"] == etag else 200
                server.asked.append((self.path, status))
                self.send_response(status)
                if etag:
                    self.send_header("ETag", etag)
                sent = body if status == 200 else b""
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def files():
    made = Files()
    yield made
    made.close()


def entities(numbers):
    lines = [json.dumps({"id": f"e{n}", "schema": "Person", "properties": {"name": [f"Name {n}"]}}) for n in numbers]
    return "\n".join(lines).encode()


def test_a_list_over_the_web_that_shrinks_is_confirmed_by_hand(files, puller):
    files.files["/a"] = (entities(range(60)), '"1"')
    add(puller, "ftm", files.url + "/a", "list", "--network", "127.0.0.1", "--grade", "B2")
    first = settled(puller)
    assert first.get("taken") == 60, first
    assert run(puller)["failures"] == 0 and files.asked == [("/a", 200), ("/a", 304)]
    files.files["/a"] = (entities(range(20)) + b"\n{oops", '"2"')
    assert run(puller)["quarantined"] == 1, "what cannot be read is not gone"
    record = json.loads(puller.cli("admin", "source", "quarantine", "feed", "--json").stdout)["records"][0]
    assert record["place"] == "line 21" and record["content"] == "{oops"
    files.files["/a"] = (entities(range(20)), '"3"')
    asking = run(puller)
    assert (asking["state"], asking["gone"]) == ("asking", 40) and "caveat admin source confirm feed" in asking["fault"]
    assert "asking" in puller.cli("admin", "source", "list").stdout
    puller.cli("admin", "source", "confirm", "feed")
    done = wait_for(lambda: (now := state(puller))["state"] == "scheduled" and now["revoked"] == 40 and now, "the pull")
    assert done["quarantined"] == 0
    alive = [o for o in held(puller, "list").values() if o["type"] == "identity" and not o.get("revoked") and "extensions" in o]
    assert len(alive) == 20 and all("B2" in json.dumps(o["extensions"]) for o in alive)
    refused = puller.cli("admin", "source", "confirm", "feed", check=False)
    assert refused.returncode != 0 and "asks nothing" in refused.stderr


def test_a_misp_feed(files, puller):
    event = "5a2b3c4d-0000-4000-8000-000000000001"
    attribute = {"uuid": "5a2b3c4d-0000-4000-8000-000000000002", "type": "domain", "value": "bad.example", "timestamp": "1700000000"}
    body = {"Event": {"uuid": event, "info": "Phishing", "timestamp": "1700000000", "Tag": [{"name": "tlp:green"}], "Attribute": [attribute]}}
    files.files |= {
        "/feed/manifest.json": (json.dumps({event: {"timestamp": "1700000000"}}).encode(), '"m"'),
        f"/feed/{event}.json": (json.dumps(body).encode(), None),
    }
    add(puller, "misp", files.url + "/feed", "pulled", "--network", "127.0.0.1")
    assert settled(puller)["failures"] == 0
    found = {o["type"]: o for o in held(puller, "pulled").values()}
    assert found["indicator"]["pattern"] == "[domain-name:value = 'bad.example']"
    assert found["grouping"]["object_refs"] == [found["indicator"]["id"]]


def test_csv_from_a_file_and_over_sftp(puller, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"key": "ID", "schema": "Company", "properties": {"name": ["NAME"], "country": ["CC"]}}))
    folder = tmp_path / "ssh"
    folder.mkdir()
    server = subprocess.Popen([sys.executable, ROOT / "Tests/TransportTests/sftp.py", folder],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port, _, user, *_ = server.stdout.readline().split()
        listing = folder / "drop/firms.csv"
        listing.write_text("ID,NAME,CC\n1,Acme Ltd,NL\n2,Other BV,BE\n")
        add(puller, "csv", f"file://{listing}", "list", "--mapping", str(mapping))
        first = settled(puller)
        assert first.get("taken") == 2, first
        listing.write_text("ID,NAME,CC\n1,Acme Ltd,NL\n2,Other BV,BE\n3,Third,FR\n")
        puller.cli("admin", "source", "change", "feed", "--url", f"sftp://{user}@127.0.0.1:{port}{listing}",
                   "--key", str(folder / "ed25519"), "--known-hosts", str(folder / "known"), "--network", "127.0.0.1")
        done = wait_for(lambda: (now := state(puller))["taken"] == 1 and now, "the pull over SFTP")
        assert done["unchanged"] == 2 and done["failures"] == 0
        puller.cli("admin", "source", "change", "feed", "--known-hosts", str(folder / "known-other"))
        failed = run(puller, "--afresh")
        assert failed["failures"] == 1 and "known" in failed["fault"]
    finally:
        server.stdin.close()
        server.wait(20)


def test_addresses_that_are_not_public_are_refused_unless_they_are_named(files, puller):
    files.files["/a"] = (entities(range(3)), None)
    add(puller, "ftm", files.url + "/a", "list")
    failed = settled(puller)
    assert failed["failures"] == 1 and "not public" in failed["fault"] and files.asked == []
    puller.cli("admin", "source", "change", "feed", "--network", "127.0.0.0/8")
    shown = json.loads(puller.cli("admin", "source", "run", "feed", "--json").stdout)
    assert (shown["taken"], shown["failures"]) == (3, 0) and "fault" not in shown, "it waits for what it began"
    del files.files["/a"]
    failed = puller.cli("admin", "source", "run", "feed", check=False)
    assert failed.returncode == 1 and "fault" in failed.stdout, failed.stdout
    puller.cli("admin", "source", "pause", "feed")
    assert state(puller)["state"] == "paused"
    refused = puller.cli("admin", "source", "run", "feed", check=False)
    assert refused.returncode == 1 and "feed is paused; resume it" in refused.stderr and state(puller)["state"] == "paused"
    puller.cli("admin", "source", "resume", "feed")
    wait_for(lambda: len(files.asked) > 1, "the pull after the pause")
    puller.cli("admin", "source", "remove", "feed")
    assert puller.cli("admin", "source", "show", "feed", check=False).returncode != 0
    assert len(held(puller, "list")) > 3, "what it brought stays"


@pytest.mark.parametrize("more, field", [
    (["--kind", "ftm", "--url", "http://lists.example/", "--pool", "list"], "url"),
    (["--kind", "csv", "--url", "https://lists.example/", "--pool", "list"], "mapping"),
    (["--kind", "ftm", "--url", "https://lists.example/", "--pool", "pulled"], "official-list"),
    (["--kind", "ftm", "--url", "https://lists.example/", "--pool", "nowhere"], "nowhere"),
    (["--kind", "ftm", "--url", "https://lists.example/", "--pool", "list", "--every", "5s"], "1m to 30d"),
    (["--kind", "ftm", "--url", "https://lists.example/", "--pool", "list", "--overlap", "5m"], "taxii alone"),
    (["--kind", "ftm", "--url", "https://lists.example/", "--pool", "list", "--as", "looker"], "may not write to list"),
])
def test_terms_that_cannot_be_used_are_named(puller, more, field):
    puller.cli("admin", "principal", "add", "looker", "--member", "importer", "--role", "reader")
    more = more if "--as" in more else ["--as", "importer", *more]
    refused = puller.cli("admin", "source", "add", "bad", *more, check=False)
    assert refused.returncode != 0 and field in refused.stderr
