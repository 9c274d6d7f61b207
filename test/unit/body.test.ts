import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBody } from "../../src/core/mime/body.ts";
import { octets, text } from "../support/messages.ts";

/** A message of these lines. Characters stand for octets. */
function body(...lines: readonly string[]) {
  return readBody(octets(lines.join("\r\n")));
}

const plain = (words: string, ...header: readonly string[]) => [
  "--b",
  "Content-Type: text/plain; charset=utf-8",
  ...header,
  "",
  words,
];

describe("the text", () => {
  for (const [name, header, octetsOfText, expected] of [
    ["UTF-8", "Content-Type: text/plain; charset=UTF-8", "Gr\xc3\xbc\xc3\x9fe", "Grüße"],
    ["ISO 8859-15", "Content-Type: text/plain; charset=iso-8859-15", "5 \xa4", "5 €"],
    ["UTF-16", "Content-Type: text/plain; charset=utf-16le", "G\0r\0\xfc\0n\0", "Grün"],
    ["UTF-8 that says nothing", "Subject: x", "Gr\xc3\xbcn", "Grün"],
    ["windows-1252 that says nothing", "Subject: x", "Gr\xfcn \xa9", "Grün ©"],
    ["UTF-8 that says ASCII", "Content-Type: text/plain; charset=us-ascii", "Gr\xc3\xbcn", "Grün"],
    ["a charset that nobody knows", "Content-Type: text/plain; charset=x", "Gr\xc3\xbcn", "Grün"],
  ] as const) {
    it(`is read in ${name}`, () => {
      assert.equal(body(header, "", octetsOfText).text, expected);
    });
  }

  it("has LF at its line ends, however they came", () => {
    assert.equal(body("Subject: x", "", "one\r\ntwo\nthree\rfour").text, "one\ntwo\nthree\nfour");
  });

  it("of format=flowed has its paragraphs whole again, quotes and the signature separator kept", () => {
    const flowed = [
      "Content-Type: text/plain; format=flowed",
      "",
      "one \r\ntwo\r\n stuffed\r\n> quoted \r\n> on\r\n>> deeper \r\n> back\r\nlast \r\n-- \r\nAlice",
    ];
    assert.equal(
      body(...flowed).text,
      "one two\nstuffed\n> quoted on\n>> deeper \n> back\nlast \n-- \nAlice",
    );
    const delsp = body("Content-Type: text/plain; format=flowed; delsp=yes", "", "Donau \r\ndampf");
    assert.equal(delsp.text, "Donaudampf");
  });
});

describe("the parts", () => {
  it("of alternatives are the last HTML and the text; of mixed ones all, in order", () => {
    const { html, text: words } = body(
      "Content-Type: multipart/mixed; boundary=a",
      "",
      "--a",
      "Content-Type: multipart/alternative; boundary=b",
      "",
      ...plain("plain"),
      "--b",
      "Content-Type: text/html",
      "",
      "<p>poor</p>",
      "--b",
      "Content-Type: text/html",
      "",
      "<p>rich</p>",
      "--b--",
      "--a",
      "",
      "1 < 2 & 3",
      "--a--",
    );
    assert.equal(words, "plain\n1 < 2 & 3");
    assert.equal(html, '<p>rich</p>\n<div style="white-space: pre-wrap">1 &lt; 2 &amp; 3</div>');
  });

  it("that are images are inline if the HTML shows them, and listed if it does not", () => {
    const image = (id: string, type = "image/png") => [
      "--b",
      `Content-Type: ${type}; name=${id}.png`,
      `Content-ID: <${id}@x>`,
      "",
      "PIC",
    ];
    const { attachments, inlineImages } = body(
      "Content-Type: multipart/related; boundary=b",
      "",
      "--b",
      "Content-Type: text/html",
      "",
      '<img src="cid:one@x"><img src=cid:two%40x><img src="cid:draw@x">',
      ...image("one"),
      ...image("two"),
      ...image("unused"),
      ...image("draw", "image/svg+xml"),
      "--b--",
    );
    assert.deepEqual(
      inlineImages.map(({ contentId }) => contentId),
      ["one@x", "two@x"],
    );
    assert.deepEqual(
      attachments.map(({ name }) => name),
      ["unused.png", "draw.png"],
    );
    assert.equal(text(inlineImages[0]?.content ?? null), "PIC");
  });

  it("that are attached are files: text too, messages whole, contradictions unread", () => {
    const { text: words, attachments } = body(
      "Content-Type: multipart/mixed; boundary=b",
      "",
      ...plain("shown"),
      ...plain("attached", 'Content-Disposition: attachment; filename="notes.txt"'),
      "--b",
      "Content-Type: message/rfc822",
      "",
      "Subject: inner\r\n\r\nhidden",
      "--b",
      "Content-Type: text/plain",
      "Content-Type: text/html",
      "",
      "which?",
      "--b--",
    );
    assert.equal(words, "shown");
    assert.deepEqual(
      attachments.map(({ name, type, content }) => [name, type, text(content)]),
      [
        ["notes.txt", "text/plain", "attached"],
        ["", "message/rfc822", "Subject: inner\r\n\r\nhidden"],
        ["", "application/octet-stream", "which?"],
      ],
    );
  });

  it("have names that are safe for files, from RFC 2231 and from encoded words", () => {
    const named = (disposition: string) =>
      body("Content-Type: image/png", `Content-Disposition: ${disposition}`, "", "x").attachments[0]
        ?.name;
    assert.equal(named("attachment; filename*=utf-8''%C3%9Cbersicht.png"), "Übersicht.png");
    assert.equal(named('attachment; filename="=?utf-8?q?=C3=9Cber?=.png"'), "Über.png");
    assert.equal(named('attachment; filename="../../.bashrc"'), "_bashrc");
    assert.equal(named('attachment; filename="C:\\\\x\\\\con?.png."'), "con_.png_");
    assert.equal(
      named('attachment; filename="gnp.\u202efdp"'.replace("\u202e", "\xe2\x80\xae")),
      "gnp._fdp",
    );
    assert.equal(named("inline"), "");
  });
});
