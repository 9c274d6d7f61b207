import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ciphers, publicKeys } from "../../src/core/asn1/oids.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { canonicalLineEnds } from "../../src/core/mime/line-ends.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import {
  alice,
  bob,
  carlos,
  contextOf,
  dana,
  signerOf,
  type Identity,
} from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import { textMutations, mutatedText } from "../support/mutation.ts";
import { holds } from "../support/property.ts";
import { messages, signingTime } from "./samples.ts";

/** Whatever is sent arrives as it was, for whom it was meant, and for nobody else. */

const people = [alice, bob, carlos, dana];
const person = fc.constantFrom(...people.keys());
const at = (index: number): Identity => people[index] ?? alice;

const types = [
  ...[
    "text/plain; charset=utf-8",
    "text/html",
    "application/octet-stream",
    "multipart/mixed; boundary=b",
  ],
  ...[
    'text/plain; charset="us-ascii"; format=flowed',
    "application/pkcs7-mimes",
    "message/delivery-status",
  ],
];

interface Letter {
  readonly type: string;
  readonly subject: string;
  readonly body: Uint8Array;
}
const letters: fc.Arbitrary<Letter> = fc.record({
  type: fc.constantFrom(...types),
  subject: fc.string({ maxLength: 60 }).map((value) => value.replace(/[^!-~]+/g, " ").trim()),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc
      .array(
        fc.constantFrom("a", "\r", "\n", "\r\n", "--b", "\0", "\xff", " ", "From ", ".\r\n", "="),
      )
      .map((pieces) => octets(pieces.join(""))),
  ),
});

/** Once got a line with the subject, which was not taken off again. */
const untyped: Letter = {
  type: "multipart/mixed; boundary=b",
  subject: "!",
  body: octets("--b\r\n\r\ntext\r\n--b--\r\n"),
};

function message(sender: Identity, { type, subject, body }: Letter): Uint8Array {
  const header =
    `From: ${sender.address}\r\nTo: bob@smime.example\r\nSubject: ${subject}\r\n` +
    `MIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
  return octets(header + text(body));
}

const bodyOf = (content: Uint8Array | null): string =>
  text(splitHeaderBody(content ?? new Uint8Array()).body);
/** Mail's lines end with CRLF, also those that did not. */
const arrived = ({ body }: Letter): string => text(canonicalLineEnds(body));

/** What cannot survive SMTP is refused: it does not get here. */
const fitForSmtp = (letter: Letter): Letter => ({
  ...letter,
  body: octets(
    text(letter.body)
      .replaceAll("\0", "0")
      .replace(/[^\r\n]{900}/g, "$&\r\n"),
  ),
});

/** Ten thousand in all three. */
const RUNS = 3_400;

describe("any content", () => {
  it("signed, is valid and unchanged", () =>
    holds(
      fc.tuple(person, letters.map(fitForSmtp)),
      async ([sender, letter]) => {
        const signed = await signMessage(message(at(sender), letter), signerOf(at(sender)), {
          signingTime,
        });
        const opened = await openMessage(signed, contextOf(bob));
        assert.equal(opened.signature.reason, null);
        assert.equal(opened.protection, "signed");
        assert.equal(bodyOf(opened.content), arrived(letter));
      },
      { runs: RUNS },
    ));

  const capable = { algorithms: [ciphers.aes256Gcm, publicKeys.rsaesOaep] };
  const recipients = fc.record({
    to: fc.subarray([...people.keys()], { minLength: 1 }),
    able: fc.subarray([...people.keys()]),
    reader: person,
  });
  it("encrypted to any of them, is read by those and nobody else", () =>
    holds(
      fc.tuple(person, letters, recipients, fc.boolean()),
      async ([sender, letter, { to, able, reader }, alsoSigned]) => {
        const plain = message(at(sender), letter);
        const inside = alsoSigned
          ? await signMessage(plain, signerOf(at(sender)), { signingTime, toBeEncrypted: true })
          : plain;
        const encrypted = await encryptMessage(
          inside,
          to.map((index) => ({
            certificate: at(index).encryption,
            capabilities: able.includes(index) ? capable : null,
          })),
        );
        const opened = await openMessage(encrypted, contextOf(at(reader)));
        if (!to.includes(reader)) {
          assert.equal(opened.encryption.verdict, "no-key");
          assert.equal(opened.content, null);
          return;
        }
        assert.equal(opened.protection, alsoSigned ? "signed-and-encrypted" : "encrypted");
        const gcm = to.every((index) => able.includes(index));
        assert.equal(opened.encryption.cipher, gcm ? "aes-256-gcm" : "aes-256-cbc");
        assert.equal(bodyOf(opened.content), arrived(letter));
        assert.equal(text(encrypted).includes("\0"), false);
      },
      { runs: RUNS, examples: [[0, untyped, { to: [3], able: [], reader: 3 }, false]] },
    ));
});

describe("any message at all", () => {
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.constantFrom(...messages.keys()), textMutations)
      .map(([index, mutations]) => mutatedText(messages[index] ?? new Uint8Array(), mutations)),
  );
  it("is signed and encrypted, or refused with an error of ours", () =>
    holds(
      any,
      async (plain) => {
        try {
          const inside = await signMessage(plain, signerOf(carlos), {
            signingTime,
            toBeEncrypted: true,
          });
          const encrypted = await encryptMessage(inside, [
            { certificate: dana.encryption, capabilities: null },
          ]);
          const opened = await openMessage(encrypted, contextOf(dana));
          const [layer] = opened.layers;
          assert.ok(layer?.kind === "encrypted" && layer.encryption.verdict === "decrypted");
        } catch (error) {
          if (!(error instanceof SmimeError)) throw error;
        }
      },
      { runs: RUNS },
    ));
});
