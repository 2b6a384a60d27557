"""Destinations that are no webhooks: another exchange, medallion, a mail server and an SFTP server, all of them real."""
import base64
import email
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Serve, Trial, indicator, secret, wait_for

BANK, CUSTOMS, POOL = "first-harbour-bank", "harbour-customs", "commons"


def subscribe(world, url, *more, member=BANK):
    return json.loads(world.cli("subscribe", url, *more, "--json", member=member).stdout)


def shown(world, made, member=BANK):
    return json.loads(world.cli("destinations", "show", made["id"], "--json", member=member).stdout)


def letters(world, made, member=BANK):
    lines = world.cli("destinations", "dead-letters", made["id"], "--json", member=member).stdout.splitlines()
    return [json.loads(line) for line in lines]


def script(name, folder):
    """A server of the transport's tests: the process, and what it printed."""
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, ROOT / "Tests/TransportTests" / name, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()


def end(process):
    process.stdin.close()
    process.wait(20)


def test_another_exchange_is_pushed_to_through_kills(fresh, tmp_path):
    other = Trial(str(tmp_path / "other")).start()
    try:
        token = other.token(BANK)
        made = subscribe(fresh, other.objects_url(POOL), "--taxii-token-file", secret(tmp_path, token))
        assert made["kind"] == "taxii" and "secret" not in made
        assert fresh.cli("destinations", "test", made["id"], member=BANK).stdout == "taken\n"
        sent = [indicator(number) for number in range(1, 251)]
        fresh.publish(CUSTOMS, POOL, sent[:200])
        wait_for(lambda: shown(fresh, made)["state"] != "paused" and count(other) > 0, "the first envelope", 60)
        other.port = int(other.card["url"].rsplit(":", 1)[1])
        other.kill()
        fresh.publish(CUSTOMS, POOL, sent[200:])
        fresh.kill()
        fresh.start()
        other.start()
        wait_for(lambda: held(other) >= {one["id"] for one in sent}, "all of it", 60)
        assert letters(fresh, made) == []
        for log in (f"{fresh.data}.log", f"{other.data}.log"):
            assert token not in Path(log).read_text()
        stored = b"".join(path.read_bytes() for path in Path(fresh.data).glob("caveat.db*"))
        assert token.encode() not in stored, "a credential is kept sealed"
        assert token not in fresh.cli("admin", "destinations", "--json").stdout
    finally:
        other.kill()


def held(world):
    found, query = set(), "?limit=1000"
    page = world.get(BANK, f"collections/{world.collection(POOL)}/objects/{query}").json()
    return found | {one["id"] for one in page.get("objects", [])}


def count(world):
    return len(held(world))


def test_objects_that_the_other_will_not_have_are_put_aside(fresh, tmp_path):
    other = Trial(str(tmp_path / "other")).start()
    try:
        # There it belongs to somebody else, so it is a failure in the status.
        other.publish(CUSTOMS, POOL, [indicator(2)])
        made = subscribe(fresh, other.objects_url(POOL), "--taxii-token-file", secret(tmp_path, other.token(BANK)))
        changed = indicator(2, modified="2026-02-01T00:00:00.000Z")
        fresh.publish(CUSTOMS, POOL, [indicator(1), changed, indicator(3)])
        wait_for(lambda: shown(fresh, made)["dead_letters"] == 1, "a dead letter")
        assert held(other) >= {indicator(1)["id"], indicator(3)["id"]}
        assert letters(fresh, made)[0]["fault"] == "took the message, but not this object"
        assert shown(fresh, made)["state"] == "flowing"
    finally:
        other.kill()


def test_what_waits_for_a_second_person_there_is_followed(fresh, tmp_path):
    other = Trial(str(tmp_path / "other")).start()
    try:
        words = ("--title", "Slow", "--reading", "everyone", "--writing", "everyone", "--second-person", "--json")
        pool = json.loads(other.cli("admin", "pool", "add", "slow", *words).stdout)["id"]
        other.cli("admin", "principal", "add", "chief", "--member", BANK, "--role", "approver", "--role", "reader")
        token = json.loads(other.cli("admin", "credential", "add", "--principal", "chief", "--type", "token", "--json").stdout)["secret"]
        other.card["members"].append({"name": "chief", "token": token})
        url = other.url(f"collections/{pool}/objects/")
        made = subscribe(fresh, url, "--taxii-token-file", secret(tmp_path, other.token(BANK)))
        fresh.publish(CUSTOMS, POOL, [indicator(1), indicator(2)])
        waiting = wait_for(lambda: json.loads(other.cli("pending", "--json", member="chief").stdout or "null"), "an envelope")
        wait_for(lambda: shown(fresh, made)["state"] == "awaiting", "its status")
        other.cli("approve", waiting["id"], member="chief")
        wait_for(lambda: shown(fresh, made)["state"] == "flowing", "its end", 60)
        page = other.get(BANK, f"collections/{pool}/objects/").json()
        assert {one["id"] for one in page["objects"]} == {indicator(1)["id"], indicator(2)["id"]}
        assert letters(fresh, made) == []
    finally:
        other.kill()


