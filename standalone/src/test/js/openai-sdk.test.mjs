// What people do with OpenAI's package, against this platform: only the base URL and the key differ.
// OPENAI_BASE_URL and OPENAI_API_KEY say where; LIMITED_API_KEY is of a tenant with few requests a minute. The model may be an untrained one, so nothing is asserted about meaning.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ maxRetries: 0, timeout: 120_000 });
const model = (await client.models.list()).data[0].id;

const PIXELS =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4IaeBFTEMLQkAiE5DgcTIHLQAAAAASUVORK5CYII=";
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

const isPng = (base64) => Buffer.from(base64, "base64").subarray(0, 4).equals(PNG);
const say = (content, more = {}) => ({
  model,
  messages: [{ role: "user", content }],
  max_completion_tokens: 6,
  temperature: 0,
  ...more,
});

test("models", async () => {
  const found = await client.models.retrieve(model);
  assert.equal(found.id, model);
  assert.equal(found.object, "model");
});

test("chat", async () => {
  const { data, response } = await client.chat.completions.create(say("hello")).withResponse();
  assert.equal(data.object, "chat.completion");
  assert.equal(data.choices[0].message.role, "assistant");
  assert.equal(typeof data.choices[0].message.content, "string");
  assert.ok(["stop", "length"].includes(data.choices[0].finish_reason));
  assert.ok(data.usage.completion_tokens >= 1 && data.usage.completion_tokens <= 6);
  assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
  assert.ok(data._request_id);
  assert.ok(response.headers.get("x-ratelimit-remaining-requests"));
  assert.ok(Number(response.headers.get("openai-processing-ms")) >= 0);
});

test("the same seed gives the same answer, n gives several", async () => {
  const ask = () =>
    client.chat.completions.create(say("hello", { temperature: 1, top_p: 0.9, seed: 7, n: 2 }));
  const [one, two] = [await ask(), await ask()];
  const texts = (answer) => answer.choices.map((choice) => choice.message.content);
  assert.deepEqual(texts(one), texts(two));
  assert.equal(one.choices.length, 2);
});

test("chat streamed says what chat says", async () => {
  const whole = await client.chat.completions.create(say("hello"));
  const stream = await client.chat.completions.create(
    say("hello", { stream: true, stream_options: { include_usage: true } }),
  );
  let text = "";
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(usage.completion_tokens, whole.usage.completion_tokens);
});

test("stop, max_tokens and several choices", async () => {
  const text = (await client.chat.completions.create(say("hello"))).choices[0].message.content;
  const end = text.slice(Math.floor(text.length / 2));
  const stopped = await client.chat.completions.create(say("hello", { stop: [end] }));
  assert.equal(stopped.choices[0].message.content, text.slice(0, text.indexOf(end)));
  assert.equal(stopped.choices[0].finish_reason, "stop");
  const bounded = await client.chat.completions.create(
    say("hello", { max_completion_tokens: undefined, max_tokens: 2 }),
  );
  assert.ok(bounded.usage.completion_tokens <= 2);
  const several = await client.chat.completions.create(say("hello", { temperature: 1, n: 4 }));
  assert.deepEqual(several.choices.map((choice) => choice.index), [0, 1, 2, 3]);
});

test("a limit is waited for", async () => {
  const limited = { apiKey: process.env.LIMITED_API_KEY };
  const hasty = new OpenAI({ ...limited, maxRetries: 0 });
  let refusal = null;
  while (!refusal) {
    await hasty.models.list().catch((error) => (refusal = error));
  }
  assert.ok(refusal instanceof OpenAI.RateLimitError);
  assert.ok(Number(refusal.headers.get("retry-after")) >= 1);
  // One retry only: it is granted because it comes after the time that the refusal named.
  const patient = new OpenAI({ ...limited, maxRetries: 1 });
  assert.equal((await patient.models.list()).data[0].id, model);
});

test("a picture is asked about", async () => {
  const answer = await client.chat.completions.create(
    say([
      { type: "image_url", image_url: { url: `data:image/png;base64,${PIXELS}` } },
      { type: "text", text: "what is it?" },
    ]),
  );
  assert.equal(typeof answer.choices[0].message.content, "string");
});

