/** Uploads that show how far they are: htmx sends the file, this draws the bar and says what to do when it breaks off. */
import { wording } from "./messages.js";

export function initUploads() {
  document.addEventListener("htmx:xhr:progress", (event) => draw(event));
  document.addEventListener("htmx:beforeRequest", (event) => begin(event));
  document.addEventListener("htmx:sendError", (event) => broken(event));
}

const uploadOf = (event) => event.target.closest?.("form[data-upload]");

function begin(event) {
  const form = uploadOf(event);
  if (!form) return;
  const bar = form.querySelector("progress");
  bar.hidden = false;
  bar.value = 0;
  say(form, "uploading", { percent: 0 });
}

function draw(event) {
  const form = uploadOf(event);
  if (!form || !event.detail.lengthComputable) return;
  const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
  form.querySelector("progress").value = percent;
  say(form, percent < 100 ? "uploading" : "checking", { percent });
}

function broken(event) {
  const form = uploadOf(event);
  if (!form) return;
  form.querySelector("progress").hidden = true;
  say(form, "brokenOff");
}

function say(form, code, values) {
  form.querySelector("[data-upload-status]").textContent = wording("draft-words")(code, values);
}
