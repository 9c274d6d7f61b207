import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { writeCertificateFile } from "../../src/core/asn1/certificate-file.ts";
import { ocspRequest } from "../../src/core/asn1/ocsp.ts";
import { certificateId } from "../../src/core/trust/ocsp-status.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { commandLine } from "../support/command-line.ts";
import {
  opensslDecrypt,
  opensslEncrypt,
  opensslSign,
  opensslVerify,
  signingAs,
} from "../support/engine.ts";
import { plainMessage } from "../support/messages.ts";
import { createAuthority } from "../support/pki.ts";
import { answerOcsp, encodedCrl } from "../support/revocation.ts";

const authority = createAuthority({ name: "Root", keyType: "p256" });
const alice = authority.issue({ name: "Alice", address: "alice@example.org" });
const bob = authority.issue({ name: "Bob", address: "bob@example.org", keyType: "p256" });
const smime = await commandLine();
after(() => {
  smime.remove();
});

smime.put("root.pem", authority.certificatePem);
smime.put("root.der", authority.certificate);
smime.put("alice.pem", alice.certificatePem);
smime.put("bob.pem", bob.certificatePem);
smime.put("alice.p12", alice.p12({ password: "secret" }));
smime.put("bob.p12", bob.p12({ password: "" }));
const entity = "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\u00fc\u00dfe\r\n";
const content = Buffer.from(entity, "latin1");
const signed = opensslSign(alice, content, ["-to", "=?utf-8?q?B=C3=B6b?= <bob@example.org>"]);
smime.put("signed.eml", signed);
smime.put("encrypted.eml", opensslEncrypt([bob], signed, ["-aes-128-cbc"]));
smime.put(
  "plain.eml",
  [
    "From: Alice <alice@example.org>",
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    "X-Mailer: none",
    "Content-Type: text/html; charset=utf-8",
    "",
    "<head><title>T</title><style>p {}</style></head><p>one &amp;\n two<br>three<ul><li>a<li>b</ul>",
  ].join("\r\n"),
);

for (const [file, certificate] of [
  ["revoked.crl", alice],
  ["other.crl", bob],
] as const) {
  smime.put(file, await encodedCrl(authority, { revoked: [{ certificate }] }));
}
smime.put(
  "early.eml",
  await signMessage(plainMessage({ from: "alice@example.org" }), await signingAs(alice), {
    signingTime: new Date("2026-05-31T12:00:00Z"),
  }),
);

smime.put("note.eml", plainMessage({ from: "Alice <alice@example.org>" }));

const trusting = ["--anchor", "root.pem", "--no-builtin-roots"];

/** The keys of every object, so that a changed format is noticed. */
const keys = {
  message: [
    ...["protection", "signature", "encryption", "headers", "from", "subject", "text", "html"],
    ...["attachments", "layers"],
  ],
  signature: [
    ...["verdict", "reason", "signer", "addresses", "fingerprint", "algorithm", "signedAt"],
    "coversWholeMessage",
  ],
  encryption: ["verdict", "reason", "cipher", "keyManagement", "authenticated"],
};