def test_medallion_is_pushed_to(fresh, medallion, tmp_path):
    url, post = medallion
    login = ["--taxii-user", "admin", "--taxii-password-file", secret(tmp_path, "Password0")]
    made = subscribe(fresh, url, *login)
    assert fresh.cli("destinations", "test", made["id"], member=BANK).stdout == "taken\n"
    sent = [indicator(number) for number in range(1, 31)]
    fresh.publish(CUSTOMS, POOL, sent)

    def arrived():
        found, query = [], "?limit=10"
        while True:
            page = post.session.get(f"{url}objects/{query}", timeout=20).json()
            found += page.get("objects", [])
            if not page.get("more"):
                return found if len(found) >= len(sent) else None
            query = f"?limit=10&next={page['next']}"

    assert {one["id"]: one for one in wait_for(arrived, "all of it")} == {one["id"]: one for one in sent}
    assert letters(fresh, made) == []
    wrong = tmp_path / "wrong"
    wrong.write_text("no\n")
    refused = subscribe(fresh, url, "--taxii-user", "admin", "--taxii-password-file", str(wrong))
    done = fresh.cli("destinations", "test", refused["id"], member=BANK, check=False)
    assert done.returncode == 1 and "status 401" in done.stdout


def test_files_are_dropped_where_the_key_of_the_exchange_is_authorised(fresh, tmp_path):
    folder = tmp_path / "sftp"
    process, words = script("sftp.py", folder)
    port, user = words[0], words[2]
    try:
        hosts = (folder / "known").read_text().split(" ", 1)[1]
        (tmp_path / "host.pub").write_text(hosts)
        url = f"sftp://{user}@127.0.0.1:{port}{folder}/drop"
        made = subscribe(fresh, url, "--host-key", str(tmp_path / "host.pub"))
        done = fresh.cli("destinations", "test", made["id"], member=BANK, check=False)
        assert done.returncode == 1 and "its key is authorised" in done.stdout
        with open(folder / "authorized", "a") as authorized:
            authorized.write(made["key"] + "\n")
        assert fresh.cli("destinations", "test", made["id"], member=BANK).stdout == "taken\n"
        sent = [indicator(number) for number in range(1, 4)]
        fresh.publish(CUSTOMS, POOL, sent)

        def dropped():
            names = [path for path in (folder / "drop").iterdir() if path.name.endswith(".json") and path.name != "caveat-ping.json"]
            items = [item for path in sorted(names) for item in json.loads(path.read_text())["data"]["items"]]
            return items if len(items) == len(sent) else None

        assert [item["object"] for item in wait_for(dropped, "the files")] == sent
        assert not [path for path in (folder / "drop").iterdir() if path.name.endswith(".part")]
        # Another host's key is not trusted.
        (tmp_path / "other.pub").write_text((folder / "known-other").read_text().split(" ", 1)[1])
        other = subscribe(fresh, url, "--host-key", str(tmp_path / "other.pub"))
        done = fresh.cli("destinations", "test", other["id"], member=BANK, check=False)
        assert done.returncode == 1 and "another host key" in done.stdout
    finally:
        end(process)


