import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readContentInfo } from "../../src/core/asn1/content-info.ts";
import { readEnvelopedData } from "../../src/core/asn1/enveloped-data.ts";
import { readSignedData } from "../../src/core/asn1/signed-data.ts";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { headerFields, splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import { bob, contextOf, dana } from "../support/identities.ts";
import { text } from "../support/messages.ts";
import { holds } from "../support/property.ts";
import * as samples from "./samples.ts";
import { cmsOf, withCms } from "./samples.ts";

/** One changed octet: what was signed is no longer, and what was authenticated is not shown. */

const RUNS = 1_000;

const context = {
  ...contextOf(bob, dana),
  // openssl signs today.
  now: new Date(),
  anchors: [
    ...contextOf().anchors,
    { certificate: await parseCertificate(samples.authority.certificate), source: "user" as const },
  ],
};
const open = (message: Uint8Array): Promise<OpenedMessage> => openMessage(message, context);

interface Change {
  readonly at: number;
  readonly flip: number;
}
const changes = fc.record({ at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) });

/** Changes one of the octets from `start` to before `end`. */
function changed(
  octets: Uint8Array,
  { at, flip }: Change,
  start = 0,
  end = octets.length,
): Uint8Array {
  const copy = octets.slice();
  const index = start + (at % (end - start));
  copy[index] = (copy[index] ?? 0) ^ flip;
  return copy;
}

/** Where a part lies, in the octets it is a copy or a view of. */
function placeOf(part: Uint8Array, whole: Uint8Array): [start: number, end: number] {
  const start = Buffer.from(whole).indexOf(part);
  assert.ok(start >= 0 && part.length > 0);
  return [start, start + part.length];
}

/** What a reader of the message sees as its content: the body, and how it is to be read. */
function body(opened: OpenedMessage): string | null {
  if (opened.content === null) return null;
  const { header, body } = splitHeaderBody(opened.content);
  const structure = headerFields(header).filter(({ name }) => name.startsWith("content-"));
  return structure.map(({ raw }) => text(raw)).join("") + text(body);
}

const protectedHeaders = ({ headers }: OpenedMessage): string[] =>
  headers
    .filter(({ protection }) => protection !== "none")
    .map(({ name, value }) => `${name}: ${value}`);

describe("a signed message", () => {
  const signed = {
    "RSA, detached": samples.signedByAlice,
    "Ed25519, detached": samples.signedByCarlos,
    "ECDSA, opaque": samples.opaque,
  };
  for (const [name, message] of Object.entries(signed)) {
    const notValid = async (altered: Uint8Array): Promise<void> => {
      const { protection, signature } = await open(altered);
      assert.notEqual(signature.verdict, "valid");
      assert.equal(protection, "none");
    };

    it(`${name}: is not valid with one octet changed of what was signed`, async () => {
      assert.equal((await open(message)).protection, "signed");
      const cms = cmsOf(message);
      const { content, signers } = readSignedData(readContentInfo(cms).content);
      const attributes = signers[0]?.signedAttributes?.der.subarray(1) ?? new Uint8Array();
      const signature = signers[0]?.signature ?? new Uint8Array();
      for (const part of [attributes, signature, ...(content === null ? [] : [content])]) {
        const [start, end] = placeOf(part, cms);
        await holds(
          changes,
          (change) => notValid(withCms(message, changed(cms, change, start, end))),
          { runs: RUNS / 2 },
        );
      }
    });

    it(`${name}: shows what was signed or is not valid, with any octet changed`, async () => {
      const original = await open(message);
      const cms = cmsOf(message);
      await holds(
        fc.tuple(fc.boolean(), changes),
        async ([inside, change]) => {
          const altered = inside
            ? withCms(message, changed(cms, change))
            : changed(message, change);
          const opened = await open(altered);
          if (opened.signature.verdict !== "valid") {
            assert.equal(opened.protection, "none");
            return;
          }
          assert.equal(
            opened.signature.signer?.fingerprint,
            original.signature.signer?.fingerprint,
          );
          assert.equal(body(opened), body(original));
          for (const header of protectedHeaders(original)) {
            assert.ok(protectedHeaders(opened).includes(header), header);
          }
        },
        { runs: RUNS },
      );
    });
  }

  it("detached: is not valid with one octet of the signed part changed", async () => {
    for (const message of [samples.signedByAlice, samples.signedByCarlos]) {
      const boundary = /boundary="([^"]+)"/.exec(text(message))?.[1] ?? "";
      const [, part = ""] = text(message).split(`--${boundary}`);
      const start = text(message).indexOf(part) + 2;
      await holds(
        changes,
        async (change) => {
          const opened = await open(changed(message, change, start, start + part.length - 4));
          assert.notEqual(opened.signature.verdict, "valid");
          assert.equal(opened.protection, "none");
        },
        { runs: RUNS },
      );
    }
  });
});

describe("an authenticated message", () => {
  const authenticated = {
    "AES-GCM": samples.encryptedGcm,
    "AES-GCM around a signature": samples.signedAndEncryptedGcm,
  };
  for (const [name, message] of Object.entries(authenticated)) {
    it(`${name}: gives nothing with one octet changed of content, tag, nonce or key`, async () => {
      const cms = cmsOf(message);
      const enveloped = readEnvelopedData(readContentInfo(cms).content, true);
      const nonce = enveloped.contentEncryptionAlgorithm.parameters;
      assert.ok(nonce !== null && enveloped.authenticated !== null);
      const keys = enveloped.recipients.flatMap((info) =>
        "encryptedKey" in info ? info.encryptedKey : [],
      );
      // Each recipient's key is only its own reader's.
      const parts = [
        enveloped.encryptedContent,
        enveloped.authenticated.mac,
        nonce.bytes.subarray(nonce.contentStart + 2, nonce.contentStart + 14),
        ...(keys.length === 1 ? keys : []),
      ];
      for (const part of parts) {
        const [start, end] = placeOf(part, cms);
        await holds(
          changes,
          async (change) => {
            const opened = await open(withCms(message, changed(cms, change, start, end)));
            assert.equal(opened.content, null);
            assert.equal(opened.protection, "none");
            assert.equal(opened.encryption.verdict, "failed");
            assert.equal(opened.encryption.reason, "decryption-failed");
          },
          { runs: RUNS / 4 },
        );
      }
    });
  }

  const all = {
    ...authenticated,
    "AES-CBC around a signature": samples.signedAndEncryptedCbc,
  };
  for (const [name, message] of Object.entries(all)) {
    it(`${name}: is what it was, or not called authenticated, with any octet changed`, async () => {
      const original = await open(message);
      assert.equal(original.encryption.authenticated, true);
      const cms = cmsOf(message);
      await holds(
        fc.tuple(fc.boolean(), changes),
        async ([inside, change]) => {
          const altered = inside
            ? withCms(message, changed(cms, change))
            : changed(message, change);
          const opened = await open(altered);
          if (opened.encryption.authenticated || opened.protection.startsWith("signed")) {
            assert.equal(body(opened), body(original));
          }
          // Without the frame that makes it one, an encrypted message is shown as it came.
          if (message !== samples.signedAndEncryptedCbc && opened.encryption.verdict !== "none") {
            assert.ok(opened.content === null || body(opened) === body(original));
          }
        },
        { runs: RUNS },
      );
    });
  }
});
