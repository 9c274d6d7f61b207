import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBody } from "../../src/core/mime/body.ts";
import { mailOf } from "../bench/messages.ts";
import { octets } from "../support/messages.ts";

const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) ^ (index >> 8));
const base64 = Buffer.from(bytes)
  .toString("base64")
  .replace(/.{1,76}/g, "$&\r\n");
const lines = "A line of text = more than enough of it.\r\n".repeat(5_000);

function multipart(...parts: readonly string[]): Uint8Array {
  const body = parts.map((part) => `--b\r\n${part}\r\n`).join("");
  return octets(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${body}--b--\r\n`);
}

describe("large attachments", () => {
  it("come back whole, each beside its own name, in any transfer encoding", () => {
    const { text, attachments } = readBody(
      multipart(
        "Content-Type: text/plain\r\n\r\nHello",
        `Content-Type: image/png; name=1.png\r\nContent-Transfer-Encoding: BASE64\r\n\r\n${base64}`,
        "Content-Type: application/zip; name=small.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD",
        `Content-Type: text/plain\r\nContent-Disposition: attachment; filename=2.txt\r\n\r\n${lines}`,
        `Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: message/rfc822; name=3.eml\r\n\r\nSubject: x\r\n\r\n${lines}--c--`,
        `Content-Type: application/x-q; name=4.q\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${lines.replaceAll("=", "=3D")}`,
      ),
    );
    assert.equal(text?.trim(), "Hello");
    const found = new Map(attachments.map(({ name, content }) => [name, Buffer.from(content)]));
    assert.deepEqual([...found.keys()], ["1.png", "small.zip", "2.txt", "3.eml", "4.q"]);
    assert.ok(found.get("1.png")?.equals(bytes));
    assert.equal(found.get("small.zip")?.toString("latin1"), "ABC");
    for (const name of ["2.txt", "4.q"]) {
      assert.equal(found.get(name)?.toString("latin1").trimEnd(), lines.trimEnd());
    }
    assert.ok(
      found.get("3.eml")?.toString("latin1").startsWith("Subject: x\r\n\r\nA line of text ="),
    );
  });

  it("leaves large texts to be shown as texts", () => {
    const { text, attachments } = readBody(multipart(`Content-Type: text/plain\r\n\r\n${lines}`));
    assert.equal(text?.replaceAll("\r", "").trim(), lines.replaceAll("\r", "").trim());
    assert.equal(attachments.length, 0);
  });

  it("cost what their size costs, not more", () => {
    const time = (octets: number) => {
      const message = mailOf(octets);
      const times: number[] = [];
      for (let round = 0; round < 7; round++) {
        const start = performance.now();
        readBody(message);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    time(1_000_000);
    const [one, eight] = [time(1_000_000), time(8_000_000)];
    assert.ok(eight < 30 * one, `1 MB ${one.toFixed(1)} ms, 8 MB ${eight.toFixed(1)} ms`);
  });
});
