/** Prompt to picture: partial images appear while the tokens come. */

import { events, payload, pictureUrl, send } from "./api.js";
import { $, compact, curl, number, runner, show } from "./page.js";

export function drawing({ model, onJob }) {
  const run = runner($("draw-stop"), (error) => {
    $("draw-status").textContent = error ? error.message : "Stopped.";
    $("draw-progress").hidden = true;
  });

  const request = () =>
    compact({
      model: model(),
      prompt: $("prompt").value.trim(),
      n: number("draw-count") ?? 1,
      seed: number("draw-seed"),
      temperature: number("draw-temperature"),
    });

  const streamed = () => ({
    ...request(),
    stream: true,
    partial_images: 3,
    stream_options: { include_progress: true },
  });

  const showCurl = () => {
    $("draw-curl").textContent = curl("/v1/images/generations", { body: streamed(), stream: true });
  };
  $("draw-form").addEventListener("input", showCurl);
  $("draw-form").addEventListener("toggle", showCurl, true);
  $("draw-form").addEventListener("submit", (event) => {
    event.preventDefault();
    run((signal) => draw(streamed(), signal));
  });
  $("draw-job").addEventListener("click", () => {
    if ($("draw-form").reportValidity()) {
      onJob({ endpoint: "/v1/images/generations", body: request() });
    }
  });
  return { showCurl };
}

async function draw(body, signal) {
  const stage = new Stage(body.n, body.prompt);
  const response = await send("/v1/images/generations", { body, signal });
  for await (const event of events(response)) {
    if (event.data === "[DONE]") break;
    stage.take(payload(event));
  }
  stage.end();
}

/** The right half of the page while a request runs. */
class Stage {
  constructor(count, prompt) {
    this.started = performance.now();
    this.done = new Map();
    this.total = 0;
    this.finished = 0;
    this.count = count;
    $("draw-status").textContent = "Waiting for the first token…";
    $("draw-progress").hidden = false;
    $("draw-progress").removeAttribute("value");
    this.figures = Array.from({ length: count }, (unused, index) => figure(index, prompt));
    for (const { img } of $("pictures").querySelectorAll("figure")) URL.revokeObjectURL(img?.src);
    $("pictures").replaceChildren(...this.figures.map((each) => each.figure));
  }

  take(event) {
    const target = this.figures[event.image_index ?? 0];
    if (event.type === "image_generation.progress") {
      this.progress(event);
    } else if (event.type === "image_generation.partial_image") {
      target.img.classList.add("partial");
      show(target.img, pictureUrl(event.b64_json, type(event)));
      target.caption.textContent = `partial ${event.partial_image_index + 1}`;
    } else if (event.type === "image_generation.completed") {
      target.img.classList.remove("partial");
      const url = pictureUrl(event.b64_json, type(event));
      show(target.img, url);
      target.caption.replaceChildren(event.size ?? "", saveLink(url, event));
      this.finished += 1;
    }
  }

  progress(event) {
    this.done.set(event.image_index ?? 0, event.tokens_done);
    this.total = event.tokens_total * this.count;
    const sum = [...this.done.values()].reduce((a, b) => a + b, 0);
    $("draw-progress").value = this.total ? sum / this.total : 0;
    $("draw-status").textContent = `${sum} of ${this.total} tokens`;
  }

  end() {
    const seconds = ((performance.now() - this.started) / 1000).toFixed(1);
    $("draw-progress").hidden = true;
    $("draw-status").textContent = this.finished
      ? `Done in ${seconds} s.`
      : "The stream ended without a picture.";
  }
}

const type = (event) => (event.output_format === "jpeg" ? "image/jpeg" : "image/png");

function figure(index, prompt) {
  const element = document.createElement("figure");
  const img = document.createElement("img");
  img.alt = `Picture ${index + 1} of “${prompt}”`;
  img.hidden = true;
  const caption = document.createElement("figcaption");
  element.append(img, caption);
  return { figure: element, img, caption };
}

function saveLink(url, event) {
  const link = document.createElement("a");
  link.href = url;
  link.download = `omnimamba.${event.output_format ?? "png"}`;
  link.textContent = "Save";
  return link;
}
