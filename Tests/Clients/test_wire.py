"""HTTP/1.1 as it goes over the wire: requests behind one another, in parts, of an older version, and at the end."""
import contextlib
import json
import socket
import subprocess

import pytest

from conftest import TAXII, Serve, indicator
from test_http import everything, member_of


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    serve = Serve(tmp_path_factory.mktemp("wire"))
    serve.token = member_of(serve)
    yield serve
    serve.stop()


class Wire:
    """A connection whose answers are read one by one."""

    def __init__(self, serve):
        self.serve, self.buffer = serve, b""
        self.socket = socket.create_connection(("127.0.0.1", serve.port))
        self.socket.settimeout(20)

    def head(self, line, *fields):
        """The head of a request with the token."""
        return "\r\n".join([line, "Host: x", f"Authorization: Bearer {self.serve.token}", *fields, "", ""]).encode()

    def post(self, body, *fields, version="1.1"):
        return self.head(f"POST /caveat/collections/commons/objects/ HTTP/{version}", f"Content-Type: {TAXII}", *fields) + body

    def send(self, data):
        self.socket.sendall(data)

    def until(self, mark):
        while mark not in self.buffer:
            part = self.socket.recv(65536)
            assert part, self.buffer
            self.buffer += part
        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def answer(self, has_body=True):
        """Status, headers and body of the next answer."""
        lines = self.until(b"\r\n\r\n").decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
        length = int(headers["content-length"]) if has_body else 0
        while len(self.buffer) < length:
            self.buffer += self.socket.recv(65536)
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split(" ")[1]), headers, body

    def is_closed(self):
        return self.buffer == b"" and self.socket.recv(10) == b""


def envelope(*names):
    return json.dumps({"objects": [indicator(name=name) for name in names]}).encode()


def test_requests_behind_one_another_are_answered_in_order(door):
    wire = Wire(door)
    body = envelope("a", "b")
    get = wire.head("GET /caveat/collections/commons/ HTTP/1.1")
    head = wire.head("HEAD /caveat/collections/ HTTP/1.1")
    none = wire.head("GET /caveat/collections/none/ HTTP/1.1")
    post = wire.post(body, f"Content-Length: {len(body)}")
    wire.send(get + post + none + head + post + get)
    found = [wire.answer()[0], wire.answer(), wire.answer()[0], wire.answer(has_body=False)[0], wire.answer(), wire.answer()[0]]
    assert [found[0], found[1][0], found[2], found[3], found[4][0], found[5]] == [200, 202, 404, 200, 202, 200]
    assert json.loads(found[1][2])["success_count"] == json.loads(found[4][2])["success_count"] == 2
    # Each byte by itself, and the same again behind it.
    for byte in post + get:
        wire.send(bytes([byte]))
    assert [wire.answer()[0], wire.answer()[0]] == [202, 200]


