"""A real mail server for tests (Debian's python3-aiosmtpd), which demands STARTTLS and keeps what it receives.

usage: smtp_server.py PORT CERTIFICATE KEY FOLDER IDLE_SECONDS

Prints the port that it listens on. Each letter that it takes becomes one line of FOLDER/letters.jsonl, decoded by
Python's own email library. FOLDER/reply, where it exists, holds what it answers to each recipient in place of taking
the letter, such as "550 no such user"; FOLDER/sender_reply likewise what it answers to each sender. While there is FOLDER/hold
it says nothing of a letter that it took. A connection that is idle for so long is ended, which adds a line to FOLDER/ended.txt. Ends with its standard input.
"""
import asyncio
import json
import pathlib
import ssl
import sys
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP


class Keeper:
    def __init__(self, folder):
        self.folder = folder

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = self.folder / "sender_reply"
        if reply.exists():
            return reply.read_text().strip()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.folder / "reply"
        if reply.exists():
            with open(self.folder / "refused.txt", "a", encoding="utf-8") as out:
                out.write(address + "\n")
            return reply.read_text().strip()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=default)
        kept = {
            "secured": session.ssl is not None,
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "subject": str(message["subject"]),
            "from": str(message["from"]),
            "to_name": message["to"].addresses[0].display_name,
            "message_id": str(message["message-id"]),
            "date": message["date"].datetime.isoformat(),
            "auto": str(message["auto-submitted"]),
            "type": message.get_content_type() + " " + str(message.get_content_charset()),
            "text": message.get_content().replace("\r\n", "\n"),
            "longest_line": max(len(line) for line in envelope.content.split(b"\r\n")),
            "defects": [str(defect) for defect in message.defects],
        }
        with open(self.folder / "letters.jsonl", "a", encoding="utf-8") as out:
            out.write(json.dumps(kept, ensure_ascii=False) + "\n")
        while (self.folder / "hold").exists():
            await asyncio.sleep(0.01)
        return "250 taken"


class Server(SMTP):
    def _timeout_cb(self):
        super()._timeout_cb()
        with open(self.event_handler.folder / "ended.txt", "a", encoding="utf-8") as out:
            out.write("ended\n")


async def main(port, certificate, key, folder, idle):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()

    def connection():
        keeper = Keeper(pathlib.Path(folder))
        return Server(keeper, hostname="localhost", tls_context=context, require_starttls=True, timeout=float(idle))

    server = await loop.create_server(connection, host="127.0.0.1", port=int(port))
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