function pemOf(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

interface Inspected {
  readonly protection: string;
  readonly signature: Readonly<Record<string, unknown>>;
  readonly encryption: Readonly<Record<string, unknown>>;
  readonly headers: readonly { readonly name: string }[];
  readonly from: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: boolean;
  readonly attachments: readonly unknown[];
  readonly layers: readonly Readonly<Record<string, unknown>>[];
}

function inspect(...args: readonly string[]): Inspected {
  const inspected = smime.json("inspect", ...args) as Inspected;
  assert.deepEqual(Object.keys(inspected), keys.message);
  assert.deepEqual(Object.keys(inspected.signature), keys.signature);
  assert.deepEqual(Object.keys(inspected.encryption), keys.encryption);
  return inspected;
}

describe("smime inspect", () => {
  it("tells of a plain message what it says", () => {
    const plain = inspect("plain.eml");
    assert.equal(plain.protection, "none");
    assert.deepEqual(plain.signature, {
      ...{ verdict: "none", reason: null, signer: null, addresses: [], fingerprint: null },
      ...{ algorithm: null, signedAt: null, coversWholeMessage: false },
    });
    assert.deepEqual(plain.encryption, {
      ...{ verdict: "none", reason: null, cipher: null, keyManagement: [], authenticated: false },
    });
    assert.deepEqual(plain.headers, [
      ...["From: Alice <alice@example.org>", "Subject: Grüße"].map((field) => {
        const [name, value] = field.split(": ");
        return { name, value, protection: "none", outer: value };
      }),
    ]);
    assert.equal(plain.from, "alice@example.org");
    assert.equal(plain.subject, "Grüße");
    assert.equal(plain.text, "one & two\nthree\na\nb");
    assert.equal(plain.html, true);
    assert.deepEqual([plain.attachments, plain.layers], [[], []]);
  });

  it("tells of a signed message who signed it", () => {
    const inspected = inspect("signed.eml", ...trusting);
    assert.equal(inspected.protection, "signed");
    const { fingerprint, signedAt, ...signature } = inspected.signature;
    assert.deepEqual(signature, {
      ...{ verdict: "valid", reason: null, signer: "alice@example.org" },
      ...{ addresses: ["alice@example.org"], algorithm: "RSA PKCS#1 v1.5 with SHA-256" },
      coversWholeMessage: true,
    });
    assert.match(String(fingerprint), /^[0-9a-f]{64}$/);
    assert.match(String(signedAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(inspected.text, "Grüße\n");
    assert.equal(inspected.html, false);
    assert.equal(inspected.layers.length, 1);
  });

  it("trusts whom it is told to, PEM or DER, at the time it is told", () => {
    const verdict = (...args: string[]) => inspect("signed.eml", ...args).signature["verdict"];
    assert.equal(verdict("--anchor", "root.der"), "valid");
    assert.equal(verdict(), "untrusted");
    assert.equal(verdict(...trusting, "--time", "2100-01-01T00:00:00Z"), "untrusted");
  });

  it("trusts a single certificate for itself, and finds it where the message does not bring it", () => {
    const only = ["--anchor", "alice.pem", "--no-builtin-roots"];
    assert.equal(inspect("signed.eml", ...only).protection, "signed");
    smime.put("bare.eml", opensslSign(alice, content, ["-nocerts"]));
    assert.equal(inspect("bare.eml", ...only).protection, "signed");
    const another = inspect("signed.eml", "--anchor", "bob.pem", "--no-builtin-roots");
    assert.equal(another.signature["verdict"], "untrusted");
  });

  it("takes every certificate of a chain and of a certs-only file", async () => {
    const root = createAuthority({ name: "Another root", keyType: "p256" });
    const issuer = createAuthority({ name: "Issuer", issuer: root, keyType: "p256" });
    const carol = issuer.issue({ name: "Carol", address: "carol@example.org", keyType: "p256" });
    const all = await Promise.all(
      [carol, issuer, root, authority].map(({ certificate }) => parseCertificate(certificate)),
    );
    const p7b = writeCertificateFile(all, "p7c");
    smime.put("all.pem", writeCertificateFile(all, "pem"));
    smime.put("all.p7b", p7b);
    smime.put("all-pem.p7b", pemOf("PKCS7", p7b));
    smime.put("another-root.pem", root.certificatePem);
    smime.put("carol.eml", opensslSign(carol, content, ["-nocerts"]));
    const strangers = (...args: string[]) => inspect("carol.eml", "--no-builtin-roots", ...args);
    for (const file of ["all.pem", "all.p7b", "all-pem.p7b"]) {
      assert.equal(strangers("--anchor", file).protection, "signed");
      const known = strangers("--anchor", "another-root.pem", "--cert", file);
      assert.equal(known.protection, "signed");
    }
    assert.equal(strangers("--anchor", "another-root.pem").protection, "none");
  });

  it("reads a message that an editor or a mailbox file has put something before", () => {
    const separator = "From alice@example.org Mon Jun  1 12:00:00 2026\r\n";
    for (const before of ["\u{feff}", separator, `\u{feff}${separator}`]) {
      smime.put("stored.eml", Buffer.concat([Buffer.from(before), signed]));
      const stored = inspect("stored.eml", ...trusting);
      assert.equal(stored.protection, "signed");
      assert.equal(stored.from, "alice@example.org");
    }
    // An empty line ends the header, also one that is empty itself.
    smime.put("stored.eml", Buffer.concat([Buffer.from("\r\n"), signed]));
    assert.equal(inspect("stored.eml", ...trusting).protection, "none");
  });

  it("decrypts with the key whose password follows it", () => {
    const inspected = inspect(
      ...["encrypted.eml", "--key", "alice.p12", "--password", "secret", "--key", "bob.p12"],
      ...trusting,
    );
    assert.equal(inspected.protection, "encrypted");
    assert.deepEqual(inspected.encryption, {
      ...{ verdict: "decrypted", reason: null, cipher: "aes-128-cbc" },
      ...{ keyManagement: ["ecdh-p256"], authenticated: true },
    });
    assert.equal(inspected.text, "Grüße\n");
    assert.deepEqual(
      inspected.layers.map(({ kind }) => kind),
      ["encrypted", "signed"],
    );
  });

  it("tells of each header field what protects it, and shows the protected subject", async () => {
    const message = Buffer.from("From: alice@example.org\r\nSubject: Lunch\r\n\r\nNoon?\r\n");
    const options = { signingTime: new Date(), toBeEncrypted: true };
    const protectedMail = await signMessage(message, await signingAs(alice), options);
    const entity = Buffer.from(protectedMail)
      .toString("latin1")
      .replace(/^[^]*?\r\n(?=Content-)/, "");
    smime.put(
      "protected.eml",
      opensslEncrypt([bob], entity, ["-aes-256-cbc", "-from", "alice@example.org"]),
    );
    const inspected = inspect("protected.eml", "--key", "bob.p12", ...trusting);
    assert.equal(inspected.protection, "signed-and-encrypted");
    assert.equal(inspected.subject, "Lunch");
    assert.deepEqual(inspected.headers, [
      {
        ...{ name: "From", value: "alice@example.org", protection: "signed" },
        outer: "alice@example.org",
      },
      { name: "Subject", value: "Lunch", protection: "confidential", outer: "Test" },
    ]);
  });

  it("shows nothing of what it cannot decrypt", () => {
    const inspected = inspect("encrypted.eml", "--key", "alice.p12", "--password", "secret");
    assert.equal(inspected.protection, "none");
    assert.equal(inspected.encryption["verdict"], "no-key");
    assert.equal(inspected.text, "");
  });
});

/** What a run without complaints wrote. */
function output(...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = smime.run(...args);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return stdout;
}

/** Exit code and reason of a run that writes nothing. */
function failure(...args: readonly string[]): readonly [number | null, string] {
  const { status, stdout, stderr } = smime.run(...args);
  assert.equal(stdout.length, 0);
  assert.doesNotMatch(stderr, /\n {4}at /);
  return [status, stderr.trim()];
}

const asAlice = ["--key", "alice.p12", "--password", "secret"];

describe("smime sign", () => {
  it("signs so that OpenSSL agrees, at the time it is told", () => {
    const message = output("sign", "plain.eml", ...asAlice, "--time", "2026-06-01T12:00:00Z");
    assert.match(opensslVerify(message, authority).toString(), /one &amp;/);
    smime.put("own.eml", message);
    const { protection, signature } = inspect("own.eml", ...trusting);
    assert.equal(protection, "signed");
    assert.equal(signature["signedAt"], "2026-06-01T12:00:00.000Z");
  });

  it("signs in one piece when it is asked to", () => {
    const message = output("sign", "plain.eml", ...asAlice, "--opaque");
    assert.match(
      message.toString(),
      /^Content-Type: application\/pkcs7-mime; smime-type=signed-data/m,
    );
    assert.match(opensslVerify(message, authority).toString(), /one &amp;/);
    smime.put("own.eml", message);
    const { protection, text, layers } = inspect("own.eml", ...trusting);
    assert.deepEqual([protection, text], ["signed", "one & two\nthree\na\nb"]);
    assert.equal(layers[0]?.["opaque"], true);
  });

  it("takes the sender's key out of several", () => {
    const message = output("sign", "plain.eml", "--key", "bob.p12", ...asAlice);
    smime.put("own.eml", message);
    assert.equal(inspect("own.eml", ...trusting).signature["signer"], "alice@example.org");
  });

  it("signs with a key that is for RSA-PSS only", () => {
    const pss = authority.issue({ name: "Pss", address: "alice@example.org", keyType: "rsa-pss" });
    smime.put("pss.p12", pss.p12({ password: "secret" }));
    const message = output("sign", "plain.eml", "--key", "pss.p12", "--password", "secret");
    smime.put("pss.eml", message);
    const { protection, signature } = inspect("pss.eml", ...trusting);
    assert.equal(protection, "signed");
    assert.equal(signature["algorithm"], "RSA-PSS with SHA-256");
  });

  it("does without a key nothing", () => {
    assert.deepEqual(failure("sign", "plain.eml"), [2, "smime: no --key given"]);
  });
});

describe("smime encrypt", () => {
  it("encrypts so that OpenSSL decrypts", () => {
    const message = output("encrypt", "note.eml", "--to", "bob.pem", "alice.pem");
    for (const owner of [alice, bob]) {
      assert.match(opensslDecrypt(message, owner).toString(), /meet at noon/);
    }
  });

  it("signs first with a key, and encrypts to its owner as well", () => {
    const message = output("encrypt", "note.eml", "--to", "bob.pem", ...asAlice);
    smime.put("own.eml", message);
    for (const reader of [asAlice, ["--key", "bob.p12"]]) {
      const inspected = inspect("own.eml", ...reader, ...trusting);
      assert.equal(inspected.protection, "signed-and-encrypted");
      const subject = inspected.headers.find((header) => header.name === "Subject");
      assert.deepEqual(subject, {
        ...{ name: "Subject", value: "Lunch", protection: "confidential", outer: "[...]" },
      });
      assert.equal(inspected.encryption["cipher"], "aes-256-cbc");
    }
  });

  it("uses what the recipients are said to have announced", () => {
    const message = output("encrypt", "note.eml", "--to", "alice.pem", "--gcm", "--oaep");
    smime.put("own.eml", message);
    const { encryption } = inspect("own.eml", ...asAlice);
    assert.deepEqual(
      [encryption["cipher"], encryption["keyManagement"], encryption["authenticated"]],
      ["aes-256-gcm", ["rsaes-oaep"], true],
    );
  });

  it("encrypts to nobody nothing", () => {
    assert.deepEqual(failure("encrypt", "note.eml"), [2, "smime: no --to given"]);
  });
});

describe("smime decrypt", () => {
  it("gives the message without its encryption and with its signature", () => {
    const encrypted = output("encrypt", "note.eml", "--to", "bob.pem", ...asAlice);
    smime.put("own.eml", encrypted);
    const message = output("decrypt", "own.eml", "--key", "bob.p12");
    assert.match(message.toString(), /^From: Alice <alice@example\.org>\r?$/m);
    assert.match(opensslVerify(message, authority).toString(), /meet at noon/);
    smime.put("own.eml", message);
    const { protection, subject } = inspect("own.eml", ...trusting);
    assert.deepEqual([protection, subject], ["signed", "Lunch"]);
  });

  it("fails with 1, a reason, and nothing else", () => {
    const wrong = failure("decrypt", "encrypted.eml", ...asAlice);
    assert.deepEqual(wrong, [1, "smime: no-key: no-matching-key"]);
    const signedOnly = failure("decrypt", "signed.eml", ...asAlice);
    assert.deepEqual(signedOnly, [1, "smime: the message is not encrypted"]);
    const damaged = Buffer.from(opensslEncrypt([bob], signed, ["-aes-256-gcm"]));
    const at = damaged.length - 100;
    damaged[at] = damaged[at] === 0x41 ? 0x42 : 0x41;
    smime.put("damaged.eml", damaged);
    const [status] = failure("decrypt", "damaged.eml", "--key", "bob.p12");
    assert.equal(status, 1);
  });
});

describe("smime p12", () => {
  it("lists certificates and nothing of the keys", () => {
    const listed = smime.json("p12", "alice.p12", "--password", "secret");
    const { keys } = listed as { keys: { certificate: { subject: string }; chain: unknown[] }[] };
    assert.deepEqual(
      keys.map(({ certificate, chain }) => [certificate.subject, chain.length]),
      [["CN=Alice, O=Test", 1]],
    );
    assert.ok(!JSON.stringify(listed).includes(Buffer.from(alice.privateKey).toString("hex", 26)));
  });

  it("writes the keys to a new file, with a password", () => {
    const to = ["--export", "new.p12"];
    const without = failure("p12", "bob.p12", ...to);
    assert.deepEqual(without, [2, "smime: --export needs an --export-password"]);
    output("p12", "bob.p12", ...to, "--export-password", "other");
    assert.deepEqual(
      smime.json("p12", "new.p12", "--password", "other"),
      smime.json("p12", "bob.p12"),
    );
  });

  it("says so if the password is wrong", () => {
    const [status, reason] = failure("p12", "alice.p12", "--password", "wrong");
    assert.deepEqual([status, reason], [2, "smime: alice.p12: pkcs12-wrong-password"]);
  });
});

describe("smime path", () => {
  it("gives the path, or the reason why there is none", () => {
    interface Verdict {
      readonly ok: boolean;
      readonly reason?: string;
      readonly path?: readonly { readonly subject: string }[];
    }
    const path = (...args: string[]) => smime.json("path", "alice.pem", ...args) as Verdict;
    assert.deepEqual(
      path(...trusting).path?.map(({ subject }) => subject),
      ["CN=Alice, O=Test", "CN=Root, O=Test"],
    );
    assert.equal(path("--no-builtin-roots").reason, "issuer-unknown");
    assert.equal(path(...trusting, "--time", "2100-01-01").reason, "expired");
    assert.equal(path(...trusting, "--use", "encrypt").ok, true);
    assert.equal(path(...trusting, "--policy", "1.2.3").reason, "policy");
  });

  it("says what lists and OCSP responses say, and fails where they say nothing", async () => {
    interface Verdict {
      readonly ok: boolean;
      readonly reason?: string;
      readonly candidates: readonly { readonly reason: string }[];
      readonly revocation: readonly { readonly status: Record<string, unknown> }[];
    }
    const path = (file: string, ...args: string[]) =>
      smime.json("path", file, ...trusting, "--time", "2026-06-01", ...args) as Verdict;
    const encoded = await encodedCrl(authority, {
      revoked: [{ certificate: alice, reason: "superseded" }],
    });
    const base64 = Buffer.from(encoded).toString("base64");
    smime.put("list.crl", `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`);
    assert.deepEqual(path("alice.pem").revocation[0]?.status, { kind: "not-asked" });
    const revoked = path("alice.pem", "--crl", "list.crl");
    assert.deepEqual([revoked.ok, revoked.reason], [false, "revoked"]);
    assert.deepEqual(
      revoked.candidates.map(({ reason }) => reason),
      ["revoked"],
    );
    assert.deepEqual(revoked.revocation[0]?.status, {
      kind: "revoked",
      source: "crl",
      since: "2026-05-15T00:00:00.000Z",
      reason: "superseded",
    });
    const good = path("bob.pem", "--crl", "list.crl");
    assert.deepEqual([good.ok, good.revocation[0]?.status["kind"]], [true, "good"]);
    smime.put(
      "unrelated.crl",
      await encodedCrl(createAuthority({ name: "Other", keyType: "p256" })),
    );
    assert.equal(path("bob.pem", "--crl", "unrelated.crl").reason, "revocation-unknown");
    const id = await certificateId(
      await parseCertificate(bob.certificate),
      await parseCertificate(authority.certificate),
      "SHA-1",
    );
    const answer = answerOcsp(ocspRequest(id, null), { authority, known: [bob] });
    smime.put("answer.der", answer);
    const answered = smime.json("path", "bob.pem", ...trusting, "--ocsp", "answer.der") as Verdict;
    assert.equal(answered.revocation[0]?.status["source"], "ocsp");
    const [status, reason] = failure("path", "bob.pem", "--crl", "bob.pem");
    assert.equal(status, 2);
    assert.match(reason, /bob\.pem: cms-malformed/);
  });

  it("asks the revocation lists that it is given, and so does inspect", () => {
    const at = ["--time", "2026-06-01", "--crl"];
    const path = (list: string) =>
      smime.json("path", "alice.pem", ...trusting, ...at, list) as { readonly reason?: string };
    assert.equal(path("revoked.crl").reason, "revoked");
    assert.equal(path("other.crl").reason, undefined);
    const inspect = (list: string) =>
      smime.json("inspect", "early.eml", ...trusting, ...at, list) as {
        readonly protection: string;
        readonly signature: { readonly verdict: string };
      };
    assert.equal(inspect("other.crl").protection, "signed");
    assert.equal(inspect("revoked.crl").protection, "none");
    assert.equal(inspect("revoked.crl").signature.verdict, "untrusted");
  });
});

describe("smime", () => {
  const refuses = (pattern: RegExp, ...args: readonly string[]) => {
    const [status, reason] = failure(...args);
    assert.equal(status, 2);
    assert.match(reason, pattern);
  };

  it("ends with 2 and a reason when it is used wrongly or a file cannot be read", () => {
    refuses(/no verb/);
    refuses(/unknown verb explain/, "explain");
    refuses(/no file given/, "inspect");
    refuses(/one file/, "inspect", "plain.eml", "signed.eml");
    refuses(/missing\.eml cannot be read/, "inspect", "missing.eml");
    refuses(/--frob/, "inspect", "plain.eml", "--frob");
    refuses(/--password without a --key/, "inspect", "plain.eml", "--password", "x");
    refuses(/no object identifier: 1/, "path", "alice.pem", "--policy", "1");
    refuses(/--use is/, "path", "alice.pem", "--use", "tls");
    refuses(/no ISO 8601/, "inspect", "plain.eml", "--time", "yesterday");
    refuses(/alice\.p12: pkcs12-wrong-password/, "inspect", "plain.eml", "--key", "alice.p12");
    refuses(/plain\.eml: certificates-not-found/, "inspect", "plain.eml", "--cert", "plain.eml");
    const broken = pemOf("CERTIFICATE", alice.certificate.subarray(0, -1));
    smime.put("half.pem", broken + alice.certificatePem);
    refuses(/half\.pem: 1 unreadable/, "path", "half.pem");
  });

  it("explains itself when asked", () => {
    const { status, stdout } = smime.run("inspect", "--help");
    assert.equal(status, 0);
    assert.match(stdout.toString(), /inspect FILE\.eml/);
  });

  it("is there as an npm script, with paths from where it was called", () => {
    const args = ["run", "--silent", "smime", "--", "inspect", "README.md"];
    const output = execFileSync("npm", args, { encoding: "utf8" });
    assert.equal((JSON.parse(output) as Inspected).protection, "none");
  });
});
