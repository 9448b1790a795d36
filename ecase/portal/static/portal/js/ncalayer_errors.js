/** What NCALayer says when it does not sign, as codes that have a sentence on the page. */
import { SignerError } from "./signer.js";

// Module `basics` names its errors; the older `commonUtils` has a number and a text for all of them.
const CODES = {
  INVALID_SIGNING_PARAMS: "request",
  INVOCATION_ERROR: "invocation",
  SIGNING_FAILURE: "key",
  CSR_GENERATING_FAILURE: "certificates",
  CERTIFICATE_IMPORTING_FAILURE: "certificates",
  INVALID_IMPORTING_CERTIFICATE: "certificates",
  GENERAL_ERROR: "general",
  MODULE_NOT_FOUND: "unsupported",
};

/** The error that a reply without a signature stands for. */
export function refusalIn(reply) {
  const named = reply.errorCode ?? reply.code;
  const said = [named, reply.message, reply.details].filter(Boolean).join(": ");
  if (/action\.cancell?ed/.test(said)) return new SignerError("cancelled");
  if (/busy|already/i.test(said)) return new SignerError("busy", said);
  return new SignerError(CODES[named] ?? "refused", said);
}
