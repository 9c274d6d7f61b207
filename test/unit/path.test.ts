import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { certificateSignature } from "../../src/core/trust/certificate-signature.ts";
import { authorityToTrust, findPath } from "../../src/core/trust/find-path.ts";
import {
  alice,
  anchor,
  assertFails,
  authority,
  names,
  now,
  path,
  read,
  root,
  under,
} from "../support/paths.ts";
import { createAuthority, fromPem } from "../support/pki.ts";
import type { IdentityOptions, Issued } from "../support/pki.ts";

describe("valid paths", () => {
  it("from the leaf to the anchor", async () => {
    const verdict = await path(root.issue(alice), [root]);
    assert.deepEqual(names(verdict), ["Alice", "Root"]);
    assert.ok(verdict.ok && verdict.anchor.certificate === verdict.path.at(-1));
  });

  it("over several intermediates in any order", async () => {
    const one = authority({ name: "One", issuer: root });
    const two = authority({ name: "Two", issuer: one });
    const verdict = await path(two.issue(alice), [authority(), root], [root, one, two]);
    assert.deepEqual(names(verdict), ["Alice", "Two", "One", "Root"]);
  });

  it("to an intermediate as anchor", async () => {
    const middle = authority({ name: "Middle", issuer: root });
    assert.deepEqual(names(await path(middle.issue(alice), [middle])), ["Alice", "Middle"]);
  });

  for (const [name, options] of [
    ["RSA with SHA-256", { keyType: "rsa2048" }],
    ["RSA with SHA-384", { keyType: "rsa2048", digest: "sha384" }],
    ["RSA with SHA-512", { keyType: "rsa2048", digest: "sha512" }],
    ["RSA-PSS with SHA-256", { keyType: "rsa2048", pss: true }],
    ["RSA-PSS with SHA-512", { keyType: "rsa2048", pss: true, digest: "sha512" }],
    ["P-256 with SHA-512", { keyType: "p256", digest: "sha512" }],
    ["P-384", { keyType: "p384", digest: "sha384" }],
    ["P-521", { keyType: "p521", digest: "sha512" }],
  ] as const)
    it(`signed with ${name}`, async () => {
      const { keyType, ...signature } = options;
      const issuer = authority({ name: "Root", keyType });
      assert.equal(names(await path(issuer.issue({ ...alice, ...signature }), [issuer])).length, 2);
    });

  it("whose names differ in case, space and string type only", async () => {
    const known = authority({ subject: "/O=Test  Org/CN=The ROOT" });
    const written = createAuthority({
      key: known.privateKeyPem,
      subject: "/O=test org/CN=The root",
    });
    assert.equal(names(await path(written.issue(alice), [known])).length, 2);
  });

  it("with a weak self-signature of the anchor only", async () => {
    const old = authority({ name: "Old", digest: "sha1" });
    assert.equal(names(await path(old.issue(alice), [old])).length, 2);
  });
});

