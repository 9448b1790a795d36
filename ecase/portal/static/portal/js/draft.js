/**
 * Nothing typed is lost: a form with `data-autosave` is saved by htmx a moment after each change, and what the server has
 * not acknowledged yet is kept in this browser, put back when the page is opened again, and sent once the line is back.
 * With it goes `base`, what the form was given: the server merges by field what two windows have changed.
 */
import { showAsked } from "./asked.js";
import { forget, forgetOld, forgetOwn, keep, kept as readKept } from "./kept.js";
import { wording } from "./messages.js";
import { endedAt } from "./session.js";
import { forgetUploads } from "./upload.js";

const UNSAVED = ["csrfmiddlewaretoken", "base", "choose"];

export function initDrafts(root = document) {
  forgetOld();
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    const draft = new Draft(form);
    draft.restore();
    draft.watch();
  }
}

/** On a shared computer, nothing of a case stays behind. */
export function initSignOut() {
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
    forgetOwn();
    forgetUploads();
  });
}

class Draft {
  #form;
  #key;
  #say = wording("draft-words");
  #saved;
  #sent = "";
  #baseSent = "{}";
  #typedLast = "";
  #refused = "";
  #inFlight = false;
  #then = null;
  #leaving = false;
  #isUntouched = true;
  #left = new Map();

  constructor(form) {
    this.#form = form;
    this.#key = form.dataset.autosave;
    this.#saved = serialise(form);
    this.#typedLast = this.#saved;
  }