def test_a_body_in_chunks_and_one_that_waits_to_be_asked_for(door):
    wire = Wire(door)
    body = envelope("c")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"
    wire.send(wire.post(chunks, "Transfer-Encoding: chunked"))
    assert wire.answer()[0] == 202
    wire.send(wire.post(b"", f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
    wire.send(body)
    assert wire.answer()[0] == 202
    # One that is not let in is told so before it sends, and the connection goes on.
    wire.send(b"POST /caveat/collections/commons/objects/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
    assert wire.answer()[0] == 401
    wire.send(b"12345" + wire.head("GET /taxii2/ HTTP/1.1"))
    assert wire.answer()[0] == 200


def test_an_older_client_and_one_that_says_close(door):
    wire = Wire(door)
    wire.send(wire.head("GET /taxii2/ HTTP/1.0", "Connection: keep-alive"))
    status, headers, _ = wire.answer()
    assert status == 200 and headers["connection"] == "keep-alive"
    wire.send(wire.head("GET /taxii2/ HTTP/1.0"))
    assert wire.answer()[1]["connection"] == "close" and wire.is_closed()
    wire = Wire(door)
    wire.send(wire.head("GET /taxii2/ HTTP/1.1", "Connection: close") + wire.head("GET /taxii2/ HTTP/1.1"))
    assert wire.answer()[1]["connection"] == "close" and wire.is_closed()


@pytest.mark.parametrize("text", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"])
def test_what_is_no_http_is_told_so(door, text):
    """[57]"""
    wire = Wire(door)
    wire.send(text)
    status, headers, body = wire.answer()
    assert status == 400 and headers["content-type"] == TAXII and "date" in headers
    assert json.loads(body)["http_status"] == "400" and wire.is_closed()


def test_what_is_no_http_behind_a_request_does_not_cost_its_answer(door):
    wire = Wire(door)
    body = envelope("d")
    wire.send(wire.post(body, f"Content-Length: {len(body)}") + b"nonsense\r\n\r\n")
    assert wire.answer()[0] == 202 and wire.is_closed()


def test_of_several_accept_fields_one_is_enough(door):
    """[13]"""
    wire = Wire(door)
    for fields, status in (
        (("Accept: text/html", f"Accept: {TAXII}"), 200), ((f"Accept: {TAXII}", "Accept: text/html"), 200), (("Accept: text/html",), 406),
    ):
        wire.send(wire.head("GET /taxii2/ HTTP/1.1", *fields))
        assert wire.answer()[0] == status


@pytest.mark.parametrize(
    "words, status",
    [
        (["/taxii2/"], 200), (["-H", f"Accept: {TAXII}", "/caveat/"], 200), (["-H", "Accept: application/taxii+json", "/caveat/collections/"], 200),
        (["-H", "Accept: application/taxii+json; version=2.1, application/stix+json;version=2.1", "/caveat/collections/commons/manifest/"], 200),
        (["-H", "Accept: text/html", "/taxii2/"], 406), (["/caveat/collections/none/objects/"], 404), (["/caveat/collections/commons/objects/?limit=0"], 400),
        (["-G", "--data-urlencode", "match[version]=all,last", "/caveat/collections/commons/objects/"], 400),
        (["-X", "PUT", "/caveat/collections/commons/"], 405), (["-d", "{}", "/caveat/collections/commons/objects/"], 415),
        (["-H", f"Content-Type: {TAXII}", "-d", "{", "/caveat/collections/commons/objects/"], 422), (["-H", "Authorization: Bearer no", "/taxii2/"], 401),
        (["-H", f"Content-Type: {TAXII}", "-d", json.dumps({"objects": [indicator()]}), "/caveat/collections/commons/objects/"], 202),
        (["--compressed", "--http1.0", "/taxii2/"], 200), (["-L", "/caveat/collections/commons"], 200),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else value,
)
def test_curl_is_told_type_status_and_error(door, words, status):
    """[11, 13, 16, 49]"""
    *options, path = words
    if not any("Authorization" in word for word in options):
        options += ["-H", f"Authorization: Bearer {door.token}"]
    written = "\n%{http_code} %{content_type}"
    done = subprocess.run(["curl", "-sS", "-w", written, *options, f"http://127.0.0.1:{door.port}{path}"], capture_output=True, text=True, check=True)
    body, facts = done.stdout.rsplit("\n", 1)
    assert facts == f"{status} {TAXII}", done.stdout
    if status >= 400:
        assert json.loads(body)["http_status"] == str(status) and json.loads(body)["title"]


def test_the_end_waits_for_what_is_under_way(tmp_path):
    serve = Serve(tmp_path)
    serve.token = member_of(serve)
    idle, busy, partial = Wire(serve), Wire(serve), Wire(serve)
    idle.send(idle.head("GET /taxii2/ HTTP/1.1"))
    assert idle.answer()[0] == 200
    body = envelope("last")
    busy.send(busy.post(body[:20], f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert busy.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")  # It is under way.
    partial.send(b"GET /taxii2/ HTT")
    serve.process.terminate()
    assert idle.is_closed()
    with contextlib.suppress(ConnectionResetError):  # What it had not read when it closed.
        assert everything(partial.socket) == b""
    busy.send(body[20:])
    status, headers, found = busy.answer()
    assert status == 202 and json.loads(found)["success_count"] == 1 and headers["connection"] == "close"
    assert serve.process.wait(20) == 0
    assert not (tmp_path / "run/admin.sock").exists()


def test_the_administration_socket_is_for_its_owner(door):
    mode = (door.folder / "run/admin.sock").stat().st_mode & 0o777
    assert mode & 0o077 == 0 and (door.folder / "run").stat().st_mode & 0o077 == 0
