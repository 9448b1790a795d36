/**
 * Files chosen or dropped are sent in pieces (tus), one after the other; a broken line goes on where it broke. When all
 * have arrived, htmx asks to attach them, in turn with the saving of the draft.
 *
 * `<form data-upload="address" data-upload-most="bytes">` with an `<input type=file multiple>`, a `<progress>`,
 * `[data-upload-status]` and `[data-upload-faults]`. Files may be dropped on the whole part of the page around the form.
 */
import { wording } from "./messages.js";

const PIECE = 8 * 1024 * 1024;
const RETRY_AFTER = [0, 1000, 3000, 10_000, 30_000];
const MEGABYTE = 1024 * 1024;
const KEPT = "ecase-upload:";
const say = wording("draft-words");

export function initUploads() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (form && event.target.type === "file") send(form, [...event.target.files]);
  });
  // A file that misses its place must not be opened by the browser instead of the page.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => dropped(event, name === "drop"));
  document.addEventListener("htmx:sendError", (event) => broken(event));
  document.addEventListener("htmx:responseError", (event) => event.target.matches?.("form[data-upload]") && forgetSent(event.target));
}

/** On a shared computer, nothing of a case stays behind. */
export function forgetUploads() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
}

function dropped(event, isDrop) {
  if (!document.querySelector("form[data-upload]") || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const form = event.target.closest?.(".app-attach")?.querySelector("form[data-upload]");
  if (!form) event.dataTransfer.dropEffect = "none";
  else if (isDrop) send(form, [...event.dataTransfer.files]);
}

async function send(form, files) {
  if (!files.length || form.dataset.sending) return;
  form.dataset.sending = "yes";
  form.querySelector("[data-upload-faults]").replaceChildren();
  const fitting = files.filter((file) => fits(form, file));
  for (const [index, file] of fitting.entries()) await sendOne(form, file, { number: index + 1, count: fitting.length });
  delete form.dataset.sending;
  form.querySelector("input[type=file]").value = "";
  form.querySelector("progress").hidden = true;
  if (!form.querySelector("input[name=upload]")) return show(form, "");
  show(form, say("checking"));
  keepFaults(form);
  window.htmx.trigger(form, "arrived");
}

/** The answer replaces this part of the page: what was said of files that were not sent is said there again. */
function keepFaults(form) {
  const part = form.closest(".app-attach")?.id;
  const texts = [...form.querySelectorAll("[data-upload-faults] li")].map((line) => line.textContent);
  if (!texts.length || !part) return;
  document.addEventListener("htmx:afterSettle", () => {
    const fresh = document.getElementById(part)?.querySelector("form[data-upload]");
    if (fresh) for (const text of texts) addFault(fresh, text);
  }, { once: true });
}

function fits(form, file) {
  const most = Number(form.dataset.uploadMost);
  if (file.size === 0) addFault(form, say("fileEmpty", { name: file.name }));
  else if (file.size > most) addFault(form, say("tooLarge", { name: file.name, limit: Math.floor(most / MEGABYTE) }));
  return file.size > 0 && file.size <= most;
}

async function sendOne(form, file, place) {
  if (!window.tus) await import("../dist/tus.min.js");
  const kept = `${KEPT}${form.dataset.upload}:${file.name}:${file.size}:${file.lastModified}`;
  const upload = new window.tus.Upload(file, {
    endpoint: form.dataset.upload,
    uploadUrl: sessionStorage.getItem(kept) || null,
    chunkSize: PIECE,
    retryDelays: RETRY_AFTER,
    storeFingerprintForResuming: false,
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    metadata: { filename: file.name },
    onUploadUrlAvailable: () => sessionStorage.setItem(kept, upload.url),
    onProgress: (sent, size) => draw(form, file, place, size ? Math.floor((100 * sent) / size) : 0),
  });
  draw(form, file, place, 0);
  try {
    await new Promise((resolve, reject) => {
      upload.options.onSuccess = resolve;
      upload.options.onError = reject;
      upload.start();
    });
    sessionStorage.removeItem(kept);
    form.append(hidden("upload", upload.url.split("/").filter(Boolean).at(-1)));
  } catch (fault) {
    for (const text of problemsOf(fault)) addFault(form, text);
    if (!problemsOf(fault).length) addFault(form, say("notSent", { name: file.name }));
  }
}

/** What the service says of a file that it does not take; nothing if it could not be asked. */
function problemsOf(fault) {
  try {
    return JSON.parse(fault.originalResponse.getBody()).problems.map((problem) => problem.message);
  } catch {
    return [];
  }
}

function draw(form, file, { number, count }, percent) {
  const bar = form.querySelector("progress");
  bar.hidden = false;
  bar.value = percent;
  show(form, say(count > 1 ? "oneOf" : "uploading", { name: file.name, number, count, percent }));
}

function broken(event) {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  forgetSent(form);
  show(form, say("brokenOff"));
}

function forgetSent(form) {
  for (const field of form.querySelectorAll("input[name=upload]")) field.remove();
}

function show(form, text) {
  form.querySelector("[data-upload-status]").textContent = text;
}

function addFault(form, text) {
  const line = document.createElement("li");
  line.className = "govuk-error-message";
  line.setAttribute("role", "alert");
  line.textContent = text;
  form.querySelector("[data-upload-faults]").append(line);
}

function hidden(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}
