/**
 * Asks for a key file and its password in the dialog of the page (`partials/key_file.html`), until they fit or the
 * person gives up: by the button, or by Esc.
 */
import { wording } from "./messages.js";
import { WrongPassword } from "./pkcs12.js";

/**
 * What `open(file, password)` makes of them, or null if the person closes the dialog.
 *
 * @param {(file: Uint8Array, password: string) => Promise<T>} open
 * @returns {Promise<T | null>}
 * @template T
 */
export function askForKeyFile(open) {
  const dialog = document.getElementById("key-file");
  const form = dialog.querySelector("form");
  return new Promise((resolve) => {
    let opened = null;
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") === "true") return;
      opened = await attempt(form, open);
      if (opened) dialog.close();
    };
    dialog.onclose = () => {
      form.reset();
      resolve(opened);
    };
    form.querySelector("[data-cancel]").onclick = () => dialog.close();
    dialog.onkeydown = (event) => keepInside(dialog, event);
    calm(form);
    dialog.showModal();
  });
}

/** What was opened; null, with a sentence at the field, if file and password do not fit. */
async function attempt(form, open) {
  calm(form);
  const [file, password] = fields(form);
  if (!file.files.length) return complain(file, "noFile");
  if (!password.value) return complain(password, "noPassword");
  form.setAttribute("aria-busy", "true");
  try {
    return await open(new Uint8Array(await file.files[0].arrayBuffer()), password.value);
  } catch (fault) {
    return fault instanceof WrongPassword ? complain(password, "password") : complain(file, "unfit");
  } finally {
    form.setAttribute("aria-busy", "false");
  }
}

const fields = (form) => [form.querySelector("[type=file]"), form.querySelector("[type=password]")];

function complain(input, code) {
  mark(input, wording("key-file")(code));
  input.focus();
  if (input.type === "password") input.select();
  return null;
}

function calm(form) {
  for (const input of fields(form)) mark(input, "");
}

function mark(input, sentence) {
  document.getElementById(`${input.id}-error`).textContent = sentence;
  input.setAttribute("aria-invalid", String(sentence !== ""));
  input.closest(".govuk-form-group").classList.toggle("govuk-form-group--error", sentence !== "");
}

/** Tab goes round within the dialog: what is behind it cannot be used, and the browser's own bar is no step of this. */
function keepInside(dialog, event) {
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll("input, button")];
  const [last, next] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== last) return;
  event.preventDefault();
  next.focus();
}
