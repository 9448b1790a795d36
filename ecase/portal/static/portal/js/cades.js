/** A detached CAdES-B signature (ETSI EN 319 122-1) made with a WebCrypto key: the smallest that the server accepts. */
import { encode, inside, integer, octets, oid, only, same, sequence, set } from "./der.js";

const DATA = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA = oid("1.2.840.113549.1.7.2");
const CONTENT_TYPE = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME = oid("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47");
const SHA_256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
const RSA = oid("1.2.840.113549.1.1.1");
const EC = oid("1.2.840.10045.2.1");
const WAYS = [
  { key: RSA, own: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, named: sequence(RSA, encode(0x05)), wrap: (value) => value },
  {
    key: EC,
    own: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
    named: sequence(oid("1.2.840.10045.4.3.2")),
    wrap: (value) => sequence(integer(value.subarray(0, 32)), integer(value.subarray(32))),
  },
];

/** A key that cannot be taken out of the browser again, with its certificate and the others. `key`: PKCS#8 in DER. */
export async function ownKey(key, certificates) {
  const kind = inside(inside(only(key))[1])[0].raw;
  const way = WAYS.find((one) => same(one.key, kind));
  if (!way) throw new RangeError("a key of a kind that is not taken");
  const secret = await crypto.subtle.importKey("pkcs8", key, way.own, false, ["sign"]);
  const own = await certificateOf(secret, way, certificates);
  return { secret, way, own, others: certificates.filter((one) => one !== own) };
}

/** The certificate whose public key fits what the private one signs. */
async function certificateOf(secret, way, certificates) {
  const trial = new TextEncoder().encode("which certificate is it?");
  const signed = await crypto.subtle.sign(way.own, secret, trial);
  for (const one of certificates) {
    const info = partsOf(one).key;
    if (!same(inside(inside(only(info))[0])[0].raw, way.key)) continue;
    const open = await crypto.subtle.importKey("spki", info, way.own, false, ["verify"]);
    if (await crypto.subtle.verify(way.own, open, signed, trial)) return one;
  }
  throw new RangeError("no certificate in the file fits its key");
}

function partsOf(certificate) {
  const [, serial, , issuer, , subject, key] = inside(inside(only(certificate))[0]);
  return { serial: serial.raw, issuer: issuer.raw, subject: subject.raw, key: key.raw };
}

/** Whether the certificate names this IIN; the server looks more closely. */
export function names(certificate, iin) {
  return new TextDecoder("latin1").decode(partsOf(certificate).subject).includes(`IIN${iin}`);
}

/** The signature over `bytes`, CMS in DER. */
export async function signed(bytes, { secret, way, own, others }, now = new Date()) {
  const attributes = await signedAttributes(bytes, own, now);
  const value = new Uint8Array(await crypto.subtle.sign(way.own, secret, attributes));
  const { issuer, serial } = partsOf(own);
  const signer = sequence(
    integer(Uint8Array.of(1)),
    sequence(issuer, serial),
    SHA_256,
    encode(0xa0, only(attributes).content),
    way.named,
    octets(way.wrap(value)),
  );
  const certificates = encode(0xa0, only(set(own, ...others)).content);
  const data = sequence(integer(Uint8Array.of(1)), set(SHA_256), sequence(DATA), certificates, set(signer));
  return sequence(SIGNED_DATA, encode(0xa0, data));
}

async function signedAttributes(bytes, certificate, now) {
  const reference = sequence(sequence(sequence(octets(await digest(certificate)))));
  return set(
    attribute(CONTENT_TYPE, DATA),
    attribute(MESSAGE_DIGEST, octets(await digest(bytes))),
    attribute(SIGNING_TIME, time(now)),
    attribute(SIGNING_CERTIFICATE_V2, reference),
  );
}

const attribute = (kind, value) => sequence(kind, set(value));
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** UTCTime, which serves until 2049. */
function time(instant) {
  const text = instant.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "").slice(2);
  return encode(0x17, new TextEncoder().encode(text));
}