test("logprobs", async () => {
  const answer = await client.chat.completions.create(say("hello", { logprobs: true, top_logprobs: 2 }));
  const tokens = answer.choices[0].logprobs.content;
  // the token that ends the answer is counted, and has no place in logprobs
  const ended = answer.choices[0].finish_reason === "stop" ? 1 : 0;
  assert.equal(tokens.length + ended, answer.usage.completion_tokens);
  assert.ok(tokens.every((token) => token.logprob <= 0 && token.top_logprobs.length <= 2));
});

test("pictures, as many as asked for and each its own", async () => {
  const answer = await client.images.generate({ model, prompt: "a red apple", n: 3, seed: 3 });
  assert.equal(answer.data.length, 3);
  assert.ok(answer.data.every((picture) => isPng(picture.b64_json)));
  assert.equal(new Set(answer.data.map((picture) => picture.b64_json)).size, 3);
  assert.ok(answer.usage.output_tokens > 0);
});

test("a picture as JPEG, and one behind an address", async () => {
  const jpeg = await client.images.generate({ model, prompt: "a red apple", output_format: "jpeg" });
  const bytes = Buffer.from(jpeg.data[0].b64_json, "base64");
  assert.ok(bytes.subarray(0, 2).equals(Buffer.from([0xff, 0xd8])));
  const kept = await client.images.generate({ model, prompt: "a red apple", response_format: "url" });
  assert.equal(kept.data[0].b64_json, undefined);
  const fetched = await fetch(kept.data[0].url);
  assert.equal(fetched.status, 200);
  assert.ok(Buffer.from(await fetched.arrayBuffer()).subarray(0, 4).equals(PNG));
});

for (const partial of [0, 2, 3]) {
  test(`a picture streamed with ${partial} partial ones`, async () => {
    const stream = await client.images.generate({
      model,
      prompt: "a red apple",
      stream: true,
      partial_images: partial,
    });
    const seen = [];
    for await (const event of stream) {
      seen.push(event.type);
      assert.ok(isPng(event.b64_json));
    }
    assert.equal(seen.at(-1), "image_generation.completed");
    assert.equal(seen.filter((type) => type === "image_generation.partial_image").length, partial);
  });
}

test("errors are OpenAI's", async () => {
  await assert.rejects(client.chat.completions.create(say("x", { model: "gpt-nobody" })), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(client.chat.completions.create(say("x", { temperature: 99 })), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.type, "invalid_request_error");
    assert.equal(error.param, "temperature");
    return true;
  });
  await assert.rejects(
    client.chat.completions.create(say("x", { tools: [{ type: "function", function: { name: "f" } }] })),
    (error) => error instanceof OpenAI.BadRequestError && error.param === "tools",
  );
  const stranger = new OpenAI({ apiKey: "om_nobody", maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});

test("a stream that is given up ends at once", async () => {
  const stream = await client.chat.completions.create(say("hello", { stream: true, max_completion_tokens: 200 }));
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    break;
  }
  assert.ok(stream.controller.signal.aborted);
});

const respond = (input, more = {}) => ({
  model,
  input,
  max_output_tokens: 6,
  temperature: 0,
  ...more,
});

const settled = async (id) => {
  for (;;) {
    const response = await client.responses.retrieve(id);
    if (!["queued", "in_progress"].includes(response.status)) return response;
    await new Promise((later) => setTimeout(later, 50));
  }
};

test("a response, streamed and gone on from", async () => {
  const whole = await client.responses.create(respond("hello"));
  assert.equal(whole.object, "response");
  assert.equal(typeof whole.output_text, "string");
  assert.ok(["completed", "incomplete"].includes(whole.status));
  const stream = client.responses.stream(respond("hello"));
  let text = "";
  stream.on("response.output_text.delta", (event) => (text += event.delta));
  const final = await stream.finalResponse();
  assert.equal(text, whole.output_text);
  assert.equal(final.output_text, whole.output_text);
  const next = await client.responses.create(
    respond("and then?", { previous_response_id: whole.id }),
  );
  assert.equal(next.previous_response_id, whole.id);
  await client.responses.delete(whole.id);
  await assert.rejects(client.responses.retrieve(whole.id), OpenAI.NotFoundError);
});

