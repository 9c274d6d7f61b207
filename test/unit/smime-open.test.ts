import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { describe, it } from "node:test";
import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { ciphers, contentTypes } from "../../src/core/asn1/oids.ts";
import { tags } from "../../src/core/asn1/tlv.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { decodeBase64, encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage, protectionHint } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import {
  alice,
  bob,
  carlos,
  contextOf,
  dana,
  now,
  signerOf,
  type Identity,
} from "../support/identities.ts";
import { altered, edited, editedOutside, octets, plainMessage, text } from "../support/messages.ts";

const signingTime = new Date("2026-06-01T11:58:03Z");
const message = plainMessage();
const signed = await signMessage(message, signerOf(alice), { signingTime });
const to = (...people: Identity[]) =>
  people.map(({ encryption }) => ({ certificate: encryption, capabilities: null }));

const compressed = (content: Uint8Array): Uint8Array =>
  writeContentInfo(contentTypes.compressedData, tags.sequence, [
    derSmallInteger(0),
    derSequence(derOid("1.2.840.113549.1.9.16.3.8")),
    derSequence(
      derOid(contentTypes.data),
      derExplicit(0, derOctetString(new Uint8Array(deflateSync(content)))),
    ),
  ]);
const mail = (cms: Uint8Array) =>
  octets(
    `From: a@b.example\r\nContent-Type: application/pkcs7-mime; smime-type=compressed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n${text(encodeBase64Lines(cms))}`,
  );

function unprotected(opened: OpenedMessage): void {
  assert.notEqual(opened.signature.verdict, "valid");
  assert.equal(opened.protection, "none");
}

describe("an envelope that is not built as it should be", () => {
  it("is a verdict, not an exception: a nonce that is no octet string", async () => {
    const capabilities = { algorithms: [ciphers.aes256Gcm] };
    const encrypted = await encryptMessage(message, [
      { certificate: bob.encryption, capabilities },
    ]);
    const cms = cmsOf(encrypted);
    const nonce = Buffer.from(cms).indexOf(Buffer.from("60864801650304012e3011040c", "hex")) + 11;
    assert.equal(cms[nonce], tags.octetString);
    const broken = cms.slice();
    broken[nonce] = tags.integer;
    const opened = await openMessage(withCms(encrypted, broken), contextOf(bob));
    assert.equal(opened.protection, "none");
    assert.equal(opened.encryption.verdict, "failed");
    assert.equal(opened.content, null);
  });
});

