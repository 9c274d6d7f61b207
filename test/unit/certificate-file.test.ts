import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readCertificateFile, writeCertificateFile } from "../../src/core/asn1/certificate-file.ts";
import { createAuthority, openssl, withFiles } from "../support/pki.ts";

const authority = createAuthority({ name: "Root", keyType: "p256" });
const issue = (name: string) =>
  authority.issue({ name, address: `${name}@example.org`, keyType: "p256" });
const [ada, ben] = [issue("ada"), issue("ben")];
const certificates = await Promise.all(
  [ada, ben].map(({ certificate }) => parseCertificate(certificate)),
);
const [adas, bens] = certificates;
assert.ok(adas && bens);

const octets = (text: string) => new TextEncoder().encode(text);
const base64 = (der: Uint8Array) => Buffer.from(der).toString("base64");
const folded = (text: string, width = 72) => text.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
const names = async (file: Uint8Array) =>
  (await readCertificateFile(file)).certificates.map(({ addresses }) => addresses[0]);
const nothing = { name: "SmimeError", code: "certificates-not-found" };

const card = (...lines: string[]) => ["BEGIN:VCARD", ...lines, "END:VCARD", ""].join("\r\n");

describe("readCertificateFile", () => {
  it("reads DER, PEM and base64 without armour", async () => {
    assert.deepEqual(await names(adas.der), ["ada@example.org"]);
    const pem = openssl(["x509", "-inform", "DER"], adas.der);
    assert.deepEqual(await names(pem), ["ada@example.org"]);
    assert.deepEqual(await names(Buffer.concat([octets("Ada's:\r\n"), pem, pem])), [
      "ada@example.org",
    ]);
    assert.deepEqual(await names(octets(folded(base64(adas.der)).join("\r\n"))), [
      "ada@example.org",
    ]);
  });

  it("passes over text and keys between certificates", async () => {
    const { privateKeyPem } = issue("carl");
    const bundle = `Bag Attributes\n${pemOf(adas.der)}${privateKeyPem}\r\n${pemOf(bens.der)}`;
    const both = ["ada@example.org", "ben@example.org"];
    assert.deepEqual(await names(octets(bundle)), both);
    assert.deepEqual(await names(octets(bundle.replaceAll("\n", "\r\n"))), both);
    await assert.rejects(names(octets(privateKeyPem)), nothing);
  });

  it("reads what openssl makes of several certificates, in DER and in PEM", async () => {
    const pem = Buffer.from(certificates.map(({ der }) => pemOf(der)).join(""));
    for (const form of ["DER", "PEM"]) {
      const file = withFiles({ pem }, (path) =>
        openssl(["crl2pkcs7", "-nocrl", "-certfile", path("pem"), "-outform", form]),
      );
      assert.deepEqual(await names(file), ["ada@example.org", "ben@example.org"], form);
    }
  });

  const encoded = base64(adas.der);
  const cards: Record<string, string> = {
    "2.1, indented": card(
      "VERSION:2.1",
      "EMAIL;INTERNET:ada@example.org",
      "KEY;X509;ENCODING=BASE64:",
      ...folded(encoded).map((line) => `    ${line}`),
      "",
    ),
    "2.1, wrapped without a space": card(
      "VERSION:2.1",
      "KEY;X509;ENCODING=BASE64:",
      ...folded(encoded),
      "",
      "REV:20261125T000000Z",
    ),
    "3.0": card("VERSION:3.0", ...foldedLine(`KEY;ENCODING=b;TYPE=X509:${encoded}`)),
    "3.0, grouped": card("VERSION:3.0", ...foldedLine(`item1.KEY;TYPE=x509;ENCODING=B:${encoded}`)),
    "4.0": card("VERSION:4.0", ...foldedLine(`KEY:data:application/pkix-cert;base64,${encoded}`)),
    "4.0, escaped and quoted": card(
      "VERSION:4.0",
      `KEY;PREF=1;TYPE="work:home":data:application/pkix-cert\\;base64\\,${encoded}`,
    ),
    "PEM in base64": card("VERSION:4.0", `KEY:data:;base64,${btoa(pemOf(adas.der))}`),
  };
  for (const [version, text] of Object.entries(cards)) {
    it(`reads the key of a vCard, version ${version}`, async () => {
      assert.deepEqual(await names(octets(text)), ["ada@example.org"]);
      assert.deepEqual(await names(octets(text.replaceAll("\r\n", "\n"))), ["ada@example.org"]);
    });
  }

  it("reads many vCards, and says how many keys were no certificates", async () => {
    const both = await readCertificateFile(
      octets(
        [
          card("VERSION:4.0", "FN:Żółć", `KEY:data:application/pkix-cert;base64,${encoded}`),
          card("VERSION:3.0", `KEY;ENCODING=b:${base64(bens.der)}`),
          card("VERSION:4.0", `KEY:data:application/pgp-keys;base64,${btoa("a pgp key")}`),
          card("VERSION:4.0", "KEY:https://example.org/key.cer"),
          card("VERSION:4.0", "NOTE:KEY:data:application/pkix-cert;base64,AAAA"),
        ].join(""),
      ),
    );
    assert.deepEqual(both.certificates, certificates);
    assert.equal(both.unreadable, 1);
  });

  it("says so where there is none", async () => {
    for (const file of [
      new Uint8Array(),
      octets("Hello"),
      octets(card("VERSION:4.0", "FN:Ada")),
      adas.der.subarray(0, 200),
      octets("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ]) {
      await assert.rejects(readCertificateFile(file), nothing);
    }
  });
});

describe("writeCertificateFile", () => {
  it("writes what openssl reads", () => {
    const subject = (args: string[], file: Uint8Array) =>
      openssl([...args, "-noout"], file).toString();
    const der = writeCertificateFile([adas], "der");
    assert.match(subject(["x509", "-inform", "DER", "-subject"], der), /ada/);
    const pem = writeCertificateFile([adas, bens], "pem");
    assert.match(subject(["x509", "-subject"], pem), /ada/);
    const p7c = writeCertificateFile([adas, bens], "p7c");
    const printed = openssl(["pkcs7", "-inform", "DER", "-print_certs", "-noout"], p7c).toString();
    assert.match(printed, /CN = ada/);
    assert.match(printed, /CN = ben/);
  });

  it("writes what it reads", async () => {
    for (const format of ["pem", "p7c"] as const) {
      const { certificates: read } = await readCertificateFile(
        writeCertificateFile(certificates, format),
      );
      assert.deepEqual(new Set(read), new Set(certificates), format);
    }
  });
});

function pemOf(der: Uint8Array): string {
  return openssl(["x509", "-inform", "DER"], der).toString();
}

/** RFC 6350, section 3.2. */
function foldedLine(line: string): string[] {
  return folded(line, 74).map((piece, index) => (index === 0 ? piece : ` ${piece}`));
}
