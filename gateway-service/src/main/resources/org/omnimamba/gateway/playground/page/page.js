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

/** A text in single quotes for a POSIX shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A curl command; the key comes from the environment, so that it is never copied along. `input` is
 * the body as the text of a here-document, where there is too much of it for an argument.
 */
export function curl(path, { body, input, stream } = {}) {
  const data = input !== undefined ? "@- <<END" : body && quoted(JSON.stringify(body));
  const command = [
    `curl ${stream ? "-N " : ""}${location.origin}${path}`,
    `-H "Authorization: Bearer $OMNIMAMBA_API_KEY"`,
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
        stopButton.disabled = true;
        running = null;
      }
    }
  };
}
