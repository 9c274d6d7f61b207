import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  der,
  derExplicit,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { ciphers, contentTypes, digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { bufferSource, concatOctets } from "../../src/core/octets.ts";
import { issuerAndSerialNumber } from "../../src/core/smime/certificate-identifiers.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { encryptKeyOaep } from "../../src/core/smime/rsaes-oaep.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import {
  contentKey,
  craftEnveloped,
  encryptCbc,
  encryptGcm,
  envelopedMessage,
  keyTransport,
  type CraftedEnvelope,
} from "../support/enveloped-data.ts";
import { alice, bob, carlos, contextOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import { attribute, plainAlgorithm } from "../support/signed-data.ts";

/** Envelopes beyond what openssl makes: every part that may be there, and every way to be wrong. */

const content = octets("Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n");
const key = contentKey(32);
const forBob = keyTransport(bob.encryption, key);
const forAlice = keyTransport(alice.encryption, key);
const cbc = await encryptCbc(key, content);
const gcm = await encryptGcm(key, content);

async function open(crafted: Partial<CraftedEnvelope>): Promise<OpenedMessage> {
  const cms = craftEnveloped({ recipients: [forBob], ...cbc, ...crafted });
  return openMessage(envelopedMessage(cms), contextOf(bob));
}

function outcome({ encryption, content: opened, protection }: OpenedMessage): string {
  const decrypted = encryption.verdict === "decrypted";
  assert.equal(protection, decrypted ? "encrypted" : "none");
  assert.equal(opened === null, !decrypted);
  return `${encryption.verdict} ${encryption.reason ?? ""}`.trim();
}

async function assertDecrypts(crafted: Partial<CraftedEnvelope>, cipher: string): Promise<void> {
  const opened = await open(crafted);
  assert.equal(outcome(opened), "decrypted");
  assert.equal(opened.encryption.cipher, cipher);
  assert.equal(opened.encryption.authenticated, cipher.endsWith("gcm"));
  assert.match(text(opened.content), /\r\n\r\nShall we meet at noon\?\r\n$/);
}

describe("an envelope is opened", () => {
  for (const length of [16, 24, 32]) {
    it(`with AES-${length * 8}-CBC and -GCM`, async () => {
      const other = contentKey(length);
      const recipients = [keyTransport(bob.encryption, other)];
      await assertDecrypts(
        { recipients, ...(await encryptCbc(other, content)) },
        `aes-${length * 8}-cbc`,
      );
      await assertDecrypts(
        { recipients, ...(await encryptGcm(other, content)) },
        `aes-${length * 8}-gcm`,
      );
    });
  }

  for (const nonceLength of [12, 16, 64]) {
    it(`with a nonce of ${nonceLength} octets`, async () => {
      await assertDecrypts(await encryptGcm(key, content, { nonceLength }), "aes-256-gcm");
    });
  }

  for (const tagLength of [12, 13, 14, 15, 16]) {
    it(`with a tag of ${tagLength} octets`, async () => {
      await assertDecrypts(await encryptGcm(key, content, { tagLength }), "aes-256-gcm");
    });
  }

  it("with a tag of twelve octets where none is announced", async () => {
    const { mac, ...rest } = await encryptGcm(key, content, { tagLength: 12, announced: false });
    await assertDecrypts({ mac, ...rest }, "aes-256-gcm");
  });

  it("and the message's own octets stay as they were", async () => {
    const cms = craftEnveloped({ recipients: [forBob], ...gcm });
    const header =
      "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    const message = concatOctets(octets(header), cms);
    const before = message.slice();
    const openings = [1, 2].map(() => openMessage(message, contextOf(bob)));
    for (const opening of openings) assert.equal(outcome(await opening), "decrypted");
    assert.deepEqual(message, before);
  });

  it("with authenticated attributes, which count in their DER", async () => {
    const attributes = [
      attribute("1.2.840.113549.1.9.5", octets("\x17\x0d260601110000Z")),
      attribute("1.2.3.4", derOctetString(octets("something longer than the time is"))),
    ];
    const additionalData = bufferSource(derSetOf(attributes));
    const sealed = await encryptGcm(key, content, { additionalData });
    const inOrder = derSetOf(attributes, contextTag(1, true));
    const backwards = der(contextTag(1, true), ...[...attributes].reverse());
    const indefinite = octets(`\xa1\x80${attributes.map(text).reverse().join("")}\x00\x00`);
    for (const shown of [inOrder, backwards, indefinite]) {
      await assertDecrypts({ ...sealed, attributes: shown }, "aes-256-gcm");
    }
    const fewer = der(contextTag(1, true), attributes[0] ?? additionalData);
    assert.equal(outcome(await open({ ...sealed, attributes: fewer })), "failed decryption-failed");
    assert.equal(outcome(await open(sealed)), "failed decryption-failed");
    assert.equal(outcome(await open({ ...gcm, attributes: inOrder })), "failed decryption-failed");
  });

  it("with attributes that protect nothing, and with what the originator sends along", async () => {
    const originator = der(
      contextTag(0, true),
      der(contextTag(0, true), alice.encryption.der),
      der(contextTag(1, true)),
    );
    const loose = attribute("1.2.3.4", derNull());
    await assertDecrypts(
      { originator, unprotected: der(contextTag(1, true), loose) },
      "aes-256-cbc",
    );
    await assertDecrypts(
      { ...gcm, originator, unprotected: der(contextTag(2, true), loose) },
      "aes-256-gcm",
    );
  });

  it("among recipients of every kind, known or not", async () => {
    const kek = der(
      contextTag(2, true),
      derSmallInteger(4),
      derSequence(derOctetString(octets("key"))),
      plainAlgorithm("2.16.840.1.101.3.4.1.45"),
      derOctetString(new Uint8Array(40)),
    );
    const password = der(
      contextTag(3, true),
      derSmallInteger(0),
      plainAlgorithm("1.2.840.113549.1.9.16.3.9"),
      derOctetString(new Uint8Array(48)),
    );
    const other = der(contextTag(4, true), derOid("1.2.3.4"), derSequence());
    const opened = await open({ recipients: [kek, other, forAlice, password, forBob] });
    assert.equal(outcome(opened), "decrypted");
    assert.deepEqual([...opened.encryption.keyManagement].sort(), [
      ...["kek", "other", "password", "rsaes-pkcs1-v1_5", "rsaes-pkcs1-v1_5"],
    ]);
    const without = await open({ recipients: [kek, other, password] });
    assert.equal(outcome(without), "no-key no-matching-key");
  });

  it("for a key identifier, whatever version the recipient info says", async () => {
    const identifier = der(
      contextTag(0, false),
      bob.encryption.subjectKeyIdentifier ?? new Uint8Array(0),
    );
    for (const version of [0, 2]) {
      const recipients = [keyTransport(bob.encryption, key, { identifier, version })];
      await assertDecrypts({ recipients }, "aes-256-cbc");
    }
  });

  it("for an issuer that the sender has written anew, with other strings and zeros", async () => {
    const [issuer, serial] = [bob.encryption.issuer.der, bob.encryption.serialNumber];
    const rewritten = octets(text(issuer).replaceAll("\x0c", "\x13").replaceAll("IETF", "ietf"));
    assert.notDeepEqual(rewritten, issuer);
    const number = der(tags.integer, Uint8Array.of(0), new Uint8Array(Buffer.from(serial, "hex")));
    for (const identifier of [
      derSequence(
        rewritten,
        issuerAndSerialNumber(bob.encryption).subarray(-2 - serial.length / 2),
      ),
      derSequence(issuer, number),
    ]) {
      const recipients = [keyTransport(bob.encryption, key, { identifier })];
      await assertDecrypts({ recipients }, "aes-256-cbc");
    }
  });

  it("that is empty", async () => {
    for (const sealed of [
      await encryptCbc(key, new Uint8Array(0)),
      await encryptGcm(key, new Uint8Array(0)),
    ]) {
      const opened = await open(sealed);
      assert.equal(outcome(opened), "decrypted");
      assert.match(text(opened.content), /\r\n\r\n$/);
    }
  });

  it("by the second of two infos for the same certificate, if the first is of no use", async () => {
    const useless = keyTransport(bob.encryption, contentKey(16));
    await assertDecrypts({ ...gcm, recipients: [useless, forBob] }, "aes-256-gcm");
  });
});

describe("an envelope is not opened, and says no more than that,", () => {
  const failed = "failed decryption-failed";
  const changed = (whole: Uint8Array, at: number) =>
    whole.map((octet, index) => (index === (at + whole.length) % whole.length ? octet ^ 1 : octet));

  it("if the key or the content is not what it was", async () => {
    const zero = new Uint8Array(256);
    const wrongKeys = [
      keyTransport(bob.encryption, contentKey(16)),
      keyTransport(bob.encryption, contentKey(33)),
      keyTransport(bob.encryption, new Uint8Array(0)),
      keyTransport(alice.encryption, key, { identifier: issuerAndSerialNumber(bob.encryption) }),
      ...[zero, zero.subarray(1), new Uint8Array(257), zero.fill(255), new Uint8Array(0)].map(
        (encryptedKey) => keyTransport(bob.encryption, key, { encryptedKey }),
      ),
    ];
    for (const recipient of wrongKeys) {
      assert.equal(outcome(await open({ ...gcm, recipients: [recipient] })), failed);
    }
    for (const at of [0, -1]) {
      assert.equal(outcome(await open({ ...gcm, mac: changed(gcm.mac, at) })), failed);
      assert.equal(outcome(await open({ ...gcm, encrypted: changed(gcm.encrypted, at) })), failed);
    }
    for (const encrypted of [
      cbc.encrypted.subarray(1),
      new Uint8Array(0),
      cbc.encrypted.subarray(0, 16),
    ]) {
      assert.equal(outcome(await open({ encrypted })), failed);
    }
    for (const iv of [new Uint8Array(0), new Uint8Array(8), new Uint8Array(17)]) {
      const algorithm = derSequence(derOid(ciphers.aes256Cbc), derOctetString(iv));
      assert.equal(outcome(await open({ algorithm })), failed);
    }
  });

  it("if a message of one mode is passed off as one of the other", async () => {
    const asCbc = { algorithm: cbc.algorithm, encrypted: gcm.encrypted, mac: gcm.mac };
    assert.equal(outcome(await open(asCbc)), "unsupported algorithm-unsupported");
    const withoutTag = { algorithm: gcm.algorithm, encrypted: gcm.encrypted };
    assert.equal(outcome(await open(withoutTag)), "unsupported algorithm-unsupported");
  });

  const unsupported = "unsupported algorithm-unsupported";
  it("if its cipher is none of ours, but only where there is a key", async () => {
    const ccm = (oid: string) =>
      derSequence(derOid(oid), derSequence(derOctetString(new Uint8Array(7)), derSmallInteger(12)));
    for (const [algorithm, name] of [
      [ccm("2.16.840.1.101.3.4.1.47"), "aes-256-ccm"],
      [plainAlgorithm("1.2.3.4"), "1.2.3.4"],
    ] as const) {
      const opened = await open({ ...gcm, algorithm });
      assert.equal(outcome(opened), unsupported);
      assert.equal(opened.encryption.cipher, name);
      const strange = await open({ ...gcm, algorithm, recipients: [forAlice] });
      assert.equal(outcome(strange), "no-key no-matching-key");
    }
    for (const tagLength of [4, 11, 17]) {
      const parameters = derSequence(
        derOctetString(new Uint8Array(12)),
        derSmallInteger(tagLength),
      );
      const algorithm = derSequence(derOid(ciphers.aes256Gcm), parameters);
      assert.equal(outcome(await open({ ...gcm, algorithm })), unsupported);
    }
  });

  it("if the way to the key is none of ours", async () => {
    for (const algorithm of [
      plainAlgorithm("1.2.840.113549.1.9.16.3.14"),
      derSequence(
        derOid(publicKeys.rsaesOaep),
        derSequence(derExplicit(0, plainAlgorithm("2.16.840.1.101.3.4.2.8"))),
      ),
      derSequence(
        derOid(publicKeys.rsaesOaep),
        derSequence(derExplicit(1, derSequence(derOid("1.2.3.4"), derNull()))),
      ),
    ]) {
      const recipients = [keyTransport(bob.encryption, key, { algorithm })];
      assert.equal(outcome(await open({ recipients })), unsupported);
    }
  });

  it("if what is inside is no message", async () => {
    assert.equal(outcome(await open({ contentType: contentTypes.signedData })), unsupported);
  });

  it("if its parts are not what they should be", async () => {
    const malformed = "failed malformed";
    assert.equal(outcome(await open({ ...gcm, mac: gcm.mac.subarray(4) })), malformed);
    const bare = plainAlgorithm(ciphers.aes256Gcm);
    assert.equal(outcome(await open({ ...gcm, algorithm: bare })), malformed);
    assert.equal(outcome(await open({ recipients: [derSequence(derSmallInteger(0))] })), malformed);
    const oaep = derSequence(
      derOid(publicKeys.rsaesOaep),
      derSequence(derExplicit(3, plainAlgorithm(digests.sha256))),
    );
    const recipients = [keyTransport(bob.encryption, key, { algorithm: oaep })];
    assert.equal(outcome(await open({ recipients })), malformed);
  });

  it("if the certificate's key is of another kind than the recipient info", async () => {
    const recipients = [
      keyTransport(bob.encryption, key, { identifier: issuerAndSerialNumber(carlos.encryption) }),
    ];
    const cms = craftEnveloped({ recipients, ...cbc });
    const opened = await openMessage(envelopedMessage(cms), contextOf(carlos));
    assert.equal(outcome(opened), failed);
  });

  it("if an OAEP block is wrong, as with any other", async () => {
    const oaep = derSequence(
      derOid(publicKeys.rsaesOaep),
      derSequence(
        derExplicit(0, plainAlgorithm(digests.sha256)),
        derExplicit(1, derSequence(derOid(publicKeys.mgf1), plainAlgorithm(digests.sha256))),
      ),
    );
    const encryptedKey = await encryptKeyOaep(bob.encryption.publicKey.spki, key);
    const info = (block: Uint8Array) =>
      keyTransport(bob.encryption, key, { algorithm: oaep, encryptedKey: block });
    await assertDecrypts({ recipients: [info(encryptedKey)] }, "aes-256-cbc");
    assert.equal(
      outcome(await open({ ...gcm, recipients: [info(changed(encryptedKey, 9))] })),
      failed,
    );
  });
});
