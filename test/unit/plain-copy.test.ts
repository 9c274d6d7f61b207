import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { octetsOf } from "../../src/core/octets.ts";
import { plainCopy } from "../../src/core/smime/plain-copy.ts";
import { text } from "../support/messages.ts";

const outside = [
  "Received: from somewhere",
  "From: bob@smime.example",
  "Subject: [...]",
  "Message-ID: <1@smime.example>",
  "MIME-Version: 1.0",
  "Content-Type: application/pkcs7-mime; smime-type=enveloped-data",
  "Content-Transfer-Encoding: base64",
  "",
  "AAAA",
  "",
].join("\r\n");

const copy = (content: string) => text(plainCopy(octetsOf(outside), octetsOf(content)));

describe("a copy without encryption", () => {
  it("has what was encrypted below the header outside", () => {
    assert.equal(
      copy("Content-Type: text/plain\r\n\r\nThe secret.\r\n"),
      "Received: from somewhere\r\nFrom: bob@smime.example\r\nSubject: [...]\r\n" +
        "Message-ID: <1@smime.example>\r\nMIME-Version: 1.0\r\n" +
        "Content-Type: text/plain\r\n\r\nThe secret.\r\n",
    );
  });

  it("has the author's own header where that was protected", () => {
    const made = copy(
      'Subject: The plan\r\nHP-Outer: Subject: [...]\r\nContent-Type: text/plain; hp="cipher"\r\n\r\nx\r\n',
    );
    assert.match(made, /^Subject: The plan\r$/m);
    assert.doesNotMatch(made, /\[\.\.\.\]|HP-Outer|pkcs7|AAAA/);
    assert.match(made, /^Received: from somewhere\r$/m);
  });

  it("is a MIME message also where only the inside says so", () => {
    const bare = plainCopy(octetsOf("From: a@x.example\r\n\r\n"), octetsOf("\r\ntext"));
    assert.equal(text(bare), "From: a@x.example\r\nMIME-Version: 1.0\r\n\r\ntext");
  });
});
