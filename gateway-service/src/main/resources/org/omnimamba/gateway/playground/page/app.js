/** Puts the page together: the key, the tabs, and the three things to do. */

import { json, key } from "./api.js";
import { asking } from "./ask.js";
import { drawing } from "./draw.js";
import { JobList } from "./jobs.js";
import { $, notice } from "./page.js";

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

const tabs = [...document.querySelectorAll('[role="tab"]')];

function select(chosen, focus = true) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !on;
  }
  if (focus) chosen.focus();
  if (chosen.id === "tab-jobs" && key.get()) jobs.open();
  else jobs.close();
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
  draw.showCurl();
  ask.showCurl();
}

$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key.set($("key").value.trim());
  useKey();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) jobs.close();
  else if (!$("jobs").hidden && key.get()) jobs.open();
});

$("key").value = key.get();
draw.showCurl();
ask.showCurl();
if (key.get()) useKey();
