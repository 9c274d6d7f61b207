import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { base64LinesAfter, decodeBase64, encodeBase64Lines } from "../../src/core/mime/base64.ts";
import {
  contentTypeOf,
  isPlainContentType,
  parseParameterizedValue,
} from "../../src/core/mime/content-type.ts";
import { readableValue } from "../../src/core/mime/encoded-words.ts";
import { fromAddress, mailboxAddress } from "../../src/core/mime/from-address.ts";
import {
  headerFields,
  headerValues,
  isAmbiguousHeader,
  splitHeaderBody,
} from "../../src/core/mime/header-fields.ts";
import { canonicalLineEnds, lineFacts } from "../../src/core/mime/line-ends.ts";
import { multipartParts } from "../../src/core/mime/multipart.ts";
import { isSameValue } from "../../src/core/mime/same-value.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { decodeBody, decodeQuotedPrintable } from "../../src/core/mime/transfer-encoding.ts";
import { octets, text } from "../support/messages.ts";

describe("parameters in quotes", () => {
  it("keep the spaces at their ends, and others lose them", () => {
    const { parameters } = parseParameterizedValue(
      'attachment; filename*0="two "; filename*1=" spaces" ; x = y z ; w="" ',
    );
    assert.equal(parameters.get("filename"), "two  spaces");
    assert.equal(parameters.get("x"), "y z");
    assert.equal(parameters.get("w"), "");
  });
});

describe("header and body", () => {
  for (const [name, end] of [
    ["CRLF", "\r\n"],
    ["LF", "\n"],
  ] as const) {
    it(`are split byte for byte with ${name}`, () => {
      const header = `Subject: a${end}\tfolded${end}X: y${end}`;
      const { header: head, body } = splitHeaderBody(octets(`${header}${end}body${end}`));
      assert.equal(text(head), header);
      assert.equal(text(body), `body${end}`);
      const fields = headerFields(head);
      assert.equal(fields.map(({ raw }) => text(raw)).join(""), header);
      assert.deepEqual(headerValues(fields, "SUBJECT"), ["a\tfolded"]);
    });
  }

  it("may lack one or the other", () => {
    assert.equal(text(splitHeaderBody(octets("A: b\r\n")).header), "A: b\r\n");
    assert.equal(splitHeaderBody(octets("A: b\r\n")).body.length, 0);
    assert.equal(text(splitHeaderBody(octets("\r\nbody")).body), "body");
  });

  it("are in doubt where programs differ about the fields", () => {
    const ambiguous = (header: string) => isAmbiguousHeader(headerFields(octets(header)));
    assert.equal(ambiguous("From - Mon Jun  1\r\nA: b\r\n c\r\nD: e\n"), false);
    for (const header of [
      "A: b\rC: d\r\n",
      "A: b\r\n\rC: d\r\n",
      "A: b\0\r\n",
      "A: b\r\nno field\r\nC: d\r\n",
      "A: b\r\nFrom x\r\n",
      "A: b\r\n: c\r\n",
    ]) {
      assert.equal(ambiguous(header), true, JSON.stringify(header));
    }
  });

  it("are in doubt beyond all measure", () => {
    assert.equal(isAmbiguousHeader(headerFields(octets("a:\n".repeat(3_000_000)))), true);
  });

  it("keep all occurrences, and lines that are no fields", () => {
    const fields = headerFields(octets("From - Mon\r\nX: 1\r\nx : 2\r\nno field\r\n"));
    assert.deepEqual(headerValues(fields, "X"), ["1", "2"]);
    assert.deepEqual(
      fields.map(({ name }) => name),
      ["", "x", "x", ""],
    );
  });
});

