import { base64LinesAfter, encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { concatOctets, octetsOf } from "../../src/core/octets.ts";
import { envelop } from "../../src/core/smime/write-enveloped-data.ts";
import { signDetached } from "../../src/core/smime/write-signed-data.ts";
import { alice, bob, signerOf, type Identity } from "./identities.ts";

/**
 * Cryptographic envelopes around a payload given octet for octet, as other programs make them, with
 * or without header protection. Headers are lines without the last line end.
 */

export const signingTime = new Date("2026-06-01T11:58:03Z");

/** An entity with its own header. */
async function signedEntity(payload: string, signer: Identity): Promise<Uint8Array> {
  const part = octetsOf(payload);
  const cms = await signDetached(part, signerOf(signer), signingTime);
  return concatOctets(
    octetsOf(
      `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=sha-256; boundary="signed"\r\n\r\n--signed\r\n`,
    ),
    part,
    octetsOf(
      "\r\n--signed\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    ),
    encodeBase64Lines(cms),
    octetsOf("--signed--\r\n"),
  );
}

async function encryptedEntity(content: Uint8Array, to: readonly Identity[]): Promise<Uint8Array> {
  const recipients = to.map(({ encryption }) => ({ certificate: encryption, capabilities: null }));
  const header = octetsOf(
    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n",
  );
  return base64LinesAfter(header, await envelop(content, recipients, "aes-256-cbc"));
}

export async function signed(outer: string, payload: string, signer = alice): Promise<Uint8Array> {
  return concatOctets(octetsOf(`${outer}\r\n`), await signedEntity(payload, signer));
}

export async function encrypted(outer: string, payload: string): Promise<Uint8Array> {
  return concatOctets(octetsOf(`${outer}\r\n`), await encryptedEntity(octetsOf(payload), [bob]));
}

export async function signedAndEncrypted(
  outer: string,
  payload: string,
  signer = alice,
): Promise<Uint8Array> {
  const inner = await signedEntity(payload, signer);
  return concatOctets(octetsOf(`${outer}\r\n`), await encryptedEntity(inner, [bob]));
}

export function lines(...all: readonly string[]): string {
  return all.join("\r\n");
}
