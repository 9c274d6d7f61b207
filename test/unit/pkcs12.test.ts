import assert from "node:assert/strict";
import { createHmac, pbkdf2Sync, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { der, derExplicit, derOctetString, derOid, derSequence } from "../../src/core/asn1/der.ts";
import { derNull, derSmallInteger } from "../../src/core/asn1/der.ts";
import { children, contentOf, encodingOf, octetsIn, readTlv } from "../../src/core/asn1/tlv.ts";
import type { Tlv } from "../../src/core/asn1/tlv.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { concatOctets } from "../../src/core/octets.ts";
import { checkForMail } from "../../src/core/pkcs12/check.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { createAuthority, openssl, withFiles } from "../support/pki.ts";
import type { Identity } from "../support/pki.ts";

const authority = createAuthority({ name: "Root", keyType: "p256" });
const intermediate = createAuthority({ name: "Intermediate", keyType: "p256", issuer: authority });
const alice = intermediate.issue({ name: "Alice Ä", address: "alice@example.org" });
const bob = intermediate.issue({ name: "Bob", address: "bob@example.org", keyType: "p256" });

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const fails = (code: string) => ({ name: "SmimeError", code });

/** The file has to give back exactly what went into it, in a form that WebCrypto takes. */
async function assertHolds(file: Uint8Array, password: string, identity: Identity): Promise<void> {
  const { keys, otherCertificates } = await readKeyFile(file, password);
  assert.equal(keys.length, 1);
  const [key] = keys;
  assert.ok(key);
  assert.equal(hex(key.certificate.der), hex(identity.certificate));
  assert.deepEqual(
    key.chain.map((certificate) => hex(certificate.der)),
    identity.chain.map(hex),
  );
  assert.equal(otherCertificates.length, 0);
  assert.equal(hex(key.privateKey), hex(identity.privateKey));
  const algorithm =
    key.certificate.publicKey.kind === "rsa"
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: "ECDSA", namedCurve: key.certificate.publicKey.curve ?? "" };
  await crypto.subtle.importKey("pkcs8", Buffer.from(key.privateKey), algorithm, false, ["sign"]);
}

