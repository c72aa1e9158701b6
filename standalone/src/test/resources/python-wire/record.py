"""Writes down what OpenAI's Python client sends: python record.py FOLDER, with the package openai installed.

The client talks to a server in this process that keeps the bytes of each request and gives an answer that is just good
enough to go on. What differs from run to run (host, key, ids in addresses) stands as a {name} in the recording.
"""

import json
import pathlib
import re
import socketserver
import sys
import threading

import openai

KEY = "the-key-of-the-recording"
NAMES = {"file-0": "{file}", "batch_0": "{batch}", "resp_0": "{response}", "the-model": "{model}"}
FILE = {"id": "file-0", "object": "file", "bytes": 2, "created_at": 1, "filename": "a", "purpose": "batch", "status": "processed"}
BATCH = {
    "id": "batch_0", "object": "batch", "endpoint": "/v1/responses", "input_file_id": "file-0",
    "completion_window": "24h", "status": "completed", "created_at": 1, "output_file_id": "file-0",
}
RESPONSE = {
    "id": "resp_0", "object": "response", "created_at": 1, "status": "completed", "output": [], "model": "the-model",
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "metadata": {}, "error": None,
}

recorded = []


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return
                head += line
            length = re.search(rb"(?i)^content-length: *(\d+)", head, re.M)
            body = b""
            if length:
                body = self.rfile.read(int(length.group(1)))
            elif re.search(rb"(?i)^transfer-encoding: *chunked", head, re.M):
                while True:
                    size = self.rfile.readline()
                    chunk = self.rfile.read(int(size, 16) + 2)
                    body += size + chunk
                    if int(size, 16) == 0:
                        break
            recorded.append(head + body)
            self.answer(head.split(b" ", 2)[0], head.split(b" ", 2)[1], body)

    def answer(self, method, path, body):
        kind = "application/json"
        if path.endswith(b"/content"):
            kind, content = "application/octet-stream", b"{}\n"
        elif b"stream=true" in path or b'"stream":true' in body:
            kind = "text/event-stream"
            event = {"type": "response.completed", "sequence_number": 0, "response": RESPONSE}
            content = b"event: response.completed\ndata: " + json.dumps(event).encode() + b"\n\n"
        else:
            if method == b"DELETE":
                whole = {"id": "file-0", "object": "file", "deleted": True}
            elif b"/responses" in path:
                whole = RESPONSE
            elif b"/batches" in path:
                whole = BATCH
            else:
                whole = FILE
            if method == b"GET" and re.search(rb"/(files|batches)(\?|$)", path):
                whole = {"object": "list", "data": [whole], "has_more": False}
            content = json.dumps(whole).encode()
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: " + kind.encode()
            + b"\r\nContent-Length: " + str(len(content)).encode() + b"\r\n\r\n" + content
        )


def line(number):
    body = {"model": "the-model", "input": f"hello {number}", "max_output_tokens": 2, "temperature": 99 if number == 2 else 0}
    return json.dumps({"custom_id": f"request-{number}", "method": "POST", "url": "/v1/responses", "body": body})


def program(client):
    """What is recorded, each call under the name of its file."""
    lines = "\n".join(line(number) for number in range(4)).encode()
    ask = {"model": "the-model", "input": "hello", "max_output_tokens": 6, "temperature": 0}
    yield "files-create", lambda: client.files.create(file=("requests.jsonl", lines), purpose="batch")
    yield "files-create-expires", lambda: client.files.create(
        file=("requests.jsonl", lines),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    yield "files-retrieve", lambda: client.files.retrieve("file-0")
    yield "files-list", lambda: client.files.list(purpose="batch", limit=100)
    yield "batches-create", lambda: client.batches.create(
        input_file_id="file-0", endpoint="/v1/responses", completion_window="24h", metadata={"run": "1"}
    )
    yield "batches-retrieve", lambda: client.batches.retrieve("batch_0")
    yield "batches-list", lambda: client.batches.list(limit=10)
    yield "batches-cancel", lambda: client.batches.cancel("batch_0")
    yield "files-content", lambda: client.files.content("file-0").read()
    yield "files-delete", lambda: client.files.delete("file-0")
    yield "responses-create", lambda: client.responses.create(**ask)
    yield "responses-create-stream", lambda: list(client.responses.create(stream=True, **ask))
    yield "responses-create-background", lambda: client.responses.create(background=True, **ask)
    yield "responses-retrieve", lambda: client.responses.retrieve("resp_0")
    yield "responses-retrieve-stream", lambda: list(
        client.responses.retrieve("resp_0", stream=True, starting_after=3)
    )
    yield "responses-cancel", lambda: client.responses.cancel("resp_0")


def general(request, port):
    text = request.decode()
    text = text.replace(f"127.0.0.1:{port}", "{host}").replace(KEY, "{key}")
    for given, name in NAMES.items():
        text = text.replace(given, name)
    return text.encode()


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0)
        for name, call in program(client):
            recorded.clear()
            call()
            assert len(recorded) == 1, (name, recorded)
            (folder / f"{name}.http").write_bytes(general(recorded[0], port))
        server.shutdown()
    print("openai", openai.__version__, "python", sys.version.split()[0])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
