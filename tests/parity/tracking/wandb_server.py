"""Answers `wandb sync` as far as an upload needs it, on the loopback, and keeps what was sent."""
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WandbServer:
    def __init__(self):
        self.upsert = {}      # the variables of all UpsertBucket, the last of each
        self.streams = {}     # file name -> {offset: line}
        self.uploads = {}     # file name -> bytes
        self.complete = None  # the last "complete" of the stream
        self.exit_code = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def body(self):
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                return gzip.decompress(content) if self.headers.get("Content-Encoding") == "gzip" else content

            def answer(self, value):
                content = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                self.answer({})

            def do_PUT(self):
                outer.uploads[self.path.removeprefix("/upload/")] = self.body()
                self.answer({})

            def do_POST(self):
                if self.path.endswith("/file_stream"):
                    outer.take_stream(json.loads(self.body()))
                    return self.answer({"exitcode": None, "limits": {}})
                if not self.path.endswith("/graphql"):  # its own telemetry
                    return self.answer({})
                request = json.loads(self.body())
                self.answer(outer.query(request["query"], request.get("variables") or {}))

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def query(self, query, variables):
        if "UpsertBucket" in query:
            self.upsert |= {key: value for key, value in variables.items() if value is not None}
            project = {"id": "p", "name": variables.get("project"), "entity": {"id": "e", "name": "entity"}}
            bucket = {"id": "b", "name": variables.get("name"), "displayName": variables.get("displayName"),
                      "config": "{}", "project": project, "historyLineCount": 0}
            return {"data": {"upsertBucket": {"bucket": bucket, "inserted": True}}}
        if "CreateRunFiles" in query:
            files = [{"name": name, "uploadUrl": f"{self.url}/upload/{name}"} for name in variables["files"]]
            return {"data": {"createRunFiles": {"runID": "b", "uploadHeaders": [], "files": files}}}
        if "ServerFeaturesQuery" in query or "serverInfo" in query:
            return {"data": {"serverInfo": {"features": []}}}
        return {"data": {"viewer": {"id": "v", "entity": "entity", "username": "user", "flags": "{}",
                                    "teams": {"edges": []}}}}

    def take_stream(self, request):
        for name, chunk in (request.get("files") or {}).items():
            lines = self.streams.setdefault(name, {})
            for i, line in enumerate(chunk["content"]):
                lines[chunk["offset"] + i] = line
        if "complete" in request:
            self.complete = request["complete"]
            self.exit_code = request.get("exitcode")

    def history(self):
        lines = self.streams.get("wandb-history.jsonl", {})
        return [json.loads(lines[offset]) for offset in sorted(lines)]

    def summary(self):
        lines = self.streams.get("wandb-summary.json", {})
        return json.loads(lines[max(lines)]) if lines else {}

    def config(self):
        return {key: value["value"] for key, value in json.loads(self.upsert["config"]).items()
                if isinstance(value, dict) and "value" in value}
