import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { strings } from "./strings.ts";
import type { Thunderbird } from "./thunderbird.ts";

/** What the people of the stories do with the add-on's pages, as a person does it. */

export { ADDON } from "./build.ts";

const rfc9216 = (name: string) =>
  fileURLToPath(new URL(`../vectors/rfc9216/${name}`, import.meta.url));
const pemFile = (name: string) => readFileSync(rfc9216(name), "utf8");

/** The issuer of both, as a PEM file for the trust list and for openssl. */
export const caFile = rfc9216("3.1_RSA-Certification-Authority-Root-Certificate.certificate.pem");
export const caPem = readFileSync(caFile, "utf8");

/** The example identities of RFC 9216: each has one certificate to sign and another to be encrypted to. */
export const alice = {
  name: "Alice Lovelace",
  address: "alice@smime.example",
  keyFile: rfc9216("alice.p12"),
  password: "alice",
  passphrase: "correct horse battery",
  signing: {
    certificatePem: pemFile(
      "4.1_Alice-s-Signature-Verification-End-Entity-Certific.certificate.pem",
    ),
    privateKeyPem: pemFile("4.2_Alice-s-Signing-Private-Key-Material.private-key.pem"),
    chainPem: caPem,
  },
  decryption: {
    certificatePem: pemFile("4.3_Alice-s-Encryption-End-Entity-Certificate.certificate.pem"),
    privateKeyPem: pemFile("4.4_Alice-s-Decryption-Private-Key-Material.private-key.pem"),
  },
};

export const bob = {
  name: "Bob Babbage",
  address: "bob@smime.example",
  keyFile: rfc9216("bob.p12"),
  password: "bob",
  passphrase: "staple of paper clips",
  signing: {
    certificatePem: pemFile(
      "5.1_Bob-s-Signature-Verification-End-Entity-Certificat.certificate.pem",
    ),
    privateKeyPem: pemFile("5.2_Bob-s-Signing-Private-Key-Material.private-key.pem"),
    chainPem: caPem,
  },
  decryption: {
    certificatePem: pemFile("5.3_Bob-s-Encryption-End-Entity-Certificate.certificate.pem"),
    privateKeyPem: pemFile("5.4_Bob-s-Decryption-Private-Key-Material.private-key.pem"),
  },
};

export type Person = typeof alice;

/**
 * Phase 1 on the options page: file, password, a new passphrase, and trust in the issuer.
 * @param say in the language that Thunderbird speaks
 */
export async function setUp(
  thunderbird: Thunderbird,
  person: Person,
  say = strings("en"),
): Promise<void> {
  const options = await thunderbird.openOptions();
  await options.waitForText(say("keys_empty"));
  await thunderbird.screenshot(`${thunderbird.name}-options-empty`);
  await options.chooseFiles(say("import_drop"), person.keyFile);
  await options.waitForText(say("import_password"));
  await options.type(say("import_password"), person.password);
  await options.click(say("do_open_file"));
  await options.waitForText(say("preview_heading"));
  await thunderbird.screenshot(`${thunderbird.name}-options-preview`);
  await options.click(say("do_import_file"));
  await options.waitForText(say("vault_create_heading"));
  await options.type(say("passphrase_new_label"), person.passphrase);
  await options.type(say("passphrase_again_label"), person.passphrase);
  await thunderbird.screenshot(`${thunderbird.name}-options-passphrase`);
  await options.click(say("passphrase_set"));
  await options.waitForText(say("do_trust_issuer"));
  await options.waitForText(person.name);
  await thunderbird.screenshot(`${thunderbird.name}-options-trust-question`);
  await options.click(say("do_trust_issuer"));
  await options.waitForText(say("key_valid"));
  await thunderbird.screenshot(`${thunderbird.name}-options-ready`);
}
