"""Server-sent events of one's own feed: in order, resumable, with nothing of what one may not see."""
import json
import threading
import uuid

import requests
from conftest import indicator, wait_for
from test_scenarios import EXTENSION, Party, customs, join, later, legal, publish, restart, world  # noqa: F401


class Stream:
    """Reads a stream on a thread of its own until the exchange ends it."""

    def __init__(self, party, last=None):
        headers = party.headers({"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {}))
        self.events, self.recalls, self.comments = [], [], 0
        self.answer = requests.get(f"{party.world.card['url']}/v1/events", headers=headers, stream=True, timeout=60)
        assert self.answer.status_code == 200 and self.answer.headers["Content-Type"] == "text/event-stream"
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        event = {}
        try:
            for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif event:
                    data = json.loads(event["data"])
                    if event["event"] == "recall":
                        assert "id" not in event
                        self.recalls.append(data)
                    else:
                        assert event["event"] == "object"
                        self.events.append((event["id"], data))
                    event = {}
        except (requests.RequestException, AttributeError, ValueError):
            pass  # Ended by a daemon that was killed.

    def ids(self):
        return [one["object"]["id"] for _, one in self.events]


def test_events_come_as_they_happen_and_go_on_where_they_ended(world):
    reader, writer = Party(world, "first-harbour-bank"), Party(world, "blue-anchor")
    stream = Stream(reader)
    wait_for(lambda: stream.comments or stream.events, "the beginning")
    wait_for(lambda: len(stream.events) >= 2, "what was there before")
    made = [indicator(number) for number in range(1, 8)]
    for one in made[:4]:
        world.publish("blue-anchor", "commons", [one])
    wait_for(lambda: [one["id"] for one in made[:4]] == stream.ids()[-4:], "the first four")
    ticks = [int(tick) for tick, _ in stream.events]
    assert ticks == sorted(set(ticks))
    last = stream.events[-1][0]
    restart(world)
    wait_for(lambda: not stream.thread.is_alive(), "the end of the stream")
    for one in made[4:]:
        world.publish("blue-anchor", "commons", [one])
    again = Stream(reader, last)
    wait_for(lambda: [one["id"] for one in made[4:]] == again.ids(), "the rest, and nothing twice")
    # Over all pools together it is what the pools hold by themselves.
    whole = Stream(reader)
    held = set()
    for pool in ("commons", "warnings", "deepwater"):
        answer = requests.get(world.objects_url(pool), params={"match[version]": "all", "limit": 1000}, headers=reader.headers(), timeout=20).json()
        held |= {one["id"] for one in answer.get("objects", [])}
    wait_for(lambda: set(whole.ids()) == held, "all pools")
    assert writer.call("GET", "events?after=nonsense", status=400)["detail"].startswith("Last-Event-ID")
    # SIGTERM ends the streams, and does not wait for those who listen.
    world.stop()
    for one in (again, whole):
        wait_for(lambda: not one.thread.is_alive(), "the end of the streams")


def test_a_recall_comes_to_the_feed_and_what_one_may_not_see_does_not(world, customs, legal):
    holder, outsider = join(world, "bank-1"), join(world, "bank-2", partner=False)
    streams = [Stream(holder), Stream(outsider)]
    made = publish(customs, legal)
    part = join(world, "bank-3")
    people = requests.get(world.objects_url("warnings"), params={"match[type]": "identity"}, headers=part.headers(), timeout=20).json()["objects"]

    def renditions(stream):
        objects = [one["object"] for _, one in stream.events]
        return [one["extensions"][EXTENSION]["rendition"] for one in objects if one["type"] == "report" and EXTENSION in one.get("extensions", {})]

    wait_for(lambda: renditions(streams[0]) == ["full"] and renditions(streams[1]) == ["non-nominal"], "the advisory")
    customs.call("POST", f"advisories/{made['id']}/recall", {"reason": "error"})
    wait_for(lambda: renditions(streams[0]) == ["full", "stub"], "the recall")
    # Each is told of what it held, and a client that comes anew is told again.
    again = Stream(holder)
    wait_for(lambda: again.recalls and streams[1].recalls, "the notices")
    # Also who asked for the people alone.
    third = Stream(part)
    wait_for(lambda: third.recalls, "the notice")
    assert third.recalls[0]["report"] in [one["id"] for one in people]
    for stream, party in ((streams[0], holder), (again, holder), (streams[1], outsider), (third, part)):
        owed = party.call("GET", "recalls")["recalls"]
        assert len(owed) == 1 and stream.recalls == [{"pool": "warnings", **{key: owed[0][key] for key in ("report", "recalled", "due")}}]
    # What somebody revokes by itself is none, whatever it says.
    fake = {"type": "report", "spec_version": "2.1", "id": f"report--{uuid.uuid4()}", "created": later(), "modified": later(), "name": "recalled",
            "published": later(), "revoked": True, "object_refs": [indicator(1)["id"]]}
    world.publish("blue-anchor", "commons", [fake])
    wait_for(lambda: fake["id"] in again.ids(), "the other's report")
    assert len(again.recalls) == 1
    seen = customs.call("GET", f"advisories/{made['id']}/receipts")["receipts"]
    assert {(one["member"], one["channel"]) for one in seen} >= {("bank-1", "events"), ("bank-2", "events")}
    # A credential that is suspended gets nothing more, and its stream ends.
    world.cli("admin", "principal", "suspend", "bank-1")
    wait_for(lambda: not streams[0].thread.is_alive(), "the end of the stream")
