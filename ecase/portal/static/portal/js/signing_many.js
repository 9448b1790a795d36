/**
 * Signing several prepared acts with one opening of the key.
 *
 * `<form data-signing-many data-signer-url data-iin action=…>` with checkboxes `name=act data-bytes-url`; each in a row
 * `[data-row=<act>]` whose `[data-result]` tells what came of it.
 */
import { wording } from "./messages.js";
import { signerAt } from "./signers.js";
import { explain, locale, reach, show, showAsked, token } from "./signing.js";

const say = wording("signer-messages");
const sayMany = wording("many-words");

export function initSigningMany(root = document) {
  for (const form of root.querySelectorAll("form[data-signing-many]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") !== "true") run(form);
    });
  }
}

async function run(form) {
  const chosen = [...form.querySelectorAll("input[name=act]:checked")];
  if (chosen.length === 0) return show(form, "error", sayMany("none"));
  show(form, "busy", say("connecting"));
  const signer = signerAt(form.dataset.signerUrl);
  try {
    await signer.connect(() => showAsked(form));
    const statements = await Promise.all(chosen.map(bytesOf));
    show(form, "busy", say("waiting"));
    const signed = await signer.signMany(statements, { iin: form.dataset.iin, usage: form.dataset.usage, locale: locale() });
    show(form, "busy", say("sending"));
    tell(form, await handIn(form, chosen, signed));
  } catch (fault) {
    explain(form, fault);
  } finally {
    signer.close();
  }
}

async function bytesOf(box) {
  const response = await reach(box.dataset.bytesUrl, {});
  return new Uint8Array(await response.arrayBuffer());
}

async function handIn(form, chosen, signed) {
  const signatures = chosen.map((box, place) => ({ act: box.value, cms: signed[place] }));
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token(form) };
  const response = await reach(form.action, { method: "POST", body: JSON.stringify({ signatures }), headers });
  return (await response.json()).results;
}

function tell(form, results) {
  for (const result of results) tellRow(form.querySelector(`[data-row="${result.act}"]`), result);
  const signed = results.filter((result) => result.state === "performed").length;
  show(form, signed === results.length ? "calm" : "error", sayMany("done", { signed, all: results.length }));
}

function tellRow(row, result) {
  const place = row.querySelector("[data-result]");
  place.dataset.result = result.state;
  place.replaceChildren(result.next ? link(result) : result.text);
  if (result.state === "refused") return;
  const box = row.querySelector("input");
  box.checked = false;
  box.disabled = true;
}

function link(result) {
  const anchor = document.createElement("a");
  anchor.className = "govuk-link";
  anchor.href = result.next;
  anchor.textContent = result.text;
  return anchor;
}