  watch() {
    const form = this.#form;
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("change", () => this.#typed());
    form.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("htmx:beforeSwap", (event) => this.#arrived(event));
    document.addEventListener("htmx:oobBeforeSwap", (event) => this.#keepTyped(event));
    form.addEventListener("htmx:beforeRequest", (event) => this.#sending(event));
    form.addEventListener("htmx:afterRequest", (event) => this.#answered(event));
    form.addEventListener("htmx:sendError", () => this.#status("offline", "offline"));
    document.addEventListener("click", (event) => this.#clicked(event));
    window.addEventListener("online", () => this.#isUnsaved() && this.#save());
  }

  /** Put back what this browser kept and the server never got. */
  async restore() {
    const kept = await readKept(this.#key);
    // Who has typed already while that was read keeps what he typed now.
    if (this.#isUnsaved()) return kept && this.#offer(kept);
    if (!kept || kept.text === this.#saved) return forget(this.#key);
    if (typeof kept.base !== "string") return this.#offer(kept);
    if (this.#form.elements.base) this.#form.elements.base.value = kept.base;
    fill(this.#form, kept.text);
    this.#status("kept", "restored");
    // htmx listens to the form only once the whole page is there.
    whenLoaded(() => this.#bringBack(kept.text));
  }

  /** Where an answer decides which fields there are, those are fetched before the rest is put back. */
  #bringBack(text) {
    fill(this.#form, text);
    const deciding = this.#form.querySelector("[data-decides-fields]:checked");
    if (!deciding) return this.#save();
    const refill = () => {
      fill(this.#form, text);
      this.#save();
    };
    this.#form.addEventListener("htmx:afterSettle", refill, { once: true });
    window.htmx.trigger(deciding, "change");
  }

  #offer(kept) {
    const note = document.getElementById("draft-kept");
    if (!note) return;
    note.hidden = false;
    note.querySelector("[data-kept-use]").addEventListener("click", () => {
      note.hidden = true;
      this.#bringBack(kept.text);
    });
    note.querySelector("[data-kept-drop]").addEventListener("click", () => {
      forget(this.#key);
      note.hidden = true;
    });
  }

  #typed() {
    const text = serialise(this.#form);
    // A field that is left tells of its change once more; the message under the pointer must not vanish by that.
    if (text === this.#typedLast) return;
    this.#typedLast = text;
    keep(this.#key, { text, base: this.#form.elements.base?.value ?? "" });
    this.#status("typing", "typing");
  }

  #isUnsaved() {
    return serialise(this.#form) !== this.#saved;
  }

  /** A link that shows what was typed waits until it is saved. */
  #clicked(event) {
    const link = event.target.closest("a[data-after-save]");
    if (link) this.#afterSaving(event, () => location.assign(link.href));
  }

  /** A choice between two texts is saved at once; anything else is sent after what was typed is saved. */
  #submitted(event) {
    const choice = event.submitter?.name === "choose" ? event.submitter.value : "";
    if (!choice) return this.#afterSaving(event, () => this.#form.requestSubmit(event.submitter));
    event.preventDefault();
    this.#form.querySelector("input[name=choose]").value = choice;
    this.#save();
  }

  #arrived(event) {
    if (event.detail.requestConfig.elt === this.#form) this.#isUntouched = serialise(this.#form) === this.#sent;
  }

  /** What another window has changed is not put over what is being typed: the next answer tells of the conflict. */
  #keepTyped(event) {
    const group = event.detail.target;
    if (!this.#form.contains(group) || !group.dataset?.field || this.#isUntouched) return;
    const path = group.dataset.field;
    if (answersOf(serialise(this.#form), path) === answersOf(this.#sent, path)) return;
    event.detail.shouldSwap = false;
    const key = path.split(".")[1];
    this.#left.set(key, JSON.parse(this.#baseSent)[key]);
  }

  /** Let `event` happen now if everything is saved, or do `then` as soon as it is. */
  #afterSaving(event, then) {
    if (this.#leaving || (!this.#isUnsaved() && !this.#inFlight)) {
      this.#leaving = true;
      return;
    }
    event.preventDefault();
    this.#then = then;
    if (!this.#inFlight) this.#save();
  }

  /** Not sent: what would change nothing, what was just refused, and anything while the page is being left. */
  #sending(event) {
    if (event.target !== this.#form) return;
    const text = serialise(this.#form);
    const isAsked = event.detail.requestConfig.triggeringEvent?.type === "save";
    if (this.#leaving || text === this.#saved || (text === this.#refused && !isAsked)) {
      event.preventDefault();
      return;
    }
    this.#sent = text;
    this.#baseSent = this.#form.elements.base?.value ?? "{}";
    this.#inFlight = true;
    this.#status("saving", "saving");
  }

  #answered(event) {
    if (event.target !== this.#form) return;
    this.#inFlight = false;
    const choice = this.#form.querySelector("input[name=choose]");
    if (choice) choice.value = "";
    this.#restoreBase();
    const { xhr } = event.detail;
    const hasEnded = endedAt(xhr) !== "";
    const successful = event.detail.successful && !hasEnded;
    if (hasEnded) this.#status("offline", "ended");
    const keptAll = successful && xhr.getResponseHeader("X-Kept-All") === "yes";
    if (keptAll) this.#acknowledge();
    this.#refused = xhr?.status >= 400 && xhr.status < 500 ? this.#sent : "";
    if (xhr?.status >= 500) this.#status("offline", "failed");
    if (this.#then) this.#goOn(successful, keptAll);
  }

  #acknowledge() {
    this.#saved = this.#isUntouched ? serialise(this.#form) : this.#sent;
    if (!this.#isUnsaved()) forget(this.#key);
  }

  #restoreBase() {
    if (this.#left.size > 0) {
      const base = this.#form.elements.base;
      base.value = JSON.stringify({ ...JSON.parse(base.value), ...Object.fromEntries(this.#left) });
    }
    this.#left.clear();
  }

  #goOn(successful, keptAll) {
    if (successful && keptAll && this.#isUnsaved()) {
      this.#save();
      return;
    }
    const then = this.#then;
    this.#then = null;
    if (!successful) return;
    this.#leaving = true;
    then();
  }

  #save() {
    window.htmx.trigger(this.#form, "save");
  }

  #status(state, code) {
    const status = document.getElementById("draft-status");
    if (!status) return;
    status.dataset.state = state;
    status.textContent = this.#say(code);
  }
}

function serialise(form) {
  const pairs = [...new FormData(form)].filter(([name, value]) => !UNSAVED.includes(name) && typeof value === "string");
  return JSON.stringify(pairs);
}

/** Of a serialised form, what is answered under a path. */
function answersOf(text, path) {
  const pairs = JSON.parse(text || "[]").filter(([name]) => name === path || name.startsWith(`${path}.`));
  return JSON.stringify(pairs);
}

function whenLoaded(then) {
  if (document.readyState === "complete") then();
  else window.addEventListener("load", then, { once: true });
}

function fill(form, text) {
  const pairs = JSON.parse(text);
  growRows(form, pairs);
  const chosen = new Set(pairs.map(([name, value]) => `${name} ${value}`));
  const typed = new Map(pairs);
  for (const element of form.elements) {
    if (!element.name || UNSAVED.includes(element.name)) continue;
    if (element.type === "checkbox" || element.type === "radio") element.checked = chosen.has(`${element.name} ${element.value}`);
    else if (typed.has(element.name)) element.value = typed.get(element.name);
  }
  showAsked(form);
}

function growRows(form, pairs) {
  for (const list of form.querySelectorAll("[data-rows]")) {
    const indices = pairs.map(([name]) => rowIndex(name, list.dataset.rows)).filter((index) => index >= 0);
    const missing = Math.max(-1, ...indices) + 1 - list.querySelectorAll("[data-row]").length;
    for (let row = 0; row < missing; row += 1) list.querySelector("[data-add-row]").click();
  }
}

function rowIndex(name, path) {
  if (!name.startsWith(`${path}.`)) return -1;
  return Number.parseInt(name.slice(path.length + 1), 10);
}