describe("files as OpenSSL writes them", () => {
  const variants: Record<string, readonly string[]> = {
    "today's default": [],
    "-legacy: RC2-40 and 3DES": ["-legacy"],
    "everything in 3DES": ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"],
    "two-key 3DES": ["-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-2DES"],
    "RC2-128": ["-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-RC2-128"],
    "AES-128": ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC"],
    "AES-192": ["-keypbe", "AES-192-CBC", "-certpbe", "AES-192-CBC"],
    "3DES by PBES2": ["-keypbe", "DES-EDE3-CBC", "-certpbe", "DES-EDE3-CBC"],
    "RC2 by PBES2": ["-legacy", "-keypbe", "RC2-CBC", "-certpbe", "RC2-40-CBC"],
    "MAC with SHA-1": ["-macalg", "sha1"],
    "MAC with SHA-384": ["-macalg", "sha384"],
    "MAC with SHA-512": ["-macalg", "sha512"],
    "without a MAC": ["-nomac"],
    "nothing encrypted": ["-keypbe", "NONE", "-certpbe", "NONE"],
    "nothing encrypted, no MAC": ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"],
    "few iterations": ["-iter", "1", "-maciter"],
    "one iteration for the MAC": ["-nomaciter"],
    "as many iterations as Mozilla's programs take": ["-legacy", "-iter", "600000"],
  };
  for (const [name, args] of Object.entries(variants))
    it(name, () => assertHolds(alice.p12({ password: "secret", args }), "secret", alice));

  it("an elliptic-curve key", () => assertHolds(bob.p12({ password: "x" }), "x", bob));

  for (const password of ["", "Grüße", "🔑 κλειδί", "a".repeat(200)]) {
    for (const args of [[], ["-legacy"], ["-nomac"], ["-nomac", "-legacy"]])
      it(`password ${JSON.stringify(password.slice(0, 9))} ${args.join(" ")}`, () =>
        assertHolds(bob.p12({ password, args }), password, bob));
  }

  it("the same letters typed as other characters", () => {
    const file = bob.p12({ password: "Grüße".normalize("NFC") });
    return assertHolds(file, "Grüße".normalize("NFD"), bob);
  });

  it("in PEM, as RFC 9216 shows them", async () => {
    const base64 = Buffer.from(bob.p12({ password: "x" })).toString("base64");
    const lines = ["-----BEGIN PKCS12-----", ...(base64.match(/.{1,64}/g) ?? [])];
    const file = ["Bob's:", ...lines, "-----END PKCS12-----", ""];
    for (const lineEnd of ["\n", "\r\n"])
      await assertHolds(Buffer.from(file.join(lineEnd)), "x", bob);
  });

  it("without the authorities", async () => {
    const { keys } = await readKeyFile(bob.p12({ password: "x", withChain: false }), "x");
    assert.deepEqual(
      keys.map(({ chain }) => chain),
      [[]],
    );
  });

  it("with a stranger's certificate beside", async () => {
    const pem = { ...bob, chainPem: bob.chainPem + alice.certificatePem };
    const file = withFiles(
      { all: pem.certificatePem + pem.chainPem, key: bob.privateKeyPem },
      (path) =>
        openssl([
          "pkcs12",
          "-export",
          "-inkey",
          path("key"),
          "-in",
          path("all"),
          "-passout",
          "pass:x",
        ]),
    );
    const { keys, otherCertificates } = await readKeyFile(file, "x");
    assert.deepEqual(
      keys.map(({ certificate, chain }) => [certificate.subject.commonName, chain.length]),
      [["Bob", 2]],
    );
    assert.deepEqual(
      otherCertificates.map(({ subject }) => subject.commonName),
      ["Alice Ä"],
    );
  });
});

describe("the RFC 9216 files", () => {
  const kinds = { alice: "rsa", bob: "rsa", carlos: "ed25519", dana: "ed25519" } as const;
  for (const [name, kind] of Object.entries(kinds))
    it(`${name}: two keys, each with its own certificate, importable`, async () => {
      const file = readFileSync(`test/vectors/rfc9216/${name}.p12`);
      const { keys } = await readKeyFile(file, name);
      assert.equal(keys.length, 2);
      for (const { certificate, privateKey, chain } of keys) {
        assert.deepEqual(certificate.addresses, [`${name}@smime.example`]);
        assert.equal(chain.length, 1);
        const signs = certificate.keyUsage?.has("digitalSignature") ?? false;
        const rsa = { name: signs ? "RSASSA-PKCS1-v1_5" : "RSA-OAEP", hash: "SHA-256" };
        const algorithm = kind === "rsa" ? rsa : { name: signs ? "Ed25519" : "X25519" };
        const usage = signs ? "sign" : kind === "rsa" ? "decrypt" : "deriveBits";
        const pkcs8 = Buffer.from(privateKey);
        const imported = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, [usage]);
        const jwk = await crypto.subtle.exportKey("jwk", imported);
        const published = new X509Certificate(certificate.der).publicKey.export({ format: "jwk" });
        assert.deepEqual([jwk.n, jwk.x], [published.n, published.x]);
        const [version, , , ...more] = children(readTlv(privateKey));
        assert.equal(version && hex(contentOf(version)), "00");
        assert.equal(more.length, 0);
      }
      assert.equal(
        keys.filter(({ certificate }) => certificate.keyUsage?.has("digitalSignature")).length,
        1,
      );
    });
});