describe("RFC 9216: authorities that certify each other", async () => {
  const folder = "test/vectors/rfc9216";
  const files = readdirSync(folder).filter((name) => name.endsWith("certificate.pem"));
  const certificate = async (section: string): Promise<Certificate> => {
    const name = files.find((file) => file.startsWith(section)) ?? "";
    return parseCertificate(fromPem(readFileSync(`${folder}/${name}`, "latin1")));
  };
  const rsaRoot = await certificate("3.1");
  const rsaByEd = await certificate("3.3");
  const edRoot = await certificate("6.1");
  const edByRsa = await certificate("6.3");
  const aliceSigns = await certificate("4.1");
  const carlosEncrypts = await certificate("7.3");
  const find = (leaf: Certificate, trusted: Certificate, use: "sign" | "encrypt") =>
    findPath(leaf, { anchors: [anchor(trusted)], intermediates: [rsaByEd, edByRsa], at: now, use });

  for (const [name, trusted, length] of [
    ["the self-signed RSA authority", rsaRoot, 2],
    ["the RSA authority as the other one certified it", rsaByEd, 2],
    ["the self-signed Ed25519 authority", edRoot, 3],
  ] as const)
    it(`Alice is trusted by who trusts ${name}`, async () => {
      assert.equal(names(await find(aliceSigns, trusted, "sign")).length, length);
    });

  it("Carlos is trusted from both sides", async () => {
    for (const trusted of [edRoot, edByRsa, rsaRoot])
      assert.ok((await find(carlosEncrypts, trusted, "encrypt")).ok);
  });

  it("with neither as anchor the search ends, at the last authority known", async () => {
    const stranger = await read(root);
    const verdict = await find(aliceSigns, stranger, "sign");
    assertFails(verdict, "issuer-unknown", rsaByEd.issuer.commonName ?? "");
  });

  it("offers an authority that completes the path", async () => {
    const offered = authorityToTrust(aliceSigns, [rsaByEd]);
    assert.equal(offered, rsaByEd);
    assert.equal(authorityToTrust(aliceSigns, [edRoot, rsaByEd]), edRoot);
    assert.equal(authorityToTrust(aliceSigns, []), null);
    assert.equal(authorityToTrust(aliceSigns, [aliceSigns, carlosEncrypts]), null);
    assert.ok((await find(aliceSigns, rsaByEd, "sign")).ok);
  });
});

describe("the leaf", () => {
  const use = async (options: Partial<IdentityOptions>, use: "sign" | "encrypt" = "sign") =>
    path(root.issue({ ...alice, ...options }), [root], [], { use });

  it("expired", async () => {
    assertFails(await use({ notAfter: new Date("2026-06-01T11:59:59Z") }), "expired", "Alice");
  });
  it("not yet valid", async () => {
    assertFails(await use({ notBefore: new Date("2026-06-02") }), "not-yet-valid", "Alice");
  });
  it("for signing only, or for encrypting only", async () => {
    assertFails(await use({ keyUsage: "keyAgreement" }), "key-usage", "Alice");
    assertFails(await use({ keyUsage: "digitalSignature" }, "encrypt"), "key-usage", "Alice");
    assert.ok((await use({ keyUsage: "keyAgreement" }, "encrypt")).ok);
  });
  it("for another purpose", async () => {
    assertFails(await use({ extendedKeyUsage: "serverAuth" }), "extended-key-usage", "Alice");
    assert.ok((await use({ extendedKeyUsage: null })).ok);
  });
  it("with a critical extension unknown here", async () => {
    const extensions = ["1.2.3.4=critical,ASN1:NULL"];
    assertFails(await use({ extensions }), "unknown-critical-extension", "Alice");
  });
  it("with a weak key or one of no use", async () => {
    assertFails(await use({ keyType: "rsa1024" }), "weak-key", "Alice");
    assertFails(await use({ keyType: "ed448" }), "algorithm-unsupported", "Alice");
  });
  it("signed with SHA-1 or MD5", async () => {
    const issuer = createAuthority({ name: "Root" });
    for (const digest of ["sha1", "md5"] as const)
      assertFails(await path(issuer.issue({ ...alice, digest }), [issuer]), "weak-digest", "Alice");
    assertFails(await use({ digest: "sha1" }), "weak-digest", "Alice");
  });
  it("of an unknown issuer", async () => {
    assertFails(await path(root.issue(alice), []), "issuer-unknown", "Alice");
    assertFails(await path(root.issue(alice), [authority()]), "issuer-unknown", "Alice");
  });
  it("altered, or signed by another key of the same name", async () => {
    const { certificate } = root.issue(alice);
    const at = Buffer.from(certificate).indexOf("alice@example.org");
    const altered = certificate.map((octet, index) => (index === at ? octet ^ 1 : octet));
    const leaf = await parseCertificate(altered);
    assert.deepEqual(leaf.addresses, ["`lice@example.org"]);
    const anchors = [anchor(await read(root))];
    const verdict = await findPath(leaf, { anchors, intermediates: [], at: now, use: "sign" });
    assertFails(verdict, "signature-wrong", "Alice");
    const impostor = authority({ name: "Root" });
    // Its key identifier says that another key is meant: that issuer is just not known.
    assertFails(await path(impostor.issue(alice), [root]), "issuer-unknown", "Alice");
  });
  it("self-signed is not trusted for being an anchor itself", async () => {
    const self = authority({
      ...alice,
      basicConstraints: "CA:FALSE",
      keyUsage: "digitalSignature",
    });
    assertFails(await path(self, [self]), "issuer-not-authority", "Alice");
    assertFails(await path(self, [], [self]), "issuer-unknown", "Alice");
    const leaf = root.issue(alice);
    assertFails(await path(leaf, [leaf]), "issuer-unknown", "Alice");
  });
});