test("a response that draws", async () => {
  const drawn = await client.responses.create(
    respond("a red apple", { tools: [{ type: "image_generation" }] }),
  );
  const call = drawn.output.find((item) => item.type === "image_generation_call");
  assert.ok(isPng(call.result));
});

test("a background response, polled and streamed again from the middle", async () => {
  const queued = await client.responses.create(respond("hello", { background: true }));
  const ended = await settled(queued.id);
  assert.equal(typeof ended.output_text, "string");
  const numbers = [];
  const again = client.responses.stream({ response_id: queued.id, starting_after: 3 });
  for await (const event of again) numbers.push(event.sequence_number);
  assert.deepEqual(numbers, numbers.map((_, index) => index + 4));
  assert.equal((await client.responses.cancel(queued.id)).status, ended.status);
});

test("what no response can do", async () => {
  await assert.rejects(
    client.responses.create(respond("hello", { tools: [{ type: "web_search" }] })),
    (refusal) => refusal instanceof OpenAI.BadRequestError && refusal.param === "tools[0].type",
  );
});

const upload = async (requests) =>
  client.files.create({
    file: await toFile(Buffer.from(requests.join("\n")), "requests.jsonl"),
    purpose: "batch",
  });

const batchOf = async (file, endpoint) => {
  let batch = await client.batches.create({
    input_file_id: file.id,
    endpoint,
    completion_window: "24h",
    metadata: { run: "1" },
  });
  while (["validating", "in_progress", "finalizing"].includes(batch.status)) {
    await new Promise((later) => setTimeout(later, 250));
    batch = await client.batches.retrieve(batch.id);
  }
  return batch;
};

const joined = async (batch) => {
  const answered = new Map();
  for (const file of [batch.output_file_id, batch.error_file_id]) {
    const text = await (await client.files.content(file)).text();
    for (const line of text.trimEnd().split("\n")) {
      const { custom_id, response } = JSON.parse(line);
      assert.ok(!answered.has(custom_id));
      answered.set(custom_id, response);
    }
  }
  return answered;
};

test("a batch of chats, one of them bad", async () => {
  const requests = [0, 99, 0].map((temperature, index) =>
    JSON.stringify({
      custom_id: `request-${index}`,
      method: "POST",
      url: "/v1/chat/completions",
      body: say("hello", { max_completion_tokens: 2, temperature }),
    }),
  );
  const batch = await batchOf(await upload(requests), "/v1/chat/completions");
  assert.deepEqual(batch.request_counts, { total: 3, completed: 2, failed: 1 });
  const answered = await joined(batch);
  assert.equal(answered.get("request-0").body.choices.length, 1);
  assert.equal(answered.get("request-1").body.error.param, "temperature");
});

test("a batch of 200 mixed requests, 5 of them bad, joined by custom_id", async () => {
  const asked = new Map();
  for (let i = 0; i < 200; i++) {
    const bad = i % 40 === 7;
    const draws = i % 40 === 11;
    const tools = draws ? [{ type: "image_generation" }] : [];
    const body = respond(`hello ${i}`, { max_output_tokens: 2, temperature: bad ? 99 : 0, tools });
    asked.set(`request-${i}`, { bad, draws, body });
  }
  const requests = [...asked].map(([custom_id, { body }]) =>
    JSON.stringify({ custom_id, method: "POST", url: "/v1/responses", body }),
  );
  const input = await upload(requests);
  assert.equal(input.status, "processed");
  assert.equal(await (await client.files.content(input.id)).text(), requests.join("\n"));
  const batch = await batchOf(input, "/v1/responses");
  assert.equal(batch.status, "completed");
  assert.deepEqual(batch.request_counts, { total: 200, completed: 195, failed: 5 });
  const answered = await joined(batch);
  assert.equal(answered.size, 200);
  for (const [custom_id, { bad, draws }] of asked) {
    const { status_code, body } = answered.get(custom_id);
    assert.equal(status_code, bad ? 400 : 200);
    if (bad) assert.equal(body.error.param, "temperature");
    else if (draws) assert.ok(isPng(body.output[0].result));
    else assert.equal(typeof body.output[0].content[0].text, "string");
  }
  await client.files.delete(input.id);
});
