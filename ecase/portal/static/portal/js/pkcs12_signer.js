/**
 * A Signer whose key comes from a file that the person opens in the page. For the demo only, and only where the
 * installation says so: scripts of the page could see the password, which NCALayer never shows them.
 */
import { names, ownKey, signed } from "./cades.js";
import { base64 } from "./ncalayer.js";
import { openKeyFile } from "./pkcs12.js";
import { SignerError } from "./signer.js";

export class Pkcs12Signer {
  #ask;
  #key = null;

  /** @param {(open: (file: Uint8Array, password: string) => Promise<object>) => Promise<object | null>} ask  null: cancelled */
  constructor(ask) {
    this.#ask = ask;
  }

  async connect() {
    this.#key = await this.#ask(keyIn);
    if (!this.#key) throw new SignerError("cancelled");
    return "PKCS#12";
  }

  async sign(bytes, { iin = "" } = {}) {
    if (!this.#key) throw new SignerError("lost");
    if (iin && !names(this.#key.own, iin)) throw new SignerError("otherkey");
    return pem(await signed(bytes, this.#key));
  }

  async signMany(list, options) {
    const made = [];
    for (const bytes of list) made.push(await this.sign(bytes, options));
    return made;
  }

  close() {
    this.#key = null;
  }
}

async function keyIn(file, password) {
  const { key, certificates } = await openKeyFile(file, password);
  return ownKey(key, certificates);
}

function pem(bytes) {
  return ["-----BEGIN CMS-----", ...base64(bytes).match(/.{1,64}/g), "-----END CMS-----", ""].join("\n");
}
