import { SmimeError } from "../errors.ts";
import { bufferSource, concatOctets, equalOctets, octetsOf, randomOctets } from "../octets.ts";

/**
 * The outside of a backup file; docs/backup-format.md describes it. A line of JSON, then the
 * content as AES-256-GCM made it. The line is authenticated with the content.
 */
const FORMAT = "smime-exchange-backup";
const VERSION = 1;
const ITERATIONS = 600_000;
/** More would keep the machine busy for minutes. */
const MOST_ITERATIONS = 20_000_000;
const LONGEST_HEADER = 4096;
const LINE_FEED = 0x0a;

interface Header {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly iterations: number;
  /** These are base64. */
  readonly salt: string;
  readonly check: string;
  readonly nonce: string;
}

/** The caller sees to the password being a good one. */
export async function sealBackup(content: Uint8Array, password: string): Promise<Uint8Array> {
  const salt = randomOctets(16);
  const nonce = randomOctets(12);
  const { key, check } = await derive(password, salt, ITERATIONS);
  const header: Header = {
    format: FORMAT,
    version: VERSION,
    iterations: ITERATIONS,
    salt: base64(salt),
    check: base64(check),
    nonce: base64(nonce),
  };
  const line = octetsOf(`${JSON.stringify(header)}\n`);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: bufferSource(line) },
    key,
    bufferSource(content),
  );
  return concatOctets(line, new Uint8Array(sealed));
}

/**
 * @throws SmimeError backup-malformed for what is no backup, backup-unsupported for one of a later
 * version, backup-wrong-password, backup-damaged
 */
export async function openBackup(file: Uint8Array, password: string): Promise<Uint8Array> {
  const end = file.subarray(0, LONGEST_HEADER).indexOf(LINE_FEED);
  if (end === -1) throw new SmimeError("backup-malformed");
  const line = file.subarray(0, end + 1);
  const { iterations, ...header } = readHeader(line);
  const { key, check } = await derive(password, octets(header.salt, 16), iterations);
  if (!equalOctets(check, octets(header.check, 16))) {
    throw new SmimeError("backup-wrong-password");
  }
  try {
    const content = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: octets(header.nonce, 12), additionalData: bufferSource(line) },
      key,
      bufferSource(file.subarray(end + 1)),
    );
    return new Uint8Array(content);
  } catch (cause) {
    throw new SmimeError("backup-damaged", { cause });
  }
}

function readHeader(line: Uint8Array): Header {
  const header = jsonIn(line);
  if (header === null || header["format"] !== FORMAT) throw new SmimeError("backup-malformed");
  const { version, iterations, salt, check, nonce } = header;
  if (version !== VERSION) throw new SmimeError("backup-unsupported");
  const isCount = Number.isInteger(iterations) && Number(iterations) >= 1;
  if (!isCount || Number(iterations) > MOST_ITERATIONS) throw new SmimeError("backup-damaged");
  if (typeof salt !== "string" || typeof check !== "string" || typeof nonce !== "string") {
    throw new SmimeError("backup-damaged");
  }
  return { format: FORMAT, version, iterations: Number(iterations), salt, check, nonce };
}

function jsonIn(octets: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(octets));
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** One slow derivation, from which key and check value follow; neither tells the other. */
async function derive(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<{ key: CryptoKey; check: Uint8Array }> {
  const typed = new TextEncoder().encode(password.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const slow = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: bufferSource(salt), iterations },
    base,
    256,
  );
  const secret = await crypto.subtle.importKey("raw", slow, "HKDF", false, [
    "deriveBits",
    "deriveKey",
  ]);
  const hkdf = (purpose: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(0),
    info: bufferSource(octetsOf(`smime-exchange backup ${purpose} ${VERSION}`)),
  });
  return {
    key: await crypto.subtle.deriveKey(
      hkdf("key"),
      secret,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    ),
    check: new Uint8Array(await crypto.subtle.deriveBits(hkdf("check"), secret, 128)),
  };
}

function base64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}

function octets(text: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    const decoded = bufferSource(octetsOf(atob(text)));
    if (decoded.length === length) return decoded;
  } catch {
    // Not base64.
  }
  throw new SmimeError("backup-damaged");
}
