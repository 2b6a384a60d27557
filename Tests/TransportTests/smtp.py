"""Mail servers for the transport's tests, by aiosmtpd.

Argument: a folder with cert.pem and key.pem. Each message that is taken becomes a file `1.json`, `2.json`… there, and each
password that comes in clear text one of the name `leak`.
Prints three ports: with STARTTLS, without it, and of a server that says nothing; ends when its standard input is closed.
"""
import asyncio
import itertools
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
numbers = itertools.count(1)


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.3.0 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"refuse this" in envelope.content:
            return "554 5.6.0 not this"
        with open(os.path.join(folder, f"{next(numbers)}.json"), "w") as file:
            json.dump({
                "hello": session.host_name,
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "message": envelope.content.decode("latin-1"),
                "private": session.ssl is not None,
                "known": bool(session.authenticated),
            }, file)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        await asyncio.sleep(3600)  # Nobody may have to wait for a goodbye.


def check(server, session, envelope, mechanism, auth):
    if session.ssl is None:
        open(os.path.join(folder, "leak"), "w").close()
    return AuthResult(success=(auth.login, auth.password) == (b"caveat", b"hush-right"), handled=False)


async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    kinds = [
        lambda: SMTP(Handler(), hostname="test", tls_context=context, require_starttls=True, authenticator=check),
        lambda: SMTP(Handler(), hostname="test", authenticator=check, auth_require_tls=False),
        asyncio.Protocol,
    ]
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in kinds]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)  # Connections may still be waiting.


asyncio.run(serve())
