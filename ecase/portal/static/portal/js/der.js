/** DER (X.690) in the few shapes that a key file and a signature need. The server's own reader is the strict one. */

const LONG = 0x80;

/** The elements that fill `bytes`: `{tag, content, raw}`. Throws RangeError if they do not fit. */
export function elements(bytes) {
  const found = [];
  for (let place = 0; place < bytes.length; ) {
    const one = element(bytes, place);
    found.push(one);
    place += one.raw.length;
  }
  return found;
}

function element(bytes, place) {
  const [size, begin] = sizeAt(bytes, place + 1);
  if (begin + size > bytes.length) throw new RangeError("an element is cut off");
  return { tag: bytes[place], content: bytes.subarray(begin, begin + size), raw: bytes.subarray(place, begin + size) };
}

function sizeAt(bytes, place) {
  const first = bytes[place];
  if (first < LONG) return [first, place + 1];
  const octets = bytes.subarray(place + 1, place + 1 + (first & ~LONG));
  if (octets.length === 0 || octets.length > 4) throw new RangeError("a length that is not one");
  return [octets.reduce((size, octet) => size * 256 + octet, 0), place + 1 + octets.length];
}

/** The one element that `bytes` are, and those inside an element. */
export const only = (bytes) => elements(bytes)[0];
export const inside = (one) => elements(one.content);

/** A value of that tag around bytes. */
export function encode(tag, ...parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return joined([Uint8Array.of(tag, ...length(size)), ...parts]);
}

function length(size) {
  if (size < LONG) return [size];
  const octets = [];
  for (let rest = size; rest; rest >>>= 8) octets.unshift(rest & 0xff);
  return [LONG | octets.length, ...octets];
}

/** A SET OF in the order that DER prescribes: whoever signs attributes signs them so. */
export const set = (...members) => encode(0x31, ...members.sort(compare));
export const sequence = (...parts) => encode(0x30, ...parts);
export const octets = (bytes) => encode(0x04, bytes);

/** An unsigned number, given as big-endian octets. */
export function integer(bytes) {
  const start = bytes.findIndex((octet) => octet !== 0);
  const short = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return short[0] & 0x80 ? encode(0x02, Uint8Array.of(0), short) : encode(0x02, short);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  return encode(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(number) {
  const found = [number & 0x7f];
  for (let rest = Math.floor(number / 128); rest; rest = Math.floor(rest / 128)) found.unshift((rest & 0x7f) | 0x80);
  return found;
}

/** Whether two stretches of bytes are the same. */
export const same = (one, other) => compare(one, other) === 0;

function compare(one, other) {
  for (let place = 0; place < Math.min(one.length, other.length); place++) {
    if (one[place] !== other[place]) return one[place] - other[place];
  }
  return one.length - other.length;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