/** PFX made by hand, where OpenSSL's command does not write what is wanted. */
const dataType = derOid("1.2.840.113549.1.7.1");
const data = (octets: Uint8Array) => derSequence(dataType, derExplicit(0, derOctetString(octets)));
const bag = (type: string, value: Uint8Array) => derSequence(derOid(type), derExplicit(0, value));
const keyBag = (pkcs8: Uint8Array) => bag("1.2.840.113549.1.12.10.1.1", pkcs8);
const certificateBag = (certificate: Uint8Array) =>
  bag(
    "1.2.840.113549.1.12.10.1.3",
    derSequence(derOid("1.2.840.113549.1.9.22.1"), derExplicit(0, derOctetString(certificate))),
  );
const pfx = (bags: readonly Uint8Array[], ...macData: Uint8Array[]) =>
  derSequence(derSmallInteger(3), data(derSequence(data(derSequence(...bags)))), ...macData);

describe("files of other programs", () => {
  it("several keys with their certificates in any order", async () => {
    const carol = authority.issue({ name: "Carol", address: "carol@example.org", keyType: "p384" });
    const file = pfx([
      keyBag(bob.privateKey),
      certificateBag(alice.certificate),
      keyBag(carol.privateKey),
      certificateBag(carol.certificate),
      certificateBag(bob.certificate),
      keyBag(alice.privateKey),
    ]);
    const { keys } = await readKeyFile(file, "");
    const names = keys.map(({ certificate, privateKey }) => [
      certificate.subject.commonName,
      hex(privateKey),
    ]);
    assert.deepEqual(names.sort(), [
      ["Alice Ä", hex(alice.privateKey)],
      ["Bob", hex(bob.privateKey)],
      ["Carol", hex(carol.privateKey)],
    ]);
  });

  it("a key with its old and its new certificate, and a bag given twice", async () => {
    const renewed = authority.issue({
      name: "Bob",
      address: "b@x.example",
      key: bob.privateKeyPem,
      keyType: "p256",
    });
    const bags = [keyBag(bob.privateKey), certificateBag(bob.certificate)];
    const { keys } = await readKeyFile(
      pfx([...bags, ...bags, certificateBag(renewed.certificate)]),
      "",
    );
    assert.deepEqual(
      keys.map(({ certificate }) => certificate.addresses),
      [["bob@example.org"], ["b@x.example"]],
    );
  });

  it("bags inside a bag", async () => {
    const inner = derSequence(keyBag(bob.privateKey), certificateBag(bob.certificate));
    const { keys } = await readKeyFile(pfx([bag("1.2.840.113549.1.12.10.1.6", inner)]), "");
    assert.equal(keys.length, 1);
  });

  it("indefinite lengths and octet strings in pieces", async () => {
    for (const args of [[], ["-legacy"], ["-nomac", "-legacy"]]) {
      const file = streamed(readTlv(alice.p12({ password: "secret", args })));
      assert.equal(hex(file.subarray(0, 2)), "3080");
      await assertHolds(file, "secret", alice);
    }
  });

  it("bytes after the end", () => {
    const file = concatOctets(bob.p12({ password: "x" }), Uint8Array.of(13, 10, 0));
    return assertHolds(file, "x", bob);
  });

  for (const [hash, oid, length] of [
    ["sha256", "1.2.840.113549.2.9", 32],
    ["sha512", "1.2.840.113549.2.11", 64],
  ] as const)
    it(`PBMAC1 with ${hash} (RFC 9579)`, async () => {
      const file = withPbmac1(bob.p12({ password: "geheim ü", args: ["-nomac"] }), "geheim ü", {
        hash,
        oid,
        length,
      });
      await assertHolds(file, "geheim ü", bob);
      await assert.rejects(readKeyFile(file, "geheim"), fails("pkcs12-wrong-password"));
    });
});

/** Every constructed element of indefinite length, every octet string as pieces of 100 octets. */
function streamed(tlv: Tlv): Uint8Array {
  const end = new Uint8Array(2);
  if (tlv.tag === 0x04 && contentOf(tlv)[0] !== undefined) {
    const content = octetsIn(tlv);
    const pieces = Array.from({ length: Math.ceil(content.length / 100) }, (_, at) =>
      derOctetString(content.subarray(100 * at, 100 * at + 100)),
    );
    return concatOctets(Uint8Array.of(0x24, 0x80), ...pieces, end);
  }
  if ((tlv.tag & 0x20) === 0) return encodingOf(tlv);
  return concatOctets(Uint8Array.of(tlv.tag, 0x80), ...children(tlv).map(streamed), end);
}

