import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BUILD } from "../support/build.ts";
import type { Composition } from "../support/composition.ts";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { startNewsServer, type NewsServer } from "../support/news-server.ts";
import { signMessage, textEntity, verifyMessage, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const GROUP = "example.harbour";
const PROMPT = "pages/prompt/";

/** A message that goes to a newsgroup beside people: everybody reads there, so nothing is encrypted. */
describe("newsgroups", () => {
  let mailServer: MailServer;
  let newsServer: NewsServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    newsServer = await startNewsServer();
    hers = await startThunderbird({
      profileName: "newsgroups",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await hers.execute(
      `const server = MailServices.accounts.createIncomingServer("", "127.0.0.1", "nntp");
       server.port = arguments[0];
       server.QueryInterface(Ci.nsINntpIncomingServer).maxArticles = 0;
       server.valid = true;
       const account = MailServices.accounts.createAccount();
       account.incomingServer = server;
       const mine = MailServices.accounts.accounts.find((each) => each.defaultIdentity?.email === arguments[1]);
       const identity = MailServices.accounts.createIdentity();
       identity.copy(mine.defaultIdentity);
       account.addIdentity(identity);
       server.rootFolder.createSubfolder(arguments[2], null);`,
      [newsServer.port, alice.address, GROUP],
    );
    await setUp(hers, alice);
    const headers = {
      ...{ From: bob.address, To: alice.address, Subject: "Certificate" },
      ...{ Date: new Date().toUTCString(), "Message-ID": "<certificate@smime.example>" },
    };
    const chainPem = `${bob.decryption.certificatePem}\n${caPem}`;
    const signed = signMessage(textEntity("Here it is.\n"), { ...bob.signing, chainPem });
    await mailServer.deliver(alice.address, withHeaders(headers, signed));
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
  });

  after(stopEverything);

  async function article(subject: string, to: readonly string[] = []): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to, subject, body: `The text of ${subject}.\n` });
    await hers.execute(
      `const win = composeWindow(arguments[0]);
       const list = win.document.getElementById("msgIdentity");
       const { key } = MailServices.accounts.accounts.find(({ incomingServer }) => incomingServer.type === "nntp");
       list.selectedItem = [...list.menupopup.children].find((each) => each.getAttribute("accountkey") === key);
       list.dispatchEvent(new win.CustomEvent("command", { bubbles: true }));
       win.showAndFocusAddressRow("addressRowNewsgroups");`,
      [draft.id],
    );
    await hers.call("typeRecipients", [draft.id, "newsgroups", [GROUP]]);
    return draft;
  }

  async function contacts(): Promise<string[]> {
    const options = await hers.openOptions();
    return waitFor("the contacts", async () => {
      const request = { identity: null, after: null, count: 50 };
      const page = (await options.ask("contacts.page", request)) as {
        readonly pending: boolean;
        readonly contacts: readonly { readonly address: string }[];
      };
      return !page.pending && page.contacts.map(({ address }) => address);
    });
  }

  it("keep a message from being encrypted, which the popup says, and sign it", async () => {
    const draft = await article("Both", [bob.address]);
    await waitFor("the button", async () => (await draft.button()).label === "Signed");
    const popup = await hers.openComposePopup(draft);
    const text = await popup.waitForText(
      /example\.harbour\s+A newsgroup, which anybody can read\. Nothing can be encrypted to it\./,
    );
    assert.match(text, /Will be signed\./);
    // Nobody will ever find or receive a certificate for it.
    assert.doesNotMatch(text, /When they reply signed/);
    assert.ok(!(await popup.buttons()).includes("Look for certificates"));
    await inspect(popup, "newsgroups-popup");
    await hers.closePopup();
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const [posted] = await waitFor(
      "the article",
      () => newsServer.posted.length > 0 && newsServer.posted,
    );
    const wire = mailServer.wire.at(-1);
    assert.deepEqual(wire?.to, [bob.address]);
    for (const data of [posted, wire.data]) {
      assert.match(String(data), /^Newsgroups: example\.harbour/m);
      verifyMessage(data ?? Buffer.alloc(0), caPem);
    }
  });

  it("are no contacts of anybody's", async () => {
    assert.deepEqual(await contacts(), [bob.address]);
  });

  it("hold a message back for which encryption was asked, until they are left out or it is given up", async () => {
    const draft = await article("Secret", [bob.address]);
    const popup = await hers.openComposePopup(draft);
    await popup.click("Signed and encrypted");
    await popup.waitForText("Will not be sent like this.");
    await hers.closePopup();
    const [mails, articles] = [mailServer.wire.length, newsServer.posted.length];
    await draft.pressSend();
    const question = await hers.addonPage(PROMPT);
    await question.waitForText(/example\.harbour\s+A newsgroup, which anybody can read/);
    await inspect(question, "newsgroups-question");
    await question.click("Leave out 1 recipient");
    await question.waitForText(`Taken out of the message: ${GROUP}`);
    await question.click("Send signed and encrypted", { dialogs: "leave" });
    await waitFor("the window to close", async () => !(await draft.isOpen()));
    if (BUILD === "standard") await hers.emptyOutbox();
    await waitFor("the message", () => mailServer.wire.length > mails);
    assert.match(String(mailServer.wire.at(-1)?.data), /^Content-Type: application\/pkcs7-mime/m);
    assert.equal(newsServer.posted.length, articles);
  });

  it("alone are signed to, and nothing goes out by mail", async () => {
    const [mails, articles] = [mailServer.wire.length, newsServer.posted.length];
    const draft = await article("Alone");
    await waitFor("the button", async () => (await draft.button()).label === "Signed");
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    await waitFor("the article", () => newsServer.posted.length > articles);
    verifyMessage(newsServer.posted.at(-1) ?? Buffer.alloc(0), caPem);
    assert.equal(mailServer.wire.length, mails);
  });
});
