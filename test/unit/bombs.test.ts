import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { describe, it } from "node:test";
import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  der,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { contentTypes } from "../../src/core/asn1/oids.ts";
import {
  children,
  encodingOf,
  explicitPart,
  partsOf,
  readTlv,
  tags,
} from "../../src/core/asn1/tlv.ts";
import { errorCode } from "../../src/core/errors.ts";
import { decodeBase64, encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { readBody } from "../../src/core/mime/body.ts";
import { fromAddress } from "../../src/core/mime/from-address.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { joinOctets } from "../../src/core/octets.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage, protectionHint } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { alice, bob, contextOf, now, signerOf } from "../support/identities.ts";
import { octets, plainMessage, text } from "../support/messages.ts";

/**
 * Messages made to keep a reader busy, or to take all its memory. Each must come to its end within
 * about a second of one processor's time, which is measured instead of the clock: that runs on
 * while others have the processor.
 */
const CPU_MILLISECONDS = 2000;
const MEMORY_BYTES = 400 * 1024 * 1024;

const TO_BOB = "From: alice@smime.example\r\nTo: bob@smime.example\r\nMIME-Version: 1.0\r\n";

interface Outcome {
  readonly protection: string;
  readonly verdict: string;
  readonly reason: string | null;
  /** How the body was read: an error code, or "shown". */
  readonly body: string;
}

/** Everything that the background does with a message that is opened. */
async function open(message: Uint8Array): Promise<Outcome> {
  protectionHint(message);
  fromAddress(message);
  referencesOf(message);
  const opened = await openMessage(message, contextOf(bob));
  const { signature, encryption } = opened;
  const encrypted = encryption.verdict !== "none";
  return {
    protection: opened.protection,
    verdict: encrypted ? encryption.verdict : signature.verdict,
    reason: encrypted ? encryption.reason : signature.reason,
    body: opened.content === null ? "hidden" : shown(opened.content),
  };
}

function shown(content: Uint8Array): string {
  try {
    readBody(content);
    return "shown";
  } catch (error) {
    return errorCode(error);
  }
}

async function bounded(message: Uint8Array): Promise<Outcome> {
  const memory = process.memoryUsage().rss;
  const before = process.cpuUsage();
  const outcome = await open(message);
  const { user, system } = process.cpuUsage(before);
  const used = (user + system) / 1000;
  assert.ok(used < CPU_MILLISECONDS, `${Math.round(used)} ms of the processor`);
  const grown = process.memoryUsage().rss - memory;
  assert.ok(grown < MEMORY_BYTES, `${Math.round(grown / 1024 / 1024)} MiB of memory`);
  assert.equal(outcome.protection, "none");
  return outcome;
}

/** The CMS object as the whole message. */
function mail(cms: Uint8Array, type: string): Uint8Array {
  const header = `${TO_BOB}Content-Type: application/pkcs7-mime; smime-type=${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  return joinOctets([octets(header), encodeBase64Lines(cms)]);
}

const MULTIPART_SIGNED =
  'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=';

describe("a header", () => {
  const headers: Readonly<Record<string, string>> = {
    "of one line of 10 MB": `X-A: ${"x".repeat(10_000_000)}`,
    "of a million folds": `X-A: x${"\r\n abcdef".repeat(1_100_000)}`,
    "of a million fields": "X-A: b\r\n".repeat(1_250_000).trimEnd(),
    "of a hundred thousand fields within a megabyte": "a: b\r\n".repeat(160_000).trimEnd(),
    "with a parameter of nothing but comments": `Content-Type: text/plain; a=${"(".repeat(900_000)}`,
    "with a hundred thousand parameters": `Content-Type: text/plain${"; a=x".repeat(150_000)}`,
    "with a hundred thousand continuations": `Content-Type: text/plain${Array.from({ length: 80_000 }, (_, at) => `; a*${at}=x`).join("")}`,
    "with a hundred thousand broken continuations": `Content-Type: text/plain${Array.from({ length: 60_000 }, (_, at) => `; a${at}*0*=%`).join("")}`,
    "whose encoding is nothing but comments": `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: ${"(".repeat(900_000)}`,
    "with a file name of a megabyte": `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=${"=?utf-8?q?a?= ".repeat(60_000)}`,
    "with a hundred thousand references": `References: ${"<a@b> ".repeat(150_000)}`,
    "with references that never close": `References: ${"<".repeat(900_000)}`,
  };
  for (const [name, header] of Object.entries(headers)) {
    it(name, async () => {
      await bounded(octets(`${TO_BOB}${header}\r\n\r\nhello`));
    });
  }

  for (const [name, from] of [
    ["words", "a ".repeat(450_000)],
    ["quotes", '"'.repeat(900_000)],
    ["comments", "(".repeat(900_000)],
    ["mailboxes", "a@b, ".repeat(180_000)],
    ["escapes", `"${"\\".repeat(900_000)}`],
  ] as const) {
    it(`whose From is a megabyte of ${name}`, async () => {
      await bounded(octets(`From: ${from}\r\n\r\nhello`));
    });
  }
});

