#!/usr/bin/env node
// Signs a file as the service expects it (detached CAdES-B in DER), with PKI.js. How to: docs/how-to/sign-from-a-program.md
//
//   node examples/sign.mjs key.pem own.pem act.json act.p7s
//
// `sign` is what a program takes over: key and certificate in DER, the bytes, and the signature in DER.
import { createHash, webcrypto, X509Certificate } from "node:crypto";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

const DATA = "1.2.840.113549.1.7.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const HASH = "SHA-256";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));

/** A detached signature over `content`; `key` is PKCS#8, `certificate` X.509, all of them bytes. */
export async function sign(key, certificate, content) {
  const own = pkijs.Certificate.fromBER(certificate);
  const info = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes: attributes(certificate, content) }),
  });
  const signed = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: DATA }), // no content: it is detached
    signerInfos: [info],
    certificates: [own],
  });
  await signed.sign(await imported(key, certificate), 0, HASH);
  const outer = new pkijs.ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) });
  return new Uint8Array(outer.toSchema().toBER(false));
}

/** The signed attributes in the order of DER: PKI.js signs them as they are given. */
function attributes(certificate, content) {
  // ESSCertIDv2 with SHA-256, which is the default and left out (RFC 5035).
  const named = new asn1js.Sequence({ value: [octets(digest(certificate))] });
  const values = {
    [CONTENT_TYPE]: new asn1js.ObjectIdentifier({ value: DATA }),
    [MESSAGE_DIGEST]: octets(digest(content)),
    [SIGNING_TIME]: new asn1js.UTCTime({ valueDate: new Date() }),
    [SIGNING_CERTIFICATE_V2]: new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [named] })] }),
  };
  return Object.entries(values)
    .map(([type, value]) => new pkijs.Attribute({ type, values: [value] }))
    .sort((one, other) => Buffer.compare(encoded(one), encoded(other)));
}

function encoded(attribute) {
  return Buffer.from(attribute.toSchema().toBER(false));
}

function octets(bytes) {
  return new asn1js.OctetString({ valueHex: bytes });
}

function digest(bytes) {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** The key for WebCrypto, which wants to be told what kind it is. */
function imported(key, certificate) {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(certificate).publicKey;
  const curves = { prime256v1: "P-256", secp384r1: "P-384" };
  const kind =
    asymmetricKeyType === "ec"
      ? { name: "ECDSA", namedCurve: curves[asymmetricKeyDetails.namedCurve] }
      : { name: "RSASSA-PKCS1-v1_5", hash: HASH };
  return webcrypto.subtle.importKey("pkcs8", key, kind, false, ["sign"]);
}

/** The bytes of a PEM file's first block. */
function fromPem(path) {
  const [, body] = /-----BEGIN [A-Z ]+-----([^-]+)-----END/.exec(readFileSync(path, "latin1")) ?? [];
  if (!body) throw new Error(`${path}: not a PEM file`);
  return new Uint8Array(Buffer.from(body, "base64"));
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [key, certificate, content, target] = process.argv.slice(2);
  if (!target) throw new Error("usage: sign.mjs KEY.PEM CERTIFICATE.PEM FILE SIGNATURE");
  writeFileSync(target, await sign(fromPem(key), fromPem(certificate), new Uint8Array(readFileSync(content))));
}