function withPbmac1(
  file: Uint8Array,
  password: string,
  { hash, oid, length }: { hash: string; oid: string; length: number },
): Uint8Array {
  const [version, authSafe] = children(readTlv(file));
  assert.ok(version && authSafe);
  const [, explicit] = children(authSafe);
  assert.ok(explicit);
  const [content] = children(explicit);
  const salt = randomBytes(8);
  const key = pbkdf2Sync(password, salt, 2048, length, hash);
  const mac = createHmac(hash, key).update(octetsIn(content)).digest();
  const hmac = derSequence(derOid(oid), derNull());
  const pbkdf2 = derSequence(
    derOid("1.2.840.113549.1.5.12"),
    derSequence(derOctetString(salt), derSmallInteger(2048), derSmallInteger(length), hmac),
  );
  const pbmac1 = derSequence(derOid("1.2.840.113549.1.5.14"), derSequence(pbkdf2, hmac));
  const unused = derOctetString(new TextEncoder().encode("NOT USED"));
  return derSequence(
    encodingOf(version),
    encodingOf(authSafe),
    derSequence(derSequence(pbmac1, derOctetString(mac)), unused, derSmallInteger(1)),
  );
}

describe("what cannot be imported", () => {
  const modern = bob.p12({ password: "right" });

  for (const args of [[], ["-legacy"], ["-nomac"], ["-nomac", "-legacy"]])
    it(`wrong password ${args.join(" ")}`, async () => {
      const file = bob.p12({ password: "right", args });
      for (const wrong of ["wrong", "", "Right", "right "])
        await assert.rejects(readKeyFile(file, wrong), fails("pkcs12-wrong-password"));
    });

  it("never takes wrong padding for a right password, whatever chance gives", async () => {
    const file = bob.p12({ password: "right", args: ["-nomac", "-legacy", "-iter", "1"] });
    for (let attempt = 0; attempt < 600; attempt++)
      await assert.rejects(readKeyFile(file, String(attempt)), fails("pkcs12-wrong-password"));
  });

  it("a file without a private key", async () => {
    const file = withFiles({ certificate: bob.certificatePem }, (path) =>
      openssl(["pkcs12", "-export", "-nokeys", "-in", path("certificate"), "-passout", "pass:x"]),
    );
    await assert.rejects(readKeyFile(file, "x"), fails("pkcs12-no-private-key"));
  });

  it("a key whose certificate is missing, or another's", async () => {
    const alone = withFiles({ key: bob.privateKeyPem }, (path) =>
      openssl(["pkcs12", "-export", "-nocerts", "-inkey", path("key"), "-passout", "pass:x"]),
    );
    await assert.rejects(readKeyFile(alone, "x"), fails("pkcs12-no-certificate"));
    const carol = authority.issue({ name: "Carol", address: "c@example.org", keyType: "p256" });
    const crossed = pfx([keyBag(bob.privateKey), certificateBag(carol.certificate)]);
    await assert.rejects(readKeyFile(crossed, ""), fails("pkcs12-no-certificate"));
    const otherRsa = authority.issue({ name: "Carol", address: "c@example.org" });
    const crossedRsa = pfx([keyBag(alice.privateKey), certificateBag(otherRsa.certificate)]);
    await assert.rejects(readKeyFile(crossedRsa, ""), fails("pkcs12-no-certificate"));
  });

  it("a file cut short anywhere", async () => {
    for (let length = 0; length < modern.length; length += 37)
      await assert.rejects(
        readKeyFile(modern.subarray(0, length), "right"),
        fails("pkcs12-malformed"),
      );
  });

  it("a certificate, a PEM file, a text", async () => {
    const text = new TextEncoder().encode(bob.certificatePem);
    for (const file of [bob.certificate, text, new Uint8Array(0)])
      await assert.rejects(readKeyFile(file, "x"), fails("pkcs12-malformed"));
  });

  it("RC4, and the schemes of PKCS#5 v1.5", async () => {
    for (const pbe of ["PBE-SHA1-RC4-128", "PBE-MD5-DES"]) {
      const args = ["-legacy", "-keypbe", pbe, "-certpbe", pbe];
      const file = bob.p12({ password: "x", args });
      await assert.rejects(readKeyFile(file, "x"), fails("pkcs12-unsupported"));
    }
  });

  it("keys of an algorithm that mail does not use", async () => {
    const key = openssl(["genpkey", "-algorithm", "ED448", "-outform", "DER"]);
    await assert.rejects(readKeyFile(pfx([keyBag(key)]), ""), fails("pkcs12-unsupported"));
  });

  it("more iterations than anybody needs", async () => {
    const digest = derSequence(
      derSequence(derOid("1.3.14.3.2.26"), derNull()),
      derOctetString(new Uint8Array(20)),
    );
    const macData = (iterations: Uint8Array) =>
      pfx([], derSequence(digest, derOctetString(new Uint8Array(8)), iterations));
    const started = performance.now();
    const many = der(2, Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
    await assert.rejects(readKeyFile(macData(many), "x"), fails("pkcs12-unsupported"));
    await assert.rejects(readKeyFile(macData(derSmallInteger(0)), "x"), fails("pkcs12-malformed"));
    assert.ok(performance.now() - started < 1000);
  });

  it("any bytes: an error of ours", async () => {
    const endsInOurs = async (file: Uint8Array): Promise<void> => {
      await readKeyFile(file, "right").then(
        () => undefined,
        (error: unknown) => {
          assert.ok(error instanceof SmimeError);
          assert.match(error.code, /^pkcs12-/);
        },
      );
    };
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), endsInOurs));
    const clear = bob.p12({
      password: "",
      args: ["-nomac", "-keypbe", "NONE", "-certpbe", "NONE"],
    });
    for (const file of [modern, clear])
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: file.length - 1 }),
          fc.integer({ min: 1, max: 255 }),
          (at, flip) =>
            endsInOurs(file.map((octet, index) => (index === at ? octet ^ flip : octet))),
        ),
        { numRuns: 200 },
      );
  });
});

