// OpenAI's package reads the messages that tell of the ends of responses and batches.
// OPENAI_BASE_URL and OPENAI_API_KEY say where; the platform must be allowed to send to 127.0.0.1.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ maxRetries: 0, timeout: 120_000 });
const model = (await client.models.list()).data[0].id;
const TYPES = ["completed", "failed", "cancelled"].flatMap((end) => [`response.${end}`, `batch.${end}`]);

const received = [];
const arrivals = new EventEmitter();
const receiver = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  received.push({ headers: request.headers, body });
  response.writeHead(204).end();
  arrivals.emit("message");
});
let endpoint;

before(async () => {
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const url = `http://127.0.0.1:${receiver.address().port}/`;
  const events = [...TYPES, "response.incomplete"];
  endpoint = await client.post("/webhook-endpoints", { body: { url, events } });
});

after(async () => {
  await client.delete(`/webhook-endpoints/${endpoint.id}`);
  receiver.close();
  receiver.closeAllConnections();
});

/** The message about a response or a batch, as it came; other programs of the tenant have ends too. */
const messageAbout = async (id) => {
  for (;;) {
    const found = received.find(({ body }) => JSON.parse(body).data.id === id);
    if (found) return found;
    await once(arrivals, "message");
  }
};

const unwrapped = async (id, ...types) => {
  const { headers, body } = await messageAbout(id);
  const event = await client.webhooks.unwrap(body, headers, endpoint.secret);
  assert.ok(types.includes(event.type), event.type);
  assert.equal(event.object, "event");
  assert.match(event.id, /^evt_/);
  assert.ok(Number.isInteger(event.created_at));
  assert.equal(event.data.id, id);
  return event;
};

const later = (input, more) =>
  client.responses.create({ model, input, background: true, max_output_tokens: 1, ...more });
const drawing = { tools: [{ type: "image_generation" }] };

test("the ends of responses", async () => {
  await unwrapped((await later("a red apple", drawing)).id, "response.completed");
  await unwrapped((await later("hello")).id, "response.completed", "response.incomplete");
  await unwrapped((await later("hello", { temperature: 99 })).id, "response.failed");
  // one that has ended before it was cancelled stays as it is
  let cancelled;
  do {
    cancelled = await client.responses.cancel((await later("a red apple", drawing)).id);
  } while (cancelled.status === "completed");
  await unwrapped(cancelled.id, "response.cancelled");
});

const batchOf = async (...lines) => {
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join("\n")), "requests.jsonl"),
    purpose: "batch",
  });
  return client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/responses",
    completion_window: "24h",
  });
};

const line = (custom_id) =>
  JSON.stringify({
    custom_id,
    method: "POST",
    url: "/v1/responses",
    body: { model, input: "a red apple", ...drawing },
  });

test("the ends of batches", async () => {
  await unwrapped((await batchOf(line("a"))).id, "batch.completed");
  await unwrapped((await batchOf(line("a"), "{broken")).id, "batch.failed");
  const lines = Array.from({ length: 100 }, (_, index) => line(`request-${index}`));
  const batch = await batchOf(...lines);
  await client.batches.cancel(batch.id);
  await unwrapped(batch.id, "batch.cancelled");
});

test("a message that was changed, or is not of this receiver, is refused", async () => {
  const { headers, body } = await messageAbout((await later("hello")).id);
  const refused = (secret, changed) =>
    assert.rejects(
      client.webhooks.unwrap(changed, headers, secret),
      OpenAI.InvalidWebhookSignatureError,
    );
  await refused(endpoint.secret, `${body} `);
  await refused("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", body);
});
