/** Puts the page together: the key, the tabs, and the things to do. */

import { json, key } from "./api.js";
import { asking } from "./ask.js";
import { batching } from "./batch-form.js";
import { BatchList } from "./batches.js";
import { drawing } from "./draw.js";
import { JobList } from "./jobs.js";
import { $, notice } from "./page.js";
import { attendUsage, forgetUsage } from "./usage.js";

let model;
const jobs = new JobList();
const draw = drawing({
  model: () => model,
  onJob: async (job) => {
    try {
      await jobs.submit(job);
      select($("tab-jobs"));
    } catch (error) {
      notice(error.message);
    }
  },
});
const ask = asking({ model: () => model });
const batches = new BatchList({ onEnd: (text) => batch.tell(text) });
const batch = batching({ model: () => model, started: (file) => batches.started(file) });
const forms = [draw, ask, batch];
const showCurls = () => forms.forEach((form) => form.showCurl());

const tabs = [...document.querySelectorAll('[role="tab"]')];

function select(chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !on;
  }
  chosen.focus();
  attend();
}

const lists = { jobs, batches };

/** Keeps the list that is seen up to date, and no other. */
function attend() {
  for (const [panel, list] of Object.entries(lists)) {
    if (!$(panel).hidden && !document.hidden && key.get()) list.open();
    else list.close();
  }
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(tabs.at(to % tabs.length));
  });
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText($(button.dataset.copies).textContent);
      button.textContent = "Copied";
    } catch {
      // Without a secure context there is no clipboard; selecting the text is the next best thing.
      getSelection().selectAllChildren($(button.dataset.copies));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

async function useKey() {
  try {
    const models = await json("/v1/models");
    model = models.data?.[0]?.id;
    $("model").textContent = model ?? "no model";
    notice(null);
  } catch (error) {
    $("model").textContent = "not connected";
    notice(error.status === 401 ? "This key is not valid." : error.message);
  }
  showCurls();
  attend();
  attendUsage();
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key.set($("key").value.trim());
  for (const list of Object.values(lists)) list.forget();
  forgetUsage();
  useKey();
});

document.addEventListener("visibilitychange", () => {
  attend();
  attendUsage();
});

$("key").value = key.get();
showCurls();
if (key.get()) useKey();
