/** Talks to the API: the key, JSON requests, and server-sent events read with fetch. */

const STORED = "omnimamba.key";

export const key = {
  get: () => sessionStorage.getItem(STORED) ?? "",
  set: (value) => sessionStorage.setItem(STORED, value),
};

/** An answer that says no; its message is meant to be shown. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Sends a request; fails with an ApiError if the answer is one. */
export async function send(path, { body, signal, headers = {}, method } = {}) {
  const response = await fetch(path, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      Authorization: `Bearer ${key.get()}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
    cache: "no-store",
  });
  if (!response.ok) {
    throw refusal(response.status, await response.text(), response.headers.get("retry-after"));
  }
  return response;
}

export const json = async (path, options) => (await send(path, options)).json();

/** Sends a form and gives the JSON of the answer; fetch could not tell how much of it is sent. */
export function upload(path, form, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Authorization", `Bearer ${key.get()}`);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      if (status < 300) resolve(JSON.parse(responseText));
      else reject(refusal(status, responseText, request.getResponseHeader("retry-after")));
    });
    request.addEventListener("error", () => reject(new ApiError(0, "The file could not be sent.")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function refusal(status, text, wait) {
  let message = `The server answered ${status}.`;
  try {
    const body = JSON.parse(text);
    message = body.error?.message ?? body.detail ?? message;
  } catch {
    // Not JSON: the status has to do.
  }
  return new ApiError(status, wait ? `${message} (try again in ${wait} s)` : message);
}

/** The events of a streamed answer, each { event, data, id } with data as text. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parse(block) {
  const fields = { event: "message", data: [], id: undefined };
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon === 0 || line === "") continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") fields.data.push(value);
    else if (name === "event" || name === "id") fields[name] = value;
  }
  return fields.data.length === 0 ? null : { ...fields, data: fields.data.join("\n") };
}

/** The JSON of an event; an error event becomes an ApiError. */
export function payload(event) {
  const data = JSON.parse(event.data);
  if (event.event === "error" || data.error) {
    throw new ApiError(0, data.error?.message ?? "The stream broke off.");
  }
  return data;
}

/** A picture that came as base64, as an address for an img; give it to URL.revokeObjectURL later. */
export function pictureUrl(base64, type = "image/png") {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}
