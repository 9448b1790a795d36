/**
 * Signing in and signing acts: fetch the exact bytes, have them signed, hand the signature in.
 *
 * `<form data-signing data-signer-url data-bytes-url data-iin data-usage action=…>`: the bytes come from `data-bytes-url` (GET for a
 * prepared act, POST for a fresh challenge), the PEM CMS goes to `action` with the fields of the form.
 */
import { SignerError } from "./signer.js";
import { signerAt } from "./signers.js";
import { wording } from "./messages.js";

const say = wording("signer-messages");

export function initSigning(root = document) {
  for (const form of root.querySelectorAll("form[data-signing]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // In the demo a button names the person; elsewhere the page does, or nobody.
      if (form.getAttribute("aria-busy") !== "true") run(form, event.submitter?.dataset.iin ?? form.dataset.iin);
    });
  }
}

async function run(form, iin) {
  show(form, "busy", say("connecting"));
  const signer = signerAt(form.dataset.signerUrl);
  try {
    await signer.connect(() => showAsked(form));
    const statement = await bytesOf(form);
    show(form, "busy", say("waiting"));
    const cms = await signer.sign(statement.bytes, { iin, usage: form.dataset.usage, locale: locale() });
    show(form, "busy", say("sending"));
    location.assign(await handIn(form, statement, cms));
  } catch (fault) {
    explain(form, fault);
  } finally {
    signer.close();
  }
}

async function bytesOf(form) {
  const method = form.dataset.bytesMethod ?? "GET";
  const response = await reach(form.dataset.bytesUrl, { method, headers: { "X-CSRFToken": token(form) } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, challenge: response.headers.get("X-Challenge") ?? "" };
}

async function handIn(form, statement, cms) {
  const body = new FormData(form);
  body.set("cms", cms);
  if (statement.challenge) body.set("challenge", statement.challenge);
  const response = await reach(form.action, { method: "POST", body });
  return (await response.json()).next;
}

export async function reach(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, credentials: "same-origin", headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new SignerError("offline");
  }
  if (response.ok) return response;
  throw new Refusal(await problemsOf(response));
}

async function problemsOf(response) {
  if (!response.headers.get("Content-Type")?.includes("json")) return [say("server", { status: response.status })];
  const body = await response.json();
  return [body.title, ...body.problems.map((problem) => problem.message)];
}

class Refusal extends Error {
  constructor(sentences) {
    super(sentences.join(" "));
    this.sentences = sentences;
  }
}

export function explain(form, fault) {
  if (fault instanceof Refusal) return show(form, "error", ...fault.sentences);
  if (!(fault instanceof SignerError)) throw fault;
  if (fault.code === "cancelled") return show(form, "calm", say("cancelled"), say("cancelledNext"));
  const said = fault.details ? [say("said", { details: fault.details })] : [];
  show(form, "error", say(fault.code), say(`${fault.code}Next`), ...said);
}

/** Still looking, and the browser may be waiting for a word of the officer's. */
export const showAsked = (form) => show(form, "busy", say("connecting"), say("asked"));

export function show(form, state, title, ...sentences) {
  const status = form.querySelector("[data-signing-status]");
  form.setAttribute("aria-busy", String(state === "busy"));
  status.className = `app-signing-status app-signing-status--${state}`;
  status.replaceChildren(line("strong", title), ...sentences.map((sentence) => line("p", sentence)));
  if (state === "error") status.focus();
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

export const token = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;
export const locale = () => ({ kk: "kk", ru: "ru" })[document.documentElement.lang] ?? "en";
