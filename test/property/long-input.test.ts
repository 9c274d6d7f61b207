import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readCertificateFile } from "../../src/core/asn1/certificate-file.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { readBody } from "../../src/core/mime/body.ts";
import { parseParameterizedValue } from "../../src/core/mime/content-type.ts";
import { mailboxAddress } from "../../src/core/mime/from-address.ts";
import { headerFields, splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { readableValue } from "../../src/core/mime/encoded-words.ts";
import { multipartParts } from "../../src/core/mime/multipart.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { decodeQuotedPrintable } from "../../src/core/mime/transfer-encoding.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { withoutLegacyDisplay } from "../../src/core/smime/legacy-display.ts";
import { readEntity } from "../../src/core/mime/entity.ts";
import { htmlText } from "../../src/cli/html-text.ts";
import { bob, contextOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import { encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { endsTyped, peakMemory } from "../support/property.ts";

/** What costs a careless reader the square of the length, or a stack: one piece, over and over. */

const LENGTH = 200_000;
const MAX_MEMORY = 1 << 30;

const pieces = [
  ...[
    "a",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\0",
    "(",
    ")",
    '"',
    "\\",
    "\\(",
    '\\"',
    "<",
    ">",
    "@",
    ",",
    ";",
  ],
  ...[
    ":",
    "=",
    "=\r\n",
    "= ",
    "--b",
    "--b\r\n",
    "--b\n",
    "\n--b",
    "X:\r\n",
    "x: y\r\n",
    "From: a@b\r\n",
  ],
  ...[
    "\r\n ",
    "\n\t",
    "=?utf-8?Q?=41?= ",
    "=?utf-8?B?",
    "a;a=",
    ';n*0="',
    "*",
    "%",
    "a.",
    '"a" ',
    "<a@b>,",
  ],
  ...[
    "<p>",
    "<div ",
    "<div class=",
    "<div class=header-protection-legacy-display>",
    "</div>",
    "&lt;",
    "<!--",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
  ],
  ...[
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\n",
    "0\x80",
    "$\x80",
    "0\x82\x01\x00",
    "\x05\x00",
  ],
].map((piece) => [JSON.stringify(piece), piece.repeat(Math.ceil(LENGTH / piece.length))] as const);

const context = contextOf(bob);
const opened = (message: string) => openMessage(octets(message), context);
const displayed = (message: string) => readBody(octets(message));
const base64 = (content: string): string => text(encodeBase64Lines(octets(content)));

const readers: Readonly<Record<string, (long: string) => unknown>> = {
  "a header": (long) => headerFields(splitHeaderBody(octets(long)).header),
  "a header for people": (long) =>
    headerFields(splitHeaderBody(octets(`Subject: ${long}`)).header).map(readableValue),
  "a field with parameters": (long) => parseParameterizedValue(`a/b; c=${long}`),
  "a quoted parameter": (long) => parseParameterizedValue(`a/b; c="${long}`),
  "an extended parameter": (long) => parseParameterizedValue(`a/b; c*=utf-8''${long}; d*0=${long}`),
  "a mailbox": (long) => mailboxAddress(long),
  "a mailbox that was begun": (long) => mailboxAddress(`"a" (b) <c@${long}`),
  references: (long) => referencesOf(octets(`References: ${long}\r\n\r\n`)),
  "a multipart body": (long) => multipartParts(octets(long), "b"),
  "quoted-printable": (long) => decodeQuotedPrintable(octets(long)),
  "a body for display": (long) => displayed(`Content-Type: text/html\r\n\r\n${long}`),
  "a multipart for display": (long) =>
    displayed(`Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${long}`),
  "a header for display": (long) => displayed(`Subject: ${long}\r\nFrom: ${long}`),
  "a legacy display element": (long) =>
    withoutLegacyDisplay(
      readEntity(octets(`Content-Type: text/html; hp-legacy-display=1\r\n\r\n${long}`)),
    ),
  "HTML for the command line": htmlText,
  PEM: (long) => readCertificateFile(octets(long)),
  "a certificate": (long) => parseCertificate(octets(`0\x83\x06\x1a\x80${long}`)),
  "a key file": (long) => readKeyFile(octets(`0\x83\x06\x1a\x80${long}`), ""),
  "a message": opened,
  "a From field": (long) => opened(`From: ${long}\r\n\r\n`),
  "a signed part": (long) =>
    opened(`Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n${long}\r\n--b\r\n\r\n--b--`),
  "a boundary": (long) => opened(`Content-Type: multipart/signed; boundary=${long}\r\n\r\n--b`),
  "a CMS object": (long) => opened(`Content-Type: application/pkcs7-mime\r\n\r\n${long}`),
  "a CMS object in base64": (long) =>
    opened(
      `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(long)}`,
    ),
};

for (const [reader, read] of Object.entries(readers)) {
  describe(reader, () => {
    it("of any repeated piece", async () => {
      for (const [name, long] of pieces) {
        await endsTyped(() => read(long)).catch((error: unknown) => {
          throw new Error(`${reader} of ${name}`, { cause: error });
        });
      }
    });
  });
}

after(() => {
  assert.ok(peakMemory() < MAX_MEMORY, `${peakMemory()} octets`);
});
