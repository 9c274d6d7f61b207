import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { ciphers, publicKeys } from "../../src/core/asn1/oids.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { completePrivateKey } from "../../src/core/smime/private-keys.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import {
  opensslDecrypt,
  opensslEncrypt,
  opensslSign,
  opensslVerify,
  readingAs,
  signingAs,
} from "../support/engine.ts";
import { altered, edited, octets, plainMessage, text } from "../support/messages.ts";
import {
  createAuthority,
  openssl,
  withFiles,
  type Identity,
  type KeyType,
} from "../support/pki.ts";

const authority = createAuthority({ name: "Interop CA" });
const identity = (keyType: KeyType): Identity =>
  authority.issue({ name: `Alice ${keyType}`, address: "alice@smime.example", keyType });
const rsa = identity("rsa2048");
const p256 = identity("p256");
const p384 = identity("p384");
const p521 = identity("p521");

const pss = identity("rsa-pss");
/** Without it openssl 3.0 writes that such a key made a signature of PKCS#1 v1.5. */
const asPss = ["-keyopt", "rsa_padding_mode:pss"];
const confinedPss = authority.issue({
  name: "Alice confined",
  address: "alice@smime.example",
  key: openssl([
    ...["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ...["-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha256"],
    ...["-pkeyopt", "rsa_pss_keygen_saltlen:32"],
  ]).toString("latin1"),
});

const strongPss = authority.issue({
  name: "Alice strong",
  address: "alice@smime.example",
  key: openssl([
    ...["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ...["-pkeyopt", "rsa_pss_keygen_md:sha512", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha512"],
    ...["-pkeyopt", "rsa_pss_keygen_saltlen:20"],
  ]).toString("latin1"),
});

const entity = 'Content-Type: text/plain; charset="utf-8"\r\n\r\nGr=C3=BC=C3=9Fe\r\n';
const signingTime = new Date();

describe("openssl cms -sign is read", () => {
  const cases: [string, Identity, string[], string][] = [
    ["detached RSA", rsa, [], "RSA PKCS#1 v1.5 with SHA-256"],
    ["opaque RSA", rsa, ["-nodetach"], "RSA PKCS#1 v1.5 with SHA-256"],
    ["opaque, streamed in BER", rsa, ["-nodetach", "-stream"], "RSA PKCS#1 v1.5 with SHA-256"],
    ["SHA-384", rsa, ["-md", "sha384"], "RSA PKCS#1 v1.5 with SHA-384"],
    ["SHA-512", rsa, ["-md", "sha512"], "RSA PKCS#1 v1.5 with SHA-512"],
    ["RSA-PSS", rsa, ["-keyopt", "rsa_padding_mode:pss"], "RSA-PSS with SHA-256"],
    [
      "RSA-PSS with another salt",
      rsa,
      ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"],
      "RSA-PSS with SHA-256",
    ],
    [
      "RSA-PSS with another digest for the mask",
      rsa,
      [
        ...["-md", "sha384", "-keyopt", "rsa_padding_mode:pss"],
        ...["-keyopt", "rsa_mgf1_md:sha1", "-keyopt", "rsa_pss_saltlen:0"],
      ],
      "RSA-PSS with SHA-384",
    ],
    ["a key for RSA-PSS only", pss, [...asPss, "-md", "sha512"], "RSA-PSS with SHA-512"],
    ["a key for RSA-PSS with given parameters", confinedPss, asPss, "RSA-PSS with SHA-256"],
    ["by key identifier", rsa, ["-keyid"], "RSA PKCS#1 v1.5 with SHA-256"],
    ["without signed attributes", rsa, ["-noattr"], "RSA PKCS#1 v1.5 with SHA-256"],
    ["ECDSA P-256", p256, [], "ECDSA P-256 with SHA-256"],
    ["ECDSA P-384", p384, ["-md", "sha384"], "ECDSA P-384 with SHA-384"],
    ["ECDSA P-521", p521, ["-md", "sha512"], "ECDSA P-521 with SHA-512"],
  ];
  for (const [name, signer, args, algorithm] of cases) {
    it(name, async () => {
      const message = opensslSign(signer, entity, args);
      const opened = await openMessage(message, await readingAs(signer, authority));
      assert.equal(opened.signature.reason, null);
      assert.equal(opened.signature.verdict, "valid");
      assert.equal(opened.signature.algorithm, algorithm);
      assert.match(text(opened.content), /Gr=C3=BC=C3=9Fe/);
      assert.match(text(opened.content), /Subject: Test\r?\n/);
    });
  }

  it("with a certificate that is known from elsewhere only", async () => {
    const message = opensslSign(rsa, entity, ["-nocerts"]);
    const context = await readingAs(p256, authority);
    const missing = await openMessage(message, context);
    assert.equal(missing.signature.verdict, "invalid");
    assert.equal(missing.signature.reason, "signer-certificate-missing");
    const known = await openMessage(message, {
      ...context,
      intermediates: [await parseCertificate(rsa.certificate)],
    });
    assert.equal(known.signature.verdict, "valid");
  });

  it("with SHA-1 or MD5 as weak where all else is right, and as invalid where it is not", async () => {
    const sha1Pss = ["-md", "sha1", "-keyopt", "rsa_padding_mode:pss"];
    for (const args of [["-md", "sha1"], ["-md", "md5"], sha1Pss]) {
      const message = opensslSign(rsa, entity, args);
      const opened = await openMessage(message, await readingAs(rsa, authority));
      assert.equal(opened.signature.verdict, "weak", args.join());
      assert.equal(opened.signature.reason, "weak-digest");
      assert.equal(opened.protection, "none");
      assert.deepEqual(opened.certificates, []);
      const changed = await openMessage(
        edited(message, "Gr=C3", "gr=C3"),
        await readingAs(rsa, authority),
      );
      assert.equal(changed.signature.verdict, "invalid", args.join());
      assert.equal(changed.signature.reason, "content-altered");
      const forged = await openMessage(
        withSignatureChanged(message),
        await readingAs(rsa, authority),
      );
      assert.equal(forged.signature.verdict, "invalid", args.join());
      assert.equal(forged.signature.reason, "signature-wrong");
    }
  });

  it("with a key that is too short as weak where the signature is right", async () => {
    const short = identity("rsa1024");
    const message = opensslSign(short, entity);
    const opened = await openMessage(message, await readingAs(short, authority));
    assert.equal(opened.signature.verdict, "weak");
    assert.equal(opened.signature.reason, "weak-key");
    const forged = await openMessage(
      withSignatureChanged(message),
      await readingAs(short, authority),
    );
    assert.equal(forged.signature.reason, "signature-wrong");
  });

  it("with line ends that storage turned into LF", async () => {
    const message = octets(text(opensslSign(rsa, entity)).replaceAll("\r\n", "\n"));
    const opened = await openMessage(message, await readingAs(rsa, authority));
    assert.equal(opened.signature.verdict, "valid");
  });

  it("with two signers, where both count or none does", async () => {
    const other = authority.issue({ name: "Bob", address: "bob@smime.example" });
    const message = withSecondSigner(rsa, other);
    const opened = await openMessage(message, await readingAs(rsa, authority));
    assert.equal(opened.signature.verdict, "valid");
    assert.equal(opened.signature.signer?.addresses[0], "alice@smime.example");
    const stranger = createAuthority({ name: "Elsewhere" }).issue({
      name: "Eve",
      address: "alice@smime.example",
    });
    const doubtful = await openMessage(
      withSecondSigner(rsa, stranger),
      await readingAs(rsa, authority),
    );
    assert.equal(doubtful.signature.verdict, "untrusted");
    assert.equal(doubtful.signature.reason, "several-signers");
    assert.equal(doubtful.protection, "none");
  });
});

/** The signature's value is the last thing in a SignedData without unsigned attributes. */
function withSignatureChanged(message: Uint8Array): Uint8Array {
  const [, base64 = ""] =
    /base64[^]*?\n\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n-/.exec(text(message)) ?? [];
  const cms = Buffer.from(base64, "base64");
  const changed = altered(cms, cms.length - 30);
  return edited(message, base64, Buffer.from(changed).toString("base64"));
}

function withSecondSigner(first: Identity, second: Identity): Uint8Array {
  return withFiles(
    {
      content: entity,
      ...{ c1: first.certificatePem, k1: first.privateKeyPem },
      ...{ c2: second.certificatePem, k2: second.privateKeyPem },
    },
    (path) =>
      new Uint8Array(
        openssl([
          ...["cms", "-sign", "-in", path("content"), "-from", first.address ?? ""],
          ...["-signer", path("c1"), "-inkey", path("k1")],
          ...["-signer", path("c2"), "-inkey", path("k2")],
        ]),
      ),
  );
}

describe("openssl cms -encrypt is read", () => {
  const cases: [string, Identity, string[], string[], string, string][] = [
    ["AES-128-CBC", rsa, ["-aes128"], [], "aes-128-cbc", "rsaes-pkcs1-v1_5"],
    ["AES-192-CBC", rsa, ["-aes192"], [], "aes-192-cbc", "rsaes-pkcs1-v1_5"],
    ["AES-256-CBC", rsa, ["-aes256"], [], "aes-256-cbc", "rsaes-pkcs1-v1_5"],
    ["streamed in BER", rsa, ["-aes256", "-stream"], [], "aes-256-cbc", "rsaes-pkcs1-v1_5"],
    ["AES-128-GCM", rsa, ["-aes-128-gcm"], [], "aes-128-gcm", "rsaes-pkcs1-v1_5"],
    ["AES-256-GCM", rsa, ["-aes-256-gcm"], [], "aes-256-gcm", "rsaes-pkcs1-v1_5"],
    [
      "AES-256-GCM streamed",
      rsa,
      ["-aes-256-gcm", "-stream"],
      [],
      "aes-256-gcm",
      "rsaes-pkcs1-v1_5",
    ],
    ["triple DES", rsa, ["-des3"], [], "des-ede3-cbc", "rsaes-pkcs1-v1_5"],
    ["OAEP", rsa, ["-aes256"], ["-keyopt", "rsa_padding_mode:oaep"], "aes-256-cbc", "rsaes-oaep"],
    [
      "OAEP with SHA-256",
      rsa,
      ["-aes256"],
      ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"],
      "aes-256-cbc",
      "rsaes-oaep",
    ],
    [
      "OAEP with two digests",
      rsa,
      ["-aes256"],
      [
        ...["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"],
        ...["-keyopt", "rsa_mgf1_md:sha1"],
      ],
      "aes-256-cbc",
      "rsaes-oaep",
    ],
    [
      "OAEP with a label",
      rsa,
      ["-aes256"],
      ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_label:00112233"],
      "aes-256-cbc",
      "rsaes-oaep",
    ],
    [
      "OAEP with two digests and a label",
      rsa,
      ["-aes-256-gcm"],
      [
        ...["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512"],
        ...["-keyopt", "rsa_mgf1_md:sha256", "-keyopt", "rsa_oaep_label:00112233"],
      ],
      "aes-256-gcm",
      "rsaes-oaep",
    ],
    ["P-256", p256, ["-aes256"], [], "aes-256-cbc", "ecdh-p256"],
    [
      "P-256 with SHA-224",
      p256,
      ["-aes192"],
      ["-keyopt", "ecdh_kdf_md:sha224"],
      "aes-192-cbc",
      "ecdh-p256",
    ],
    [
      "P-384, cofactor and SHA-224",
      p384,
      ["-aes256"],
      ["-keyopt", "ecdh_kdf_md:sha224", "-keyopt", "ecdh_cofactor_mode:1"],
      "aes-256-cbc",
      "ecdh-p384",
    ],
    ["P-256 with triple DES key wrap", p256, ["-des3"], [], "des-ede3-cbc", "ecdh-p256"],
    [
      "P-521 with triple DES key wrap and SHA-256",
      p521,
      ["-des3"],
      ["-keyopt", "ecdh_kdf_md:sha256"],
      "des-ede3-cbc",
      "ecdh-p521",
    ],
    [
      "AES for a triple DES key wrap",
      p256,
      ["-aes128", "-des3-wrap"],
      [],
      "aes-128-cbc",
      "ecdh-p256",
    ],
    [
      "P-256 with SHA-256",
      p256,
      ["-aes128"],
      ["-keyopt", "ecdh_kdf_md:sha256"],
      "aes-128-cbc",
      "ecdh-p256",
    ],
    [
      "P-384 with SHA-384",
      p384,
      ["-aes256"],
      ["-keyopt", "ecdh_kdf_md:sha384"],
      "aes-256-cbc",
      "ecdh-p384",
    ],
    [
      "P-521 with GCM",
      p521,
      ["-aes-256-gcm"],
      ["-keyopt", "ecdh_kdf_md:sha512"],
      "aes-256-gcm",
      "ecdh-p521",
    ],
    [
      "P-256, cofactor",
      p256,
      ["-aes256"],
      ["-keyopt", "ecdh_cofactor_mode:1"],
      "aes-256-cbc",
      "ecdh-p256",
    ],
    ["by key identifier", rsa, ["-aes256", "-keyid"], [], "aes-256-cbc", "rsaes-pkcs1-v1_5"],
    ["EC by key identifier", p256, ["-aes256", "-keyid"], [], "aes-256-cbc", "ecdh-p256"],
  ];
  for (const [name, recipient, args, perRecipient, cipher, management] of cases) {
    it(name, async () => {
      const message = opensslEncrypt([recipient], entity, args, perRecipient);
      const opened = await openMessage(message, await readingAs(recipient, authority));
      assert.equal(opened.encryption.reason, null);
      assert.equal(opened.encryption.verdict, "decrypted");
      assert.equal(opened.encryption.cipher, cipher);
      assert.deepEqual(opened.encryption.keyManagement, [management]);
      assert.equal(opened.encryption.authenticated, cipher.endsWith("gcm"));
      assert.equal(opened.encryption.weak, /des/.test(args.join()));
      assert.equal(opened.protection, "encrypted");
      assert.match(text(opened.content), /\r\n\r\nGr=C3=BC=C3=9Fe\r\n$/);
    });
  }

  it("with an EC key whose file leaves the public key out, as Firefox does not take it", async () => {
    const message = opensslEncrypt([p256], entity, ["-aes256"]);
    const bare = openssl(["ec", "-no_public"], p256.privateKeyPem);
    const pkcs8 = openssl(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], bare);
    assert.ok(pkcs8.length < 80);
    const certificate = await parseCertificate(p256.certificate);
    const complete = new Uint8Array(completePrivateKey(pkcs8, certificate));
    assert.deepEqual(complete, p256.privateKey);
    const opened = await openMessage(message, {
      ...(await readingAs(p256, authority)),
      privateKey: () => Promise.resolve(new Uint8Array(pkcs8)),
    });
    assert.equal(opened.encryption.verdict, "decrypted");
  });

  it("RC2, from the legacy provider", async () => {
    for (const [option, cipher] of [
      ["-rc2-40", "rc2-40-cbc"],
      ["-rc2-64", "rc2-64-cbc"],
      ["-rc2-128", "rc2-128-cbc"],
    ] as const) {
      const message = opensslEncrypt([rsa], entity, [
        ...[option, "-provider", "legacy", "-provider", "default"],
      ]);
      const opened = await openMessage(message, await readingAs(rsa, authority));
      assert.equal(opened.encryption.cipher, cipher);
      assert.equal(opened.encryption.weak, true);
      assert.match(text(opened.content), /Gr=C3=BC=C3=9Fe\r\n$/);
    }
  });

  it("signed first, and for several", async () => {
    const signed = opensslSign(rsa, entity);
    const message = octets(
      `From: alice@smime.example\r\n${text(opensslEncrypt([p256, rsa], signed, ["-aes256"]))}`,
    );
    for (const reader of [rsa, p256]) {
      const opened = await openMessage(message, await readingAs(reader, authority));
      assert.equal(opened.protection, "signed-and-encrypted");
      assert.equal(opened.encryption.authenticated, true);
    }
  });
});