describe("Content-Type", () => {
  const parameters = (field: string) =>
    Object.fromEntries(parseParameterizedValue(field).parameters);

  it("is read with quotes, comments and folding", () => {
    const type = parseParameterizedValue(
      'Multipart/Signed (a; "comment) ; protocol="application/pkcs7-signature"; Boundary="a;\\"b"',
    );
    assert.equal(type.value, "multipart/signed");
    assert.deepEqual(Object.fromEntries(type.parameters), {
      protocol: "application/pkcs7-signature",
      boundary: 'a;"b',
    });
  });

  it("is read with RFC 2231's continuations and charsets", () => {
    assert.deepEqual(parameters('a/b; name*0="smi"; name*1=me; name*2=.p7m'), {
      name: "smime.p7m",
    });
    assert.deepEqual(parameters("a/b; name*=utf-8'de'Gr%C3%BC%C3%9Fe.p7m"), { name: "Grüße.p7m" });
    assert.deepEqual(parameters("a/b; name*0*=iso-8859-1''%FC; name*1=100%25"), {
      name: "ü100%25",
    });
    assert.deepEqual(parameters("a/b; name*=no-such-charset''x"), { name: "x" });
  });

  it("takes the first of equal parameters and the plain before the extended", () => {
    assert.deepEqual(parameters("a/b; boundary=one; boundary=two"), { boundary: "one" });
    assert.deepEqual(parameters("a/b; name*=''two; name=one"), { name: "one" });
  });

  it("is plain if no program can read it otherwise", () => {
    for (const plain of [
      'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\t boundary="=_a b"',
      "multipart/signed;protocol=application/x-pkcs7-signature;boundary=----=_Part_1.2;",
      "text/plain",
      "text/plain ; charset = utf-8",
    ]) {
      assert.equal(isPlainContentType(plain), true, plain);
    }
    for (const doubtful of [
      "multipart/signed; boundary*=utf-8''a",
      "multipart/signed; boundary*0=a; boundary*1=b",
      "multipart/signed; boundary=a; Boundary=b",
      "multipart/signed; (boundary=x;) boundary=a",
      "multipart/signed; boundary=a (b)",
      'multipart/signed; boundary="a\\b"',
      'multipart/signed; boundary="a',
      'multipart/signed; boundary="a"b',
      "multipart/signed boundary=a",
      "multipart/signed; boundary=ä",
      "multipart/signed; boundary=a\rb",
      "multipart/signed; boundary=a\u0000",
      "multipart/signed;; boundary=a",
      "",
    ]) {
      assert.equal(isPlainContentType(doubtful), false, doubtful);
    }
    const long = `multipart/signed${"; a=b ".repeat(100_000)}(`;
    const start = performance.now();
    assert.equal(isPlainContentType(long), false);
    assert.ok(performance.now() - start < 2000);
  });

  it("is text/plain if missing, and nothing if contradictory", () => {
    const of = (header: string) => contentTypeOf(headerFields(octets(header)));
    assert.equal(of("")?.value, "text/plain");
    assert.equal(of("Content-Type: a/b\r\nContent-Type: a/c\r\n"), null);
    assert.equal(of("Content-Type: a/b\r\nContent-Type: a/b\r\n")?.value, "a/b");
  });
});

describe("multipart", () => {
  it("gives the exact bytes without the line end before the delimiter", () => {
    for (const end of ["\r\n", "\n"]) {
      const body = octets(
        ["preamble", "--b", "A: 1", "", "one", "", "--b  ", "two", "--b--", "epilogue"].join(end),
      );
      assert.deepEqual(multipartParts(body, "b").map(text), [
        ["A: 1", "", "one", ""].join(end),
        "two",
      ]);
    }
  });

  it("does not take longer boundaries, or ones within a line, for its own", () => {
    const body = octets("--b\r\nx\r\n--bb\r\n --b\r\ny--b\r\n--b--\r\n--b\r\nlate");
    assert.deepEqual(multipartParts(body, "b").map(text), ["x\r\n--bb\r\n --b\r\ny--b"]);
  });

  it("tolerates a missing end, and gives nothing without a delimiter", () => {
    assert.deepEqual(multipartParts(octets("--b\r\nx\r\n"), "b").map(text), ["x\r\n"]);
    assert.deepEqual(multipartParts(octets("x"), "b"), []);
    assert.deepEqual(multipartParts(octets("--b\r\n--b--"), "b").map(text), [""]);
  });
});

