import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { concernsAbout } from "../../src/core/pkcs12/check.ts";
import { authorityToTrust, findPath } from "../../src/core/trust/find-path.ts";
import { mailUses } from "../../src/core/trust/uses.ts";
import { concernWording } from "../../src/pages/options/concerns.ts";
import { createAuthority, type IdentityOptions } from "../support/pki.ts";

const now = new Date("2026-06-01T12:00:00Z");
const validity = { notBefore: new Date("2026-01-01"), notAfter: new Date("2028-01-01") };
const authority = createAuthority({ name: "Root", keyType: "p256", ...validity });
const issue = (options: Partial<IdentityOptions>) =>
  authority.issue({
    name: "Dora",
    address: "dora@example.org",
    keyType: "p256",
    ...validity,
    ...options,
  });

interface Given {
  readonly trusted?: boolean;
  readonly issuerKnown?: boolean;
  readonly here?: readonly string[];
}

/** What is said of a certificate where the account is hers and the issuer trusted, unless said otherwise. */
async function concerns(
  der: Uint8Array,
  { trusted = true, issuerKnown = true, here = ["dora@EXAMPLE.org"] }: Given = {},
) {
  const certificate = await parseCertificate(der);
  const root = await parseCertificate(authority.certificate);
  const intermediates = issuerKnown ? [root] : [];
  const path = await findPath(certificate, {
    intermediates,
    anchors: trusted ? [{ certificate: root, source: "user" }] : [],
    at: now,
    use: mailUses(certificate).has("sign") ? "sign" : "encrypt",
  });
  return concernsAbout(certificate, {
    now,
    addresses: here,
    path,
    authority: path.ok ? null : authorityToTrust(certificate, intermediates),
  });
}

describe("what is wrong with a certificate before it is imported", () => {
  it("nothing, where it fits", async () => {
    assert.deepEqual(await concerns(issue({}).certificate), []);
  });

  it("its purpose, or that it names nobody, and then nothing else", async () => {
    const server = issue({ extendedKeyUsage: "serverAuth", notAfter: new Date("2026-02-01") });
    assert.deepEqual(await concerns(server.certificate, { here: [] }), ["not-for-mail"]);
    const nameless = authority.issue({ name: "Dora", keyType: "p256", ...validity });
    assert.deepEqual(await concerns(nameless.certificate), ["not-for-mail"]);
  });

  it("its time; who issued an expired one does not matter any more", async () => {
    const expired = issue({ notAfter: new Date("2026-02-01") });
    assert.deepEqual(await concerns(expired.certificate, { trusted: false }), ["expired"]);
    const early = issue({ notBefore: new Date("2027-01-01") });
    assert.deepEqual(await concerns(early.certificate), ["not-yet-valid"]);
  });

  it("whose address it has", async () => {
    assert.deepEqual(await concerns(issue({}).certificate, { here: ["other@example.org"] }), [
      "no-account",
    ]);
  });

  it("its issuer, known or not", async () => {
    const { certificate } = issue({});
    assert.deepEqual(await concerns(certificate, { trusted: false }), ["untrusted"]);
    assert.deepEqual(await concerns(certificate, { trusted: false, issuerKnown: false }), [
      "issuer-missing",
    ]);
  });

  it("that nobody vouches for it", async () => {
    const own = createAuthority({
      name: "Dora",
      keyType: "p256",
      ...validity,
      basicConstraints: "critical,CA:FALSE",
      keyUsage: "digitalSignature,keyAgreement",
      extensions: ["subjectAltName=email:dora@example.org"],
    });
    assert.deepEqual(await concerns(own.certificate), ["self-signed"]);
  });

  it("what its key is too weak for, or cannot do", async () => {
    assert.deepEqual(await concerns(issue({ keyType: "rsa1024" }).certificate), ["weak"]);
    assert.deepEqual(await concerns(issue({ keyType: "ed25519" }).certificate), ["only-signs"]);
    const sealing = issue({ keyUsage: "critical,keyAgreement" });
    assert.deepEqual(await concerns(sealing.certificate), ["only-encrypts"]);
  });
});

it("a concern about the issuer names the one at the end of the path", () => {
  const of = {
    addresses: ["a@example.org", "b@example.org"],
    issuer: "Intermediate",
    issuers: ["Intermediate", "Root"],
    notBefore: "2027",
    notAfter: "2025",
  };
  const wording = (concern: Parameters<typeof concernWording>[0], issuers = of.issuers) =>
    concernWording(concern, { ...of, issuers }, (iso) => `the year ${iso}`);
  assert.deepEqual(wording("untrusted"), ["concern_untrusted", "Root"]);
  assert.deepEqual(wording("issuer-missing", []), ["concern_issuer_missing", "Intermediate"]);
  assert.deepEqual(wording("no-account"), ["concern_no_account", "a@example.org, b@example.org"]);
  assert.deepEqual(wording("expired"), ["concern_expired", "the year 2025"]);
  assert.deepEqual(wording("not-yet-valid"), ["concern_not_yet_valid", "the year 2027"]);
});
