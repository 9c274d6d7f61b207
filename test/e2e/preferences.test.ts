import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, verifyMessage, withHeaders } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { createAuthority } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { encodedCrl } from "../support/revocation.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

interface Settings {
  readonly protectionOf: Readonly<Record<string, string>>;
  readonly opaqueSignatures: string;
  readonly opaqueFor: readonly string[];
  readonly eightBit: boolean;
  readonly revocation: string;
  readonly lockAfterMinutes: number;
}

const LIST_HOST = "crl.asked.example.org";
const currentList = {
  thisUpdate: new Date(Date.now() - 3_600_000),
  nextUpdate: new Date(Date.now() + 86_400_000),
};

/** What the user decides once, and what becomes of mail then. */
describe("preferences", () => {
  const folder = mkdtempSync(join(tmpdir(), "preferences-"));
  let mailServer: MailServer;
  let thunderbird: Thunderbird;
  let options: Page;

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "preferences",
      mailServer,
      addon: ADDON,
      accounts: [alice, { name: "Alice at work", address: "alice@work.example" }],
      preferences: {
        "extensions.webextOptionalPermissionPrompts": false,
        // Stands for a public server: addresses of one's own network are never asked.
        "network.dns.localDomains": LIST_HOST,
      },
    });
    await setUp(thunderbird, alice);
    const root = caPem.replace(/-----[^-]+-----|\s/g, "");
    await thunderbird.execute(
      `Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB)
        .addCertFromBase64(arguments[0], "C,C,C");`,
      [root],
    );
    await open();
  });
  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(): Promise<void> {
    options = await thunderbird.openOptions();
    await options.click("Preferences");
    await options.waitForText("Partners with odd programs");
  }
  const settings = async () => (await options.ask("settings.get")) as Settings;

  async function send(subject: string, text = "Grüße aus Köln."): Promise<string> {
    const sent = mailServer.wire.length;
    const composition = await thunderbird.newMessage({ from: alice.address });
    await composition.fill({ to: [bob.address], cc: [alice.address], subject, body: text });
    await composition.send();
    await waitFor("the message", () => Promise.resolve(mailServer.wire.length > sent));
    return mailServer.wire.at(-1)?.data.toString("latin1") ?? "";
  }

  /** What Thunderbird's own S/MIME says of the copy that came back. */
  async function thunderbirdAccepts(subject: string): Promise<void> {
    await thunderbird.selectMessage(subject, { account: alice.address });
    await waitFor("Thunderbird's own verdict", async () => {
      return (await thunderbird.execute("return messageWindow().gSignatureStatus")) === 0;
    });
  }

  it("can be looked at", async () => {
    await inspect(options, "preferences");
  });

  it("make one address differ from the others", async () => {
    await options.choose(alice.address, "No protection");
    await waitFor("the setting", async () =>
      Promise.resolve((await settings()).protectionOf[alice.address] === "none"),
    );
    assert.doesNotMatch(await send("Plain"), /multipart\/signed/);
    await open();
    await options.choose(alice.address, "As chosen above");
    await waitFor("the setting", async () =>
      Promise.resolve((await settings()).protectionOf[alice.address] === undefined),
    );
    assert.match(await send("Signed"), /multipart\/signed/);
    await open();
  });

  it("lock the private keys again after the time that is chosen", async () => {
    await options.choose("Lock again after", "15 minutes without use");
    await waitFor("the setting", async () => (await settings()).lockAfterMinutes === 15);
    await options.choose("Lock again after", "60 minutes without use");
    await waitFor("the setting", async () => (await settings()).lockAfterMinutes === 60);
  });

  it("put the text of signed messages inside the signature for those who need it", async () => {
    await options.click("Inside the signature, for those listed");
    await options.waitForText("Mail addresses, one in a line");
    await options.type("Mail addresses, one in a line", "bob@SMIME.example\n");
    assert.deepEqual((await settings()).opaqueFor, []);
    await options.click("Save this list");
    await waitFor("the list", async () => (await settings()).opaqueFor.includes(bob.address));
    await inspect(options, "preferences-opaque");
    const raw = await send("Opaque");
    assert.match(raw, /smime-type=signed-data/);
    assert.doesNotMatch(raw, /multipart\/signed|Gr=C3/);
    const { content } = verifyMessage(Buffer.from(raw, "latin1"), caPem);
    assert.match(content.toString("latin1"), /R3LDvMOfZSBhdXMg|Gr=C3=BC=C3=9Fe/);
    await thunderbirdAccepts("Opaque");
    await open();
    await options.click("Beside the signature");
    await waitFor("the setting", async () => (await settings()).opaqueSignatures === "never");
  });

  it("leave special characters as they are", async () => {
    await options.click("Send special characters as they are (8 bit)");
    await waitFor("the setting", async () => (await settings()).eightBit);
    const raw = await send("Eight bits");
    assert.match(raw, /Gr\u00c3\u00bc\u00c3\u009fe aus K/);
    verifyMessage(Buffer.from(raw, "latin1"), caPem);
    await thunderbirdAccepts("Eight bits");
    await open();
    await options.click("Send special characters as they are (8 bit)");
    await waitFor("the setting", async () => !(await settings()).eightBit);
  });

  it("have issuers asked once the user has allowed that, and never before", async () => {
    const issuer = createAuthority({ name: "Asked CA", keyType: "p256" });
    const asked: string[] = [];
    let list = await encodedCrl(issuer, currentList);
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(list);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const carol = issuer.issue({
      name: "Carol",
      address: "carol@asked.example",
      keyType: "p256",
      extensions: [`crlDistributionPoints=URI:http://${LIST_HOST}:${String(port)}/asked.crl`],
    });
    const deliver = async (subject: string, signer = carol) => {
      const text = signMessage(textEntity(`The text of ${subject}.\n`), signer);
      const headers = {
        ...{ From: signer.address ?? "", To: alice.address, Subject: subject },
        ...{ Date: new Date().toUTCString(), "Message-ID": `<${subject}@asked.example>` },
      };
      await mailServer.deliver(alice.address, withHeaders(headers, text));
      await thunderbird.selectMessage(subject, { account: alice.address });
      return (await thunderbird.messageButton()).label;
    };
    const file = join(folder, "asked.pem");
    writeFileSync(file, issuer.certificatePem);
    await options.click("Trust");
    await options.chooseFiles("Issuer’s certificate", file);
    await options.click("Trust this issuer: Asked CA");
    await options.waitForText("Asked CA is trusted now.");

    assert.equal((await settings()).revocation, "off");
    await waitFor("the verdict", async () => (await deliver("Off")) === "Signed");
    assert.deepEqual(asked, []);

    await open();
    await options.clickAsUser("Ask, and go on if there is no answer");
    await waitFor("the setting", async () => (await settings()).revocation === "online");
    list = await encodedCrl(issuer, { ...currentList, revoked: [{ certificate: carol }] });
    await deliver("Online");
    await thunderbird.message().waitForText("There is a signature, but");
    assert.deepEqual(asked, ["/asked.crl"]);

    await open();
    await options.clickAsUser("Ask, and trust nothing without an answer");
    await waitFor("the setting", async () => (await settings()).revocation === "strict");
    await inspect(options, "preferences-strict");
    const silent = issuer.issue({
      name: "Dave",
      address: "dave@asked.example",
      keyType: "p256",
      extensions: [`crlDistributionPoints=URI:http://${LIST_HOST}:${String(port)}/none.crl`],
    });
    list = new Uint8Array(0);
    await deliver("Strict", silent);
    await thunderbird.message().waitForText("There is a signature, but");
    const panel = await thunderbird.openMessagePopup();
    await panel.waitForText("Open preferences");
    await inspect(panel, "panel-no-answer");
    await panel.click("Open preferences");
    options = await thunderbird.addonPage("pages/options/");
    await options.waitForText("Partners with odd programs");
    await waitFor(
      "the panel to close",
      async () => !(await thunderbird.pageIsOpen("pages/message/")),
    );

    await options.clickAsUser("Do not ask");
    await waitFor("the setting", async () => (await settings()).revocation === "off");
  });
});
