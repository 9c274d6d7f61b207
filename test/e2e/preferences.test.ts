import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

interface Settings {
  readonly protectionOf: Readonly<Record<string, string>>;
  readonly opaqueSignatures: string;
  readonly opaqueFor: readonly string[];
  readonly eightBit: boolean;
  readonly revocation: string;
}

/** What the user decides once, and what becomes of mail then. */
describe("preferences", () => {
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
      preferences: { "extensions.webextOptionalPermissionPrompts": false },
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
  after(stopEverything);

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

  it("have issuers asked once the user has allowed that", async () => {
    assert.equal((await settings()).revocation, "off");
    await options.clickAsUser("Ask, and go on if there is no answer");
    await waitFor("the setting", async () => (await settings()).revocation === "online");
    await options.clickAsUser("Do not ask");
    await waitFor("the setting", async () => (await settings()).revocation === "off");
  });
});
