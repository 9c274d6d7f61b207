import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readBody } from "../../src/core/mime/body.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { bob, contextOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import { encryptMessage, signMessage, withHeaders } from "../support/openssl.ts";

/**
 * Messages built like those of RFC 9788, appendix C.2 and C.3: each of its structures, policies and
 * schemes, with signedData (opaque) by `openssl cms` and the identities of RFC 9216.
 */

const folder = new URL("../vectors/rfc9216/", import.meta.url);
const pem = (name: string) => readFileSync(new URL(`${name}.pem`, folder), "utf8");
const alice = {
  certificatePem: pem("4.1_Alice-s-Signature-Verification-End-Entity-Certific.certificate"),
  privateKeyPem: pem("4.2_Alice-s-Signing-Private-Key-Material.private-key"),
  chainPem: pem("3.3_RSA-Certification-Authority-Cross-Signed-Certifica.certificate"),
};
const bobPem = pem("5.3_Bob-s-Encryption-End-Entity-Certificate.certificate");

type Fields = readonly (readonly [name: string, value: string])[];

const written = (fields: Fields, prefix = "") =>
  fields.map(([name, value]) => `${prefix}${name}: ${value}\n`).join("");

/** What each policy puts outside in place of a field (RFC 9788, section 3.2). */
const policies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  baseline: { Subject: "[...]" },
  shy: {
    Subject: "[...]",
    From: "alice@smime.example",
    To: "bob@smime.example",
    Date: "Sat, 20 Feb 2021 15:09:02 +0000",
  },
};

const original: Fields = [
  ["Subject", "Quarterly report"],
  ["Message-ID", "<one@example>"],
  ["From", "Alice <alice@smime.example>"],
  ["To", "Bob <bob@smime.example>"],
  ["Date", "Sat, 20 Feb 2021 10:09:02 -0500"],
  ["User-Agent", "Sample MUA Version 1.0"],
];
const answer: Fields = [
  ...original,
  ["In-Reply-To", "<zero@example>"],
  ["References", "<zero@example>"],
];

/** The payload's structure fields and body. `display`: what legacy display elements repeat. */
function payload(fields: string, kind: "simple" | "complex", hp: string, display: string): Buffer {
  const marked = display === "" ? "" : "; hp-legacy-display=1";
  const plain = `Content-Type: text/plain; charset="us-ascii"${marked}`;
  const words = `${display === "" ? "" : `${display}\n`}This is the text.\n`;
  const div = `<div class="header-protection-legacy-display"><pre>${display}</pre></div>`;
  const html = `<html><body>${display === "" ? "" : div}<p>This is the <b>text</b>.</p></body></html>\n`;
  if (kind === "simple") {
    return Buffer.from(`MIME-Version: 1.0\n${fields}${plain}${hp}\n\n${words}`);
  }
  const parts = [
    `--mixed\nContent-Type: multipart/alternative; boundary="alternative"\n`,
    `--alternative\n${plain}\n\n${words}`,
    `--alternative\nContent-Type: text/html; charset="us-ascii"${marked}\n\n${html}`,
    "--alternative--\n",
    "--mixed\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: inline\n\niVBORw0KGgo=\n--mixed--\n",
  ];
  return Buffer.from(
    `MIME-Version: 1.0\n${fields}Content-Type: multipart/mixed; boundary="mixed"${hp}\n\n${parts.join("\n")}`,
  );
}

async function opened(message: Buffer, outside: Fields) {
  const headers = Object.fromEntries(outside);
  const context = { ...contextOf(bob), now: new Date() };
  return openMessage(octets(text(withHeaders(headers, message))), context);
}

describe("what is built like RFC 9788's examples reads right", () => {
  for (const kind of ["simple", "complex"] as const) {
    for (const opaque of [true, false]) {
      it(`signed, ${kind}, ${opaque ? "signedData" : "multipart/signed"}`, async () => {
        const entity = payload(written(original), kind, '; hp="clear"', "");
        const message = await opened(signMessage(entity, alice, { opaque }), original);
        assert.equal(message.protection, "signed");
        assert.deepEqual(
          message.headers,
          original.map(([name, value]) => ({ name, value, protection: "signed", outer: value })),
        );
        assert.match(readBody(message.content ?? octets("")).text ?? "", /^This is the text\.\n/);
      });
    }

    for (const [policy, replaced] of Object.entries(policies)) {
      for (const legacy of [false, true]) {
        for (const [which, fields] of Object.entries({ original, answer })) {
          const name = `${which}, ${kind}, hcp_${policy}${legacy ? ", legacy display" : ""}`;
          it(`encrypted, ${name}`, async () => {
            const outside = fields.map(
              ([field, value]) => [field, replaced[field] ?? value] as const,
            );
            const hidden = fields.filter(([field]) => field in replaced);
            const inside = `${written(fields)}${written(outside, "HP-Outer: ")}`;
            const display = legacy ? written(hidden) : "";
            const entity = payload(inside, kind, '; hp="cipher"', display);
            const sealed = encryptMessage(signMessage(entity, alice, { opaque: true }), [bobPem]);
            const message = await opened(sealed, outside);
            assert.equal(message.protection, "signed-and-encrypted");
            assert.deepEqual(
              message.headers,
              fields.map(([field, value]) => ({
                name: field,
                value,
                protection: field in replaced ? "confidential" : "signed",
                outer: replaced[field] ?? value,
              })),
            );
            const body = readBody(message.content ?? octets(""));
            assert.equal(body.text?.trim(), "This is the text.");
            assert.doesNotMatch(body.html ?? "", /legacy|Quarterly/);
            assert.equal(body.html !== null, kind === "complex");
          });
        }
      }
    }
  }

  for (const encrypted of [false, true]) {
    it(`in the wrapper of RFC 8551, ${encrypted ? "encrypted" : "signed"}`, async () => {
      const wrapped = payload(written(original), "complex", "", "");
      const entity = Buffer.concat([Buffer.from("Content-Type: message/rfc822\n\n"), wrapped]);
      const signed = signMessage(entity, alice, { opaque: true });
      const outside: Fields = encrypted
        ? original.map(([name, value]) => [name, name === "Subject" ? "[...]" : value])
        : original;
      const message = await opened(encrypted ? encryptMessage(signed, [bobPem]) : signed, outside);
      const subject = message.headers.find(({ name }) => name === "Subject");
      assert.equal(subject?.value, "Quarterly report");
      assert.equal(subject.protection, encrypted ? "confidential" : "signed");
      assert.equal(message.headers.find(({ name }) => name === "To")?.protection, "signed");
    });
  }
});