describe("a signature does not count", () => {
  it("if the body was altered", async () => {
    const opened = await openMessage(edited(signed, "noon", "nine"), contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.verdict, "invalid");
    assert.equal(opened.signature.reason, "content-altered");
    assert.deepEqual(opened.certificates, []);
    assert.equal(opened.encryptionCertificate, null);
    assert.equal(opened.capabilities, null);
    assert.match(text(opened.content), /nine/);
  });

  it("if any octet of what it covers, or of the signature's own value, was altered", async () => {
    const start = text(signed).indexOf("Content-Language");
    const end = text(signed).indexOf("\r\n--=_", start);
    for (let at = start; at < end; at++) {
      const opened = await openMessage(altered(signed, at), contextOf(bob));
      assert.equal(opened.signature.verdict, "invalid", `octet ${at}`);
    }
    const cms = cmsOf(signed);
    for (let at = cms.length - 256; at < cms.length; at += 17) {
      const opened = await openMessage(withCms(signed, altered(cms, at)), contextOf(bob));
      assert.equal(opened.signature.verdict, "invalid", `signature octet ${at}`);
    }
  });

  for (const [name, delimiter] of [
    ["a form feed after", (boundary: string) => `--${boundary}\f\r\n`],
    ["a vertical tab after", (boundary: string) => `--${boundary}\v\r\n`],
    ["a bare CR before", (boundary: string) => `x\r--${boundary}\r\n`],
  ] as const) {
    it(`if other readers could see another part: a delimiter with ${name} it`, async () => {
      const boundary = /boundary="([^"]+)"/.exec(text(signed))?.[1] ?? "";
      const preamble = "This is a message signed with S/MIME.\r\n";
      const evil = `${delimiter(boundary)}Content-Type: text/plain\r\n\r\nEVIL\r\n`;
      const opened = await openMessage(
        edited(signed, preamble, `${preamble}${evil}`),
        contextOf(bob),
      );
      unprotected(opened);
      assert.equal(opened.signature.reason, "malformed");
    });
  }

  for (const [name, change] of [
    ["a boundary in RFC 2231's form", (type: string) => type.replace("boundary=", "boundary*=")],
    ["two boundaries", (type: string) => type.replace("boundary=", "boundary=x; boundary=")],
    ["a comment", (type: string) => type.replace("boundary=", "(boundary=x;) boundary=")],
    ["base64 around the parts", (type: string) => `Content-Transfer-Encoding: base64\r\n${type}`],
  ] as const) {
    it(`if other readers could see other parts: ${name}`, async () => {
      const whole = text(signed).replace(/Content-Type: multipart\/signed[^]*?\r\n\r\n/, change);
      const opened = await openMessage(octets(whole), contextOf(bob));
      unprotected(opened);
    });
  }

  for (const [name, field] of [
    ["a bare CR", "X: a\rFrom: mallory@evil.example"],
    ["a NUL", "X: a\0b"],
    ["a line that is no field", "Dear Bob, pay at once."],
    ["white space before a colon", "Reply-To : mallory@evil.example"],
  ] as const) {
    it(`if other readers could see another header: ${name}`, async () => {
      const opened = await openMessage(
        editedOutside(signed, "Subject: Lunch", `${field}\r\nSubject: Lunch`),
        contextOf(bob),
      );
      unprotected(opened);
      assert.equal(opened.signature.reason, "malformed");
    });
  }

  it("if From is somebody else, and says so when all else is right", async () => {
    const other = editedOutside(signed, "Alice Lovelace <alice@", "Alice Lovelace <mallory@");
    const opened = await openMessage(other, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.verdict, "mismatch");
    assert.equal(opened.signature.reason, "address-mismatch");
    assert.equal(opened.certificates[0]?.fingerprint, alice.signing.fingerprint);
  });

  for (const [name, from] of [
    ["two From fields", "From: alice@smime.example\r\nFrom: mallory@smime.example"],
    ["two mailboxes in From", "From: alice@smime.example, mallory@smime.example"],
    ["the address in the display name only", 'From: "alice@smime.example" <m@evil.example>'],
    ["the address in a comment only", "From: m@evil.example (alice@smime.example)"],
  ] as const) {
    it(`if there are ${name}`, async () => {
      const other = editedOutside(signed, "From: Alice Lovelace <alice@smime.example>", from);
      const opened = await openMessage(other, contextOf(bob));
      unprotected(opened);
      assert.equal(opened.signature.verdict, "mismatch");
    });
  }

  it("if its path ends nowhere", async () => {
    const opened = await openMessage(signed, { ...contextOf(bob), anchors: [] });
    unprotected(opened);
    assert.equal(opened.signature.verdict, "untrusted");
    assert.equal(opened.signature.reason, "certificate-path");
    assert.equal(opened.signature.path?.ok, false);
    assert.equal(opened.certificates[0]?.fingerprint, alice.signing.fingerprint);
  });

  it("if the certificate has expired by now", async () => {
    const late = new Date("2060-01-01T00:00:00Z");
    const opened = await openMessage(signed, { ...contextOf(bob), now: late });
    assert.equal(opened.signature.signerAtSigning, "valid");
    assert.deepEqual(opened.signature.checkedAt, late);
    assert.equal(opened.signature.verdict, "untrusted");
    assert.equal(opened.signature.path?.ok === false && opened.signature.path.reason, "expired");
  });

  it("if it was made in the future", async () => {
    const future = await signMessage(message, signerOf(alice), {
      signingTime: new Date(now.getTime() + 3 * 24 * 3600 * 1000),
    });
    const opened = await openMessage(future, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.reason, "signing-time-in-future");
  });

  it("if it was made with a certificate that is not for signing", async () => {
    const misused = await signMessage(
      message,
      { ...signerOf(alice), certificate: alice.encryption, privateKey: alice.decryptionKey },
      { signingTime },
    );
    const opened = await openMessage(misused, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.path?.ok === false && opened.signature.path.reason, "key-usage");
  });

  it("if it stands beside something else", async () => {
    const [header, body] = splitOnce(text(signed), "Content-Type: multipart/signed");
    const listed = octets(
      [
        `${header}Content-Type: multipart/mixed; boundary=list`,
        "",
        "--list",
        `Content-Type: multipart/signed${body}`,
        "--list",
        "Content-Type: text/plain",
        "",
        "Unsubscribe here",
        "--list--",
        "",
      ].join("\r\n"),
    );
    const opened = await openMessage(listed, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.verdict, "none");
    assert.equal(opened.signature.reason, "not-whole-message");
    assert.equal(opened.signature.coversWholeMessage, false);
    assert.deepEqual(opened.certificates, []);
    assert.deepEqual(opened.content, listed);
    assert.equal(protectionHint(listed), "none");
  });

  it("if a third part was added", async () => {
    const boundary = /boundary="([^"]+)"/.exec(text(signed))?.[1] ?? "";
    const extended = edited(
      signed,
      `\r\n--${boundary}--`,
      `\r\n--${boundary}\r\n\r\nextra\r\n--${boundary}--`,
    );
    const opened = await openMessage(extended, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.reason, "malformed");
  });

  it("if two Content-Type fields disagree", async () => {
    const twice = editedOutside(
      signed,
      "Subject: Lunch",
      "Content-Type: text/html\r\nSubject: Lunch",
    );
    const opened = await openMessage(twice, contextOf(bob));
    unprotected(opened);
    assert.equal(opened.signature.verdict, "none");
  });
});

