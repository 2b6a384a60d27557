"""Requests over TCP, TLS and the administration socket, on one connection that is kept."""

import base64
import http.client
import json
import socket
import ssl

from .setting import Halt

TAXII = "application/taxii+json;version=2.1"
TIMEOUT_SECONDS = 120


def bearer(token: str) -> str:
    return f"Bearer {token}"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Address:
    """Where a server listens on loopback; with a certificate of `authority` when it speaks TLS."""

    def __init__(self, port: int, authority: str | None = None):
        self.port = port
        self.authority = authority

    @property
    def url(self) -> str:
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}"

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)

    def connection(self, source: str = "127.0.0.1") -> http.client.HTTPConnection:
        place = {"timeout": TIMEOUT_SECONDS, "source_address": (source, 0)}
        if self.authority:
            return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context(), **place)
        return http.client.HTTPConnection("127.0.0.1", self.port, **place)

    def cipher(self) -> tuple[str, str]:
        """The name and the protocol version of the cipher that the server picks."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS) as plain:
            with self.context().wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                name, version, _ = secure.cipher()
                return name, version


class Reply:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Client:
    """One principal's connection."""

    def __init__(self, address: Address, authorization: str):
        self.connection = address.connection()
        self.headers = {"Authorization": authorization, "Accept": TAXII}

    def get(self, path: str) -> Reply:
        self.connection.request("GET", path, headers=self.headers)
        return self._expect(200, f"GET {path}")

    def post(self, path: str, body: bytes) -> Reply:
        self.connection.request("POST", path, body, self.headers | {"Content-Type": TAXII})
        return self._expect(202, f"POST {path}")

    def _expect(self, status: int, what: str) -> Reply:
        reply = Reply(self.connection.getresponse())
        if reply.status != status:
            raise Halt(f"{what}: {reply.status}, not {status}: {reply.body[:300].decode(errors='replace')}")
        return reply

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def administer(path: str, method: str, resource: str, fields: dict | None = None) -> dict:
    """One call on the administration socket at `path`."""
    connection = _UnixConnection(path)
    try:
        body = json.dumps(fields).encode() if fields is not None else None
        connection.request(method, f"/admin/{resource}", body, {"Content-Type": "application/json"})
        reply = Reply(connection.getresponse())
    finally:
        connection.close()
    if reply.status not in (200, 201):
        raise Halt(f"{method} /admin/{resource}: {reply.status}: {reply.body[:300].decode(errors='replace')}")
    return reply.json()
