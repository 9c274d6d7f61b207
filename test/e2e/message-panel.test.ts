import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import decodeQR from "qr/decode.js";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { createAuthority, type Identity } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** What the panel behind the message button tells on demand, and what it offers to do. */
describe("the panel of a message", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "panel",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(thunderbird, alice);
  });

  after(stopEverything);

  async function panelOf(
    subject: string,
    content: Buffer,
    from = bob.address,
    date = new Date(),
  ): Promise<Page> {
    const headers = {
      From: from,
      To: alice.address,
      Subject: subject,
      Date: date.toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
    await thunderbird.selectMessage(subject);
    return thunderbird.openMessagePopup();
  }

  const signed = (text: string, by: Parameters<typeof signMessage>[1] = bob.signing) =>
    signMessage(textEntity(text), by);

  async function unfold(panel: Page, ...names: string[]): Promise<void> {
    for (const name of names) await panel.click(name);
  }

  it("shows signer, path, times, methods, what is covered, and each protected field", async () => {
    const header = [`From: ${bob.address}`, `To: ${alice.address}`, "Subject: Lunch at noon"];
    const type = 'Content-Type: text/plain; charset=us-ascii; hp="cipher"';
    const outer = [
      "HP-Outer: Subject: [...]",
      `HP-Outer: From: ${bob.address}`,
      `HP-Outer: To: ${alice.address}`,
    ];
    const entity = Buffer.from([...header, ...outer, type, "", "At noon.", ""].join("\n"));
    const content = encryptMessage(
      signMessage(entity, {
        ...bob.signing,
        chainPem: `${bob.decryption.certificatePem}\n${caPem}`,
      }),
      [alice.decryption.certificatePem],
    );
    const panel = await panelOf("[...]", content);
    await panel.waitForText("Encrypted, and signed by bob@smime.example.");
    await inspect(panel, "panel-folded");
    await unfold(
      panel,
      "Certificate, and who vouches for it",
      "Protected header fields",
      "Why Thunderbird’s own mark may differ",
    );
    const text = await panel.text();
    assert.match(text, /Signed by\s+Bob Babbage/);
    assert.match(text, /Signed on\s+.*20\d\d/);
    assert.match(text, /Checked for\s+.*20\d\d/);
    assert.match(text, /Signature\s+RSA PKCS#1 v1\.5 with SHA-256/);
    assert.match(text, /Covers\s+The whole message with its attachments/);
    assert.match(text, /Encryption\s+AES-256-CBC/);
    assert.match(text, /Key sent by\s+RSA/);
    assert.match(text, /Opened with\s+your certificate Alice Lovelace, valid until/);
    assert.match(text, /Bob Babbage[^]*Sample LAMPS RSA Certification Authority/);
    assert.match(text, /Trusted, because you said so\./);
    assert.match(text, /Subject\s+Lunch at noon\s+Encrypted/);
    assert.match(text, /From\s+bob@smime\.example\s+Signed/);
    assert.match(text, /You trusted this here\. Thunderbird does not know that/);
    assert.match(text, /Your private key is in the add-on’s vault/);
    assert.doesNotMatch(text, /says it was written/);
    await inspect(panel, "panel-unfolded");
    await thunderbird.closePopup();
  });

  it("says where a message was signed at another time than it says it was written", async () => {
    const before = new Date("2026-03-02T09:30:00Z");
    const panel = await panelOf("Contract", signed("I agree.\n"), bob.address, before);
    await panel.waitForText(
      /It was signed on .*, but says it was written on (?:March 2,|2 March) 2026/,
    );
    await panel.waitForText("Signed by bob@smime.example.");
    await inspect(panel, "panel-times-apart");
    await thunderbird.closePopup();
  });

  it("keeps the certificate of a signed message again, when asked", async () => {
    const chainPem = `${bob.decryption.certificatePem}\n${caPem}`;
    await panelOf("Hello", signed("Hello.\n", { ...bob.signing, chainPem }));
    await thunderbird.closePopup();
    await forgetCertificates();
    const panel = await thunderbird.openMessagePopup();
    await panel.click("Keep this certificate");
    await waitFor("the offer to go", async () => !(await panel.text()).includes("Keep this"));
    await panel.waitForText("Certificates exchanged. Mail is encrypted.");
    await thunderbird.closePopup();
  });

  it("trusts one certificate after its fingerprint was compared, as groups or as a QR code", async () => {
    const name = "שם ארוך מאוד Wolfeschlegelsteinhausenbergerdorffwelche";
    const stranger = withoutIssuer({ name, address: "stranger+mail@elsewhere.example" });
    const from = "stranger+mail@elsewhere.example";
    const panel = await panelOf("Stranger", signed("Hello.\n", stranger), from);
    await panel.waitForText("comes from an issuer that is not in Thunderbird’s list.");
    await panel.click("As a QR code");
    const groups = await fingerprint(stranger);
    const text = (await panel.text()).replaceAll(/\s+/g, " ");
    assert.ok(text.includes(groups), text);
    assert.equal(readQr(await panel.screenshot("panel-qr")), groups);
    await inspect(panel, "panel-trust-certificate");

    await assert.rejects(panel.click("Trust this certificate"), /is disabled/);
    await panel.click("I have compared all of it");
    await panel.click("Trust this certificate");
    await panel.waitForText(`Signed by ${from}.`);
    await panel.click("Certificate, and who vouches for it");
    await panel.waitForText("Trusted by itself, because you compared its fingerprint.");
    await thunderbird.closePopup();
    await thunderbird.message().waitForText(`Signed by ${from}`);
  });

  it("asks for a new certificate in a prepared signed mail where only that helps", async () => {
    const day = 24 * 3600 * 1000;
    const authority = createAuthority({ name: "Company CA" });
    const address = "old@company.example";
    const old = authority.issue({
      name: "Old Certificate",
      address,
      notBefore: new Date(Date.now() - 900 * day),
      notAfter: new Date(Date.now() - 400 * day),
    });
    const panel = await panelOf("Old", signed("Hello.\n", old), address);
    await panel.waitForText("The signer’s certificate, or its issuer’s, had expired.");
    await panel.click("Certificate, and who vouches for it");
    await panel.waitForText(/Old Certificate[^]*Expired by now\.[^]*Company CA/);
    await inspect(panel, "panel-expired");
    await panel.click("Ask for a new one");
    const letter = await thunderbird.openedComposition();
    const { to, subject, body } = await letter.state();
    assert.deepEqual(to, [address]);
    assert.equal(subject, "Your certificate needs replacing");
    assert.match(body, /please send me a signed message/);
    await waitFor("the button", async () => (await letter.button()).label === "Signed");
    await letter.discard();
  });

  it("asks to sign again what was altered, and looks no worse than without a signature", async () => {
    const original = signed("Pay 100 Euro.\n").toString("latin1");
    const altered = Buffer.from(original.replace("Pay 100", "Pay 900"), "latin1");
    const panel = await panelOf("Altered", altered);
    const text = await panel.waitForText("The text was changed after it was signed.");
    assert.match(text, /^This message is not protected\./m);
    await inspect(panel, "panel-altered");
    await panel.click("Ask to sign again");
    const letter = await thunderbird.openedComposition();
    assert.equal((await letter.state()).subject, "The signature of your message");
    await letter.discard();
  });

  it("has nothing to tell of a message without S/MIME", async () => {
    const panel = await panelOf("Plain", textEntity("Nothing.\n"));
    await panel.waitForText("This message is not protected.");
    assert.doesNotMatch(await panel.text(), /Details/);
    await inspect(panel, "panel-plain");
    await thunderbird.pressKeyInPopup("KEY_Escape");
    await waitFor(
      "the panel to close",
      async () => !(await thunderbird.pageIsOpen("pages/message/")),
    );
  });

  /** As if the user had deleted them. */
  async function forgetCertificates(): Promise<void> {
    const options = await thunderbird.openOptions();
    await options.loaded();
    await options.evaluate(async () => {
      const request = window.indexedDB.open("smime-exchange");
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error("the database does not open"));
        };
      });
      const transaction = database.transaction("contactCertificates", "readwrite");
      transaction.objectStore("contactCertificates").clear();
      await new Promise<void>((resolve) => {
        transaction.oncomplete = () => {
          resolve();
        };
      });
      database.close();
    });
    await thunderbird.call("mailTab");
  }
});

/** A signer of an authority that nobody has seen. */
function withoutIssuer(options: { name: string; address: string }): Identity {
  const { certificatePem: _, ...issued } = createAuthority({ name: "Hidden CA" }).issue(options);
  return { ...issued, certificatePem: _, chainPem: "" };
}

async function fingerprint({ certificate }: Identity): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", certificate);
  const hex = Buffer.from(digest).toString("hex").toUpperCase();
  return (hex.match(/.{4}/g) ?? []).join(" ");
}

/** What a scanner would read from a picture of the page. */
function readQr(png: string): string {
  const size = execFileSync("identify", ["-format", "%w %h", png]).toString();
  const [width = 0, height = 0] = size.split(" ").map(Number);
  const data = execFileSync("convert", [png, "-depth", "8", "rgba:-"], { maxBuffer: 1 << 28 });
  return decodeQR({ width, height, data: Uint8Array.from(data) });
}