describe("a message", () => {
  it("without protection is nothing but itself", async () => {
    const opened = await openMessage(message, contextOf(bob));
    assert.equal(opened.protection, "none");
    assert.equal(opened.signature.verdict, "none");
    assert.equal(opened.signature.reason, null);
    assert.equal(opened.encryption.verdict, "none");
    assert.deepEqual(opened.layers, []);
    assert.equal(opened.content, message);
  });

  it("lets the locked vault through, and asks for nothing before it matters", async () => {
    const locked = {
      ...contextOf(bob),
      privateKey: () => Promise.reject(new SmimeError("vault-locked")),
    };
    const encrypted = await encryptMessage(message, to(bob));
    await assert.rejects(
      openMessage(encrypted, locked),
      (error) => error instanceof SmimeError && error.code === "vault-locked",
    );
    assert.equal((await openMessage(signed, locked)).signature.verdict, "valid");
  });

  it("signed before its certificate was valid is told to be, whatever that proves", async () => {
    const early = await signMessage(message, signerOf(alice), {
      signingTime: new Date("2001-01-01T00:00:00Z"),
    });
    const opened = await openMessage(early, contextOf(bob));
    assert.equal(opened.signature.verdict, "valid");
    assert.equal(opened.signature.signerAtSigning, "not-yet-valid");
  });

  it("wrapped three times shows all layers; the innermost signature is the author's", async () => {
    const encrypted = await encryptMessage(signed, to(bob, alice));
    const wrapped = await signMessage(encrypted, signerOf(alice), { signingTime });
    const opened = await openMessage(wrapped, contextOf(bob));
    assert.deepEqual(
      opened.layers.map(({ kind }) => kind),
      ["signed", "encrypted", "signed"],
    );
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.match(text(opened.content), /\r\n\r\nShall we meet at noon\?\r\n$/);
  });

  it("signed around its encryption is encrypted and not signed: who signed may not know the text", async () => {
    const encrypted = await encryptMessage(message, to(bob));
    const wrapped = await signMessage(encrypted, signerOf(alice), { signingTime });
    const opened = await openMessage(wrapped, contextOf(bob));
    assert.equal(opened.protection, "encrypted");
    assert.equal(opened.signature.verdict, "none");
    assert.equal(opened.signature.reason, "outside-encryption");
    assert.equal(opened.signature.coversWholeMessage, false);
    assert.equal(opened.encryption.authenticated, false);
    assert.deepEqual(
      opened.layers.map((layer) =>
        layer.kind === "signed" ? layer.signature.verdict : layer.kind,
      ),
      ["valid", "encrypted"],
    );
    // What the signature brings along is not learned either.
    assert.deepEqual(opened.certificates, []);
    assert.equal(opened.capabilities, null);
    const unreadable = await openMessage(wrapped, contextOf(carlos));
    assert.equal(unreadable.signature.reason, "outside-encryption");
    assert.equal(unreadable.encryption.verdict, "no-key");
  });

  it("signed by two around each other counts by the one who sent it, inner or outer", async () => {
    const byBoth = async (from: Identity) => {
      const written = plainMessage({ from: from.address });
      const inner = await signMessage(written, signerOf(alice), { signingTime });
      return openMessage(await signMessage(inner, signerOf(bob), { signingTime }), contextOf(dana));
    };
    for (const from of [alice, bob]) {
      const opened = await byBoth(from);
      assert.equal(opened.protection, "signed");
      assert.equal(opened.signature.signer?.fingerprint, from.signing.fingerprint);
    }
    const opened = await byBoth(carlos);
    assert.equal(opened.signature.verdict, "mismatch");
    assert.equal(opened.signature.signer?.fingerprint, alice.signing.fingerprint);
  });

  it("whose inner signature is broken is not made good by another one around it", async () => {
    const broken = edited(signed, "noon", "nine");
    const wrapped = await signMessage(broken, signerOf(alice), { signingTime });
    const opened = await openMessage(wrapped, contextOf(bob));
    assert.equal(opened.protection, "none");
    assert.equal(opened.signature.reason, "content-altered");
  });

  it("nested without end is given up", async () => {
    let nested = message;
    for (let depth = 0; depth < 8; depth++) nested = await encryptMessage(nested, to(bob));
    const deep = await openMessage(nested, contextOf(bob));
    assert.equal(deep.encryption.verdict, "decrypted");
    assert.match(text(deep.content), /noon/);
    const deeper = await openMessage(await encryptMessage(nested, to(bob)), contextOf(bob));
    assert.equal(deeper.encryption.verdict, "failed");
    assert.equal(deeper.encryption.reason, "too-deep");
    assert.equal(deeper.content, null);
    assert.equal(deeper.protection, "none");
  });

  it("compressed at any layer is signed and encrypted as without", async () => {
    const from = plainMessage({ from: alice.address });
    const entity = (whole: Uint8Array) =>
      octets(text(whole).replace(/^[^]*?(?=Content-Type:)/, ""));
    const around = (whole: Uint8Array) =>
      edited(mail(compressed(entity(whole))), "a@b.example", alice.address);
    const outside = around(await signMessage(from, signerOf(alice), { signingTime }));
    const inside = await signMessage(around(from), signerOf(alice), { signingTime });
    for (const [whole, layers] of [
      [outside, ["compressed", "signed"]],
      [inside, ["signed", "compressed"]],
    ] as const) {
      const opened = await openMessage(whole, contextOf(bob));
      assert.deepEqual(
        opened.layers.map(({ kind }) => kind),
        layers,
      );
      assert.equal(opened.protection, "signed");
      assert.match(text(opened.content), /Shall we meet at noon/);
      const hidden = await openMessage(await encryptMessage(whole, to(bob)), contextOf(bob));
      assert.equal(hidden.protection, "signed-and-encrypted");
      assert.match(text(hidden.content), /Shall we meet at noon/);
    }
  });

  it("compressed inside is inflated, up to a bound", async () => {
    const opened = await openMessage(mail(compressed(octets("\r\nsmall\r\n"))), contextOf(bob));
    assert.match(text(opened.content), /\r\n\r\nsmall\r\n$/);
    const bomb = mail(compressed(new Uint8Array(101 * 1024 * 1024)));
    assert.deepEqual((await openMessage(bomb, contextOf(bob))).content, bomb);
    const broken = mail(compressed(octets("x")).fill(7, -6));
    assert.deepEqual((await openMessage(broken, contextOf(bob))).content, broken);
  });
});

