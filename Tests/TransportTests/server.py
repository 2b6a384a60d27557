"""A small HTTP/1.1 server for the transport's tests.

Arguments: the path of a Unix socket to listen on, and perhaps a folder with cert.pem and key.pem for TLS.
Prints its TCP port and, with a folder, its TLS port; ends when its standard input is closed.
"""
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
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/connection":
            self.answer(200, str(self.connection_number).encode())
        elif url.path == "/slow":
            time.sleep(int(query["ms"]) / 1000)
            self.answer(200, b"slow")
        elif url.path == "/big":
            self.answer(200, b"x" * int(query["bytes"]))
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
                "peer": bool(peer),
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


def tls(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    context.load_verify_locations(os.path.join(folder, "cert.pem"))
    context.verify_mode = ssl.CERT_OPTIONAL
    server = TCP(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


start(Unix(sys.argv[1], Handler))
ports = [start(TCP(("127.0.0.1", 0), Handler)).server_port]
if len(sys.argv) > 2:
    ports.append(start(tls(sys.argv[2])).server_port)
print(*ports, flush=True)
sys.stdin.read()
