/** Small helpers of the page. */

export const $ = (id) => document.getElementById(id);

/** Says something at the top; with nothing to say the line goes away. */
export function notice(text, good = false) {
  const line = $("notice");
  line.textContent = text ?? "";
  line.hidden = !text;
  line.classList.toggle("good", good);
}

/** A number field's value, or undefined if it is empty. */
export function number(id) {
  const value = $(id).value.trim();
  return value === "" ? undefined : Number(value);
}

/** The object without its undefined fields. */
export const compact = (fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Puts another picture into an img and lets go of the one before. */
export function show(img, url) {
  const before = img.src;
  img.src = url;
  img.hidden = false;
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}

/** Sets a text; one that is there already stays, so that screen readers do not read it again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Hides or shows a control. Hidden with the focus on it, it hands that on: the keyboard is not lost. */
export function hide(control, hidden, next) {
  if (hidden && control === document.activeElement) next.focus();
  control.hidden = hidden;
}

/** Makes these the list's elements; those that stay are not moved, since that would take their focus. */
export function arrange(list, elements) {
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [index, element] of elements.entries()) {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  }
}

/** A text in single quotes for a POSIX shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A curl command; the key comes from the environment, so that it is never copied along. `input` is
 * the body as the text of a here-document, where there is too much of it for an argument. `form` has
 * the fields of a form, `file` the name of its file.
 */
export function curl(path, { body, input, stream, form, file } = {}) {
  const data = input !== undefined ? "@- <<END" : body && quoted(JSON.stringify(body));
  const command = [
    `curl ${stream ? "-N " : ""}${location.origin}${path}`,
    `-H "Authorization: Bearer $OMNIMAMBA_API_KEY"`,
    ...Object.entries(form ?? {}).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`),
    ...(file === undefined ? [] : [`-F ${quoted(`file=@"${file.replace(/[\\"]/g, "\\$&")}"`)}`]),
    ...(data === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${data}`]),
  ].join(" \\\n  ");
  return input === undefined ? command : `${command}\n${input}\nEND`;
}

/** Runs one thing at a time with a Stop button; a stop is not an error. */
export function runner(stopButton, onError) {
  let running = null;
  stopButton.addEventListener("click", () => running?.abort());
  return async (task) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    stopButton.disabled = false;
    try {
      await task(mine.signal);
    } catch (error) {
      onError(error.name === "AbortError" ? null : error);
    } finally {
      if (running === mine) {
        // What is disabled loses the focus.
        if (stopButton === document.activeElement) stopButton.form.querySelector("[type=submit]").focus();
        stopButton.disabled = true;
        running = null;
      }
    }
  };
}