describe("what is no layer of the message (RFC 9787, section 6)", () => {
  const around = (...parts: readonly Uint8Array[]) =>
    octets(
      [
        "From: alice@smime.example\r\nSubject: Look\r\nMIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="around"\r\n',
        ...parts.map((part) => `--around\r\n${text(part)}`),
        "--around--\r\n",
      ].join("\r\n"),
    );
  const note = octets("Content-Type: text/plain\r\n\r\nA note.");

  for (const [name, part] of [
    ["encrypted", async () => encryptMessage(message, to(bob))],
    ["signed", () => Promise.resolve(signed)],
    [
      "forwarded",
      async () =>
        octets(
          `Content-Type: message/rfc822\r\n\r\n${text(await encryptMessage(signed, to(bob)))}`,
        ),
    ],
  ] as const) {
    it(`is neither opened nor counted: ${name}, as a part of it`, async () => {
      const whole = around(note, await part());
      const opened = await openMessage(whole, {
        ...contextOf(bob),
        privateKey: () => assert.fail("asked for a key"),
      });
      unprotected(opened);
      assert.deepEqual(opened.layers, []);
      assert.equal(opened.encryption.verdict, "none");
      assert.deepEqual(opened.content, whole);
      assert.ok(opened.headers.every(({ protection }) => protection === "none"));
    });
  }

  it("changes nothing about a message that holds it and is signed as a whole", async () => {
    const whole = await signMessage(
      around(note, await encryptMessage(message, to(bob))),
      signerOf(alice),
      { signingTime },
    );
    const opened = await openMessage(whole, {
      ...contextOf(bob),
      privateKey: () => assert.fail("asked for a key"),
    });
    assert.equal(opened.protection, "signed");
    assert.equal(opened.encryption.verdict, "none");
  });
});

