/**
 * A Signer that speaks NCALayer's protocol (module `kz.gov.pki.knca.basics`) over its loopback WebSocket: one request,
 * one reply, no request ids. NCALayer greets with `{"result":{"version":"1.4"}}`.
 */
import { refusalIn } from "./ncalayer_errors.js";
import { mayReachThisComputer } from "./permission.js";
import { SignerError } from "./signer.js";

const MODULE = "kz.gov.pki.knca.basics";
const HEARTBEAT = "--heartbeat--";
// emailProtection: what NCALayer's own pages ask for to list signing keys and hide those for signing in elsewhere.
const SIGNING_KEYS = ["1.3.6.1.5.5.7.3.4"];
// A program of this computer takes a connection at once, or it is not there.
const OPEN_WITHIN = 2_000;
const GREETING_WITHIN = 5_000;
// A person reads what the browser asks, and wonders.
const PERMISSION_WITHIN = 60_000;
// A person looks for a key, types a password, reads.
const SIGNATURE_WITHIN = 300_000;

export class NCALayerSigner {
  #url;
  #socket = null;
  #waiting = null;

  /** @param {string} url `wss://127.0.0.1:13579`, or that of the demo signer */
  constructor(url) {
    this.#url = url;
  }

  async connect(asked = () => {}) {
    const asks = (await mayReachThisComputer()) === "prompt";
    const [within, otherwise] = asks ? [PERMISSION_WITHIN, "forbidden"] : [OPEN_WITHIN, "missing"];
    const hint = asks ? setTimeout(asked, OPEN_WITHIN) : 0;
    try {
      this.#open();
      return versionIn(await this.#reply(within, otherwise));
    } finally {
      clearTimeout(hint);
    }
  }

  async sign(bytes, { iin = "", usage = "", locale = "ru" } = {}) {
    this.#send(request(base64(bytes), iin, usage, locale));
    return signaturesIn(await this.#reply(SIGNATURE_WITHIN), 1)[0];
  }

  async signMany(list, { iin = "", usage = "", locale = "ru" } = {}) {
    this.#send(request(list.map(base64), iin, usage, locale));
    return signaturesIn(await this.#reply(SIGNATURE_WITHIN), list.length);
  }

  close() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #open() {
    try {
      this.#socket = new WebSocket(this.#url);
    } catch (fault) {
      throw new SignerError("missing", fault.message);
    }
    let opened = false;
    this.#socket.addEventListener("open", () => {
      opened = true;
      this.#expect(GREETING_WITHIN, "silent");
    });
    this.#socket.addEventListener("message", (event) => this.#receive(event.data));
    this.#socket.addEventListener("close", async () => this.#fail(new SignerError(opened ? "lost" : await whyClosed())));
  }

  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) throw new SignerError("lost");
    this.#socket.send(JSON.stringify(message));
  }

  #receive(text) {
    if (text === HEARTBEAT) return;
    const waiting = this.#settle();
    try {
      waiting?.resolve(JSON.parse(text));
    } catch {
      waiting?.reject(new SignerError("unexpected", text.slice(0, 200)));
    }
  }

  #fail(error) {
    this.#settle()?.reject(error);
  }

  #settle() {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) clearTimeout(waiting.timer);
    return waiting;
  }

  #reply(within, otherwise = "silent") {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#expect(within, otherwise);
    });
  }

  #expect(within, otherwise) {
    if (!this.#waiting) return;
    clearTimeout(this.#waiting.timer);
    this.#waiting.timer = setTimeout(() => this.#fail(new SignerError(otherwise)), within);
  }
}

async function whyClosed() {
  return (await mayReachThisComputer()) === "denied" ? "forbidden" : "missing";
}

function versionIn(greeting) {
  const version = greeting?.result?.version;
  if (!version) throw new SignerError("unexpected", JSON.stringify(greeting));
  return version;
}

function request(data, iin, usage, locale) {
  // Only keys whose certificate names every one of these are offered: for signing, and for the role.
  const extKeyUsageOids = usage ? [...SIGNING_KEYS, usage] : SIGNING_KEYS;
  return {
    module: MODULE,
    method: "sign",
    args: {
      allowedStorages: null,
      format: "cms",
      data,
      signingParams: { decode: true, encapsulate: false, digested: false },
      signerParams: { extKeyUsageOids, iin, ...chain() },
      locale,
    },
  };
}

/**
 * An empty chain has NCALayer build no path and offer any certificate: for the demo's and the test authority's keys. A
 * production installation leaves it out, and only keys of the National Certification Authority are offered.
 */
function chain() {
  return document.documentElement.dataset.anyCertificate === undefined ? {} : { chain: [] };
}

function signaturesIn(reply, wanted) {
  if (reply.status !== true) throw refusalIn(reply);
  const result = reply.body?.result;
  // NCALayer says "cancelled" by an empty body.
  if (result === undefined) throw new SignerError("cancelled");
  const signatures = Array.isArray(result) ? result : [result];
  const whole = signatures.length === wanted && signatures.every((one) => typeof one === "string" && one);
  if (!whole) throw new SignerError("unexpected", JSON.stringify(reply).slice(0, 200));
  return signatures;
}

/** Base64 (RFC 4648, section 4) of bytes. */
export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
