import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import { ADDON } from "../support/people.ts";
import { createAuthority, openssl } from "../support/pki.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const ANSWER = "Certificate from the issuer (.cer, .crt, .pem or .p7b)";

/** From a key made here to signed mail, by way of an issuer, and without one. */
describe("getting a certificate", () => {
  let thunderbird: Thunderbird;
  let mailServer: MailServer;
  const folder = mkdtempSync(join(tmpdir(), "requests-"));
  const path = (name: string) => join(folder, name);
  const authority = createAuthority({ name: "Example Trust Centre" });
  const alice = { name: "Alice Lovelace", address: "alice@smime.example" };
  const carol = { name: "Carol Weiß", address: "carol@example.org" };

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "requests",
      mailServer,
      addon: ADDON,
      accounts: [alice, carol],
      preferences: downloadsTo(folder),
    });
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the issuer does with a request. */
  function sign(request: string): void {
    writeFileSync(path("ca.pem"), authority.certificatePem);
    writeFileSync(path("ca.key"), authority.privateKeyPem);
    openssl([
      ...["x509", "-req", "-in", path(request), "-copy_extensions", "copy", "-days", "365"],
      ...["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-out", path("answer.pem")],
    ]);
    openssl([
      ...["crl2pkcs7", "-nocrl", "-certfile", path("answer.pem"), "-certfile", path("ca.pem")],
      ...["-out", path("answer.p7b")],
    ]);
  }

  it("makes a key and a request for the chosen address, behind a new passphrase", async () => {
    const options = await thunderbird.openOptions("request");
    await options.waitForText("RSA, 3072 bits");
    await inspect(options, "options-request-new");
    await options.click("Elliptic curve P-256");
    await options.type("Name in the certificate", "Alice A. Lovelace");
    await options.click("Make a request");
    await options.waitForText("Choose a passphrase");
    await options.type("New passphrase", "seventeen green umbrellas");
    await options.type("The same passphrase again", "seventeen green umbrellas");
    await options.click("Set passphrase");
    await options.waitForText(/Waiting for a certificate[^]*Alice A\. Lovelace[^]*EC P-256/);
    await options.click("Show the request");
    await inspect(options, "options-request-waiting");
    await options.click("Save the request");
    await options.waitForText(/Saved: .*alice@smime\.example\.csr/);
    const text = openssl(
      ["req", "-verify", "-noout", "-text"],
      readFileSync(path("alice@smime.example.csr")),
    ).toString();
    assert.match(text, /Subject: CN ?= ?Alice A\. Lovelace\n/);
    assert.match(text, /email:alice@smime\.example/);
  });

  it("says why another certificate is not the answer", async () => {
    const options = await thunderbird.openOptions("request");
    const other = authority.issue(alice);
    writeFileSync(path("other.cer"), other.certificate);
    await options.chooseFiles(ANSWER, path("other.cer"));
    await options.waitForText(
      "The certificate in this file (Alice Lovelace) was made for another key than the one that waits here.",
    );
    await inspect(options, "options-answer-wrong");
    writeFileSync(path("ca.pem"), authority.certificatePem);
    await options.chooseFiles(ANSWER, path("ca.pem"));
    await options.waitForText(
      "This file has only certificates of issuers (Example Trust Centre), not yours.",
    );
    writeFileSync(path("nonsense.cer"), "nonsense");
    await options.chooseFiles(ANSWER, path("nonsense.cer"));
    await options.waitForText("no certificate");
  });

  it("takes the issuer's answer after a restart, with its path, and signs with it", async () => {
    sign("alice@smime.example.csr");
    await thunderbird.restart();
    const options = await thunderbird.openOptions("request");
    await options.waitForText("Waiting for a certificate");
    await options.dropFiles("main .drop", path("answer.p7b"));
    await options.waitForText("Unlock");
    await options.type("Passphrase", "seventeen green umbrellas");
    await options.click("Unlock");
    await options.waitForText("The certificate belongs to your key and is ready for use.");
    await inspect(options, "options-answer-taken");
    assert.ok(!(await options.text()).includes("Waiting for a certificate"));
    await options.click("See it under My certificates");
    await options.waitForText(/alice@smime\.example[^]*In use: signing, encryption/);

    const draft = await thunderbird.newMessage();
    await draft.fill({ to: ["bob@smime.example"], subject: "Signed", body: "Hello.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const { data } = mailServer.wire.at(-1) ?? {};
    verifyMessage(data ?? Buffer.alloc(0), authority.certificatePem);
  });

  it("makes a self-signed one for trying out, and says everywhere what it is", async () => {
    const options = await thunderbird.openOptions("request");
    await options.waitForText("For the address");
    await options.choose("For the address", carol.address);
    await options.click("Self-signed, to try out");
    await options.waitForText(
      /Your certificate for trying out is ready\.[^]*Nobody: self-signed, only for trying out/,
      120_000,
    );
    await inspect(options, "options-self-signed");
    const list = await thunderbird.openOptions("certificates");
    await list.waitForText(/carol@example\.org[^]*Valid, but self-signed: nobody but you vouches/);
    await inspect(list, "options-certificates-self-signed");
  });

  it("is marked as self-signed where others see it: above its message, and in the toolbar", async () => {
    const draft = await thunderbird.newMessage({ from: carol.address });
    await draft.fill({ to: [alice.address], subject: "Trying out", body: "Hello.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    await thunderbird.selectMessage("Trying out", { account: alice.address });
    const panel = await thunderbird.openMessagePopup();
    await panel.waitForText("is self-signed: nobody else vouches for it.");
    await inspect(panel, "panel-self-signed");
    await thunderbird.closePopup();
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("Your address");
    await popup.choose("Your address", alice.address);
    await popup.waitForText("Look at their certificate");
    await popup.click("Look at their certificate");
    await popup.waitForText(
      /It is self-signed: only its owner vouches for it\.[^]*Nobody: self-signed, only for trying out/,
    );
    assert.ok(!(await popup.buttons()).some((name) => /issuer/i.test(name)));
    await inspect(popup, "toolbar-decide-self-signed");
    await thunderbird.closePopup();
  });

  it("deletes a waiting key only after a question", async () => {
    const options = await thunderbird.openOptions("request");
    await options.waitForText("Elliptic curve P-256");
    await options.click("Ed25519, only for signing");
    await options.click("Make a request");
    await options.waitForText(/Waiting for a certificate[^]*Ed25519/);
    await options.click("Remove alice@smime.example…");
    await options.waitForText("A certificate that comes for it later cannot be used.");
    await options.click("Cancel");
    await options.click("Remove alice@smime.example…");
    await options.click("Remove request and key");
    await options.waitForText(/^(?![^]*Waiting for a certificate)[^]*A new key/);
  });
});