describe("an encrypted message that was altered", () => {
  for (const cipher of ["CBC", "GCM"] as const) {
    it(`gives a value and one and the same failure: ${cipher}`, async () => {
      const capabilities = { algorithms: ["2.16.840.1.101.3.4.1.46"] };
      const encrypted = await encryptMessage(message, [
        { certificate: bob.encryption, capabilities: cipher === "GCM" ? capabilities : null },
      ]);
      const cms = cmsOf(encrypted);
      const intact = await openMessage(encrypted, contextOf(bob));
      const seen = new Set<string>();
      for (let at = 0; at < cms.length; at += 5) {
        const opened = await openMessage(withCms(encrypted, altered(cms, at)), contextOf(bob));
        assert.notEqual(opened.protection, "signed");
        const { verdict, reason } = opened.encryption;
        // What says which version of CMS this is, is not authenticated and changes nothing.
        if (cipher === "GCM" && verdict === "decrypted") {
          assert.deepEqual(opened.content, intact.content, `octet ${at}`);
        }
        seen.add(`${verdict} ${String(reason)}`);
      }
      assert.ok(seen.has("failed decryption-failed"));
      for (const outcome of seen) {
        assert.match(
          outcome,
          /^(failed decryption-failed|failed malformed|no-key no-matching-key|unsupported algorithm-unsupported|decrypted null)$/,
        );
      }
    });
  }

  it("does not tell bad padding of the key from a bad tag of the content", async () => {
    const capabilities = { algorithms: ["2.16.840.1.101.3.4.1.46"] };
    const encrypted = await encryptMessage(message, [
      { certificate: bob.encryption, capabilities },
    ]);
    const cms = cmsOf(encrypted);
    const wrappedKey = cms.findIndex(
      (octet, at) =>
        octet === 0x04 && cms[at + 1] === 0x82 && cms[at + 2] === 1 && cms[at + 3] === 0,
    );
    assert.ok(wrappedKey > 0);
    const badKey = await openMessage(
      withCms(encrypted, altered(cms, wrappedKey + 100)),
      contextOf(bob),
    );
    const badTag = await openMessage(
      withCms(encrypted, altered(cms, cms.length - 1)),
      contextOf(bob),
    );
    assert.deepEqual(badKey.encryption, badTag.encryption);
    assert.equal(badKey.encryption.reason, "decryption-failed");
    assert.equal(badKey.content, null);
  });
});

describe("hostile content", () => {
  it("never throws, whatever is broken", async () => {
    const encrypted = await encryptMessage(signed, to(bob));
    let state = 12345;
    const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
    for (const original of [signed, encrypted]) {
      const cms = cmsOf(original);
      for (let round = 0; round < 150; round++) {
        const broken = cms.slice(0, random(4) === 0 ? random(cms.length) : cms.length);
        for (let edits = random(4); edits >= 0; edits--) {
          // Mostly in the structure, which stands at the start and near the end.
          broken[random(2) === 0 ? random(200) : random(broken.length || 1)] = random(256);
        }
        const opened = await openMessage(withCms(original, broken), contextOf(bob));
        assert.ok(opened.signature.verdict !== "valid" || text(opened.content).includes("noon"));
      }
    }
  });

  it("that is a thousandfold nested or endless structure ends in a verdict", async () => {
    const nested = octets("\x30\x80".repeat(100_000));
    const wide = octets(`\x30\x80${"\x05\x00".repeat(1_200_000)}\x00\x00`);
    const huge = octets("\x30\x84\xff\xff\xff\xff");
    for (const cms of [nested, wide, huge, new Uint8Array(0)]) {
      const opened = await openMessage(withCms(signed, cms), contextOf(bob));
      assert.equal(opened.signature.reason, "malformed");
      unprotected(opened);
    }
  });
});

function splitOnce(whole: string, separator: string): [string, string] {
  const at = whole.indexOf(separator);
  return [whole.slice(0, at), whole.slice(at + separator.length)];
}

/** The last base64 body of the message. */
function cmsBody(protectedMessage: Uint8Array): string {
  const match =
    /base64\r\nContent-Disposition: [^\r]*\r\n\r\n([A-Za-z0-9+/=\r\n]+?\r\n)(?=\r\n--|$)/.exec(
      text(protectedMessage),
    );
  return match?.[1] ?? "";
}

function cmsOf(protectedMessage: Uint8Array): Uint8Array {
  return decodeBase64(octets(cmsBody(protectedMessage)));
}

function withCms(protectedMessage: Uint8Array, cms: Uint8Array): Uint8Array {
  return edited(protectedMessage, cmsBody(protectedMessage), text(encodeBase64Lines(cms)));
}
