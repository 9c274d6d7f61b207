import { digests } from "../asn1/oids.ts";
import type { MacData, Pfx } from "../asn1/pfx.ts";
import { partsOf, tags } from "../asn1/tlv.ts";
import { algorithmIn } from "../asn1/values.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource } from "../octets.ts";
import { hmacHash, purposes, readPbkdf2 } from "./key-derivation.ts";
import type { HashName, IterationBudget } from "./key-derivation.ts";
import type { PasswordForm } from "./password.ts";

const PBMAC1 = "1.2.840.113549.1.5.14";

/** Also in octets: RFC 9579, section 4 rules out keys that are too short to protect anything. */
const MIN_MAC_KEY = 20;

const macDigests: ReadonlyMap<string, { hash: HashName; length: number }> = new Map([
  [digests.sha1, { hash: "SHA-1", length: 20 }],
  [digests.sha256, { hash: "SHA-256", length: 32 }],
  [digests.sha384, { hash: "SHA-384", length: 48 }],
  [digests.sha512, { hash: "SHA-512", length: 64 }],
]);

/**
 * Whether the file's MAC is the one that this password makes (RFC 7292, section 5.1; RFC 9579).
 * @throws SmimeError pkcs12-unsupported, pkcs12-malformed, cms-malformed
 */
export async function macMatches(
  { authenticatedSafe }: Pfx,
  mac: MacData,
  password: PasswordForm,
  budget: IterationBudget,
): Promise<boolean> {
  const { hash, key } =
    mac.algorithm.oid === PBMAC1
      ? await pbmac1Key(mac, password, budget)
      : legacyKey(mac, password, budget);
  const hmac = { name: "HMAC", hash };
  const imported = await crypto.subtle.importKey("raw", bufferSource(key), hmac, false, ["verify"]);
  return crypto.subtle.verify(
    hmac,
    imported,
    bufferSource(mac.digest),
    bufferSource(authenticatedSafe),
  );
}

interface MacKey {
  readonly hash: HashName;
  readonly key: Uint8Array;
}

function legacyKey(mac: MacData, { bmp }: PasswordForm, budget: IterationBudget): MacKey {
  const digest = macDigests.get(mac.algorithm.oid);
  if (digest === undefined)
    throw new SmimeError("pkcs12-unsupported", { detail: `MAC ${mac.algorithm.oid}` });
  const input = { password: bmp, salt: mac.salt, iterations: mac.iterations };
  return {
    hash: digest.hash,
    key: budget.derivePkcs12(digest.hash, purposes.mac, { ...input, length: digest.length }),
  };
}

async function pbmac1Key(
  mac: MacData,
  { utf8 }: PasswordForm,
  budget: IterationBudget,
): Promise<MacKey> {
  const parameters = mac.algorithm.parameters ?? undefined;
  const [derivation, scheme] = partsOf(parameters, tags.sequence);
  const pbkdf2 = readPbkdf2(algorithmIn(derivation));
  const { keyLength } = pbkdf2;
  if (keyLength === null || keyLength < MIN_MAC_KEY || keyLength > 1024)
    throw new SmimeError("pkcs12-malformed", { detail: "MAC key length" });
  return {
    hash: hmacHash(algorithmIn(scheme)),
    key: await budget.derivePbkdf2(pbkdf2, utf8, keyLength),
  };
}
