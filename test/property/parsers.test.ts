import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readCertificateFile } from "../../src/core/asn1/certificate-file.ts";
import { parseCrl } from "../../src/core/asn1/crl.ts";
import { parseOcspResponse } from "../../src/core/asn1/ocsp.ts";
import { readContentInfo } from "../../src/core/asn1/content-info.ts";
import { readEnvelopedData } from "../../src/core/asn1/enveloped-data.ts";
import { readBags, readPfx, readPrivateKeyInfo, readSafes } from "../../src/core/asn1/pfx.ts";
import { readSignedData } from "../../src/core/asn1/signed-data.ts";
import { children, readTlv, type Tlv } from "../../src/core/asn1/tlv.ts";
import { toDer } from "../../src/core/asn1/der.ts";
import { decodeBase64 } from "../../src/core/mime/base64.ts";
import { readBody } from "../../src/core/mime/body.ts";
import { contentTypeOf, parseParameterizedValue } from "../../src/core/mime/content-type.ts";
import { fromAddress, mailboxAddress } from "../../src/core/mime/from-address.ts";
import { headerFields, splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { readableValue } from "../../src/core/mime/encoded-words.ts";
import { mainBodyParts } from "../../src/core/mime/main-body-parts.ts";
import { withoutParameter, withParameter } from "../../src/core/mime/parameters.ts";
import { canonicalLineEnds } from "../../src/core/mime/line-ends.ts";
import { multipartParts } from "../../src/core/mime/multipart.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { decodeBody, decodeQuotedPrintable } from "../../src/core/mime/transfer-encoding.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { inflate } from "../../src/core/smime/compressed-data.ts";
import { readEntity } from "../../src/core/mime/entity.ts";
import { protectionHint } from "../../src/core/smime/open.ts";
import { octets, text } from "../support/messages.ts";
import { derMutations, mutatedDer, mutatedText, textMutations } from "../support/mutation.ts";
import { endsTyped, holds, peakMemory } from "../support/property.ts";
import * as samples from "./samples.ts";

/** Any bytes at all given to any reader end in a value or in an error of ours, soon. */

const RUNS = 1_000;
/** Far above what these readers need, far below what a machine has. */
const MAX_MEMORY = 1 << 30;

const anyBytes = fc.uint8Array({ maxLength: 400 });

function read(name: string, reader: (bytes: Uint8Array) => unknown): void {
  it(`${name}: any bytes`, () =>
    holds(anyBytes, (bytes) => endsTyped(() => reader(bytes)), { runs: RUNS }));
}

function readDer(
  name: string,
  valid: readonly Uint8Array[],
  reader: (bytes: Uint8Array) => unknown,
  runs = RUNS,
): void {
  read(name, reader);
  it(`${name}: nearly right`, async () => {
    for (const sample of valid) await reader(sample);
    await holds(
      fc.tuple(fc.constantFrom(...valid.keys()), derMutations),
      ([index, mutations]) =>
        endsTyped(() => reader(mutatedDer(valid[index] ?? new Uint8Array(), mutations))),
      { runs },
    );
  });
}

function readText(name: string, reader: (bytes: Uint8Array) => unknown, runs = RUNS): void {
  read(name, reader);
  it(`${name}: nearly right`, () =>
    holds(
      fc.tuple(fc.constantFrom(...samples.messages.keys()), textMutations),
      ([index, mutations]) =>
        endsTyped(() =>
          reader(mutatedText(samples.messages[index] ?? new Uint8Array(), mutations)),
        ),
      { runs },
    ));
}

describe("CMS", () => {
  const everything = (tlv: Tlv): void => {
    if ((tlv.tag & 0x20) !== 0) for (const part of children(tlv)) everything(part);
  };
  readDer("elements", samples.cms, (bytes) => {
    const element = readTlv(bytes);
    everything(element);
    toDer(element);
  });
  readDer("SignedData", samples.signedData, (bytes) => {
    readSignedData(readContentInfo(bytes).content);
  });
  readDer("EnvelopedData", samples.envelopedData, (bytes) => {
    readEnvelopedData(readContentInfo(bytes).content, false);
  });
  readDer("AuthEnvelopedData", samples.authEnvelopedData, (bytes) => {
    readEnvelopedData(readContentInfo(bytes).content, true);
  });
  readDer("CompressedData", samples.compressedData, (bytes) =>
    inflate(readContentInfo(bytes).content),
  );
});

describe("certificates and key files", () => {
  readDer("certificate", samples.certificates, (bytes) => parseCertificate(bytes), 3 * RUNS);
  readDer("revocation list", samples.crls, (bytes) => parseCrl(bytes));
  readDer("OCSP response", samples.ocspResponses, (bytes) => parseOcspResponse(bytes));
  readDer("PKCS#12", samples.keyFiles, (bytes) => {
    for (const safe of readSafes(readPfx(bytes).authenticatedSafe)) {
      if (safe.kind === "clear") readBags(safe.contents);
    }
  });
  readDer("key file with its password", samples.keyFiles, (bytes) =>
    readKeyFile(bytes, samples.PASSWORD),
  );
  readDer("PKCS#8", samples.privateKeys, (bytes) => readPrivateKeyInfo(bytes));

  const bundle = readFileSync(
    new URL(
      "../vectors/rfc9216/4.1_Alice-s-Signature-Verification-End-Entity-Certific.certificate.pem",
      import.meta.url,
    ),
  );
  read("PEM", readCertificateFile);
  it("PEM: nearly right", async () => {
    assert.equal((await readCertificateFile(bundle)).certificates.length, 1);
    const bundles = octets(text(bundle).repeat(2));
    await holds(
      textMutations,
      (mutations) => endsTyped(() => readCertificateFile(mutatedText(bundles, mutations))),
      { runs: RUNS },
    );
  });
});

describe("MIME", () => {
  readText("header and body", (bytes) => {
    const { header, body } = splitHeaderBody(bytes);
    for (const { value } of headerFields(header)) {
      parseParameterizedValue(value);
      mailboxAddress(value);
    }
    contentTypeOf(headerFields(header));
    fromAddress(bytes);
    referencesOf(bytes);
    decodeBody(headerFields(header), body);
    multipartParts(body, "b");
  });
  readText("entity", (bytes) => {
    const { fields, body } = readEntity(bytes);
    const boundary = contentTypeOf(fields)?.parameters.get("boundary");
    if (boundary !== undefined) multipartParts(body, boundary);
    protectionHint(bytes);
    for (const field of fields) readableValue(field);
    const type = fields.find(({ name }) => name === "content-type");
    if (type !== undefined) withoutParameter(withParameter(type, "hp", "clear"), "hp");
    for (const { whole } of mainBodyParts({ fields, body }))
      assert.ok((whole?.length ?? 0) <= body.length);
  });
  readText("transfer encodings", (bytes) => {
    decodeBase64(bytes);
    decodeQuotedPrintable(bytes);
    canonicalLineEnds(bytes);
  });
  readText("body for display", (bytes) => readBody(bytes));
  it("field values: any text", () =>
    holds(
      fc.string({ unit: "binary", maxLength: 200 }),
      (value) =>
        endsTyped(() => {
          parseParameterizedValue(value);
          mailboxAddress(value);
        }),
      { runs: RUNS },
    ));
});

after(() => {
  assert.ok(peakMemory() < MAX_MEMORY, `${peakMemory()} octets`);
});
