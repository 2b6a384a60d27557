"""A small HTTP/1.1 server for the transport's tests.

Argument: a folder with cert.pem and key.pem for TLS, and other.pem, which clients may show as well. A Unix socket of the
name `socket` is made there.
Prints its ports for TCP, TLS and HTTP/2; ends when its standard input is closed.
"""
import gzip
import http.server
import itertools
import json
import os
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse

connections = itertools.count(1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection_number = next(connections)

    def address_string(self):
        return "test"

    def log_message(self, *_):
        pass

    def answer(self, status, body, **fields):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/slam":
            self.close_connection = True
            return  # Without reading the body.
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/connection":
            self.answer(200, str(self.connection_number).encode())
        elif url.path == "/slow":
            time.sleep(int(query["ms"]) / 1000)
            self.answer(200, b"slow")
        elif url.path == "/big":
            self.answer(200, b"x" * int(query["bytes"]))
        elif url.path == "/large":
            count = int(query["megabytes"])
            self.send_response(200)
            self.send_header("Content-Length", str(count << 20))
            self.end_headers()
            for _ in range(count):
                self.wfile.write(b"x" * (1 << 20))
        elif url.path == "/gzip":
            body = gzip.compress(b"x" * int(query["bytes"]))
            asked = self.headers.get("Accept-Encoding") == "gzip"
            self.answer(200, body if asked else b"plain", **({"Content_Encoding": "gzip"} if asked else {}))
        elif url.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif url.path == "/endless":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while True:
                self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        elif url.path == "/headers":
            self.send_response(200)
            while True:
                self.wfile.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")
        elif url.path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x")
            self.close_connection = True
        elif url.path == "/redirect":
            self.answer(302, b"", Location="/connection")
        elif url.path == "/echo":
            peer = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
            seen = {
                "method": self.command,
                "path": self.path,
                "fields": sorted(name.lower() for name in self.headers),
                "test": self.headers.get("X-Test"),
                "bytes": len(body),
                "sum": sum(body),
                "peer": peer["subject"][0][0][1] if peer else "",
                "connection": self.connection_number,
            }
            self.answer(200, json.dumps(seen).encode(), X_Mixed_Case="  kept: as is  ")
        else:
            self.answer(404, b"")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # The client went away, which is what some tests are about.


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


class TCP(http.server.ThreadingHTTPServer):
    request_queue_size = 1024

    def handle_error(self, *_):
        pass  # Failed handshakes are what some tests are about.


def start(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def context(folder, *protocols):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    made.load_verify_locations(os.path.join(folder, "cert.pem"))
    made.load_verify_locations(os.path.join(folder, "other.pem"))
    made.verify_mode = ssl.CERT_OPTIONAL
    made.set_alpn_protocols(protocols)
    return made


def tls(folder):
    server = TCP(("127.0.0.1", 0), Handler)
    server.socket = context(folder, "http/1.1").wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False)
    return server


class HTTP2(socketserver.StreamRequestHandler):
    """As much of HTTP/2 as it takes to answer "h2", and to break off every other connection at its first request."""

    numbers = itertools.count(1)

    def frame(self, kind, flags, stream, payload=b""):
        self.wfile.write(len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload)

    def handle(self):
        try:
            if self.request.selected_alpn_protocol() == "h2":
                self.serve(breaks=next(self.numbers) % 2 == 1)
            else:
                self.rfile.readline()
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh1")
        except OSError:
            pass  # The client went away.

    def serve(self, breaks):
        self.rfile.read(24)  # The preface.
        self.frame(4, 0, 0)  # SETTINGS
        while head := self.rfile.read(9):
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            self.rfile.read(int.from_bytes(head[:3], "big"))
            if kind == 4 and not flags & 1:
                self.frame(4, 1, 0)
            elif kind == 1 and breaks:
                self.frame(7, 0, 0, bytes(4) + (11).to_bytes(4, "big"))  # GOAWAY, ENHANCE_YOUR_CALM
                return
            elif kind == 1:
                self.frame(1, 4, stream, b"\x88")  # HEADERS: the status 200
                self.frame(0, 1, stream, b"h2")  # DATA, the last


def http2(folder):
    server = TCP(("127.0.0.1", 0), HTTP2)
    server.socket = context(folder, "h2").wrap_socket(server.socket, server_side=True, do_handshake_on_connect=True)
    return server


folder = sys.argv[1]
start(Unix(os.path.join(folder, "socket"), Handler))
servers = [TCP(("127.0.0.1", 0), Handler), tls(folder), http2(folder)]
print(*(start(server).server_address[1] for server in servers), flush=True)
sys.stdin.read()
