/** What the key's tenant used today, in one quiet line; nothing where the server does not tell. */

import { json, key } from "./api.js";
import { $, say } from "./page.js";

const POLL_MILLIS = 20_000;
const UNTOLD = new Set([401, 403, 404, 501]);

let timer = null;
let asked = 0;
let silent = null;

/** Shows it, and goes on while the page is seen. */
export async function attendUsage() {
  clearTimeout(timer);
  const mine = ++asked;
  if (document.hidden || !key.get() || silent === key.get()) return;
  try {
    const used = await json("/v1/usage");
    if (mine !== asked) return;
    silent = null;
    say($("usage"), sentence(used));
    $("usage").hidden = false;
  } catch (error) {
    if (mine !== asked) return;
    if (UNTOLD.has(error.status)) {
      silent = key.get();
      $("usage").hidden = true;
      return;
    }
  }
  timer = setTimeout(attendUsage, POLL_MILLIS);
}

/** Another key may be another tenant's: what the last one saw is gone at once. */
export function forgetUsage() {
  asked++;
  $("usage").hidden = true;
  say($("usage"), "");
}

function sentence({ requests, pictures, input_tokens, cached_tokens, output_tokens }) {
  const cached = cached_tokens ? ` (${cached_tokens.toLocaleString()} cached)` : "";
  return (
    `Today: ${many(requests, "request")}, ${many(pictures, "picture")}, ` +
    `${input_tokens.toLocaleString()} tokens in${cached}, ${output_tokens.toLocaleString()} out`
  );
}

const many = (count, noun) => `${count.toLocaleString()} ${noun}${count === 1 ? "" : "s"}`;
