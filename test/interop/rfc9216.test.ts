import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { ciphers, publicKeys } from "../../src/core/asn1/oids.ts";
import { commandLine, type CommandLine } from "../support/command-line.ts";
import { alice, bob, carlos, contextOf, dana, signerOf } from "../support/identities.ts";
import { plainMessage, text } from "../support/messages.ts";

/** The example identities of RFC 9216, each to each: two with RSA, two with Ed25519 and X25519. */

const people = { alice, bob, carlos, dana };
type Name = keyof typeof people;
const names = Object.keys(people) as Name[];
const pairs = names.flatMap((from) => names.map((to) => ({ from, to })));

const algorithms: Readonly<Record<Name, { signature: string; management: readonly string[] }>> = {
  alice: {
    signature: "RSA PKCS#1 v1.5 with SHA-256",
    management: ["rsaes-pkcs1-v1_5", "rsaes-oaep"],
  },
  bob: {
    signature: "RSA PKCS#1 v1.5 with SHA-256",
    management: ["rsaes-pkcs1-v1_5", "rsaes-oaep"],
  },
  carlos: { signature: "Ed25519", management: ["x25519", "x25519"] },
  dana: { signature: "Ed25519", management: ["x25519", "x25519"] },
};

const signingTime = new Date("2026-06-01T11:58:03Z");
const body = "Shall we meet at noon?\r\n";
const message = (from: Name, to: Name): Uint8Array =>
  plainMessage({ from: people[from].address, to: people[to].address, body });
const able = { algorithms: [ciphers.aes256Gcm, publicKeys.rsaesOaep] };

describe("each signs and encrypts to each", () => {
  for (const { from, to } of pairs) {
    it(`${from} to ${to}`, async () => {
      const signed = await signMessage(message(from, to), signerOf(people[from]), { signingTime });
      const seen = await openMessage(signed, contextOf(people[to]));
      assert.equal(seen.signature.reason, null);
      assert.equal(seen.protection, "signed");
      assert.equal(seen.signature.algorithm, algorithms[from].signature);
      assert.equal(seen.signature.signer?.fingerprint, people[from].signing.fingerprint);
      assert.equal(seen.encryptionCertificate?.fingerprint, people[from].encryption.fingerprint);

      for (const [index, capabilities] of [null, able].entries()) {
        const recipient = { certificate: people[to].encryption, capabilities };
        const encrypted = await encryptMessage(signed, [recipient]);
        const opened = await openMessage(encrypted, contextOf(people[to]));
        assert.equal(opened.protection, "signed-and-encrypted");
        assert.equal(
          opened.encryption.cipher,
          capabilities === null ? "aes-256-cbc" : "aes-256-gcm",
        );
        assert.deepEqual(opened.encryption.keyManagement, [algorithms[to].management[index]]);
        assert.equal(text(splitHeaderBody(opened.content ?? new Uint8Array()).body), body);
        for (const other of names.filter((name) => name !== to)) {
          const closed = await openMessage(encrypted, contextOf(people[other]));
          assert.equal(closed.encryption.verdict, "no-key");
          assert.equal(closed.content, null);
        }
      }
    });
  }
});

describe("the same on the command line, with their key files", () => {
  const folder = new URL("../vectors/rfc9216/", import.meta.url);
  const file = (name: string) => readFileSync(new URL(name, folder));
  const at = ["--time", "2026-06-01T12:00:00Z"];
  let line: CommandLine;
  before(async () => {
    line = await commandLine();
    line.put("rsa.pem", file("3.1_RSA-Certification-Authority-Root-Certificate.certificate.pem"));
    line.put(
      "ed.pem",
      file("6.1_Ed25519-Certification-Authority-Root-Certificate.certificate.pem"),
    );
    for (const name of names) {
      line.put(`${name}.p12`, file(`${name}.p12`));
      line.put(`${name}.der`, people[name].encryption.der);
    }
  });
  after(() => {
    line.remove();
  });

  const keys = (name: Name): string[] => ["--key", `${name}.p12`, "--password", name];
  const trust = ["--no-builtin-roots", "--anchor", "rsa.pem", "--anchor", "ed.pem", ...at];

  function written(...args: string[]): Buffer {
    const { status, stdout, stderr } = line.run(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  }

  interface Inspected {
    readonly protection: string;
    readonly text: string;
    readonly signature: { readonly signer: string; readonly algorithm: string };
  }
  function inspected(name: string, ...reader: string[]): Inspected {
    return line.json("inspect", name, ...reader, ...trust) as Inspected;
  }

  for (const name of names) {
    it(`${name} signs`, () => {
      line.put("plain.eml", message(name, "bob"));
      line.put("signed.eml", written("sign", "plain.eml", ...keys(name), ...at));
      const { protection, signature } = inspected("signed.eml");
      assert.equal(protection, "signed");
      assert.equal(signature.signer, people[name].address);
      assert.equal(signature.algorithm, algorithms[name].signature);
    });
  }

  for (const { from, to } of pairs) {
    it(`${from} signs and encrypts to ${to}`, () => {
      line.put("plain.eml", message(from, to));
      const to1 = ["--to", `${to}.der`, ...keys(from), ...at];
      line.put("encrypted.eml", written("encrypt", "plain.eml", ...to1));
      const seen = inspected("encrypted.eml", ...keys(to));
      assert.equal(seen.protection, "signed-and-encrypted");
      assert.equal(seen.signature.signer, people[from].address);
      assert.equal(seen.text.trim(), body.trim());
    });
  }

  it("each decrypts what was encrypted to all of them", () => {
    line.put("plain.eml", message("alice", "bob"));
    const everybody = names.flatMap((name) => ["--to", `${name}.der`]);
    line.put("encrypted.eml", written("encrypt", "plain.eml", ...everybody));
    for (const name of names) {
      const decrypted = written("decrypt", "encrypted.eml", ...keys(name), ...trust);
      assert.ok(decrypted.toString("latin1").endsWith(body));
    }
  });
});
