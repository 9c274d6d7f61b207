import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBody } from "../../src/core/mime/body.ts";
import { mailOf } from "../bench/messages.ts";
import { octets } from "../support/messages.ts";

const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) ^ (index >> 8));
const base64 = `${inLines(bytes, 76, "\r\n")}\r\n`;
const lines = "A line of text = more than enough of it.\r\n".repeat(5_000);

function multipart(...parts: readonly string[]): Uint8Array {
  const body = parts.map((part) => `--b\r\n${part}\r\n`).join("");
  return octets(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${body}--b--\r\n`);
}

function inLines(content: Uint8Array, perLine: number, lineEnd: string): string {
  const characters = Buffer.from(content).toString("base64");
  return characters.replace(new RegExp(`.{${perLine}}(?!$)`, "g"), `$&${lineEnd}`);
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
    for (const { size, content } of attachments) assert.equal(size, content.length);
    assert.ok(found.get("1.png")?.equals(bytes));
    assert.equal(found.get("small.zip")?.toString("latin1"), "ABC");
    for (const name of ["2.txt", "4.q"]) {
      assert.equal(found.get(name)?.toString("latin1").trimEnd(), lines.trimEnd());
    }
    assert.ok(
      found.get("3.eml")?.toString("latin1").startsWith("Subject: x\r\n\r\nA line of text ="),
    );
  });

  it("say how large they are before anything is decoded", () => {
    for (const end of ["", "\r\n", "\n\n", "=\r\n", " "]) {
      for (const [length, perLine, lineEnd] of [
        [0, 76, "\r\n"],
        [1, 76, "\r\n"],
        [57, 76, "\r\n"],
        [58, 76, "\r\n"],
        [10_000, 76, "\n"],
        [10_001, 64, "\r\n"],
        [10_002, 1_000_000, "\r\n"],
      ] as const) {
        const lines = inLines(bytes.subarray(0, length), perLine, lineEnd);
        const { attachments } = readBody(
          octets(
            `Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}${end}`,
          ),
        );
        assert.equal(attachments[0]?.size, length, `${length} in lines of ${perLine}`);
      }
    }
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
        assert.ok((readBody(message).attachments[0]?.content.length ?? 0) > octets / 2);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    time(2_000_000);
    // Eight times as much; were it the square, 64 times the time.
    const [two, sixteen] = [time(2_000_000), time(16_000_000)];
    assert.ok(sixteen < 40 * two, `2 MB ${two.toFixed(1)} ms, 16 MB ${sixteen.toFixed(1)} ms`);
  });
});
