/**
 * What the pages ask of a signer, whoever makes the signature.
 *
 * @typedef {object} Signer
 * @property {(asked?: () => void) => Promise<string>} connect  opens the connection; resolves with the signer's version.
 *   `asked` is called when the browser may be asking the officer whether this page may connect at all
 * @property {(bytes: Uint8Array, options: {iin?: string, usage?: string, locale?: string}) => Promise<string>} sign
 *   detached CAdES over exactly `bytes`, as a PEM "CMS" text
 * @property {(list: Uint8Array[], options: {iin?: string, usage?: string, locale?: string}) => Promise<string[]>} signMany
 *   the same over each, with one opening of the key
 * @property {() => void} close
 */

/** A signature that was not made. `code` names a sentence of the page (see `partials/signer_messages.html`). */
export class SignerError extends Error {
  /**
   * @param {"missing" | "forbidden" | "lost" | "silent" | "cancelled" | "busy" | "unsupported" | "unexpected" | "refused" | "request"
   *   | "invocation" | "key" | "certificates" | "general" | "otherkey"} code
   * @param {string} [details] what the signer itself said
   */
  constructor(code, details = "") {
    super(details || code);
    this.name = "SignerError";
    this.code = code;
    this.details = details;
  }
}
