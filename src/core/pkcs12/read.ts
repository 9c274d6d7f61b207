import { parseCertificate } from "../asn1/certificate.ts";
import { readBags, readPfx, readPrivateKeyInfo, readSafes } from "../asn1/pfx.ts";
import type { Bag, Pfx, PrivateKeyInfo } from "../asn1/pfx.ts";
import { pemBlocks } from "../asn1/pem.ts";
import { tags } from "../asn1/tlv.ts";
import { SmimeError } from "../errors.ts";
import type { Certificate } from "../trust/certificate.ts";
import { authoritiesAbove } from "../trust/issuers.ts";
import { decryptWithPassword } from "./decrypt.ts";
import { macMatches } from "./integrity.ts";
import { IterationBudget } from "./key-derivation.ts";
import { isKeyOf, keyKind } from "./key-match.ts";
import { passwordForms } from "./password.ts";
import type { PasswordForm } from "./password.ts";

/** What a .p12 or .pfx file holds. */
export interface KeyFile {
  /** At least one. A key with several certificates is there once for each of them. */
  readonly keys: readonly {
    readonly certificate: Certificate;
    /** PrivateKeyInfo (RFC 5208), DER, without attributes. */
    readonly privateKey: Uint8Array;
    /** Authorities above it from the same file, nearest first. */
    readonly chain: readonly Certificate[];
  }[];
  /** Those that belong to no key of the file and are in no chain either. */
  readonly otherCertificates: readonly Certificate[];
}

/** Comparing every key with every certificate has to end. */
const MAX_KEYS = 50;

/**
 * Reads a PKCS#12 file (RFC 7292, RFC 9579), as programs of today and of twenty years ago write it.
 * @throws SmimeError pkcs12-wrong-password, pkcs12-malformed, pkcs12-unsupported,
 * pkcs12-no-private-key, pkcs12-no-certificate (no certificate goes with any of the keys)
 */
export async function readKeyFile(file: Uint8Array, password: string): Promise<KeyFile> {
  try {
    const bags = await openFile(readPfx(withoutArmour(file)), password, new IterationBudget());
    return await arrange(bags);
  } catch (cause) {
    if (cause instanceof SmimeError && cause.code.startsWith("pkcs12-")) throw cause;
    throw new SmimeError("pkcs12-malformed", { cause });
  }
}

/** DER or BER as it is, or out of PEM. */
function withoutArmour(file: Uint8Array): Uint8Array {
  if (file[0] === tags.sequence) return file;
  return pemBlocks(file, ["PKCS12"])[0] ?? file;
}

/** Bags without encryption. */
type OpenBag = Exclude<Bag, { kind: "shrouded-key" }>;

async function openFile(
  pfx: Pfx,
  password: string,
  budget: IterationBudget,
): Promise<readonly OpenBag[]> {
  const forms = passwordForms(password);
  const { mac } = pfx;
  if (mac === null) return openWithAny(pfx, forms, budget);
  for (const form of forms) {
    if (!(await macMatches(pfx, mac, form, budget))) continue;
    // Where MAC and encryption see an empty password differently, the other forms have their turn.
    return openWithAny(pfx, [form, ...forms.filter((other) => other !== form)], budget);
  }
  throw new SmimeError("pkcs12-wrong-password");
}

async function openWithAny(
  pfx: Pfx,
  forms: readonly PasswordForm[],
  budget: IterationBudget,
): Promise<readonly OpenBag[]> {
  let wrong: unknown;
  for (const form of forms) {
    try {
      return await openSafes(pfx, form, budget);
    } catch (error) {
      if (!(error instanceof SmimeError) || error.code !== "pkcs12-wrong-password") throw error;
      wrong = error;
    }
  }
  throw wrong;
}

async function openSafes(
  { authenticatedSafe }: Pfx,
  form: PasswordForm,
  budget: IterationBudget,
): Promise<readonly OpenBag[]> {
  const open: OpenBag[] = [];
  for (const safe of readSafes(authenticatedSafe)) {
    const bags =
      safe.kind === "clear"
        ? readBags(safe.contents)
        : readDecrypted(await decryptWithPassword(safe.encrypted, form, budget), readBags);
    for (const bag of bags) {
      if (bag.kind !== "shrouded-key") open.push(bag);
      else {
        const privateKey = await decryptWithPassword(bag.encrypted, form, budget);
        readDecrypted(privateKey, readPrivateKeyInfo);
        open.push({ kind: "key", privateKey });
      }
    }
  }
  return open;
}

/** One wrong key in 256 happens to leave a right padding, and then nonsense. */
function readDecrypted<T>(decrypted: Uint8Array, read: (decrypted: Uint8Array) => T): T {
  try {
    return read(decrypted);
  } catch (cause) {
    throw new SmimeError("pkcs12-wrong-password", { cause });
  }
}

async function arrange(bags: readonly OpenBag[]): Promise<KeyFile> {
  const infos = bags.flatMap((bag) =>
    bag.kind === "key" ? [readPrivateKeyInfo(bag.privateKey)] : [],
  );
  if (infos.length === 0) throw new SmimeError("pkcs12-no-private-key");
  if (infos.length > MAX_KEYS) throw new SmimeError("pkcs12-unsupported", { detail: "keys" });
  const usable = infos.filter((info) => keyKind(info) !== null);
  if (usable.length === 0) throw new SmimeError("pkcs12-unsupported", { detail: "key algorithm" });

  const certificates = await readCertificates(bags);
  const pairs = await pair(usable, certificates);
  if (pairs.size === 0) throw new SmimeError("pkcs12-no-certificate");
  const others = certificates.filter((certificate) => !pairs.has(certificate));
  const keys = Array.from(pairs, ([certificate, { der: privateKey }]) => ({
    certificate,
    privateKey,
    chain: authoritiesAbove(certificate, others),
  }));
  const inChains = new Set(keys.flatMap(({ chain }) => chain));
  return { keys, otherCertificates: others.filter((certificate) => !inChains.has(certificate)) };
}

/** Each once. What does not parse cannot be used, but takes nothing from the rest. */
async function readCertificates(bags: readonly OpenBag[]): Promise<Certificate[]> {
  const found = new Map<string, Certificate>();
  for (const bag of bags) {
    if (bag.kind !== "certificate") continue;
    const certificate = await parseCertificate(bag.der).catch(() => null);
    if (certificate !== null) found.set(certificate.fingerprint, certificate);
  }
  return [...found.values()];
}

/**
 * Goes by the keys alone. The localKeyId attribute that should tie the two together is missing or
 * wrong in too many files.
 */
async function pair(
  keys: readonly PrivateKeyInfo[],
  certificates: readonly Certificate[],
): Promise<Map<Certificate, PrivateKeyInfo>> {
  const pairs = new Map<Certificate, PrivateKeyInfo>();
  for (const certificate of certificates)
    for (const key of keys)
      if (!pairs.has(certificate) && (await isKeyOf(key, certificate))) pairs.set(certificate, key);
  return pairs;
}
