import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { BUILD } from "../support/build.ts";
import type { Composition } from "../support/composition.ts";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  decryptMessage,
  encryptMessage,
  signMessage,
  textEntity,
  verifyMessage,
  withHeaders,
} from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const PROMPT = "pages/prompt/";
const CAROL = "carol@elsewhere.example";

/** What everyday mail asks of a program beside one sender and one recipient. */
describe("daily life", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "daily",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
    await receiveBobsCertificates();
  });

  after(stopEverything);

  /** A signed message of his, made elsewhere, that carries both of his certificates. */
  async function receiveBobsCertificates(): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Certificate",
      Date: new Date().toUTCString(),
      "Message-ID": "<certificate@smime.example>",
    };
    const message = signMessage(textEntity("Here is my certificate.\n"), {
      ...bob.signing,
      chainPem: `${bob.decryption.certificatePem}\n${caPem}`,
    });
    await mailServer.deliver(alice.address, withHeaders(headers, message));
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
  }

  function lastOnWire(): { to: readonly string[]; data: Buffer } {
    return mailServer.wire.at(-1) ?? { to: [], data: Buffer.alloc(0) };
  }

  async function popupSays(draft: Composition, text: string | RegExp): Promise<string> {
    const popup = await hers.openComposePopup(draft);
    const said = await popup.waitForText(text);
    await hers.closePopup();
    return said;
  }

  describe("a mailing list of the address book", () => {
    async function createList(name: string, ...members: readonly string[]): Promise<void> {
      await hers.execute(
        `const [name, members] = arguments;
         const list = Cc["@mozilla.org/addressbook/directoryproperty;1"].createInstance(Ci.nsIAbDirectory);
         list.isMailList = true;
         list.dirName = name;
         const stored = MailServices.ab.getDirectoryFromId("ldap_2.servers.pab").addMailList(list);
         for (const address of members) {
           const card = Cc["@mozilla.org/addressbook/cardproperty;1"].createInstance(Ci.nsIAbCard);
           card.primaryEmail = address;
           stored.addCard(card);
         }`,
        [name, members],
      );
    }

    it("counts as its members: who is missing, and to whom it is encrypted", async () => {
      await createList("Team", bob.address, CAROL);
      const draft = await hers.newMessage();
      await draft.fill({ to: ["Team <Team>"], subject: "To the team", body: "Hello team.\n" });
      const said = await popupSays(draft, CAROL);
      assert.match(said, /bob@smime\.example/);
      assert.match(said, /Will be signed\./);
      await hers.screenshot("daily-list");
      assert.deepEqual(await draft.send(), { outcome: "sent" });
      assert.deepEqual([...lastOnWire().to].sort(), [bob.address, CAROL]);
      verifyMessage(lastOnWire().data, caPem);

      await createList("Pair", bob.address, alice.address);
      const encrypted = await hers.newMessage();
      await encrypted.fill({ to: ["Pair <Pair>"], subject: "To the pair", body: "Hello pair.\n" });
      await popupSays(encrypted, "Will be signed and encrypted.");
      assert.deepEqual(await encrypted.send(), { outcome: "sent" });
      assert.deepEqual([...lastOnWire().to].sort(), [alice.address, bob.address]);
      for (const { decryption } of [alice, bob]) {
        verifyMessage(decryptMessage(lastOnWire().data, decryption), caPem);
      }
    });

    it("is written out also where Thunderbird has to wait for the passphrase", async () => {
      const toolbar = await hers.openToolbarPopup();
      await toolbar.click("Lock now");
      await toolbar.waitForText("Private keys locked");
      await hers.closePopup();
      const draft = await hers.newMessage();
      await draft.fill({ to: ["Pair <Pair>"], subject: "Later pair", body: "Hello pair.\n" });
      await popupSays(draft, "Will be signed and encrypted.");
      const before = mailServer.wire.length;
      await draft.pressSend();
      const prompt = await hers.addonPage(PROMPT);
      await prompt.waitForText("Unlock your private key");
      // Meanwhile the window's button is kept up to date, which asks Thunderbird about the window.
      await delay(2_500);
      await prompt.type("Passphrase", alice.passphrase);
      await prompt.click("Unlock");
      await waitFor("the window to close", async () => !(await draft.isOpen()));
      if (BUILD === "standard") await hers.emptyOutbox();
      await waitFor("the message to leave", () => mailServer.wire.length > before);
      const { to, data } = lastOnWire();
      assert.deepEqual([...to].sort(), [alice.address, bob.address]);
      assert.doesNotMatch(data.toString("latin1"), /^To: .*Pair/m);
    });

    it("keeps encryption that was asked for from leaving without one of its members", async () => {
      const draft = await hers.newMessage();
      await draft.fill({ to: ["Team <Team>"], subject: "Secret team", body: "Hello team.\n" });
      const popup = await hers.openComposePopup(draft);
      await popup.click("Signed and encrypted");
      await popup.waitForText("Will not be sent like this.");
      await hers.closePopup();
      const before = mailServer.wire.length;
      await draft.pressSend();
      const question = await hers.addonPage(PROMPT);
      await question.waitForText(new RegExp(`${CAROL}\\s+No certificate here`));
      await question.click("Back to the message", { dialogs: "leave" });
      await draft.untilUnlocked();
      assert.equal(mailServer.wire.length, before);
      await draft.discard();
    });
  });

  describe("a Bcc recipient who could be encrypted to", () => {
    async function asked(): Promise<{ draft: Composition; question: Page }> {
      const draft = await hers.newMessage();
      await draft.fill({
        to: [alice.address],
        bcc: [bob.address],
        subject: "Hidden",
        body: "Psst.\n",
      });
      await popupSays(draft, "Will not be sent like this.");
      await draft.pressSend();
      const question = await hers.addonPage(PROMPT);
      await question.waitForText(bob.address);
      return { draft, question };
    }

    async function answered(way: string): Promise<{ to: readonly string[]; data: Buffer }> {
      const { draft, question } = await asked();
      const before = mailServer.wire.length;
      await question.click(way);
      await waitFor("the window to close", async () => !(await draft.isOpen()));
      if (BUILD === "standard") await hers.emptyOutbox();
      await waitFor("the message to leave", () => mailServer.wire.length > before);
      assert.equal(mailServer.wire.length, before + 1);
      return lastOnWire();
    }

    it("is asked about; going back sends nothing", async () => {
      const before = mailServer.wire.length;
      const { draft, question } = await asked();
      await inspect(question, "daily-bcc");
      await question.click("Back to the message", { dialogs: "leave" });
      await draft.untilUnlocked();
      assert.deepEqual((await draft.state()).bcc, [bob.address]);
      // The window can be written in again.
      await draft.fill({ body: "And more. " });
      assert.equal(mailServer.wire.length, before);
      await draft.discard();
    });

    it("may be shown to everybody", async () => {
      const { to, data } = await answered(
        "Send encrypted, with them in Cc where everybody sees them",
      );
      assert.deepEqual([...to].sort(), [alice.address, bob.address]);
      for (const { decryption } of [alice, bob]) {
        const { content } = verifyMessage(decryptMessage(data, decryption), caPem);
        assert.match(content.toString(), /^Cc: .*bob@smime\.example/im);
      }
    });

    it("may be left out", async () => {
      const { to, data } = await answered("Send encrypted, without them");
      assert.deepEqual(to, [alice.address]);
      verifyMessage(decryptMessage(data, alice.decryption), caPem);
      assert.throws(() => decryptMessage(data, bob.decryption));
      assert.doesNotMatch(data.toString("latin1"), /bob@/);
    });

    it("may get what is only signed, and stays hidden", async () => {
      const { to, data } = await answered("Send signed only, to all of them");
      assert.deepEqual([...to].sort(), [alice.address, bob.address]);
      verifyMessage(data, caPem);
      assert.doesNotMatch(data.toString("latin1"), /bob@|^Bcc:/im);
    });
  });

  // In the standard build every message goes this way, and its own file tells the story.
  if (BUILD === "integrated")
    describe("the Outbox", () => {
      const LATER = "later@elsewhere.example";

      async function contactIsListed(): Promise<boolean> {
        const toolbar = await hers.openToolbarPopup();
        await toolbar.waitForText("bob@smime.example");
        const listed = (await toolbar.text()).includes(LATER);
        await hers.closePopup();
        return listed;
      }

      it("makes nobody a contact before the message has left", async () => {
        const draft = await hers.newMessage();
        await draft.fill({ to: [LATER], subject: "Later", body: "In due time.\n" });
        await hers.execute(`composeWindow(arguments[0]).goDoCommand("cmd_sendLater");`, [draft.id]);
        await waitFor("the message to be queued", async () => !(await draft.isOpen()));
        await waitFor("the Outbox", async () => (await hers.call("unsentMessages")) === 1);
        const before = mailServer.wire.length;
        await hers.terminateBackground();
        assert.equal(await contactIsListed(), false);

        mailServer.refuse("not today");
        await hers.execute(`later(() => mainWindow().SendUnsentMessages());`);
        await delay(2_500);
        // Thunderbird's alert belongs to no window: the next command meets it, and it is dismissed.
        await hers.dialogs().catch(() => undefined);
        while ((await hers.dialogs()).length > 0) await hers.answerDialog("OK");
        mailServer.refuse(undefined);
        assert.equal(await hers.call("unsentMessages"), 1);
        assert.equal(await contactIsListed(), false);

        await hers.execute(`mainWindow().SendUnsentMessages();`);
        await waitFor("the message to leave", () => mailServer.wire.length === before + 1);
        await waitFor("the empty Outbox", async () => (await hers.call("unsentMessages")) === 0);
        verifyMessage(lastOnWire().data, caPem);
        await waitFor("the contact", contactIsListed);
      });
    });

  describe("another sender", () => {
    it("in an open draft has what comes with that address", async () => {
      await hers.execute(
        `const account = MailServices.accounts.accounts.find((each) => each.defaultIdentity?.email === arguments[0]);
         for (const address of arguments[1]) {
           const identity = MailServices.accounts.createIdentity();
           identity.copy(account.defaultIdentity);
           identity.email = address;
           account.addIdentity(identity);
         }`,
        [alice.address, ["alice+news@smime.example", "alias@elsewhere.example"]],
      );
      const draft = await hers.newMessage();
      await draft.fill({ to: [bob.address], subject: "From whom", body: "Guess.\n" });
      await popupSays(draft, "Will be signed and encrypted.");
      for (const address of ["alias@elsewhere.example", "alice+news@smime.example"]) {
        await draft.chooseFrom(address);
        // A certificate counts for the address that it names, and for no other.
        await popupSays(draft, "Will be sent without protection.");
      }
      await draft.chooseFrom(alice.address);
      await popupSays(draft, "Will be signed and encrypted.");
      await delay(2_000);
      assert.deepEqual(await draft.send(), { outcome: "sent" });
      verifyMessage(decryptMessage(lastOnWire().data, bob.decryption), caPem);
    });
  });

  describe("encrypted messages", () => {
    async function deliver(subject: string): Promise<void> {
      const headers = {
        From: bob.address,
        To: alice.address,
        Subject: subject,
        Date: new Date().toUTCString(),
        "Message-ID": `<${subject.toLowerCase()}@smime.example>`,
      };
      const text = textEntity(`The text of ${subject}.\n`);
      const encrypted = encryptMessage(text, [alice.decryption.certificatePem], {
        cipher: "aes-256-gcm",
      });
      await mailServer.deliver(alice.address, withHeaders(headers, encrypted));
    }

    it("show one after the other, as they are selected", async () => {
      for (const subject of ["First", "Second", "Third"]) await deliver(subject);
      for (const subject of ["First", "Second", "Third", "First", "Third"]) {
        await hers.selectMessage(subject);
        await hers.message().waitForText(`The text of ${subject}.`);
      }
    });

    if (BUILD === "integrated")
      for (const type of ["EditAsNew", "Redirect"]) {
        it(`are neither sent on nor saved without their text (${type})`, async () => {
          await hers.selectMessage("Second");
          await hers.execute(
            `const about = messageWindow();
             await composeWindowAfter(() => mainWindow().ComposeMessage(Ci.nsIMsgCompType[arguments[0]], Ci.nsIMsgCompFormat.Default, about.gMessage.folder, [about.gMessageURI]));`,
            [type],
          );
          const draft = await hers.openedComposition();
          await popupSays(draft, "Will not be sent like this.");
          if ((await draft.state()).to.length === 0) await draft.fill({ to: [bob.address] });
          const before = mailServer.wire.length;
          await draft.pressSend();
          assert.match(
            await refusal(),
            /its text is not in the window\. Nothing was sent or saved/,
          );
          assert.equal(mailServer.wire.length, before);
          await draft.discard();
        });
      }
  });

  describe("Thunderbird's own S/MIME, switched on", () => {
    const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;

    before(async () => {
      await hers.execute(
        `const [path, password, root, address, signing] = arguments;
         const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
         database.addCertFromBase64(root, "C,C,C");
         const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
         file.initWithPath(path);
         if (database.importPKCS12File(file, password) !== Ci.nsIX509CertDB.Success) {
           throw new Error("Thunderbird does not import the key file");
         }
         const certificate = database.getCerts().find((each) => each.sha256Fingerprint === signing);
         const { defaultIdentity } = MailServices.accounts.accounts.find(
           (account) => account.defaultIdentity?.email === address,
         );
         defaultIdentity.setUnicharAttribute("signing_cert_name", certificate.displayName);
         defaultIdentity.setCharAttribute("signing_cert_dbkey", certificate.dbKey);
         defaultIdentity.signMail = true;`,
        [
          ...[alice.keyFile, alice.password, caPem.replace(/-----[^-]+-----|\s/g, "")],
          ...[alice.address, fingerprint(alice.signing.certificatePem)],
        ],
      );
    });
    after(async () => {
      await hers.execute(
        `MailServices.accounts.accounts.find(
           (account) => account.defaultIdentity?.email === arguments[0],
         ).defaultIdentity.signMail = false;`,
        [alice.address],
      );
    });

    it("protects the message alone: the add-on says so and stands aside", async () => {
      const draft = await hers.newMessage({ from: alice.address });
      await draft.fill({ to: [CAROL], subject: "Its own", body: "Signed by Thunderbird.\n" });
      await waitFor("the button to say so", async () => {
        const { label, tooltip } = await draft.button();
        return label === "Thunderbird protects" && tooltip === "Thunderbird protects it itself.";
      });
      await hers.parkPointer();
      const popup = await hers.openComposePopup(draft);
      const said = await popup.waitForText("Thunderbird protects it itself.");
      // Nothing that would change what Thunderbird does, or says what it can do.
      assert.doesNotMatch(said, /No protection|No certificate here/);
      await inspect(popup, "compose-built-in");
      await popup.click("Back to the message");
      assert.deepEqual(await draft.send(), { outcome: "sent" });
      const { content } = verifyMessage(lastOnWire().data, caPem);
      const [head = "", body = ""] = content.toString().split("\r\n\r\n");
      assert.match(head, /^Content-Type: text\/plain/);
      const text = head.includes("base64") ? Buffer.from(body, "base64").toString() : body;
      assert.match(text, /Signed by Thunderbird\./);
      assert.equal(
        lastOnWire()
          .data.toString()
          .match(/smime\.p7s/g)?.length,
        2,
        "one signature",
      );
    });
  });

  /** What the user reads when a message is not sent; closed again. */
  async function refusal(): Promise<string> {
    if (BUILD === "integrated") {
      const { text } = await hers.dialog();
      await hers.answerDialog("OK");
      return text;
    }
    const prompt = await hers.addonPage(PROMPT);
    const text = await prompt.waitForText("Close");
    await prompt.click("Close");
    await waitFor("the prompt to close", async () => !(await hers.pageIsOpen(PROMPT)));
    return text;
  }
});
