// What people do with OpenAI's package, against this platform: only the base URL and the key differ.
// OPENAI_BASE_URL and OPENAI_API_KEY say where. The model may be an untrained one, so nothing is asserted about meaning.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

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
  assert.equal(tokens.length, answer.usage.completion_tokens);
  assert.ok(tokens.every((token) => token.logprob <= 0 && token.top_logprobs.length <= 2));
});

test("pictures, as many as asked for and each its own", async () => {
  const answer = await client.images.generate({ model, prompt: "a red apple", n: 2, seed: 3 });
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data.every((picture) => isPng(picture.b64_json)));
  assert.notEqual(answer.data[0].b64_json, answer.data[1].b64_json);
  assert.ok(answer.usage.output_tokens > 0);
});

test("a picture streamed", async () => {
  const stream = await client.images.generate({
    model,
    prompt: "a red apple",
    stream: true,
    partial_images: 2,
  });
  const seen = [];
  for await (const event of stream) {
    seen.push(event.type);
    assert.ok(isPng(event.b64_json));
  }
  assert.equal(seen.at(-1), "image_generation.completed");
  assert.equal(seen.filter((type) => type === "image_generation.partial_image").length, 2);
});

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
