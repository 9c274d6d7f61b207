/** For a handful of parts; see `joinOctets`. */
export function concatOctets(...parts: readonly Uint8Array[]): Uint8Array {
  return joinOctets(parts);
}

/** Joins any number of parts without further copies; an only part is returned as it is. */
export function joinOctets(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Not constant-time: for public values only. */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}

/** For text that this code wrote itself; characters above U+00FF would be cut. */
export function octetsOf(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) octets[index] = text.charCodeAt(index);
  return octets;
}

/** One character per octet (ISO 8859-1), reversible with `octetsOf`. For headers, not for bulk content. */
export function latin1Text(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 8192) {
    text += shortText(octets.subarray(at, at + 8192));
  }
  return text;
}

/**
 * The same of a few thousand octets: each one is an argument of a call.
 * @throws RangeError for too many
 */
export function shortText(octets: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, null, octets) as string;
}

export function hexText(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** The inverse of `hexText`. */
export function octetsOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * WebCrypto's types exclude views of shared memory, which nothing here creates. Says so to the
 * compiler without a copy.
 */
export function bufferSource(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  return octets as Uint8Array<ArrayBuffer>;
}

export function randomOctets(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