describe("whether a file is for mail", () => {
  const address = "dora@example.org";
  const old = { notBefore: new Date("2020-01-01"), notAfter: new Date("2022-01-01") };
  const future = { notBefore: new Date("2030-01-01"), notAfter: new Date("2032-01-01") };
  const issue = (options: object) =>
    authority.issue({ name: "Dora", address, keyType: "p256", ...options });
  const valid = issue({});
  const expired = issue(old);
  const early = issue(future);
  const server = issue({ extendedKeyUsage: "serverAuth" });
  const nameless = authority.issue({ name: "Dora", keyType: "p256" });
  const signsCertificates = issue({ keyUsage: "keyCertSign" });

  const check = async (...identities: Identity[]): Promise<void> => {
    const bags = identities.flatMap(({ certificate, privateKey }) => [
      keyBag(privateKey),
      certificateBag(certificate),
    ]);
    const keyFile = await readKeyFile(pfx(bags), "");
    assert.equal(keyFile.keys.length, identities.length);
    checkForMail(keyFile);
  };

  it("one good key is enough, whatever is beside it", async () => {
    await check(valid);
    await check(expired, server, valid, nameless, early);
  });
  it("expired ones too: old mail has to stay readable", async () => {
    await check(expired);
    await check(early);
  });
  it("not for mail: another purpose, no address, no use", async () => {
    for (const identity of [server, nameless, signsCertificates])
      await assert.rejects(check(identity), fails("pkcs12-not-for-mail"));
  });
});
