"""A small HTTP server that speaks the chat protocol and can be told to go wrong."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatServer:
    """`replies` are taken in turn for each chat request, the last one again and again: text, status or a function."""

    def __init__(self, *replies, models=("small",), extra=None, tokenize=None, models_status=200):
        self.replies, self.models, self.extra = list(replies), models, extra or {}
        self.tokenize, self.models_status = tokenize, models_status
        self.requests: list[dict] = []
        self.headers: list[dict] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                if server.models_status != 200:
                    return error(self, server.models_status, "no list")
                data = [{"id": name, "object": "model", **server.extra} for name in server.models]
                return send(self, 200, json.dumps({"object": "list", "data": data}))

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/tokenize"):
                    if server.tokenize is None:
                        return error(self, 404, "no such path")
                    return send(self, 200, json.dumps(server.tokenize(request)))
                server.requests.append(request)
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                reply = server.replies[0] if len(server.replies) == 1 else server.replies.pop(0)
                try:
                    return act(self, reply, request)
                except (BrokenPipeError, ConnectionResetError):
                    return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def act(handler, reply, request):
    if isinstance(reply, Callable):
        return reply(handler, request)
    if isinstance(reply, int):
        return error(handler, reply, f"status {reply} for key sk-secret123")
    return stream(handler, [delta(content=piece) for piece in reply] + [delta(finish="stop"), "[DONE]"])


def delta(finish=None, **fields) -> str:
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def stream(handler, events, pause=0.0, end=True):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for event in events:
        data = f"data: {event}\n\n".encode()
        handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.wfile.flush()
        time.sleep(pause)
    if end:
        handler.wfile.write(b"0\r\n\r\n")
    else:
        handler.close_connection = True


def send(handler, status, text):
    data = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def error(handler, status, message):
    send(handler, status, json.dumps({"error": {"message": message, "type": "x", "code": None}}))