describe("the authorities above", () => {
  it("expired or not yet valid", async () => {
    assertFails(await under({ notAfter: new Date("2025-01-01") }), "expired", "Middle");
    assertFails(await under({ notBefore: new Date("2027-01-01") }), "not-yet-valid", "Middle");
    const old = authority({ name: "Old", notAfter: new Date("2025-01-01") });
    assertFails(await path(old.issue(alice), [old]), "expired", "Old");
  });
  it("an end entity that signs certificates", async () => {
    const basicConstraints = "critical,CA:FALSE";
    assertFails(await under({ basicConstraints }), "issuer-not-authority", "Middle");
    assertFails(await under({ basicConstraints: null }), "issuer-not-authority", "Middle");
  });
  it("without the usage for certificates", async () => {
    assertFails(await under({ keyUsage: "cRLSign" }), "key-usage", "Middle");
    assert.ok((await under({ keyUsage: null })).ok);
  });
  it("confined to other purposes", async () => {
    const reason = "extended-key-usage";
    assertFails(await under({ extendedKeyUsage: "serverAuth" }), reason, "Middle");
    assert.ok((await under({ extendedKeyUsage: "serverAuth,emailProtection" })).ok);
  });
  it("with a critical extension unknown here", async () => {
    const extensions = ["1.2.3.4=critical,ASN1:NULL"];
    assertFails(await under({ extensions }), "unknown-critical-extension", "Middle");
  });
  it("with a weak key, or certified with a weak digest", async () => {
    assertFails(await under({ keyType: "rsa1024" }), "weak-key", "Middle");
    assertFails(await under({ digest: "sha1" }), "weak-digest", "Middle");
  });
  it("a valid certificate of theirs is found beside an expired one", async () => {
    const old = authority({ name: "Middle", issuer: root, notAfter: new Date("2025-01-01") });
    const renewed = authority({ name: "Middle", issuer: root, key: old.privateKeyPem });
    const verdict = await path(old.issue(alice), [root], [old, renewed]);
    assert.deepEqual(names(verdict), ["Alice", "Middle", "Root"]);
  });
});

describe("path length", () => {
  const middle = (name: string, issuer: ReturnType<typeof authority>, pathLength?: number) =>
    authority({ name, issuer, ...(pathLength === undefined ? {} : { pathLength }) });

  it("zero permits leaves only", async () => {
    const one = middle("One", root, 0);
    const two = middle("Two", one);
    assert.ok((await path(one.issue(alice), [root], [one])).ok);
    assertFails(await path(two.issue(alice), [root], [one, two]), "path-too-long", "Two");
  });
  it("counts for the anchor too, and cannot be widened below", async () => {
    const limited = authority({ name: "Limited", pathLength: 1 });
    const one = middle("One", limited, 5);
    const two = middle("Two", one, 5);
    assert.ok((await path(one.issue(alice), [limited], [one])).ok);
    assertFails(await path(two.issue(alice), [limited], [one, two]), "path-too-long", "Two");
  });
  it("does not count self-issued certificates", async () => {
    const limited = authority({ name: "Limited", pathLength: 0 });
    const rollover = middle("Limited", limited);
    const verdict = await path(rollover.issue(alice), [limited], [rollover]);
    assert.deepEqual(names(verdict), ["Alice", "Limited", "Limited"]);
  });
});

