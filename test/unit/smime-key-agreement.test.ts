import assert from "node:assert/strict";
import { createHash, hkdfSync } from "node:crypto";
import { describe, it } from "node:test";
import * as der from "../../src/core/asn1/der.ts";
import { publicKey } from "../../src/core/asn1/public-key.ts";
import { keyAgreement, publicKeys } from "../../src/core/asn1/oids.ts";
import { readTlv } from "../../src/core/asn1/tlv.ts";
import { algorithmIn } from "../../src/core/asn1/values.ts";
import { decryptKeyAgreed } from "../../src/core/smime/key-agreement.ts";
import { wrapKey } from "../../src/core/smime/key-wrap.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { dana } from "../support/identities.ts";

const contentKey = new Uint8Array(32).fill(7);
const wrap = der.derSequence(der.derOid(keyAgreement.aes256Wrap));
const sharedInfo = der.derSequence(
  wrap,
  der.derExplicit(2, der.derOctetString(Uint8Array.of(0, 0, 1, 0))),
);
const zeros = new Uint8Array(32);

/** Opens a content key that was wrapped by a shared secret of zeros. */
async function opened(
  scheme: string,
  wrapping: Uint8Array,
  originator: { oid: string; publicKey: Uint8Array },
  pkcs8: Uint8Array,
  own: Certificate,
): Promise<Uint8Array | null> {
  const algorithm = (oid: string, ...parameters: Uint8Array[]) =>
    algorithmIn(readTlv(der.derSequence(der.derOid(oid), ...parameters)));
  return decryptKeyAgreed(pkcs8, own, {
    kind: "key-agreement",
    identifier: { kind: "subject-key-identifier", keyIdentifier: zeros },
    algorithm: algorithm(scheme, wrap),
    encryptedKey: await wrapKey(wrapping, contentKey),
    originator: { algorithm: algorithm(originator.oid), publicKey: originator.publicKey },
    userKeyingMaterial: null,
  });
}

const octetsOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

describe("a shared secret of zeros", () => {
  it("is one like any other on a NIST curve, which has two points with it", async () => {
    const curve = der.derSequence(
      der.derOid(publicKeys.ecPublicKey),
      der.derOid("1.2.840.10045.3.1.7"),
    );
    // The private key one, whose public key is the generator; and the point whose x is zero.
    const generator = octetsOf(
      "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    );
    const point = octetsOf(
      `04${"00".repeat(32)}66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4`,
    );
    const one = zeros.slice().fill(1, 31);
    const ecKey = der.derSequence(der.derSmallInteger(1), der.derOctetString(one));
    const pkcs8 = der.derSequence(der.derSmallInteger(0), curve, der.derOctetString(ecKey));
    const own = publicKey(der.derSequence(curve, der.derBitString(generator)));
    const wrapping = createHash("sha256")
      .update(zeros)
      .update(Uint8Array.of(0, 0, 0, 1))
      .update(sharedInfo)
      .digest();
    const key = await opened(
      keyAgreement.stdDhSha256Kdf,
      wrapping,
      { oid: publicKeys.ecPublicKey, publicKey: point },
      pkcs8,
      { ...dana.encryption, publicKey: own },
    );
    assert.deepEqual(key, contentKey);
  });

  it("is nobody's secret on Curve25519: a key of small order makes it with any other", async () => {
    const key = await opened(
      keyAgreement.stdDhHkdfSha256,
      new Uint8Array(hkdfSync("sha256", zeros, new Uint8Array(0), sharedInfo, 32)),
      { oid: publicKeys.x25519, publicKey: zeros },
      dana.decryptionKey,
      dana.encryption,
    );
    assert.equal(key, null);
  });
});
