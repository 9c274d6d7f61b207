import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import {
  certificationRequest,
  requestPem,
  selfSignedCertificate,
} from "../../src/core/enrolment/certification-request.ts";
import { generateKey, newKeyKinds, type NewKeyKind } from "../../src/core/enrolment/new-key.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { isSelfSigned } from "../../src/core/trust/issuers.ts";
import { mailUses } from "../../src/core/trust/uses.ts";
import { openssl, withFiles } from "../support/pki.ts";

const alice = { name: "Alice Lovelace", address: "alice@example.org" };
const validity = {
  notBefore: new Date("2026-11-01T00:00:00Z"),
  notAfter: new Date("2027-11-01T00:00:00Z"),
};

/** What openssl reads in a request, after it has verified its signature. */
async function read(kind: NewKeyKind, subject = alice): Promise<string> {
  const pem = requestPem(await certificationRequest(subject, await generateKey(kind)));
  return withFiles({ request: pem }, (path) =>
    openssl([
      ...["req", "-in", path("request"), "-verify", "-noout", "-text"],
      ...["-nameopt", "utf8,sep_comma_plus_space"],
    ]).toString(),
  );
}

describe("certificate requests", () => {
  const facts: Record<NewKeyKind, readonly RegExp[]> = {
    "rsa-3072": [
      /Public-Key: \(3072 bit\)/,
      /Signature Algorithm: sha256WithRSAEncryption/,
      /Digital Signature, Key Encipherment/,
    ],
    "p-256": [
      /NIST CURVE: P-256/,
      /Signature Algorithm: ecdsa-with-SHA256/,
      /Digital Signature, Key Agreement/,
    ],
    ed25519: [
      /Public Key Algorithm: ED25519/,
      /Signature Algorithm: ED25519/,
      /Key Usage: critical\s+Digital Signature\n/,
    ],
  };
  for (const kind of newKeyKinds) {
    it(`with ${kind}: openssl verifies them and reads whom and what they are for`, async () => {
      const text = await read(kind);
      for (const fact of [
        ...facts[kind],
        /Subject: CN ?= ?Alice Lovelace\n/,
        /Subject Alternative Name:\s+email:alice@example\.org\n/,
        /Extended Key Usage:\s+E-mail Protection\n/,
      ]) {
        assert.match(text, fact);
      }
    });
  }

  it("write names and addresses beyond ASCII as their standards say", async () => {
    const text = await read("p-256", { name: "Zoë Müller", address: "zoe@BÜCHER.example" });
    assert.match(text, /Subject: CN ?= ?Zoë Müller\n/);
    assert.match(text, /email:zoe@xn--bcher-kva\.example\n/);
    const beyond = await read("p-256", { name: "", address: "zoë@example.org" });
    assert.match(beyond, /Subject: CN ?= ?zoë@example\.org\n/);
    assert.match(beyond, /othername:.*(SmtpUTF8Mailbox|1\.3\.6\.1\.5\.5\.7\.8\.9)/i);
  });

  it("name by the address whoever has too long a name", async () => {
    assert.match(
      await read("p-256", { ...alice, name: "x".repeat(65) }),
      /Subject: CN ?= ?alice@example\.org\n/,
    );
  });
});

describe("self-signed certificates for trying out", () => {
  for (const kind of newKeyKinds) {
    it(`with ${kind}: openssl verifies them and what is signed with them`, async () => {
      const key = await generateKey(kind);
      const certificate = await parseCertificate(await selfSignedCertificate(alice, key, validity));
      assert.deepEqual(certificate.addresses, ["alice@example.org"]);
      assert.deepEqual([certificate.notBefore, certificate.notAfter], Object.values(validity));
      assert.ok(isSelfSigned(certificate));
      assert.equal(certificate.basicConstraints?.authority, false);
      assert.deepEqual(
        [...mailUses(certificate)],
        kind === "ed25519" ? ["sign"] : ["sign", "encrypt"],
      );
      const signed = await signMessage(
        new TextEncoder().encode(
          "From: alice@example.org\r\nContent-Type: text/plain\r\n\r\nHello.\r\n",
        ),
        {
          certificate,
          privateKey: key.privateKey,
          chain: [],
          encryptionCertificate: null,
        },
        { signingTime: new Date("2026-12-01T00:00:00Z") },
      );
      withFiles({ certificate: certificate.der, message: signed }, (path) => {
        const pem = openssl(["x509", "-inform", "DER", "-in", path("certificate")]).toString();
        withFiles({ pem }, (pemPath) => {
          const trusting = ["-CAfile", pemPath("pem"), "-purpose", "smimesign"];
          openssl(["verify", ...trusting, "-attime", "1796083200", pemPath("pem")]);
          // OpenSSL 3.0 verifies no CMS with Ed25519.
          if (kind === "ed25519") return;
          openssl([
            ...["cms", "-verify", "-in", path("message"), ...trusting],
            ...["-attime", "1796083200", "-out", path("out")],
          ]);
        });
      });
    });
  }
});