describe("hostile collections", () => {
  it("authorities that certify each other in circles", async () => {
    const keys = Array.from({ length: 4 }, (_, at) => authority({ name: `Ring ${String(at)}` }));
    const ring = keys.flatMap((issuer) =>
      keys
        .filter((subject) => subject !== issuer)
        .map((subject) => authority({ name: subject.name, key: subject.privateKeyPem, issuer })),
    );
    const [first] = keys;
    assert.ok(first);
    const lost = await path(first.issue(alice), [root], ring);
    assert.ok(!lost.ok);
    assert.equal(lost.reason, "issuer-unknown");
    const last = keys.at(-1);
    assert.ok(last);
    assert.ok((await path(first.issue(alice), [last], ring)).ok);
  });

  it("more paths than anyone can follow", async () => {
    // Layers in which each authority is certified by both of the layer above: the paths double.
    let layer = [authority({ name: "A0" }), authority({ name: "B0" })];
    const all: Issued[] = [...layer];
    for (let depth = 1; depth < 9; depth++) {
      const above = layer;
      layer = ["A", "B"].map((letter) => {
        const [one, other] = above;
        const name = `${letter}${String(depth)}`;
        assert.ok(one && other);
        const made = authority({ name, issuer: one });
        all.push(made, authority({ name, issuer: other, key: made.privateKeyPem }));
        return made;
      });
    }
    const [lowest] = layer;
    assert.ok(lowest);
    const started = performance.now();
    assertFails(await path(lowest.issue(alice), [root], all), "search-limit", "Alice");
    assert.ok(performance.now() - started < 5000);
  });

  it("many keys under the issuer's name do not hide the right one", async () => {
    const middle = authority({ name: "Middle", issuer: root });
    const impostors = Array.from({ length: 30 }, () => authority({ name: "Middle" }));
    const verdict = await path(middle.issue(alice), [root], [...impostors, middle]);
    assert.deepEqual(names(verdict), ["Alice", "Middle", "Root"]);
  });

  it("a chain without end", async () => {
    const chain = [root];
    for (let depth = 0; depth < 14; depth++) {
      const issuer = chain.at(-1);
      assert.ok(issuer);
      chain.push(authority({ name: `Level ${String(depth)}`, issuer }));
    }
    const last = chain.at(-1);
    assert.ok(last);
    assertFails(await path(last.issue(alice), [root], chain), "search-limit", "Alice");
  });
});

describe("certificateSignature", () => {
  it("tells a wrong signature from a weak and from an unknown one", async () => {
    const rsa = createAuthority({ name: "RSA" });
    const key = (await read(rsa)).publicKey;
    const other = (await read(root)).publicKey;
    const check = async (options: Partial<IdentityOptions>, by = key) =>
      certificateSignature(await read(rsa.issue({ ...alice, ...options })), by);
    assert.equal(await check({}), "good");
    assert.equal(await check({ pss: true }), "good");
    assert.equal(await check({ digest: "sha1" }), "weak-digest");
    assert.equal(await check({ digest: "md5" }), "weak-digest");
    assert.equal(await check({}, (await read(createAuthority())).publicKey), "wrong");
    assert.equal(await check({}, other), "unsupported");
  });

  it("covers the algorithm beside it", async () => {
    const rsa = createAuthority({ name: "RSA" });
    const issued = rsa.issue({ ...alice, digest: "sha256" });
    // sha256WithRSAEncryption as it stands beside the signature becomes sha384WithRSAEncryption.
    const bytes = Buffer.from(issued.certificate);
    const oid = Buffer.from("2a864886f70d01010b", "hex");
    bytes[bytes.lastIndexOf(oid) + 8] = 0x0c;
    const altered = await parseCertificate(bytes);
    assert.equal(await certificateSignature(altered, (await read(rsa)).publicKey), "wrong");
  });
});
