/** The list of jobs. The newest unfinished ones are watched live; the others are asked for now and then. */

import { events, json, pictureUrl, send } from "./api.js";
import { $, arrange, curl, hide, say, show } from "./page.js";

/** Browsers open six connections to one host over HTTP/1.1; some must stay free. */
const MOST_WATCHED = 3;
const POLL_MILLIS = 5000;
const ENDED = new Set(["completed", "failed", "cancelled", "expired"]);

export class JobList {
  #rows = new Map();
  #watching = new Map();
  #timer = null;
  #asked = 0;

  constructor() {
    $("jobs-refresh").addEventListener("click", () => this.refresh());
    $("jobs-curl").textContent = [
      curl("/v1/jobs", { body: { endpoint: "/v1/images/generations", body: { prompt: "a red apple, noto style" } } }),
      curl("/v1/jobs?limit=20"),
      curl("/v1/jobs/JOB_ID/events", { stream: true }),
    ].join("\n\n");
  }

  /** Called when the list comes into view. */
  open() {
    this.refresh();
    this.#timer ??= setInterval(() => this.refresh(), POLL_MILLIS);
  }

  /** Called when it goes out of view: nothing is watched that nobody sees. */
  close() {
    clearInterval(this.#timer);
    this.#timer = null;
    for (const watch of this.#watching.values()) watch.abort();
    this.#watching.clear();
  }

  /** Drops what another key could see. */
  forget() {
    this.close();
    this.#rows.clear();
    $("job-list").replaceChildren();
    say($("jobs-status"), "Jobs appear here.");
  }

  /** Submits a job; the idempotency key makes a repeated submission harmless. */
  async submit(job) {
    await send("/v1/jobs", { body: job, headers: { "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) } });
  }

  async refresh() {
    const mine = ++this.#asked;
    try {
      const page = await json("/v1/jobs?limit=20");
      if (this.#timer === null || mine !== this.#asked) return;
      say($("jobs-status"), page.data.length ? `${page.data.length} newest jobs` : "No jobs yet.");
      const rows = page.data.map((job) => this.#row(job));
      arrange($("job-list"), rows.map((row) => row.element));
      this.#watch(page.data);
    } catch (error) {
      if (mine === this.#asked) say($("jobs-status"), error.message);
    }
  }

  #row(job) {
    const row = this.#rows.get(job.id) ?? new Row(job, () => this.refresh());
    this.#rows.set(job.id, row);
    row.update(job);
    return row;
  }

  #watch(jobs) {
    const wanted = jobs.filter((job) => !ENDED.has(job.status)).slice(0, MOST_WATCHED);
    for (const job of wanted) {
      if (this.#watching.has(job.id)) continue;
      const abort = new AbortController();
      this.#watching.set(job.id, abort);
      this.#follow(job.id, abort).finally(() => this.#watching.delete(job.id));
    }
  }

  async #follow(id, abort) {
    try {
      const response = await send(`/v1/jobs/${id}/events`, {
        signal: abort.signal,
        headers: { Accept: "text/event-stream" },
      });
      if (response.status === 204) return;
      for await (const event of events(response)) {
        this.#rows.get(id)?.event(event.event, JSON.parse(event.data));
        if (event.event === "finished") break;
      }
      await this.refresh();
    } catch {
      // The next refresh shows where the job is, and watches it again if it goes on.
    }
  }
}

/** One job in the list. */
class Row {
  constructor(job, changed) {
    this.id = job.id;
    this.element = $("job-row").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.element.querySelector(`.${name}`);
    this.hasResult = false;
    this.draws = job.endpoint === "/v1/images/generations";
    const kind = this.draws ? "Picture" : "Chat";
    this.asked = job.summary ?? kind;
    this.part("job-title").textContent = this.asked;
    this.part("job-when").textContent = [
      ...(job.summary ? [kind] : []),
      new Date(job.created_at).toLocaleString(),
      job.id.slice(-8),
    ].join(" · ");
    this.part("job-cancel").setAttribute("aria-label", `Cancel “${this.asked}”`);
    this.part("job-cancel").addEventListener("click", async () => {
      await send(`/v1/jobs/${this.id}/cancel`, { method: "POST" }).catch((error) => this.text(error.message));
      changed();
    });
  }

  update(job) {
    const ended = ENDED.has(job.status);
    const badge = this.part("badge");
    say(badge, job.status.replaceAll("_", " "));
    badge.className = `badge ${job.status}`;
    hide(this.part("job-cancel"), ended || job.status === "cancelling", this.element);
    this.progress(ended ? null : job.progress);
    if (job.error) this.text(job.error.message);
    if (job.status === "completed" && !this.hasResult) this.result(job);
  }

  event(name, data) {
    if (name === "progress") this.progress(data);
    if (name === "partial_image" && data.b64_json) {
      show(this.part("job-picture"), pictureUrl(data.b64_json));
      this.part("job-picture").alt = `“${this.asked}” so far`;
    }
    if (name === "started") this.part("badge").textContent = "in progress";
  }

  progress(progress) {
    const bar = this.part("job-progress");
    bar.hidden = !progress?.tokens_total;
    if (!bar.hidden) bar.value = progress.tokens_done / progress.tokens_total;
  }

  text(text) {
    say(this.part("job-text"), text);
    this.part("job-text").hidden = !text;
  }

  async result(job) {
    this.hasResult = true;
    try {
      const response = await send(`/v1/jobs/${this.id}/content`);
      if (this.draws) {
        show(this.part("job-picture"), URL.createObjectURL(await response.blob()));
        this.part("job-picture").alt = `“${this.asked}”`;
      } else {
        this.text((await response.json()).choices?.[0]?.message?.content ?? "");
      }
    } catch (error) {
      this.text(error.message);
    }
  }
}