class Post:
    """An exchange with a mail server, two members and a pool."""

    def __init__(self, folder):
        inbox = folder / "inbox"
        inbox.mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", inbox / "key.pem", "-out", inbox / "cert.pem"],
            check=True, capture_output=True)
        self.inbox = inbox
        self.process, words = script("smtp.py", inbox)
        password = folder / "password"
        password.write_text("hush-right\n")
        keys = {"host": "127.0.0.1", "port": words[0], "sender": "caveat@example.com", "ca": inbox / "cert.pem", "user": "caveat",
                "password_file": password}
        self.server = Serve(folder, push={"mail": "".join(f"\n    {name}: {value}" for name, value in keys.items())})
        self.world = self.server.operator()
        self.world.card["api_root"] = self.world.card["url"] + "/caveat/"
        self.world.card["pools"] = []
        for name, kind in ((CUSTOMS, "customs"), (BANK, "bank")):
            self.operate("member", "add", name, "--title", name, "--kind", kind, "--jurisdiction", "NL")
            self.operate("principal", "add", name, "--member", name, "--role", "reader", "--role", "publisher")
            token = json.loads(self.operate("credential", "add", "--principal", name, "--type", "token", "--json"))["secret"]
            self.world.card["members"].append({"name": name, "token": token})
        for name, marking in ((POOL, "green"), ("closed", "amber")):
            made = self.operate("pool", "add", name, "--title", name, "--reading", "everyone", "--writing", "everyone",
                                "--default-marking", marking, "--json")
            self.world.card["pools"].append({"name": name, "collection": json.loads(made)["id"]})

    def operate(self, *words):
        return self.world.cli("admin", *words).stdout

    def mails(self):
        """What was mailed, as its header fields and its text."""
        taken = []
        for path in sorted(self.inbox.glob("*.json"), key=lambda path: int(path.stem)):
            mail = json.loads(path.read_text())
            assert mail["private"] and mail["known"] and mail["to"] == ["desk@example.org"]
            parsed = email.message_from_string(mail["message"])
            taken.append((dict(parsed.items()), base64.b64decode(parsed.get_payload()).decode()))
        return taken

    def close(self):
        self.server.stop()
        end(self.process)


@pytest.fixture
def post(tmp_path):
    made = Post(tmp_path)
    yield made
    made.close()


def test_mail_begins_with_a_code_and_shows_what_may_be_shown(post):
    world = post.world
    made = subscribe(world, "mailto:desk@example.org")
    assert made["state"] == "paused" and made["paused_because"] == "unconfirmed" and made["mailed"] == {"accepted": True}
    (_, text), = post.mails()
    code = text.split("within a day: ")[1].split()[0]
    world.publish(CUSTOMS, POOL, [indicator(1)])
    wrong = world.cli("destinations", "confirm", made["id"], "0000000000", member=BANK, check=False)
    assert wrong.returncode == 1 and "code" in wrong.stderr
    early = world.cli("destinations", "resume", made["id"], member=BANK, check=False)
    assert early.returncode == 1
    world.cli("destinations", "confirm", made["id"], code.lower(), member=BANK)
    world.publish(CUSTOMS, "closed", [indicator(2, name="Hidden Person")])
    fields, text = wait_for(lambda: post.mails()[1:], "a mail")[0]
    assert fields["Subject"] == "Caveat: 1 new" and fields["From"] == "<caveat@example.com>"
    assert "sign in" in text and indicator(2)["id"] not in text and "Hidden" not in text
    log = post.server.log.read_text()
    assert "hush-right" not in log and code not in log and "desk@example.org" not in log


def test_an_operator_stops_a_destination(post):
    world = post.world
    made = subscribe(world, "mailto:desk@example.org")
    listed = json.loads(post.operate("destinations", "--json"))
    assert (listed["id"], listed["member"], listed["kind"], listed["state"]) == (made["id"], BANK, "mail", "paused")
    for change in ("resume", "pause"):
        done = world.cli("admin", "destinations", change, made["id"], check=False)
        assert done.returncode == 1 and "code" in done.stderr
    hook = subscribe(world, "https://hooks.example.org/in")
    post.operate("destinations", "pause", hook["id"])
    done = world.cli("destinations", "resume", hook["id"], member=BANK, check=False)
    assert done.returncode == 1 and "operator" in done.stderr
    post.operate("destinations", "remove", hook["id"])
    assert hook["id"] not in post.operate("destinations")


def test_what_is_given_must_fit_the_url(fresh, tmp_path):
    token = secret(tmp_path, "hush")
    for words in (["mailto:desk"], ["mailto:a@b.example", "--taxii-token-file", token], ["sftp://a@b.example/in"],
                  ["https://a.example/", "--taxii-token-file", token], ["https://a.example/", "--host-key", token]):
        done = fresh.cli("subscribe", *words, member=BANK, check=False)
        assert done.returncode == 64, (words, done.stderr)
    done = fresh.cli("subscribe", "mailto:desk@example.org", member=BANK, check=False)
    assert done.returncode == 1 and "sends no mail" in done.stderr
    done = fresh.cli("subscribe", "sftp://a@b.example/in", "--host-key", token, member=BANK, check=False)
    assert done.returncode == 1 and "host_key" in done.stderr
