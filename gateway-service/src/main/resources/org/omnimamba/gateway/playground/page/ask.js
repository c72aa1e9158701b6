/** A picture and a question to a streamed answer. */

import { events, payload, send } from "./api.js";
import { dropField } from "./drop.js";
import { $, compact, curl, number, runner, show } from "./page.js";

const LARGEST = 20 * 1024 * 1024;
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];

export function asking({ model }) {
  let picture = null;
  const run = runner($("ask-stop"), (error) => {
    $("ask-status").textContent = error ? error.message : "Stopped.";
  });

  const request = (url) =>
    compact({
      model: model(),
      messages: [{ role: "user", content: content($("question").value.trim(), url) }],
      max_tokens: number("ask-tokens"),
      temperature: number("ask-temperature"),
      stream: true,
    });

  const showCurl = () => {
    const body = inHeredoc(JSON.stringify(request(picture ? "PICTURE" : null)));
    const type = picture?.type ?? "image/png";
    const inlined = `data:${type};base64,$(base64 < ${shellName(picture)} | tr -d '\\n')`;
    // Not as an argument: those may have 128 KiB at most, and pictures have more.
    $("ask-curl").textContent = curl("/v1/chat/completions", {
      input: body.replace("PICTURE", () => inlined),
      stream: true,
    });
  };

  const take = (file) => {
    if (!file) return;
    if (!TYPES.includes(file.type) || file.size > LARGEST) {
      $("ask-status").textContent = "Please choose a PNG, JPEG, WebP or GIF of at most 20 MB.";
      return;
    }
    picture = file;
    show($("preview"), URL.createObjectURL(file));
    $("preview").alt = `The chosen picture, ${file.name || "pasted"}`;
    $("drop-text").textContent = file.name || "pasted picture";
    $("clear-picture").hidden = false;
    $("ask-status").textContent = "Ready to ask.";
    showCurl();
  };

  dropField($("drop"), $("file"), take);
  $("ask").addEventListener("paste", (event) => take(event.clipboardData.files[0]));
  $("clear-picture").addEventListener("click", () => {
    picture = null;
    $("preview").hidden = true;
    $("clear-picture").hidden = true;
    $("drop-text").textContent = "Drop a picture here, paste one, or choose a file";
    showCurl();
    $("file").focus();
  });

  $("ask-form").addEventListener("input", showCurl);
  $("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    run(async (signal) => ask(request(picture ? await dataUrl(picture) : null), signal));
  });
  return { showCurl };
}

function content(text, url) {
  const question = { type: "text", text };
  return url ? [{ type: "image_url", image_url: { url } }, question] : text;
}

/** A text in a here-document of a POSIX shell that may hold commands of ours. */
const inHeredoc = (text) => text.replace(/[\\$`]/g, "\\$&");

const shellName = (file) => `'${(file?.name || "photo.png").replaceAll("'", "'\\''")}'`;

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

async function ask(body, signal) {
  const answer = $("answer");
  answer.textContent = "";
  $("ask-status").textContent = "Waiting for the first token…";
  const started = performance.now();
  const response = await send("/v1/chat/completions", { body, signal });
  let finish = null;
  for await (const event of events(response)) {
    if (event.data === "[DONE]") break;
    const choice = payload(event).choices?.[0];
    if (choice?.delta?.content) {
      answer.append(choice.delta.content);
      $("ask-status").textContent = "Answering…";
    }
    finish = choice?.finish_reason ?? finish;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  $("ask-status").textContent =
    finish === "length" ? `Done in ${seconds} s; cut at the longest answer.` : `Done in ${seconds} s.`;
}