describe("transfer encodings", () => {
  it("base64 goes there and back in lines of 76", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (content) => {
        const encoded = encodeBase64Lines(content);
        const expected = Buffer.from(content)
          .toString("base64")
          .replace(/.{1,76}/g, "$&\r\n");
        assert.equal(text(encoded), expected);
        assert.deepEqual(decodeBase64(encoded), content);
        const messy = octets(expected.replace(/../g, "$& \t").replaceAll("\r\n", "\n!"));
        assert.deepEqual(decodeBase64(messy), content);
      }),
    );
  });

  it("base64 is the same for content in pieces, after what goes before it", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 })), (pieces) => {
        const lines = base64LinesAfter(octets("before"), pieces);
        assert.equal(text(lines), `before${text(encodeBase64Lines(Buffer.concat(pieces)))}`);
      }),
    );
  });

  it("base64 is read from any characters, at any offset, as RFC 2045 tells", () => {
    // Mostly what base64 is made of, and everything that can be between it.
    const character = fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(...octets("ABCxyz059+/")) },
      { weight: 3, arbitrary: fc.constantFrom(...octets("\r\n \t-_")) },
      { weight: 1, arbitrary: fc.nat({ max: 255 }) },
    );
    const encoded = fc.array(character, { maxLength: 300 });
    fc.assert(
      fc.property(encoded, fc.nat({ max: 7 }), (characters, offset) => {
        const shifted = new Uint8Array(offset + characters.length);
        shifted.set(characters, offset);
        const expected = readOneByOne(text(Uint8Array.from(characters)));
        assert.deepEqual(decodeBase64(shifted.subarray(offset)), expected);
        for (const piece of [7, 64]) {
          const strictly = { strict: setFromBase64, piece };
          assert.deepEqual(decodeBase64(shifted.subarray(offset), strictly), expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("base64 is read in pieces where the platform decodes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 500 }),
        (content, piece) => {
          const strictly = { strict: setFromBase64, piece };
          assert.deepEqual(decodeBase64(encodeBase64Lines(content), strictly), content);
        },
      ),
    );
  });

  it("base64 ends at its padding and gives what an incomplete group holds", () => {
    assert.equal(text(decodeBase64(octets("QQ==QUJD"))), "A");
    assert.equal(text(decodeBase64(octets("QUI"))), "AB");
    assert.equal(text(decodeBase64(octets("Q"))), "");
  });

  it("quoted-printable", () => {
    assert.equal(text(decodeQuotedPrintable(octets("a=3D=\r\nb=  \nc=e4=ZZ="))), "a=bc\xe4=ZZ");
  });

  it("is chosen by the header", () => {
    const decode = (encoding: string, body: string) =>
      text(
        decodeBody(headerFields(octets(`Content-Transfer-Encoding:${encoding}\r\n`)), octets(body)),
      );
    assert.equal(decode(" BASE64 (x)", "QQ=="), "A");
    assert.equal(decode("quoted-printable", "=41"), "A");
    assert.equal(decode("7bit", "=41"), "=41");
    assert.equal(decode("x-unknown", "=41"), "=41");
  });

  it("canonical line ends", () => {
    assert.equal(
      text(canonicalLineEnds(octets("a\nb\r\nc\rd\r\r\n\n"))),
      "a\r\nb\r\nc\r\nd\r\n\r\n\r\n",
    );
    const canonical = octets("a\r\n\r\n");
    assert.equal(canonicalLineEnds(canonical), canonical);
  });

  it("lines are looked at the same in any place and of any length", () => {
    const character = fc.constantFrom(...Array.from("abcdefgh\t\v\xe4\xff\r\n\0"));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 60 }), fc.nat({ max: 3 }), (all, offset) => {
        const content = all.join("");
        const shifted = octets("\n".repeat(offset) + content).subarray(offset);
        const lines = content.split(/\r\n|\r|\n/);
        assert.deepEqual(lineFacts(shifted), {
          missing: lines.join("\r\n").length - content.length,
          longest: Math.max(...lines.map(({ length }) => length)),
          hasNul: content.includes("\0"),
        });
        assert.equal(text(canonicalLineEnds(shifted)), lines.join("\r\n"));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Base64 bit by bit. */
/** As ECMAScript has it from 2026 on, and Node 20 has not. Throws at anything but white space. */
function setFromBase64(
  this: Uint8Array,
  encoded: string,
  { lastChunkHandling }: { readonly lastChunkHandling: "loose" | "stop-before-partial" },
): { read: number; written: number } {
  let group = "";
  let read = 0;
  let written = 0;
  const put = () => {
    const octets = Buffer.from(group, "base64");
    this.set(octets, written);
    written += octets.length;
    group = "";
  };
  for (let at = 0; at < encoded.length; at++) {
    const character = encoded.charAt(at);
    if (/[\t\n\f\r ]/.test(character)) continue;
    if (character === "=") {
      const rest = encoded.slice(at).replace(/[\t\n\f\r ]/g, "");
      if (group.length < 2 || rest !== "=".repeat(4 - group.length))
        throw new SyntaxError("padding");
      put();
      return { read: encoded.length, written };
    }
    if (!/[A-Za-z0-9+/]/.test(character)) throw new SyntaxError("character");
    group += character;
    if (group.length < 4) continue;
    put();
    read = at + 1;
  }
  if (group === "") return { read: encoded.length, written };
  if (lastChunkHandling === "stop-before-partial") return { read, written };
  if (group.length === 1) throw new SyntaxError("incomplete");
  put();
  return { read: encoded.length, written };
}

function readOneByOne(encoded: string): Uint8Array {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bits = Array.from(encoded.split("=", 1)[0] ?? "")
    .filter((character) => alphabet.includes(character))
    .map((character) => alphabet.indexOf(character).toString(2).padStart(6, "0"))
    .join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (octet) => parseInt(octet, 2));
}

describe("From", () => {
  const one: [string, string][] = [
    ["alice@smime.example", "alice@smime.example"],
    ["Alice <alice@smime.example>", "alice@smime.example"],
    ['"Lovelace, Alice" <alice@smime.example> (at home)', "alice@smime.example"],
    ['"mallory@evil.example" <alice@smime.example>', "alice@smime.example"],
    ["=?utf-8?Q?M=C3=BCller_=3Cx=40y=3E?= <m@smime.example>", "m@smime.example"],
    ["Müller <m@smime.example>", "m@smime.example"],
    ["(a (nested) comment) <alice@smime.example>", "alice@smime.example"],
    ['"alice"@smime.example', "alice@smime.example"],
    ['"a b\\"c"@smime.example', '"a b\\"c"@smime.example'],
    ["a@[192.0.2.1]", "a@[192.0.2.1]"],
    ["dömäin@bücher.example", "dömäin@bücher.example"],
  ];
  for (const [value, address] of one) {
    it(`of ${value}`, () => {
      assert.equal(mailboxAddress(value), address);
    });
  }

  const none = [
    "",
    "Alice",
    "alice",
    "<>",
    "alice@smime.example, bob@smime.example",
    "Alice <alice@smime.example>, Bob <bob@smime.example>",
    "Friends: alice@smime.example;",
    "<@relay.example:alice@smime.example>",
    "<alice@smime.example> <bob@smime.example>",
    "<alice@smime.example> bob",
    "alice@smime.example bob@smime.example",
    "alice@smime.example <bob@smime.example>",
    "<alice@smime.example",
    "(alice@smime.example",
    '"alice@smime.example',
    "alice@evil@smime.example",
    "alice..b@smime.example",
    "a\u0000lice@smime.example",
    "alice@smime.example\u0000.evil.example",
  ];
  for (const value of none) {
    it(`of ${JSON.stringify(value)} is in doubt`, () => {
      assert.equal(mailboxAddress(value), null);
    });
  }

  it("must be there exactly once", () => {
    assert.equal(fromAddress(octets("From: a@b.example\r\n\r\n")), "a@b.example");
    assert.equal(fromAddress(octets("From: a@b.example\r\nfrom: a@b.example\r\n\r\n")), null);
    assert.equal(fromAddress(octets("To: a@b.example\r\n\r\nFrom: a@b.example")), null);
    assert.equal(fromAddress(octets("From:\r\n Alice\r\n <a@b.example>\r\n\r\n")), "a@b.example");
  });
});

describe("a value for people", () => {
  for (const [written, readable] of [
    ["=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["=?UTF-8?B?R3LD?=\r\n =?UTF-8?B?vMOfZQ==?=", "Grüße"],
    ["=?iso-8859-1*de?q?=FC?= =?no-such?q?x?= y", "üx y"],
    ["a\r\n\t b", "a b"],
    ["=?utf-8?q?a=0D=0ABcc:_x=00?=", "a Bcc: x"],
    ["=?utf-8?q?not closed", "=?utf-8?q?not closed"],
    ["Gr\xc3\xbc\xc3\x9fe", "Grüße"],
    ["Gr\xfc\xdfe", "Grüße"],
  ] as const) {
    it(`of ${JSON.stringify(written)}`, () => {
      const [field] = headerFields(octets(`Subject: ${written}\r\n`));
      assert.ok(field !== undefined);
      assert.equal(readableValue(field), readable);
    });
  }

  it("of anything at all is a value, in bounded time", () => {
    for (const piece of ["=?", "=?utf-8?q?", "=?utf-8?q?a?= ", "(", '"', "\\", "=?a?b?="]) {
      const [field] = headerFields(octets(`Subject: ${piece.repeat(100_000)}\r\n`));
      assert.ok(field !== undefined);
      const start = performance.now();
      readableValue(field);
      mailboxAddress(field.value);
      parseParameterizedValue(field.value);
      assert.ok(performance.now() - start < 3000, piece);
    }
  });
});

describe("a value that a relay has written anew", () => {
  for (const [name, one, other, same] of [
    [
      "To",
      'Bob <bob@b.example>, "A, B" <a@b.example>',
      '"Bob" <bob@b.example>,A, B <a@b.example>',
      true,
    ],
    ["To", "Bob <bob@b.example>", "Bob <rob@b.example>", false],
    ["From", "Alice <a@b.example>", "Boss <a@b.example>", false],
    ["Date", "Mon, 1 Jun 2026 11:58:00 +0000", "Mon, 1 Jun 2026 13:58:00 +0200 (CEST)", true],
    ["Date", "Mon, 1 Jun 2026 11:58:00 +0000", "Mon, 1 Jun 2026 11:59:00 +0000", false],
    ["Date", "soon", "soon", true],
    ["Subject", "Lunch", "[list] Lunch", false],
    ["Subject", "Lunch at  noon", "lunch at noon", true],
  ] as const) {
    it(`${name}: ${one} is ${same ? "" : "not "}${other}`, () => {
      assert.equal(isSameValue(name, one, other), same);
    });
  }
});

describe("references", () => {
  it("are identifiers without brackets", () => {
    assert.deepEqual(
      referencesOf(
        octets(
          "Message-ID: <3@x>\r\nIn-Reply-To: <2@x>\r\nReferences: <1@x>\r\n <2@x>\r\n\r\n<4@x>",
        ),
      ),
      { messageId: "3@x", inReplyTo: ["2@x"], references: ["1@x", "2@x"] },
    );
    assert.deepEqual(referencesOf(octets("\r\n")), {
      messageId: null,
      inReplyTo: [],
      references: [],
    });
  });
});