describe("openssl cms reads", () => {
  for (const [signer, micalg] of [
    [rsa, "sha-256"],
    [p256, "sha-256"],
    [p384, "sha-384"],
    [p521, "sha-512"],
    [pss, "sha-256"],
    [confinedPss, "sha-256"],
    [strongPss, "sha-512"],
  ] as const) {
    it(`what ${signer.name} signed`, async () => {
      const message = await signMessage(
        plainMessage({ from: "alice@smime.example" }),
        await signingAs(signer),
        { signingTime },
      );
      assert.match(text(message), new RegExp(`micalg=${micalg};`));
      const opened = await openMessage(message, await readingAs(signer, authority));
      assert.equal(opened.protection, "signed");
      assert.match(text(opensslVerify(message, authority)), /Shall we meet at noon\?\r\n$/);
    });
  }

  const capable = { algorithms: [ciphers.aes256Gcm, publicKeys.rsaesOaep] };
  for (const capabilities of [null, capable]) {
    it(`what is encrypted with ${capabilities === null ? "CBC" : "GCM and OAEP"}`, async () => {
      const readers = [rsa, p256, p384, p521];
      const message = await encryptMessage(
        plainMessage(),
        await Promise.all(
          readers.map(async ({ certificate }) => ({
            certificate: await parseCertificate(certificate),
            capabilities,
          })),
        ),
      );
      for (const reader of readers) {
        assert.match(text(opensslDecrypt(message, reader)), /Shall we meet at noon\?\r\n$/);
      }
    });
  }
});