describe("a body", () => {
  it("of a hundred thousand parts is refused, and no signature among them is looked for without end", async () => {
    for (const part of ["\r\nx\r\n", "Content-Type: application/pkcs7-mime\r\n\r\nx\r\n"]) {
      const parts = `--b\r\n${part}`.repeat(100_000);
      const message = `${TO_BOB}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
      assert.equal((await bounded(octets(message))).body, "message-too-complex");
    }
  });

  it("of three thousand nested multiparts is refused", async () => {
    const nested = Array.from(
      { length: 3000 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    const outcome = await bounded(octets(`${TO_BOB}${nested.join("")}\r\nhello`));
    assert.equal(outcome.body, "message-too-complex");
  });

  it("of ten megabytes of empty lines is read", async () => {
    const outcome = await bounded(octets(`${TO_BOB}\r\n${"\n".repeat(10_000_000)}`));
    assert.equal(outcome.body, "shown");
  });

  it("of nothing but hyphens, or beginnings of its boundary, is searched once", async () => {
    for (const boundary of [`${"-".repeat(60)}x`, `${"-".repeat(300_000)}x`]) {
      const lines = `${"-".repeat(300_000)}\r\n`.repeat(20);
      const message = `${TO_BOB}${MULTIPART_SIGNED}${boundary}\r\n\r\n${"-".repeat(3_000_000)}\r\n${lines}`;
      assert.equal((await bounded(octets(message))).reason, "malformed");
    }
  });

  it("of a hundred thousand parts is no signed message", async () => {
    const parts = "--b\r\n\r\nx\r\n".repeat(100_000);
    const outcome = await bounded(octets(`${TO_BOB}${MULTIPART_SIGNED}b\r\n\r\n${parts}--b--\r\n`));
    assert.equal(outcome.reason, "malformed");
  });
});

describe("a CMS structure", () => {
  for (const [name, bytes] of [
    ["nested a hundred thousand times", "\x30\x80".repeat(100_000)],
    ["of an octet string in octet strings", "\x24\x80".repeat(100_000)],
    ["of a million elements", `\x30\x80${"\x05\x00".repeat(1_200_000)}\x00\x00`],
    ["that claims four gigabytes", "\x30\x84\xff\xff\xff\xff"],
  ] as const) {
    it(name, async () => {
      for (const type of ["signed-data", "enveloped-data"]) {
        assert.equal((await bounded(mail(octets(bytes), type))).reason, "malformed");
      }
    });
  }

  it("that inflates to more than any message is given up", async () => {
    const compressed = writeContentInfo(contentTypes.compressedData, tags.sequence, [
      derSmallInteger(0),
      derSequence(derOid("1.2.840.113549.1.9.16.3.8")),
      derSequence(
        derOid(contentTypes.data),
        derExplicit(0, derOctetString(new Uint8Array(deflateSync(new Uint8Array(600_000_000))))),
      ),
    ]);
    assert.ok(compressed.length < 1_000_000);
    await bounded(mail(compressed, "compressed-data"));
  });
});

describe("a SignedData", async () => {
  const signed = text(await signMessage(plainMessage(), signerOf(alice), { signingTime: now }));
  const start = signed.indexOf("\r\n\r\n", signed.indexOf('filename="smime.p7s"')) + 4;
  const end = signed.lastIndexOf("\r\n\r\n--");
  assert.ok(end > start);
  const cms = decodeBase64(octets(signed.slice(start, end)));
  const [, explicit] = partsOf(readTlv(cms), tags.sequence);
  const [version, digests, content, certificates, signers] = children(explicitPart(need(explicit)));
  const leaf = encodingOf(need(children(need(certificates))[0]));
  const authority = encodingOf(need(children(need(certificates)).at(-1)));
  const signer = encodingOf(need(children(need(signers))[0]));

  /** The message with other certificates and signers. */
  function rebuilt(certificateSet: readonly Uint8Array[], signerSet: readonly Uint8Array[]) {
    const rebuiltCms = writeContentInfo(contentTypes.signedData, tags.sequence, [
      ...[version, digests, content].map((part) => encodingOf(need(part))),
      der(0xa0, ...certificateSet),
      der(tags.set, ...signerSet),
    ]);
    const encoded = text(encodeBase64Lines(rebuiltCms)).trimEnd();
    return octets(signed.slice(0, start) + encoded + signed.slice(end));
  }

  /** Different certificates by their last octets, which are of the signature. */
  const variants = (certificate: Uint8Array, count: number) =>
    Array.from({ length: count }, (_, at) => {
      const variant = certificate.slice();
      variant.set([at >> 8, at & 0xff], variant.length - 2);
      return variant;
    });

  it("taken apart and put together is the same", async () => {
    const opened = await openMessage(rebuilt([leaf, authority], [signer]), contextOf(bob));
    assert.equal(opened.signature.verdict, "valid");
  });

  it("of five thousand signers does not count", async () => {
    const flood = Array.from({ length: 5000 }, () => signer);
    assert.notEqual((await bounded(rebuilt([leaf, authority], flood))).verdict, "valid");
  });

  it("with a flood of certificates does not count", async () => {
    assert.notEqual((await bounded(rebuilt(variants(leaf, 3000), [signer]))).verdict, "valid");
    const authorities = [leaf, ...variants(authority, 3000)];
    assert.notEqual((await bounded(rebuilt(authorities, [signer]))).verdict, "valid");
  });

  it("with as many certificates as a reader takes ends soon as well", async () => {
    for (const count of [50, 100, 200, 400]) {
      const flood = [leaf, ...variants(authority, count)];
      const before = process.cpuUsage();
      await open(rebuilt(flood, [signer]));
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1000 < CPU_MILLISECONDS, `${count} authorities`);
    }
  });
});

describe("an EnvelopedData", () => {
  it("of a hundred thousand recipients is given up", async () => {
    const encrypted = text(
      await encryptMessage(plainMessage(), [{ certificate: bob.encryption, capabilities: null }]),
    );
    const cms = decodeBase64(octets(encrypted.slice(encrypted.indexOf("\r\n\r\n") + 4)));
    const [, explicit] = partsOf(readTlv(cms), tags.sequence);
    const [version, recipients, content] = children(explicitPart(need(explicit)));
    const wrong = encodingOf(need(children(need(recipients))[0])).slice();
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    const flood = writeContentInfo(contentTypes.envelopedData, tags.sequence, [
      encodingOf(need(version)),
      der(tags.set, ...Array.from({ length: 100_000 }, () => wrong)),
      encodingOf(need(content)),
    ]);
    assert.equal((await bounded(mail(flood, "enveloped-data"))).verdict, "failed");
  });
});

function need<T>(value: T | null | undefined): T {
  assert.ok(value !== undefined && value !== null);
  return value;
}
