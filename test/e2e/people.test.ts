import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, setUp } from "../support/people.ts";
import { createAuthority, openssl, withFiles, type Identity } from "../support/pki.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Certificates of others that come as files or lie in address books. */
describe("certificates of other people", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;
  let options: Page;
  const folder = mkdtempSync(join(tmpdir(), "people-"));
  const authority = createAuthority({ name: "Harbour CA", keyType: "p256" });
  const issue = (name: string, address: string) =>
    authority.issue({ name, address, keyType: "p256" });
  const carol = issue("Carol Harbour", "carol@harbour.example");
  const dave = issue("Dave Harbour", "dave@harbour.example");
  const erin = issue("Erin Harbour", "erin@harbour.example");
  const carolsOther = issue("Carol Harbour", "carol@harbour.example");

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "people",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: downloadsTo(folder),
    });
    await setUp(thunderbird, alice);
    options = await thunderbird.openOptions();
    await options.click("Trust");
    await options.chooseFiles("Issuer’s certificate", file("ca.pem", authority.certificatePem));
    await options.waitForText("1 certificate in this file");
    await options.click("Trust this issuer: Harbour CA");
    await options.waitForText("Harbour CA");
    await options.click("People");
    await options.waitForText("You have no certificates of others yet.");
  });
  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const choose = (path: string) => options.chooseFiles("Certificates of others", path);
  const base64 = ({ certificate }: Identity) => Buffer.from(certificate).toString("base64");

  /** The fingerprint that mail to this address is encrypted to. */
  async function used(address: string): Promise<string | null> {
    const verdicts = (await options.ask("people.verdicts", { address })) as {
      readonly used: string | null;
    };
    return verdicts.used;
  }
  const fingerprint = ({ certificate }: Identity) =>
    openssl(["dgst", "-sha256", "-r"], certificate).toString().slice(0, 64);

  it("are looked at before they are stored", async () => {
    await inspect(options, "people-empty");
    await choose(file("carol.cer", carol.certificate));
    await options.waitForText("1 certificate found");
    await options.waitForText("New: for carol@harbour.example.");
    await inspect(options, "people-preview");
    await options.click("Cancel");
    await options.waitForText("You have no certificates of others yet.");
    await choose(join(folder, "carol.cer"));
    await options.click("Add 1 certificate");
    await options.waitForText("1 certificate was added.");
    assert.equal(await used("carol@harbour.example"), fingerprint(carol));
  });

  const several = () =>
    withFiles({ pem: dave.certificatePem + authority.certificatePem }, (path) =>
      openssl(["crl2pkcs7", "-nocrl", "-certfile", path("pem"), "-outform", "DER"]),
    );

  it("come in all the forms that other programs write", async () => {
    await choose(file("dave.p7b", several()));
    await options.waitForText("New: for dave@harbour.example.");
    await options.waitForText("An issuer’s certificate.");
    await options.click("Add 1 certificate");
    await options.waitForText("1 certificate was added.");
    const card = [
      "BEGIN:VCARD",
      "VERSION:4.0",
      "FN:Erin",
      `KEY:data:application/pkix-cert;base64,${base64(erin)}`,
      "END:VCARD",
      "",
    ].join("\r\n");
    await options.dropFiles("#people-file", file("erin.vcf", card));
    await options.waitForText("New: for erin@harbour.example.");
    await options.click("Add 1 certificate");
    await options.waitForText("erin@harbour.example");
    await choose(file("again.pem", carol.certificatePem));
    await options.waitForText("This certificate is here already.");
    assert.ok(!(await options.buttons()).some((name) => name.startsWith("Add ")));
    await options.click("Cancel");
    await choose(file("nothing.cer", "Hello"));
    await options.waitForText("There is no certificate in this file");
    await inspect(options, "people-nothing");
  });

  it("never take a known key's place unless the user has compared them", async () => {
    await choose(file("other.crt", carolsOther.certificate));
    await options.waitForText("You know another key of carol@harbour.example.");
    await inspect(options, "people-other-key");
    await options.click("Add 1 certificate");
    await options.waitForText("1 certificate was added.");
    assert.equal(await used("carol@harbour.example"), fingerprint(carol), "the known one stays");
    await options.evaluate(() => {
      document
        .querySelector<HTMLElement>('[data-address="carol@harbour.example"] summary')
        ?.click();
    });
    await options.waitForText("They use another key than before.");
    await inspect(options, "people-changed");
    await options.ask("people.remove", {
      address: "carol@harbour.example",
      fingerprint: fingerprint(carolsOther),
    });
    await choose(join(folder, "other.crt"));
    await options.click("I have compared the new key with this person");
    await options.click("Add 1 certificate");
    await options.waitForText("1 certificate was added.");
    assert.equal(await used("carol@harbour.example"), fingerprint(carolsOther));
  });

  it("are found in Thunderbird's address books", async () => {
    const frank = issue("Frank Harbour", "frank@harbour.example");
    const card = [
      "BEGIN:VCARD",
      "VERSION:4.0",
      "FN:Frank",
      "EMAIL:frank@harbour.example",
      `KEY:data:application/pkix-cert;base64,${base64(frank)}`,
      "END:VCARD",
    ].join("\r\n");
    await thunderbird.call("addCard", [card]);
    await options.click("Look in my address books");
    await options.waitForText("New: for frank@harbour.example.");
    await options.click("Add 1 certificate");
    await options.waitForText("frank@harbour.example");
    assert.equal(await used("frank@harbour.example"), fingerprint(frank));
  });

  it("are found by name or address", async () => {
    await options.type("Find in", "dave@");
    await options.waitForText("1 person found.");
    assert.deepEqual(
      await options.evaluate(() =>
        [...document.querySelectorAll("#people-list > li")].map((item) =>
          item.getAttribute("data-address"),
        ),
      ),
      ["dave@harbour.example"],
    );
    await inspect(options, "people-found");
  });

  it("are saved as files that other programs read", async () => {
    await options.evaluate(() => {
      document.querySelector<HTMLElement>("#people-list summary")?.click();
    });
    for (const [format, ending, args] of [
      [".cer", "cer", ["x509", "-inform", "DER", "-noout", "-subject", "-in"]],
      [".pem", "pem", ["x509", "-noout", "-subject", "-in"]],
      [".p7c", "p7c", ["pkcs7", "-inform", "DER", "-print_certs", "-noout", "-in"]],
    ] as const) {
      await options.waitForText("Mail to this person is encrypted with this certificate.");
      await options.click(`Save as ${format}`);
      const path = join(folder, `dave@harbour.example.${ending}`);
      await waitFor(path, () => Promise.resolve(existsSync(path) && readFileSync(path).length > 0));
      assert.match(openssl([...args, path]).toString(), /Dave Harbour/, format);
    }
    await options.click("Save all as a file");
    const all = join(folder, "certificates.p7c");
    await waitFor(all, () => Promise.resolve(existsSync(all) && readFileSync(all).length > 0));
    const printed = openssl(["pkcs7", "-inform", "DER", "-print_certs", "-noout", "-in", all]);
    for (const name of ["Carol", "Dave", "Erin", "Frank"]) {
      assert.match(printed.toString(), new RegExp(`${name} Harbour`));
    }
  });

  it("are removed when the user has read what is lost", async () => {
    await options.click("Remove Dave Harbour…");
    await options.waitForText("Mail to dave@harbour.example can then no longer be encrypted");
    await inspect(options, "people-remove");
    await options.click("Cancel");
    assert.equal(await used("dave@harbour.example"), fingerprint(dave));
    await options.click("Remove Dave Harbour…");
    await options.evaluate(() => {
      document.querySelector<HTMLElement>('dialog [data-action="confirm"]')?.click();
    });
    await options.waitForText("0 people found.");
    assert.equal(await used("dave@harbour.example"), null);
  });

  it("that a signed message brings are shown beside those from files", async () => {
    const message = withHeaders(
      {
        From: "dave@harbour.example",
        To: alice.address,
        Subject: "Ahoy",
        Date: new Date().toUTCString(),
        "Message-ID": `<${crypto.randomUUID()}@harbour.example>`,
      },
      signMessage(textEntity("Ahoy.\n"), dave),
    );
    await mailServer.deliver(alice.address, message);
    await thunderbird.selectMessage("Ahoy");
    await waitFor("the certificate", async () => (await used("dave@harbour.example")) !== null);
    options = await thunderbird.openOptions();
    await options.click("People");
    await options.waitForText("Find in");
    await options.type("Find in", "dave");
    await options.waitForText("Dave Harbour");
    await options.evaluate(() => {
      document.querySelector<HTMLElement>("#people-list summary")?.click();
    });
    await options.waitForText("Came in a signed message of");
    await inspect(options, "people-open");
  });
});
