import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
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
import { ADDON } from "../support/people.ts";
import { createAuthority, type Identity } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const DAY = 86_400_000;
const day = (days: number) => new Date(Date.now() + days * DAY);
const PROMPT = "pages/prompt/";

/** Years later: keys have been replaced and have expired, and what they were for is still there. */
describe("old keys", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "old-keys-"));
  const authority = createAuthority({ name: "Long Lasting CA", keyType: "p256" });
  const alice = { name: "Alice", address: "alice@years.example" };
  const ann = { name: "Ann", address: "ann@years.example" };
  const [first, second, third] = [
    authority.issue({ ...alice, notBefore: day(-900), notAfter: day(-100) }),
    authority.issue({ ...alice, keyType: "p256", notBefore: day(-300), notAfter: day(100) }),
    authority.issue({ ...alice, notBefore: day(-1), notAfter: day(700) }),
  ];
  const lapsed = authority.issue({ ...ann, notBefore: day(-400), notAfter: day(-2) });
  const bob = authority.issue({ name: "Bob", address: "bob@years.example", keyType: "p256" });

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "old-keys",
      mailServer,
      addon: ADDON,
      accounts: [alice, ann],
    });
    const options = await hers.openOptions();
    await take(options, second);
    await options.waitForText("Choose a passphrase");
    await options.type("New passphrase", "seventeen green umbrellas");
    await options.type("The same passphrase again", "seventeen green umbrellas");
    await options.click("Set passphrase");
    await options.waitForText("Trust it for mail?");
    await options.click("Trust this issuer");
    await options.waitForText("Valid and trusted.");
    await deliver("Certificate", signMessage(textEntity("Here it is.\n"), bob));
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@years.example");
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function take(options: Page, identity: Identity): Promise<void> {
    const path = join(folder, `${identity.name}.p12`);
    writeFileSync(path, identity.p12({ password: "" }));
    await options.chooseFiles("Certificate file (.p12 or .pfx)", path);
    await options.waitForText("What is in this file");
    await options.click("Import");
  }

  async function deliver(subject: string, entity: Buffer): Promise<void> {
    const headers = {
      ...{ From: "bob@years.example", To: alice.address, Subject: subject },
      ...{ Date: new Date().toUTCString(), "Message-ID": `<${crypto.randomUUID()}@years.example>` },
    };
    await mailServer.deliver(alice.address, withHeaders(headers, entity));
  }

  async function letter(from: string, subject: string): Promise<Composition> {
    const draft = await hers.newMessage({ from });
    const to = ["bob@years.example"];
    await draft.fill({ to, subject, body: `The text of ${subject}.\n` });
    return draft;
  }

  async function buttonSays(draft: Composition, label: string): Promise<void> {
    await waitFor(`the button to say ${label}`, async () => (await draft.button()).label === label);
  }

  function onWire(): Buffer {
    return mailServer.wire.at(-1)?.data ?? Buffer.alloc(0);
  }

  describe("of the reader", () => {
    it("read what was encrypted to them, while a newer one is in use", async () => {
      const before = await letter(alice.address, "Before");
      await buttonSays(before, "Encrypted");
      assert.deepEqual(await before.send(), { outcome: "sent" });
      decryptMessage(onWire(), second);

      const options = await hers.openOptions();
      for (const key of [first, third]) {
        await take(options, key);
        await options.waitForText("Imported: Alice");
      }
      const after = await letter(alice.address, "After");
      await buttonSays(after, "Encrypted");
      assert.deepEqual(await after.send(), { outcome: "sent" });
      verifyMessage(decryptMessage(onWire(), third), authority.certificatePem);
      assert.throws(() => decryptMessage(onWire(), second));

      const keys = { First: first, Second: second, Third: third };
      for (const [subject, key] of Object.entries(keys)) {
        const text = textEntity(`The text of ${subject}.\n`);
        const encrypted = encryptMessage(text, [key.certificatePem], { cipher: "aes-256-gcm" });
        await deliver(subject, encrypted);
      }
      for (const subject of Object.keys(keys)) {
        await hers.selectMessage(subject);
        await hers.message().waitForText(`The text of ${subject}.`);
        assert.equal((await hers.messageButton()).label, "Encrypted");
      }
      const panel = await hers.openMessagePopup();
      await panel.waitForText("Encrypted");
      await hers.closePopup();
    });

    // The standard build offers to open it: a second click.
    if (BUILD === "integrated")
      it("read the copies in Sent, each with the one click that selects it", async () => {
        const seen = new Set<string>();
        for (const index of [0, 1]) {
          const sent = await waitFor("both copies", async () => {
            const { length } = await hers.listSubjects({ folder: "Sent" });
            return length === 2 && length;
          });
          await hers.execute(
            `const { threadTree } = (await showFolder(arguments[0], "Sent")).about3Pane;
           threadTree.selectedIndex = arguments[1];`,
            [alice.address, sent - 1 - index],
          );
          const text = await hers.message().waitForText(/The text of (Before|After)\./);
          assert.match(text, /Encrypted and signed by alice@years\.example/);
          seen.add(/The text of (\w+)/.exec(text)?.[1] ?? "");
        }
        assert.deepEqual([...seen].sort(), ["After", "Before"]);
      });
  });

  describe("of the sender, none of which is valid any more", () => {
    it("keep the message from leaving: Send says why, and where a new one comes from", async () => {
      const options = await hers.openOptions();
      await take(options, lapsed);
      await options.waitForText("Imported: Ann");
      const draft = await letter(ann.address, "Expired");
      await buttonSays(draft, "Can’t encrypt");
      const before = mailServer.wire.length;
      await draft.pressSend();
      const question = await hers.addonPage(PROMPT);
      await question.waitForText("Not sent yet");
      await question.waitForText("Your own certificate for this sender address has expired.");
      await inspect(question, "old-keys-expired");
      await question.click("Get a new certificate", { dialogs: "leave" });
      await draft.untilUnlocked();
      const page = await hers.addonPage("pages/options/");
      await page.waitForText("Certificates come from issuers");
      assert.equal(mailServer.wire.length, before);
      assert.ok(await draft.isOpen());
      await draft.discard();
    });

    it("let it leave without protection only where the user says so", async () => {
      const draft = await letter(ann.address, "Open");
      await buttonSays(draft, "Can’t encrypt");
      const before = mailServer.wire.length;
      await draft.pressSend();
      const question = await hers.addonPage(PROMPT);
      await question.waitForText("Not sent yet");
      await question.click("Send without protection", { dialogs: "leave" });
      await waitFor("the window to close", async () => !(await draft.isOpen()));
      if (BUILD === "standard") await hers.emptyOutbox();
      await waitFor("the message to leave", () => mailServer.wire.length === before + 1);
      assert.match(onWire().toString(), /^Content-Type: text\/plain/m);
    });
  });

  describe("of a recipient, whose issuer is not trusted any more since the button was looked at", () => {
    async function trust(work: "remove" | "addKnown"): Promise<void> {
      const options = await hers.openOptions();
      await options.ask(`trust.${work}`, { fingerprint: anchor });
    }
    let anchor = "";

    it("let nothing weaker leave than was shown without a question", async () => {
      const options = await hers.openOptions();
      const [own] = (await options.ask("trust.list")) as { fingerprint: string }[];
      anchor = own?.fingerprint ?? "";
      const draft = await letter(alice.address, "Promised");
      await buttonSays(draft, "Encrypted");
      const before = mailServer.wire.length;
      await trust("remove");
      await draft.pressSend();
      const question = await hers.addonPage(PROMPT);
      await question.waitForText("Not sent yet: less protected than it was shown");
      await inspect(question, "old-keys-weaker");
      await question.click("Back to the message", { dialogs: "leave" });
      await draft.untilUnlocked();
      assert.equal(mailServer.wire.length, before);

      await trust("addKnown");
      await buttonSays(draft, "Encrypted");
      assert.deepEqual(await draft.send(), { outcome: "sent" });
      verifyMessage(decryptMessage(onWire(), bob), authority.certificatePem);
    });
  });
});
