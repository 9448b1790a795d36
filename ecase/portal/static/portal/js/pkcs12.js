/**
 * Key files (PKCS#12, RFC 7292) opened by the browser's own WebCrypto: PBES2 with AES-256, as files of today are.
 * Its MAC is not looked at: a wrong password shows when the key does not decrypt, and the server judges what is signed.
 */
import { inside, oid, only, same } from "./der.js";

const DATA = oid("1.2.840.113549.1.7.1");
const SHROUDED_KEY = oid("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE = oid("1.2.840.113549.1.12.10.1.3");
const PBES2 = oid("1.2.840.113549.1.5.13");
const AES_256_CBC = oid("2.16.840.1.101.3.4.1.42");
const HMAC_SHA_256 = oid("1.2.840.113549.2.9");
// A file that asks for more work than these is meant to hurt.
const MOST_BYTES = 64 * 1024;
const MOST_ITERATIONS = 1_000_000;

// What the password protects is a SEQUENCE of DER, certificates and key alike.
const SEQUENCE = 0x30;

/** The file is a key, and this is not its password. */
export class WrongPassword extends Error {}

/** `{key, certificates}`: PKCS#8 in DER, and all certificates in DER. Throws if it cannot be opened. */
export async function openKeyFile(bytes, password) {
  if (bytes.length > MOST_BYTES) throw new RangeError("the file is too large for a key");
  const bags = [];
  for (const content of inside(only(octetsIn(inside(only(bytes))[1])))) bags.push(...(await bagsIn(content, password)));
  const keys = bags.filter(([kind]) => same(kind.raw, SHROUDED_KEY));
  if (keys.length !== 1) throw new RangeError("the file holds no key, or several");
  const [algorithm, encrypted] = inside(inside(keys[0][1])[0]);
  const certificates = bags.filter(([kind]) => same(kind.raw, CERTIFICATE)).map(([, value]) => certificateIn(value));
  return { key: await decrypted(algorithm, encrypted.content, password), certificates };
}

/** The OCTET STRING in a ContentInfo of data. */
const octetsIn = (content) => inside(inside(content)[1])[0].content;

async function bagsIn(content, password) {
  const [kind, wrapped] = inside(content);
  if (same(kind.raw, DATA)) return inside(only(inside(wrapped)[0].content)).map(inside);
  const [, algorithm, encrypted] = inside(inside(inside(wrapped)[0])[1]);
  return inside(only(await decrypted(algorithm, encrypted.content, password))).map(inside);
}

const certificateIn = (value) => inside(inside(inside(value)[0])[1])[0].content;

async function decrypted(algorithm, bytes, password) {
  const [scheme, parameters] = inside(algorithm);
  if (!same(scheme.raw, PBES2)) throw new RangeError("the file is encrypted in an old way");
  const [derivation, cipher] = inside(parameters);
  const [cipherName, iv] = inside(cipher);
  if (!same(cipherName.raw, AES_256_CBC)) throw new RangeError("the file is not encrypted with AES-256");
  const key = await derived(inside(inside(derivation)[1]), password);
  const plain = await crypto.subtle.decrypt({ name: "AES-CBC", iv: iv.content }, key, bytes).catch(() => null);
  // Of 256 wrong passwords one leaves a padding that could be right.
  if (!plain || new Uint8Array(plain)[0] !== SEQUENCE) throw new WrongPassword("the password does not open the key");
  return new Uint8Array(plain);
}

async function derived([salt, count, ...rest], password) {
  const iterations = count.content.reduce((sum, octet) => sum * 256 + octet, 0);
  const prf = rest.find((one) => one.tag === 0x30);
  const hash = prf && same(inside(prf)[0].raw, HMAC_SHA_256) ? "SHA-256" : "";
  if (!hash || iterations > MOST_ITERATIONS) throw new RangeError("the file's password is kept in a way that is not taken");
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  const from = { name: "PBKDF2", hash, salt: salt.content, iterations };
  return crypto.subtle.deriveKey(from, secret, { name: "AES-CBC", length: 256 }, false, ["decrypt"]);
}
