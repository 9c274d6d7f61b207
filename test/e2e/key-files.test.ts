import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer } from "../support/mail-server.ts";
import type { Page } from "../support/page.ts";
import { ADDON } from "../support/people.ts";
import {
  createAuthority,
  openssl,
  withFiles,
  type Identity,
  type IdentityOptions,
  type P12Options,
} from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Of the library that scripts in a page have at hand. */
declare function readText(root: Element): string;

const PICKER = "Certificate file (.p12 or .pfx)";
const DROP = ".drop";
const EMPTY = "You have no certificate here yet.";
const NO_PASSPHRASE_YET = "You choose a passphrase when you import your first certificate.";
const PASSPHRASE = "seventeen green umbrellas";
const PASSWORD = "Schlüssel zur Datei 5";

/** Key files on the options page, as they come and as they should not. */
describe("key files", () => {
  let thunderbird: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "key-files-"));

  const authority = createAuthority({ name: "Example Trust Centre" });
  const person = (options: Partial<IdentityOptions> = {}): Identity =>
    authority.issue({
      name: "Alice Lovelace",
      address: "alice@smime.example",
      notBefore: new Date("2024-03-05T12:00:00Z"),
      notAfter: new Date("2039-04-06T12:00:00Z"),
      ...options,
    });
  const alice = person();
  const carol = person({ name: "Carol Weiß", address: "carol@example.org", keyType: "p256" });

  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const p12 = (identity: Identity, name: string, options: P12Options = {}): string =>
    file(name, identity.p12({ password: PASSWORD, ...options }));

  before(async () => {
    thunderbird = await startThunderbird({
      profileName: "key-files",
      mailServer: await startMailServer(),
      addon: ADDON,
      accounts: [
        { name: "Alice Lovelace", address: "alice@smime.example" },
        { name: "Carol Weiß", address: "carol@example.org" },
      ],
    });
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page as it is after it has been closed and opened again. */
  async function reopened(): Promise<Page> {
    await thunderbird.closeTab();
    const options = await thunderbird.openOptions();
    await options.waitForText("My certificates");
    return options;
  }

  /** The list fills after the page has come up. */
  async function hasCards(options: Page, count: number): Promise<void> {
    await waitFor(`${count} certificates`, async () => (await cards(options)).length === count);
  }

  async function submit(options: Page, password: string): Promise<void> {
    await options.waitForText("Password of this file");
    await options.type("Password of this file", password);
    await options.click("Open the file");
  }

  /** Looks at what is in the file, and takes it. @returns what the page says of it */
  async function take(options: Page): Promise<string> {
    const text = await options.waitForText(/What is in this file[^]*Fingerprint/);
    await options.click("Import");
    return text;
  }

  /** The texts of the list, one for each certificate, without line ends. */
  async function cards(options: Page): Promise<string[]> {
    const texts = await options.evaluate(() =>
      [...document.querySelectorAll(".own-keys > li")].map(readText),
    );
    return texts.map((text) => text.replace(/\s+/g, " "));
  }

  describe("tells what is wrong with a file, and keeps nothing of it", () => {
    const wrongPassword =
      "This password does not open the file. Nothing was imported. Check capital letters and spaces, and try again.";
    const malformed =
      "This is not a certificate file, or it is damaged. Nothing was imported. Choose the .p12 or .pfx file that you got.";
    const stories: readonly {
      name: string;
      path: () => string;
      /** What is no key file at all asks for no password. */
      unasked?: true;
      sentence: string;
    }[] = [
      {
        name: "a wrong password",
        path: () => p12(alice, "today.p12", { password: "another" }),
        sentence: wrongPassword,
      },
      {
        name: "a wrong password of a legacy file",
        path: () => p12(alice, "legacy.pfx", { password: "another", args: ["-legacy"] }),
        sentence: wrongPassword,
      },
      {
        name: "random bytes",
        path: () => file("random.p12", crypto.getRandomValues(new Uint8Array(3000))),
        unasked: true,
        sentence: malformed,
      },
      {
        name: "a PEM file",
        path: () => file("pem.p12", alice.certificatePem + alice.privateKeyPem),
        unasked: true,
        sentence: malformed,
      },
      {
        name: "half a file",
        path: () => file("half.p12", alice.p12({ password: PASSWORD }).slice(0, 1500)),
        unasked: true,
        sentence: malformed,
      },
      {
        name: "no private key",
        path: () => file("no-key.p12", certificateOnly(alice)),
        sentence:
          "There is no private key in this file. Nothing was imported. Export the certificate again together with its private key.",
      },
      {
        name: "a certificate for servers",
        path: () => p12(person({ extendedKeyUsage: "serverAuth" }), "server.p12"),
        sentence:
          "The certificate in this file is not made for mail. Nothing was imported. You need an S/MIME certificate.",
      },
    ];
    stories.forEach(({ name, path, unasked, sentence }, index) => {
      it(name, async () => {
        const options = await reopened();
        // By turns, since both ways have to take every file.
        if (index % 2 === 0) await options.chooseFiles(PICKER, path());
        else await options.dropFiles(DROP, path());
        if (unasked !== true) await submit(options, PASSWORD);
        const text = await options.waitForText(sentence);
        assert.ok(text.includes(EMPTY));
        assert.ok(text.includes(NO_PASSPHRASE_YET));
        await thunderbird.screenshot(`key-files-${name}`);
        const fresh = await (await reopened()).waitForText(EMPTY);
        assert.ok(fresh.includes(NO_PASSPHRASE_YET));
      });
    });
  });

  describe("shows what is in a file before anything is stored", () => {
    const stories: readonly { name: string; identity: () => Identity; sentences: string[] }[] = [
      {
        name: "an expired one",
        identity: () => person({ notAfter: new Date("2025-01-01T00:00:00Z") }),
        sentences: [
          "Expired on January 1, 2025. It still opens old mail that was encrypted for it. Ask its issuer for a new one.",
        ],
      },
      {
        name: "one of the future, for somebody else",
        identity: () =>
          person({
            name: "Zoë",
            address: "zoe+smime@example.org",
            notBefore: new Date("2038-01-01T00:00:00Z"),
          }),
        sentences: [
          "Not valid before January 1, 2038. It will be used from then on.",
          "None of your accounts has the address zoe+smime@example.org.",
        ],
      },
      {
        name: "one of an unknown issuer",
        identity: () => alice,
        sentences: [
          "Thunderbird’s own list does not have its issuer, Example Trust Centre.",
          "Mail addresses\nalice@smime.example\nIssued by\nExample Trust Centre\n",
          "Account\nalice@smime.example",
        ],
      },
    ];
    for (const { name, identity, sentences } of stories) {
      it(name, async () => {
        const options = await reopened();
        await options.chooseFiles(PICKER, p12(identity(), "preview.p12"));
        await submit(options, PASSWORD);
        const text = await options.waitForText(/What is in this file[^]*Fingerprint/);
        for (const sentence of sentences) {
          assert.ok(text.replace(/\n+/g, "\n").includes(sentence), `${sentence} in ${text}`);
        }
        assert.equal(
          await options.evaluate(() => document.activeElement?.textContent),
          "What is in this file",
        );
        await inspect(options, `options-preview-${name.replaceAll(" ", "-")}`);
        await options.click("Cancel");
        const fresh = await options.waitForText(EMPTY);
        assert.ok(fresh.includes(NO_PASSPHRASE_YET));
      });
    }

    it("asks for no password where there is none", async () => {
      const options = await reopened();
      await options.dropFiles(DROP, p12(alice, "open.p12", { password: "" }));
      await options.waitForText(/What is in this file[^]*Alice Lovelace/);
    });
  });

  it("takes a legacy file that was dropped, after a mistyped password", async () => {
    const options = await reopened();
    await options.dropFiles(DROP, p12(alice, "alice.pfx", { args: ["-legacy"] }));
    await submit(options, PASSWORD.toLowerCase());
    await options.waitForText("This password does not open the file.");
    await submit(options, PASSWORD);
    await take(options);
    await options.waitForText("Choose a passphrase");
    await options.type("New passphrase", PASSPHRASE);
    await options.type("The same passphrase again", PASSPHRASE.slice(1));
    await options.click("Set passphrase");
    await options.waitForText("The two passphrases differ.");
    await options.type("The same passphrase again", PASSPHRASE);
    await options.click("Set passphrase");
    await options.waitForText(
      "Imported: Alice Lovelace (signing, encryption), valid until April 6, 2039.",
    );
    await hasCards(options, 1);
  });

  it("takes a file of today from the picker, for the second account", async () => {
    const options = await reopened();
    await options.chooseFiles(PICKER, p12(carol, "carol.p12"));
    await submit(options, PASSWORD);
    await take(options);
    await options.waitForText("Imported: Carol Weiß");
    await hasCards(options, 2);
  });

  it("says when a file brings nothing new", async () => {
    const options = await reopened();
    await options.chooseFiles(PICKER, join(folder, "carol.p12"));
    await submit(options, PASSWORD);
    const text = await take(options);
    assert.match(text, /This certificate is here already\. Importing it again changes nothing\./);
    await options.waitForText("The certificates in this file were here already.");
    await hasCards(options, 2);
  });

  it("lists both with all that tells them apart", async () => {
    const options = await reopened();
    await hasCards(options, 2);
    await options.screenshot("key-files-list");
    const texts = await cards(options);
    for (const { name, address, certificatePem } of [alice, carol]) {
      const card = texts.find((text) => text.startsWith(name));
      assert.ok(card, `${name} in ${texts.join("\n")}`);
      assert.match(
        card,
        new RegExp(`Mail addresses ${address ?? ""} Issued by Example Trust Centre`),
      );
      assert.match(card, /Valid March 5, 2024 to April 6, 2039 For signing, encryption/);
      assert.match(card, name === alice.name ? /Key RSA 2048/ : /Key EC P-256/);
      assert.match(card, new RegExp(`Account ${address ?? ""}`));
      const [, shown] = card.split("Fingerprint (SHA-256)");
      assert.ok(shown?.replaceAll(" ", "").startsWith(fingerprint(certificatePem)), shown);
    }
  });

  it("has no private key, passphrase or password on the disk", async () => {
    const home = dirname(thunderbird.profile);
    lookThrough(home);
    await thunderbird.quit();
    lookThrough(home);
    await thunderbird.start();
    await thunderbird.installAddon(ADDON);
    const options = await thunderbird.openOptions();
    await options.waitForText("Private keys locked");
    await hasCards(options, 2);
  });

  it("asks before it removes one", async () => {
    const options = await reopened();
    await options.waitForText("Carol Weiß");
    await options.click("Remove Alice Lovelace…");
    await options.waitForText(
      "Mail that was encrypted for this certificate cannot be read any more.",
    );
    await thunderbird.screenshot("key-files-remove");
    await options.click("Cancel");
    await hasCards(await reopened(), 2);

    const again = await thunderbird.addonPage("pages/options/");
    await again.click("Remove Alice Lovelace…");
    await again.click("Remove certificate and key");
    await hasCards(again, 1);
    const anew = await reopened();
    await hasCards(anew, 1);
    const [left] = await cards(anew);
    assert.match(left ?? "", /^Carol Weiß/);
  });

  /** Every file that this Thunderbird has written. */
  function lookThrough(home: string): void {
    const files = filesBelow(home);
    const secrets = [
      ...[alice, carol].flatMap(({ name, privateKeyPem }) =>
        Object.entries(secretNumbers(privateKeyPem)).flatMap(([number, octets]) =>
          writtenForms(octets).map((form) => ({ what: `${name}'s ${number}`, form })),
        ),
      ),
      ...[PASSPHRASE, PASSWORD].flatMap((text) =>
        writtenTexts(text).map((form) => ({ what: text, form })),
      ),
    ];
    for (const { path, content } of files) {
      for (const { what, form } of secrets) {
        assert.ok(!content.includes(form), `${what} is in ${path}`);
      }
    }
    // The search finds what is there: of the same key, the public half.
    const database = files.filter(({ path }) => path.includes("storage/default/moz-extension"));
    const { n } = createPrivateKey(alice.privateKeyPem).export({ format: "jwk" });
    const modulus = pieces(Buffer.from(n ?? "", "base64url"));
    assert.ok(
      modulus.some((piece) => database.some(({ content }) => content.includes(piece))),
      "the public key is in the database",
    );
  }
});

