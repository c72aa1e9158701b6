/** The list of batches: asked for often while one of them runs, now and then otherwise. */

import { json, send } from "./api.js";
import { $, arrange, hide, say } from "./page.js";

const RUNNING_MILLIS = 1500;
const QUIET_MILLIS = 10000;
const PAGE = 10;
const MOST = 100;
const ENDED = new Set(["completed", "failed", "cancelled", "expired"]);

export class BatchList {
  #rows = new Map();
  #names = new FileNames();
  #timer = null;
  #asked = 0;
  #limit = PAGE;
  #open = false;
  #onEnd;

  /** `onEnd` is given a sentence when a batch ends before the viewer's eyes. */
  constructor({ onEnd }) {
    this.#onEnd = onEnd;
    $("batches-refresh").addEventListener("click", () => this.refresh());
    $("batches-older").addEventListener("click", () => {
      this.#limit = Math.min(MOST, this.#limit + PAGE);
      this.refresh();
    });
  }

  /** Called when the list comes into view. */
  open() {
    this.#open = true;
    this.refresh();
  }

  /** Called when it goes out of view: nothing is asked for that nobody sees. */
  close() {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** Drops what another key could see. */
  forget() {
    this.close();
    this.#asked++;
    this.#limit = PAGE;
    this.#rows.clear();
    this.#names = new FileNames();
    $("batch-list").replaceChildren();
    $("batches-older").hidden = true;
    say($("batches-status"), "Batches appear here.");
  }

  /** Shows a batch that was just made of a file. */
  async started(file) {
    this.#names.put(file);
    await this.refresh();
  }

  async refresh() {
    clearTimeout(this.#timer);
    const mine = ++this.#asked;
    let running = false;
    try {
      const page = await json(`/v1/batches?limit=${this.#limit}`);
      const names = await this.#names.of(page.data.map((batch) => batch.input_file_id));
      if (mine !== this.#asked) return;
      running = page.data.some((batch) => !ENDED.has(batch.status));
      this.#show(page, names);
    } catch (error) {
      if (mine === this.#asked) say($("batches-status"), error.message);
    }
    if (this.#open && mine === this.#asked) {
      this.#timer = setTimeout(() => this.refresh(), running ? RUNNING_MILLIS : QUIET_MILLIS);
    }
  }

  #show(page, names) {
    const shown = page.data.length;
    say($("batches-status"), shown ? `${shown} batch${shown > 1 ? "es" : ""}, newest first` : "No batches yet.");
    hide($("batches-older"), !page.has_more || this.#limit >= MOST, $("batches-refresh"));
    arrange($("batch-list"), page.data.map((batch, index) => this.#row(batch, names[index]).element));
  }

  #row(batch, name) {
    const row = this.#rows.get(batch.id) ?? new Row(batch, () => this.refresh());
    this.#rows.set(batch.id, row);
    if (row.update(batch, name)) this.#onEnd(`${row.name}: ${words(batch.status)}. ${counted(batch)}`);
    return row;
  }
}

/** The names of input files; none for one that is gone. */
class FileNames {
  #known = new Map();

  put(file) {
    this.#known.set(file.id, file.filename);
  }

  async of(ids) {
    if (ids.some((id) => !this.#known.has(id))) {
      try {
        for (const file of (await json("/v1/files?purpose=batch&limit=1000")).data) this.put(file);
        for (const id of ids) if (!this.#known.has(id)) this.#known.set(id, null);
      } catch {
        // The list does without names, and asks again.
      }
    }
    return ids.map((id) => this.#known.get(id));
  }
}

const words = (status) => status.replaceAll("_", " ");

function counted({ status, request_counts: { total, completed, failed }, usage }) {
  if (status === "validating") return "Checking the lines.";
  if (status === "failed" && !total) return "Nothing was run.";
  const parts = [`${(completed + failed).toLocaleString()} of ${total.toLocaleString()} done`];
  if (failed) parts.push(`${failed.toLocaleString()} failed`);
  if (usage) {
    parts.push(`${usage.input_tokens.toLocaleString()} tokens in`, `${usage.output_tokens.toLocaleString()} out`);
  }
  return `${parts.join(", ")}.`;
}

/** One batch in the list. */
class Row {
  constructor(batch, changed) {
    this.element = $("batch-row").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.element.querySelector(`.${name}`);
    this.status = null;
    const cancel = this.part("batch-cancel");
    cancel.addEventListener("click", async () => {
      await this.#try(() => send(`/v1/batches/${batch.id}/cancel`, { method: "POST" }));
      changed();
    });
    for (const kind of ["output", "error"]) {
      const button = this.part(`batch-${kind}`);
      button.addEventListener("click", () => this.#try(() => download(button.dataset.file, this.#saved(kind))));
    }
  }

  /** Whether the batch has ended since it was last shown. */
  update(batch, name) {
    const short = batch.id.slice(-8);
    this.name = name ?? `Batch ${short}`;
    say(this.part("job-title"), this.name);
    say(this.part("job-when"), `${new Date(batch.created_at * 1000).toLocaleString()} · ${batch.endpoint} · ${short}`);
    say(this.part("badge"), words(batch.status));
    this.part("badge").className = `badge ${batch.status}`;
    say(this.part("batch-counts"), counted(batch));
    this.#controls(batch);
    this.#errors(batch.errors?.data ?? []);
    const ended = ENDED.has(batch.status);
    const now = ended && this.status !== null && !ENDED.has(this.status);
    this.status = batch.status;
    return now;
  }

  #controls(batch) {
    const { total, completed, failed } = batch.request_counts;
    const bar = this.part("job-progress");
    bar.hidden = ENDED.has(batch.status) || !total;
    if (!bar.hidden) bar.value = (completed + failed) / total;
    const cancel = this.part("batch-cancel");
    hide(cancel, !["validating", "in_progress"].includes(batch.status), this.element);
    cancel.setAttribute("aria-label", `Cancel ${this.name}`);
    for (const kind of ["output", "error"]) {
      const file = batch[`${kind}_file_id`];
      const button = this.part(`batch-${kind}`);
      button.hidden = !file;
      button.dataset.file = file ?? "";
      button.setAttribute("aria-label", `${button.textContent} of ${this.name}`);
    }
  }

  /** What was wrong with which line; the server names the first hundred. */
  #errors(errors) {
    const list = this.part("line-errors");
    if (list.children.length === errors.length) return;
    this.part("batch-refusal").hidden = false;
    list.replaceChildren(
      ...errors.map(({ line, message }) => {
        const item = document.createElement("li");
        item.textContent = line == null ? message : `Line ${line}: ${message}`;
        return item;
      }),
    );
  }

  #saved(kind) {
    return `${this.name.replace(/\.\w+$/, "")}-${kind === "output" ? "answers" : "errors"}.jsonl`;
  }

  async #try(task) {
    const note = this.part("batch-note");
    try {
      await task();
      note.hidden = true;
    } catch (error) {
      say(note, error.message);
      note.hidden = false;
    }
  }
}

/** A link could not send the key, so the file is fetched and then saved. */
async function download(file, name) {
  const response = await send(`/v1/files/${file}/content`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
