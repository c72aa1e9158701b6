/** A JSONL file to a batch: chosen, sent, started. */

import { json, send, upload } from "./api.js";
import { dropField } from "./drop.js";
import { $, curl, runner, say } from "./page.js";

const EMPTY = "Drop a JSONL file here, or choose one";
const FIRST_LOOK = 64 * 1024;
const LONGEST_LINE = 16 * 1024 * 1024;

/** `started` is given the stored file when its batch runs. */
export function batching({ model, started }) {
  let chosen = null;
  let looked = 0;
  const tell = (text) => say($("batch-status"), text);
  const run = runner($("batch-stop"), (error) => {
    tell(error ? error.message : "Stopped.");
    $("batch-progress").hidden = true;
    ready();
  });

  const ready = () => {
    $("batch-start").disabled = chosen === null;
    $("batch-drop-text").textContent = chosen?.file.name ?? EMPTY;
    showCurl();
  };

  const take = async (file) => {
    if (!file) return;
    const mine = ++looked;
    const endpoint = await endpointOf(file).catch(() => null);
    if (mine !== looked) return;
    chosen = endpoint && { file, endpoint };
    ready();
    tell(
      endpoint
        ? `${file.name}: ${size(file.size)} for ${endpoint}. Ready to run.`
        : `${file.name} does not begin with a request: each line must be a JSON object with a “url”.`,
    );
  };

  const showCurl = () => {
    const file = chosen?.file.name ?? "requests.jsonl";
    const endpoint = chosen?.endpoint ?? "/v1/images/generations";
    $("batch-curl").textContent = [
      curl("/v1/files", { form: { purpose: "batch" }, file }),
      curl("/v1/batches", { body: { input_file_id: "FILE_ID", ...terms(endpoint) } }),
      curl("/v1/batches/BATCH_ID"),
      curl("/v1/files/OUTPUT_FILE_ID/content"),
    ].join("\n\n");
  };

  dropField($("batch-drop"), $("batch-file"), take);
  $("batch-example").addEventListener("click", () => take(example(model())));
  $("batch-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosen) return;
    const { file, endpoint } = chosen;
    run(async (signal) => {
      if (document.activeElement === $("batch-start")) $("batch-stop").focus();
      $("batch-start").disabled = true;
      const stored = await store(file, signal, tell);
      await start(stored, endpoint);
      chosen = null;
      ready();
      tell(`${file.name} runs.`);
      if (document.activeElement === $("batch-stop")) $("batch-file").focus();
      await started(stored);
    });
  });
  return { showCurl, tell };
}

const terms = (endpoint) => ({ endpoint, completion_window: "24h" });

/**
 * The address in the file's first readable request, or null. A line may be long, since it may hold a
 * picture; the rest of the file is left to the server, which names every bad line.
 */
async function endpointOf(file) {
  for (let bytes = FIRST_LOOK; ; bytes *= 16) {
    const lines = (await file.slice(0, bytes).text()).split("\n");
    if (bytes < file.size) lines.pop();
    const url = lines.map(urlOf).find((each) => each);
    if (url || bytes >= Math.min(file.size, LONGEST_LINE)) return url ?? null;
  }
}

function urlOf(line) {
  try {
    const { url } = JSON.parse(line);
    return typeof url === "string" ? url : null;
  } catch {
    return null;
  }
}

async function store(file, signal, tell) {
  const bar = $("batch-progress");
  bar.hidden = false;
  bar.value = 0;
  tell(`Sending ${file.name}…`);
  const form = new FormData();
  form.append("purpose", "batch");
  form.append("file", file);
  const stored = await upload("/v1/files", form, { signal, onProgress: (part) => (bar.value = part) });
  bar.hidden = true;
  return stored;
}

/** A file whose batch is refused is of no use. */
async function start(stored, endpoint) {
  try {
    await json("/v1/batches", { body: { input_file_id: stored.id, ...terms(endpoint) } });
  } catch (error) {
    await send(`/v1/files/${stored.id}`, { method: "DELETE" }).catch(() => {});
    throw error;
  }
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function example(model) {
  const prompts = ["a red apple", "a green tree", "a smiling face", "a blue whale"];
  const lines = prompts.map((prompt, index) =>
    JSON.stringify({
      custom_id: `picture-${index + 1}`,
      method: "POST",
      url: "/v1/images/generations",
      body: { model, prompt: `${prompt}, noto style`, seed: index },
    }),
  );
  return new File([lines.join("\n") + "\n"], "example.jsonl");
}
