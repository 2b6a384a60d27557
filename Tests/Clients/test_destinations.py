"""Webhooks: a real receiver on loopback that checks what it gets with the library of Standard Webhooks."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import indicator, wait_for
from standardwebhooks import Webhook, WebhookVerificationError

BANK, CUSTOMS, POOL = "first-harbour-bank", "harbour-customs", "commons"


class Receiver:
    """What it got, in order; `status` is what it answers."""

    def __init__(self):
        self.status, self.messages = 200, []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.append((dict(self.headers), body, receiver.status))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"

    def items(self):
        """What was taken, once each, in the order in which it first came."""
        taken = {}
        for _, body, status in self.messages:
            if status == 200:
                for item in json.loads(body)["data"].get("items", []):
                    taken.setdefault(item["tick"], item)
        return list(taken.values())

    def ids(self):
        return [item["object"]["id"] for item in self.items()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def subscribe(world, receiver):
    return json.loads(world.cli("subscribe", receiver.url, "--json", member=BANK).stdout)


def shown(world, made):
    return json.loads(world.cli("destinations", "show", made["id"], "--json", member=BANK).stdout)


def test_a_webhook_gets_everything_signed_through_failures_and_kills(fresh, receiver):
    fresh.publish(CUSTOMS, POOL, [indicator(1)])
    made = subscribe(fresh, receiver)
    secret = Webhook(made["secret"])
    assert fresh.cli("destinations", "test", made["id"], member=BANK).stdout == "taken\n"
    sent = [indicator(number) for number in range(2, 12)]
    fresh.publish(CUSTOMS, POOL, sent[:3])
    wait_for(lambda: len(receiver.items()) == 3, "the first delivery")
    receiver.status = 503
    fresh.publish(CUSTOMS, POOL, sent[3:6])
    wait_for(lambda: shown(fresh, made)["state"] == "retrying", "a failure")
    assert shown(fresh, made)["fault"] == "answered with status 503"
    fresh.kill()
    fresh.start()
    receiver.status = 200
    fresh.publish(CUSTOMS, POOL, sent[6:])
    wait_for(lambda: len(receiver.items()) == len(sent), "all of it", 60)
    assert receiver.ids() == [one["id"] for one in sent], "in order, from the subscription on"
    assert [item["object"] for item in receiver.items()] == sent
    for headers, body, _ in receiver.messages:
        secret.verify(body, {name.lower(): value for name, value in headers.items()})
        with pytest.raises(WebhookVerificationError):
            secret.verify(body + b" ", {name.lower(): value for name, value in headers.items()})


def test_the_secret_is_rotated_without_a_gap(fresh, receiver):
    made = subscribe(fresh, receiver)
    newer = json.loads(fresh.cli("destinations", "rotate", made["id"], "--json", member=BANK).stdout)["secret"]
    assert newer != made["secret"] and "secret" not in shown(fresh, made)
    fresh.cli("destinations", "test", made["id"], member=BANK)
    headers, body, _ = receiver.messages[-1]
    for secret in (made["secret"], newer):
        assert Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})["type"] == "ping"


def test_what_is_refused_is_put_aside_and_replayed(fresh, receiver):
    made = subscribe(fresh, receiver)
    receiver.status = 422
    fresh.publish(CUSTOMS, POOL, [indicator(1)])
    wait_for(lambda: shown(fresh, made)["dead_letters"] == 1, "a dead letter", 60)
    receiver.status = 200
    fresh.publish(CUSTOMS, POOL, [indicator(2)])
    wait_for(lambda: receiver.ids() == [indicator(2)["id"]], "the next message")
    letter = json.loads(fresh.cli("destinations", "dead-letters", made["id"], "--json", member=BANK).stdout)
    assert letter["fault"] == "answered with status 422"
    receiver.status = 500
    failed = fresh.cli("destinations", "replay", made["id"], letter["id"], member=BANK, check=False)
    assert failed.returncode == 1 and "status 500" in failed.stdout
    receiver.status = 200
    assert fresh.cli("destinations", "replay", made["id"], letter["id"], member=BANK).stdout == "taken\n"
    assert receiver.ids()[-1] == indicator(1)["id"] and shown(fresh, made)["dead_letters"] == 0


def test_pausing_loses_nothing_and_nobody_else_sees_it(fresh, receiver):
    made = subscribe(fresh, receiver)
    fresh.cli("destinations", "pause", made["id"], member=BANK)
    fresh.publish(CUSTOMS, POOL, [indicator(1)])
    assert "paused" in fresh.cli("destinations", member=BANK).stdout
    others = fresh.cli("destinations", "show", made["id"], member=CUSTOMS, check=False)
    assert others.returncode == 1 and receiver.url not in others.stdout + others.stderr
    assert fresh.cli("destinations", member=CUSTOMS).stdout == ""
    assert receiver.messages == []
    fresh.cli("destinations", "resume", made["id"], member=BANK)
    wait_for(lambda: receiver.ids() == [indicator(1)["id"]], "what came while it was paused")
    fresh.cli("destinations", "remove", made["id"], member=BANK)
    assert fresh.cli("destinations", member=BANK).stdout == ""


def test_addresses_and_urls_that_are_not_to_be_called_are_refused(fresh):
    for url in ("http://example.org/", "ftp://example.org/", "https://user:word@example.org/"):
        done = fresh.cli("subscribe", url, member=BANK, check=False)
        assert done.returncode == 64 and "URL" in done.stderr
    made = json.loads(fresh.cli("subscribe", "https://10.0.0.1/in", "--json", member=BANK).stdout)
    done = fresh.cli("destinations", "test", made["id"], member=BANK, check=False)
    assert done.returncode == 1 and "is not public" in done.stdout
