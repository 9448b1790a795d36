/**
 * What an officer has typed and the server has not got yet, kept in this browser for that officer in that post alone.
 *
 * `<body data-keeper data-keeper-key>`: whose it is, and a key that the server gives to the same officer and post only.
 * The text is stored encrypted (AES-GCM), so that whoever uses the browser next can neither be given it nor read it.
 * Where the browser offers no cryptography (a page without TLS) nothing is kept.
 */
const PREFIX = "ecase-draft:";
const KEPT_DAYS = 14;
const IV_BYTES = 12;

const keeper = document.body.dataset.keeper ?? "";
const own = `${PREFIX}${keeper}:`;
let lastWrites = new Map();

/** Keep `value` (JSON) under `name`; of writes that overtake each other the last one stays. */
export async function keep(name, value) {
  if (!canKeep()) return;
  const turn = (lastWrites.get(name) ?? 0) + 1;
  lastWrites.set(name, turn);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text);
  if (lastWrites.get(name) !== turn) return;
  localStorage.setItem(own + name, JSON.stringify({ at: Date.now(), iv: encode(iv), sealed: encode(new Uint8Array(sealed)) }));
}

/** What was kept under `name` for this officer in this post, or null. */
export async function kept(name) {
  if (!canKeep()) return null;
  try {
    const { iv, sealed } = JSON.parse(localStorage.getItem(own + name));
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: decode(iv) }, await key(), decode(sealed));
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    // Nothing is there, or what is there is not ours.
    return null;
  }
}

export function forget(name) {
  lastWrites.set(name, (lastWrites.get(name) ?? 0) + 1);
  localStorage.removeItem(own + name);
}

/** Nothing that this officer has typed stays in this browser. */
export function forgetOwn() {
  for (const name of keysThat((key) => key.startsWith(own))) localStorage.removeItem(name);
}

/** What nobody has come back for goes, and so does what an earlier version kept unencrypted. */
export function forgetOld() {
  const oldest = Date.now() - KEPT_DAYS * 86_400_000;
  for (const name of keysThat((key) => key.startsWith(PREFIX) && !(keptAt(key) > oldest))) localStorage.removeItem(name);
}

function keptAt(name) {
  try {
    const { at, sealed } = JSON.parse(localStorage.getItem(name));
    return sealed ? at : 0;
  } catch {
    return 0;
  }
}

const keysThat = (fits) => Object.keys(localStorage).filter(fits);
const canKeep = () => Boolean(keeper && globalThis.crypto?.subtle);

let imported;
function key() {
  imported ??= crypto.subtle.importKey("raw", decode(document.body.dataset.keeperKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  return imported;
}

const encode = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
