import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readBody } from "../../src/core/mime/body.ts";
import { readEntity } from "../../src/core/mime/entity.ts";
import { joinOctets, octetsOf } from "../../src/core/octets.ts";
import {
  messageHeaders,
  readPayload,
  renderedMessage,
} from "../../src/core/smime/header-protection.ts";
import { protectHeaders } from "../../src/core/smime/protect-headers.ts";
import { octets, text } from "../support/messages.ts";

const hiding = ["Subject", "Keywords", "Comments", "Thread-Topic"];
const showing = ["To", "Cc", "Date", "References", "In-Reply-To", "Reply-To", "X-Priority"];

/** What a person or a program may put into a field: words of any script, folded anywhere. */
const word = fc.oneof(
  fc.stringMatching(/^[!-~]{1,12}$/),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map((content) => {
    const base64 = Buffer.from(content.replace(/[\s\p{C}]/gu, "x")).toString("base64");
    return `=?UTF-8?B?${base64}?=`;
  }),
);
const value = fc
  .array(fc.tuple(word, fc.constantFrom(" ", "\r\n ", "\r\n\t")), { minLength: 1, maxLength: 6 })
  .map((words) =>
    words
      .map(([content, space]) => content + space)
      .join("")
      .trim(),
  );
const fields = fc.array(fc.tuple(fc.constantFrom(...hiding, ...showing), value), { maxLength: 8 });
const bodyText = fc.string({ maxLength: 200 }).map((content) => content.replace(/[^ -~]/g, "\r\n"));
const shape = fc.constantFrom("7bit", "base64", "alternative", "mixed");

function messageOf(
  header: readonly (readonly [string, string])[],
  content: string,
  kind: string,
): Uint8Array {
  const html = `<html><body><p>${content.replace(/[<&]/g, "x")}</p></body></html>`;
  const plain = `Content-Type: text/plain; charset=utf-8\r\n\r\n${content}`;
  const alternative = `Content-Type: multipart/alternative; boundary="=_a"\r\n\r\n--=_a\r\n${plain}\r\n--=_a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--=_a--\r\n`;
  const bodies: Readonly<Record<string, string>> = {
    "7bit": plain,
    base64: `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString("base64")}\r\n`,
    alternative,
    mixed: `Content-Type: multipart/mixed; boundary="=_m"\r\n\r\n--=_m\r\n${alternative}\r\n--=_m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nattached\r\n--=_m--\r\n`,
  };
  const lines = header.map(([name, content]) => `${name}: ${content}\r\n`).join("");
  return octets(`From: alice@smime.example\r\n${lines}${bodies[kind] ?? ""}`);
}

describe("header protection there and back", () => {
  it("loses no field and no text, and tells rightly what was hidden", () => {
    fc.assert(
      fc.property(fields, bodyText, shape, (header, content, kind) => {
        const message = messageOf(header, content, kind);
        const written = protectHeaders(readEntity(message), "cipher");
        const outer = { fields: written.outer, body: octets("") };
        const payload = readEntity(
          joinOctets([...written.fields.map(({ raw }) => raw), octetsOf("\r\n"), ...written.body]),
        );
        const outside = text(joinOctets(written.outer.map(({ raw }) => raw)));
        for (const name of hiding.slice(1))
          assert.doesNotMatch(outside, new RegExp(`^${name}:`, "m"));
        assert.doesNotMatch(outside, /^Subject: (?!\[\.\.\.\]\r$)/m);

        const read = readPayload(outer, payload, true);
        const headers = messageHeaders(outer, read, true);
        const before = messageHeaders(
          readEntity(message),
          { protectedFields: null, exposed: null },
          true,
        );
        assert.deepEqual(
          headers.map(({ name, value, protection }) => ({ name, value, protection })),
          before.map(({ name, value }) => {
            // A subject that reads like its placeholder hides nothing.
            const hidden = hiding.includes(name) && !(name === "Subject" && value === "[...]");
            return { name, value, protection: hidden ? "confidential" : "signed" };
          }),
        );

        const rendered = renderedMessage(outer, read, { encrypted: true, fromAgrees: true });
        const [one, other] = [readBody(rendered), readBody(message)];
        assert.equal(one.text?.trim(), other.text?.trim());
        assert.equal(one.html?.trim(), other.html?.trim());
        assert.deepEqual(one.attachments, other.attachments);
      }),
      { numRuns: 1000 },
    );
  });

  it("takes any octets for a message or refuses them, and reads any payload", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, encrypted) => {
        const header = 'Subject: x\r\nContent-Type: multipart/mixed; hp="cipher"; boundary=b\r\n';
        const marked = joinOctets([octets(header), noise]);
        for (const content of [noise, marked]) {
          const entity = readEntity(content);
          const read = readPayload(readEntity(noise), entity, encrypted);
          messageHeaders(readEntity(noise), read, true);
          renderedMessage(readEntity(noise), read, { encrypted, fromAgrees: false });
          try {
            protectHeaders(entity, encrypted ? "cipher" : "clear");
          } catch (error) {
            assert.equal((error as { code?: string }).code, "mime-malformed");
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
