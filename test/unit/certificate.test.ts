import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import {
  derBitString,
  derNull,
  derOid,
  derSequence,
  derUnsignedInteger,
} from "../../src/core/asn1/der.ts";
import { publicKeys } from "../../src/core/asn1/oids.ts";
import { publicKey } from "../../src/core/asn1/public-key.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { mailUses, validityAt } from "../../src/core/trust/uses.ts";
import { createAuthority, fromPem } from "../support/pki.ts";
import type { IdentityOptions } from "../support/pki.ts";

const malformed = { name: "SmimeError", code: "certificate-malformed" };
const authority = createAuthority({ name: "Root", keyType: "p256" });
const issue = (options: Partial<IdentityOptions> = {}) =>
  authority.issue({ name: "Alice", address: "alice@example.org", keyType: "p256", ...options });
const parsed = async (options: Partial<IdentityOptions> = {}) =>
  parseCertificate(issue(options).certificate);

const vectors = "test/vectors/rfc9216";
const published = readdirSync(vectors)
  .filter((name) => name.endsWith("certificate.pem"))
  .map((name) => fromPem(readFileSync(`${vectors}/${name}`, "latin1")));

describe("parseCertificate", () => {
  it("reads the RFC 9216 certificates as Node's own parser does", async () => {
    assert.equal(published.length, 12);
    for (const der of published) {
      const [ours, nodes] = [await parseCertificate(der), new X509Certificate(der)];
      assert.equal(ours.fingerprint, nodes.fingerprint256.replaceAll(":", "").toLowerCase());
      assert.equal(ours.serialNumber, nodes.serialNumber.toLowerCase());
      assert.equal(ours.subject.text, nodes.subject.split("\n").reverse().join(", "));
      assert.equal(ours.issuer.text, nodes.issuer.split("\n").reverse().join(", "));
      assert.equal(ours.notBefore.getTime(), Date.parse(nodes.validFrom));
      assert.equal(ours.notAfter.getTime(), Date.parse(nodes.validTo));
      assert.equal(ours.basicConstraints?.authority, nodes.ca);
      assert.equal(ours.publicKey.kind, nodes.publicKey.asymmetricKeyType);
      const spki = nodes.publicKey.export({ type: "spki", format: "der" });
      assert.ok(spki.equals(ours.publicKey.spki));
      assert.deepEqual(
        ours.addresses,
        nodes.subjectAltName === undefined ? [] : [nodes.subjectAltName.replace("email:", "")],
      );
      assert.deepEqual(ours.unknownCriticalExtensions, []);
    }
  });

  it("names keys by kind, size and curve", async () => {
    const expected = {
      rsa2048: { kind: "rsa", bits: 2048, curve: null },
      rsa1024: { kind: "rsa", bits: 1024, curve: null },
      p256: { kind: "ec", bits: 256, curve: "P-256" },
      p384: { kind: "ec", bits: 384, curve: "P-384" },
      p521: { kind: "ec", bits: 521, curve: "P-521" },
      ed25519: { kind: "ed25519", bits: 256, curve: null },
      "rsa-pss": { kind: "rsa-pss", bits: 2048, curve: null },
      ed448: { kind: "unsupported", bits: null, curve: null },
    } as const;
    for (const keyType of Object.keys(expected) as (keyof typeof expected)[]) {
      const { publicKey } = await parsed({ keyType });
      const { kind, bits, curve } = publicKey;
      assert.deepEqual({ kind, bits, curve }, expected[keyType]);
    }
  });

  it("takes addresses from the alternative name, all of them, as written", async () => {
    const { addresses } = await parsed({
      subjectAltName: "email:Alice@Example.ORG,DNS:example.org,email:a@b.example",
    });
    assert.deepEqual(addresses, ["Alice@Example.ORG", "a@b.example"]);
  });

  it("takes a SmtpUTF8Mailbox (RFC 9598)", async () => {
    const { addresses } = await parsed({
      subjectAltName: "@names",
      extensions: [
        "[names]",
        "otherName.0=1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8:jürgen@müller.example",
      ],
    });
    assert.deepEqual(addresses, ["jürgen@müller.example"]);
  });

  it("takes the subject's emailAddress only where there is no other", async () => {
    const subject = "/CN=Alice/emailAddress=old@example.org";
    const legacy = authority.issue({ name: "Alice", keyType: "p256", subject });
    assert.deepEqual((await parseCertificate(legacy.certificate)).addresses, ["old@example.org"]);
    assert.deepEqual((await parsed({ subject })).addresses, ["alice@example.org"]);
  });

  it("takes nothing for an address that is none", async () => {
    const subjects = ["no address", "a b@example.org", "a@b@example.org", "<a@example.org>", "@x"];
    for (const text of subjects) {
      const subject = `/CN=x/emailAddress=${text}`;
      const identity = authority.issue({ name: "x", keyType: "p256", subject });
      assert.deepEqual((await parseCertificate(identity.certificate)).addresses, [], text);
    }
    const { addresses } = await parsed({ subjectAltName: "otherName:1.2.3.4;UTF8:a@example.org" });
    assert.deepEqual(addresses, []);
  });

  it("writes names for people, who must not be deceived by them", async () => {
    const { subject } = await parsed({ subject: "/O=A, B \\+ C/CN=Ä 名\u202Egro.live" });
    assert.equal(subject.text, "CN=Ä 名\uFFFDgro.live, O=A\\, B \\+ C");
    assert.equal(subject.commonName, "Ä 名\uFFFDgro.live");
    assert.equal(subject.organization, "A, B + C");
  });

  it("reads usages, purposes, constraints and key identifiers", async () => {
    const certificate = await parsed({
      keyUsage: "digitalSignature,keyAgreement,decipherOnly",
      extendedKeyUsage: "emailProtection,1.2.3.4",
      basicConstraints: "CA:TRUE,pathlen:3",
    });
    assert.deepEqual(
      [...(certificate.keyUsage ?? [])],
      ["digitalSignature", "keyAgreement", "decipherOnly"],
    );
    assert.deepEqual(certificate.extendedKeyUsage, ["1.3.6.1.5.5.7.3.4", "1.2.3.4"]);
    assert.deepEqual(certificate.basicConstraints, { authority: true, pathLength: 3 });
    const issuer = await parseCertificate(authority.certificate);
    assert.ok(issuer.subjectKeyIdentifier);
    assert.deepEqual(certificate.authorityKeyIdentifier, issuer.subjectKeyIdentifier);
    assert.equal(issuer.authorityKeyIdentifier, null);
  });

  it("tells absent extensions from empty ones", async () => {
    const bare = await parsed({ keyUsage: null, extendedKeyUsage: null, basicConstraints: null });
    assert.deepEqual(
      [bare.keyUsage, bare.extendedKeyUsage, bare.basicConstraints],
      [null, null, null],
    );
  });

  it("lists critical extensions that nobody here processes", async () => {
    const extensions = ["1.2.3.4=critical,ASN1:NULL", "1.2.3.5=ASN1:NULL"];
    assert.deepEqual((await parsed({ extensions })).unknownCriticalExtensions, ["1.2.3.4"]);
    const policies = ["certificatePolicies=critical,1.2.3"];
    assert.deepEqual((await parsed({ extensions: policies })).unknownCriticalExtensions, []);
  });

  it("knows a critical policy by its known qualifiers only", async () => {
    const unknown = async (critical: boolean, qualifier: string) => {
      const extensions = [
        `2.5.29.32=${critical ? "critical," : ""}ASN1:SEQUENCE:policies`,
        "[policies]",
        "policy=SEQUENCE:policy",
        "[policy]",
        "id=OID:1.2.3.5",
        "qualifiers=SEQUENCE:qualifiers",
        "[qualifiers]",
        "qualifier=SEQUENCE:qualifier",
        "[qualifier]",
        `id=OID:${qualifier}`,
        "value=IA5STRING:https://example.org/",
      ];
      return (await parsed({ extensions })).unknownCriticalExtensions;
    };
    assert.deepEqual(await unknown(true, "1.3.6.1.5.5.7.2.1"), []);
    assert.deepEqual(await unknown(true, "1.2.3.6"), ["2.5.29.32"]);
    assert.deepEqual(await unknown(false, "1.2.3.6"), []);
  });

  it("refuses extensions it cannot read, rather than pass over them", async () => {
    for (const extension of [
      "2.5.29.15=critical,ASN1:NULL",
      "2.5.29.19=ASN1:OCTETSTRING:x",
      "2.5.29.30=critical,DER:30:03:a2:01:00",
      "2.5.29.37=ASN1:BOOLEAN:true",
    ]) {
      const identity = issue({
        extensions: [extension],
        keyUsage: null,
        extendedKeyUsage: null,
        basicConstraints: null,
      });
      await assert.rejects(parseCertificate(identity.certificate), malformed, extension);
    }
  });

  it("refuses bytes after the end, bytes missing, and anything else", async () => {
    const { certificate } = issue();
    await assert.rejects(parseCertificate(Buffer.concat([certificate, Buffer.of(0)])), malformed);
    for (let length = 0; length < certificate.length; length += 11)
      await assert.rejects(parseCertificate(certificate.subarray(0, length)), malformed);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        assert.rejects(parseCertificate(bytes), malformed),
      ),
    );
  });

  it("ends in a certificate or in an error of ours, whichever byte is changed", async () => {
    const { certificate } = issue();
    const inner = fc.tuple(
      fc.nat({ max: certificate.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(inner, async ([at, flip]) => {
        const changed = certificate.map((octet, index) => (index === at ? octet ^ flip : octet));
        await parseCertificate(changed).catch((error: unknown) => {
          assert.ok(error instanceof SmimeError && error.code === "certificate-malformed");
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("an RSA key", () => {
  const modulus = Uint8Array.from({ length: 256 }, (_, at) => (at === 0 || at === 255 ? 0xc1 : at));
  const kindOf = (n: Uint8Array, e: readonly number[]) =>
    publicKey(
      derSequence(
        derSequence(derOid(publicKeys.rsaEncryption), derNull()),
        derBitString(derSequence(derUnsignedInteger(n), derUnsignedInteger(Uint8Array.from(e)))),
      ),
    ).kind;

  it("has an odd modulus and an odd exponent above 1, and ends within a bound", () => {
    assert.equal(kindOf(modulus, [1, 0, 1]), "rsa");
    assert.equal(kindOf(modulus, [3]), "rsa");
    assert.equal(kindOf(modulus, [1]), "unsupported");
    assert.equal(kindOf(modulus, [1, 0, 0]), "unsupported");
    assert.equal(kindOf(modulus.with(255, 0xc0), [3]), "unsupported");
    assert.equal(kindOf(new Uint8Array(2049).fill(0xff), [3]), "unsupported");
  });
});

describe("mailUses", () => {
  const table: [string, Partial<IdentityOptions>, readonly string[]][] = [
    ["RSA for both", { keyType: "rsa2048" }, ["sign", "encrypt"]],
    ["elliptic curve for both", { keyUsage: "digitalSignature,keyAgreement" }, ["sign", "encrypt"]],
    ["no extension at all", { keyUsage: null, extendedKeyUsage: null }, ["sign", "encrypt"]],
    ["signing only", { keyUsage: "digitalSignature" }, ["sign"]],
    ["non-repudiation signs too", { keyUsage: "nonRepudiation" }, ["sign"]],
    ["RSA encryption only", { keyType: "rsa2048", keyUsage: "keyEncipherment" }, ["encrypt"]],
    ["RSA does not agree", { keyType: "rsa2048", keyUsage: "keyAgreement" }, []],
    ["elliptic curves do not encipher", { keyUsage: "keyEncipherment" }, []],
    ["data encipherment is something else", { keyUsage: "dataEncipherment" }, []],
    ["Ed25519 signs only", { keyType: "ed25519", keyUsage: null }, ["sign"]],
    ["any purpose", { extendedKeyUsage: "anyExtendedKeyUsage" }, ["sign", "encrypt"]],
    [
      "mail among purposes",
      { extendedKeyUsage: "clientAuth,emailProtection" },
      ["sign", "encrypt"],
    ],
    ["another purpose", { extendedKeyUsage: "clientAuth" }, []],
    ["a key nobody here can use", { keyType: "ed448", keyUsage: null }, []],
  ];
  for (const [name, options, uses] of table)
    it(name, async () => {
      assert.deepEqual([...mailUses(await parsed(options))], uses);
    });

  it("X25519 encrypts only", async () => {
    const all = await Promise.all(published.map((der) => parseCertificate(der)));
    const found = all.filter(({ publicKey }) => publicKey.kind === "x25519");
    assert.deepEqual(
      found.map((certificate) => [...mailUses(certificate)]),
      [["encrypt"], ["encrypt"]],
    );
  });
});

describe("validityAt", () => {
  it("counts both ends in", async () => {
    const certificate = await parsed({
      notBefore: new Date("2024-02-29T12:00:00Z"),
      notAfter: new Date("2055-03-01T12:00:00Z"),
    });
    const at = (time: string) => validityAt(certificate, new Date(time));
    assert.equal(at("2024-02-29T11:59:59.999Z"), "not-yet-valid");
    assert.equal(at("2024-02-29T12:00:00Z"), "valid");
    assert.equal(at("2055-03-01T12:00:00Z"), "valid");
    assert.equal(at("2055-03-01T12:00:00.001Z"), "expired");
  });
});
