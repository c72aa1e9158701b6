/** Fields that files are dropped on. */

// A file that misses its field must not replace the page.
for (const name of ["dragover", "drop"]) {
  addEventListener(name, (event) => event.preventDefault());
}

/** Gives each file that is dropped on the field, or chosen with its input, to `take`. */
export function dropField(field, input, take) {
  for (const name of ["dragenter", "dragover"]) {
    field.addEventListener(name, (event) => {
      event.preventDefault();
      field.classList.add("over");
    });
  }
  field.addEventListener("dragleave", () => field.classList.remove("over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  input.addEventListener("change", () => {
    take(input.files[0]);
    // so that the same file, corrected, can be chosen again
    input.value = "";
  });
}