/** A PKCS#12 file with a certificate alone. */
function certificateOnly({ certificatePem }: Identity): Uint8Array {
  return withFiles({ certificate: certificatePem, password: `${PASSWORD}\n` }, (path) =>
    openssl([
      ...["pkcs12", "-export", "-nokeys", "-in", path("certificate")],
      ...["-passout", `file:${path("password")}`],
    ]),
  );
}

/** SHA-256 as openssl prints it, without the colons. */
function fingerprint(certificatePem: string): string {
  const printed = openssl(["x509", "-noout", "-fingerprint", "-sha256"], certificatePem);
  return printed.toString().replace(/^.*=/, "").replace(/[:\s]/g, "");
}

/** d, and for RSA the primes and what follows from them. */
function secretNumbers(privateKeyPem: string): Record<string, Buffer> {
  const jwk = createPrivateKey(privateKeyPem).export({ format: "jwk" });
  const names = ["d", "p", "q", "dp", "dq", "qi"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = jwk[name];
      return value === undefined ? [] : [[name, Buffer.from(value, "base64url")]];
    }),
  );
}

/** Pages of a database may cut what is longer. */
function pieces(octets: Buffer): Buffer[] {
  const size = 32;
  return Array.from({ length: Math.floor(octets.length / size) }, (_, index) =>
    octets.subarray(index * size, (index + 1) * size),
  );
}

/** As octets, in hexadecimal, and in base64 wherever in it they begin. */
function writtenForms(octets: Buffer): Buffer[] {
  return pieces(octets).flatMap((piece) => [
    piece,
    Buffer.from(piece.toString("hex")),
    Buffer.from(piece.toString("hex").toUpperCase()),
    ...[0, 1, 2].flatMap((offset) => {
      const whole = piece.subarray(offset, offset + 27);
      return [Buffer.from(whole.toString("base64")), Buffer.from(whole.toString("base64url"))];
    }),
  ]);
}

/** In the encodings of databases, and as base64 up to where what follows would change it. */
function writtenTexts(text: string): Buffer[] {
  const utf8 = Buffer.from(text);
  const whole = utf8.subarray(0, utf8.length - (utf8.length % 3));
  return [utf8, Buffer.from(text, "utf16le"), Buffer.from(whole.toString("base64"))];
}

function filesBelow(folder: string): { path: string; content: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .flatMap((path) => {
      try {
        return statSync(path).isFile() ? [{ path, content: readFileSync(path) }] : [];
      } catch {
        // A running program removes files of its own.
        return [];
      }
    });
}
