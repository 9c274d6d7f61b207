import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { ciphers } from "../../src/core/asn1/oids.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage, type OpenContext } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";

/** The engine as it ships: this module is bundled like the add-on before it is measured. */

export const operations = [
  "sign",
  "verify",
  "encrypt CBC",
  "decrypt CBC",
  "encrypt GCM",
  "decrypt GCM",
] as const;

export type Operation = (typeof operations)[number];

/** Whole messages in, whole messages out: MIME, base64 and CMS included. */
export type Engine = Readonly<Record<Operation, (message: Uint8Array) => Promise<Uint8Array>>>;

/** DER; Alice signs and writes to Bob. */
export interface Keys {
  readonly aliceCertificate: Uint8Array;
  readonly aliceKey: Uint8Array;
  readonly bobCertificate: Uint8Array;
  readonly bobKey: Uint8Array;
  readonly authority: Uint8Array;
}

export async function engineWith(keys: Keys): Promise<Engine> {
  const [aliceCertificate, bobCertificate, authority] = await Promise.all([
    parseCertificate(keys.aliceCertificate),
    parseCertificate(keys.bobCertificate),
    parseCertificate(keys.authority),
  ]);
  const signer = {
    certificate: aliceCertificate,
    privateKey: keys.aliceKey,
    chain: [],
    encryptionCertificate: null,
  };
  const signingTime = new Date("2026-06-01T12:00:00Z");
  const context: OpenContext = {
    ownCertificates: [bobCertificate],
    privateKey: () => Promise.resolve(keys.bobKey),
    intermediates: [],
    anchors: [{ certificate: authority, source: "user" }],
    now: signingTime,
  };
  const open = async (
    message: Uint8Array,
    wanted: "signed" | "encrypted",
    cipher: string | null,
  ) => {
    const { protection, rendered, encryption } = await openMessage(message, context);
    if (protection !== wanted || rendered === null || encryption.cipher !== cipher) {
      throw new Error(`opened as ${protection}, ${String(encryption.cipher)}`);
    }
    return rendered.body;
  };
  const encrypt = (message: Uint8Array, algorithms: readonly string[]) =>
    encryptMessage(message, [{ certificate: bobCertificate, capabilities: { algorithms } }]);
  return {
    sign: (message) => signMessage(message, signer, { signingTime }),
    verify: (message) => open(message, "signed", null),
    "encrypt CBC": (message) => encrypt(message, [ciphers.aes256Cbc]),
    "decrypt CBC": (message) => open(message, "encrypted", "aes-256-cbc"),
    "encrypt GCM": (message) => encrypt(message, [ciphers.aes256Gcm]),
    "decrypt GCM": (message) => open(message, "encrypted", "aes-256-gcm"),
  };
}
