import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Composition } from "../support/composition.ts";
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
import { createAuthority } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** The space that pages and add-ons may use for their data, in kilobytes: what a full disk is to them. */
const FULL = { "dom.quotaManager.temporaryStorage.fixedLimit": 10 };

const ROOMY = { "dom.quotaManager.temporaryStorage.fixedLimit": -1 };

/**
 * The background, Thunderbird and the mail server end at the worst moments. Afterwards every key,
 * certificate and fact is there, and each message went out once and protected, or not at all.
 * That every single write is all or nothing is shown in test/unit/faults.test.ts; here real
 * programs are killed at moments spread over what they do.
 */
describe("faults", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const another = createAuthority({ name: "Another CA", keyType: "p256" });
  let passphrase = alice.passphrase;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "faults",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: FULL,
    });
  });

  after(stopEverything);

  async function contactsOf(page: Page): Promise<string[]> {
    const request = { identity: null, after: null, count: 50 };
    return waitFor("the contacts", async () => {
      const { contacts, pending } = (await page.ask("contacts.page", request)) as {
        contacts: { address: string }[];
        pending: boolean;
      };
      return !pending && contacts.map(({ address }) => address);
    });
  }

  /** Both keys are there and open, and the contact is known. */
  async function allIsThere({ contact = true } = {}): Promise<void> {
    const options = await hers.openOptions();
    const keys = (await options.ask("keys.list")) as { addresses: string[] }[];
    assert.deepEqual(
      keys.map(({ addresses }) => addresses.join()),
      [alice.address, alice.address],
    );
    assert.equal(((await options.ask("trust.list")) as unknown[]).length, 1);
    await options.ask("vault.unlock", { passphrase });
    if (!contact) return;
    assert.deepEqual(await contactsOf(options), [bob.address]);
  }

  async function letter(subject: string, body = "For your eyes only.\n"): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject, body });
    return draft;
  }

  /** Everything on the wire with that subject inside is encrypted to both and signed. */
  function wentOut(subject: string): number {
    return mailServer.wire.filter(({ data }) => {
      assert.ok(!data.includes("For your eyes only"));
      assert.match(data.toString("latin1"), /^Content-Type: application\/pkcs7-mime/m);
      const inside = decryptMessage(data, bob.decryption);
      const { content } = verifyMessage(inside, caPem);
      return content.includes(`Subject: ${subject}\r\n`);
    }).length;
  }

  /** Waits until the window has closed, or a dialog says that nothing was sent. */
  async function outcome(draft: Composition): Promise<"sent" | "refused"> {
    return waitFor("an outcome", async () => {
      if ((await hers.dialogs()).length > 0) return "refused";
      return !(await draft.isOpen()) && "sent";
    });
  }

  async function deliver(
    subject: string,
    entity: Buffer,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
      ...more,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, entity));
  }

  async function receive(subject: string): Promise<void> {
    const message = signMessage(textEntity("Here is my certificate.\n"), {
      ...bob.signing,
      chainPem: `${bob.decryption.certificatePem}\n${caPem}`,
    });
    await deliver(subject, message);
  }

  it("a full disk is told, and nothing is half imported", async () => {
    const options = await hers.openOptions();
    await options.waitForText("The disk is full, or Thunderbird may use no more of it.");
    await hers.screenshot("faults-disk-full");
    await assert.rejects(options.ask("vault.create", { passphrase }), /"storage-full"/);
    await hers.crash(ROOMY);
    const again = await hers.openOptions();
    assert.equal(await again.ask("vault.state"), "absent");
    assert.deepEqual(await again.ask("keys.list"), []);
  });

  it("Thunderbird is killed while it imports: all keys are there, or none", async () => {
    await setUp(hers, alice);
    await hers.crash(ROOMY);
    await allIsThere({ contact: false });
  });

  it("Thunderbird is killed while it imports a further key: it is there whole, or not at all", async () => {
    const outcomes: string[] = [];
    for (const moment of [50, 250, 500, "told"] as const) {
      const key = another.issue({ name: "Alice", address: alice.address, keyType: "p256" });
      const path = join(hers.profile, "further.p12");
      writeFileSync(path, key.p12({ password: "" }));
      const options = await hers.openOptions();
      await options.ask("vault.unlock", { passphrase });
      const before = ((await options.ask("keys.list")) as unknown[]).length;
      await options.chooseFiles("Certificate file (.p12 or .pfx)", path);
      await options.waitForText("What is in this file");
      await options.click("Import");
      if (moment === "told") await options.waitForText("Imported: Alice");
      else await delay(moment);
      await hers.crash(ROOMY);

      const again = await hers.openOptions();
      await again.ask("vault.unlock", { passphrase });
      const keys = (await again.ask("keys.list")) as unknown[];
      const subject = `For the further key ${moment}`;
      const text = textEntity(`The text of ${subject}.\n`);
      await deliver(subject, encryptMessage(text, [key.certificatePem], { cipher: "aes-256-gcm" }));
      await hers.selectMessage(subject);
      outcomes.push(keys.length > before ? "there" : "not there");
      if (keys.length === before) {
        assert.notEqual(moment, "told");
        await hers.message().waitForText("not for any certificate you have here");
        continue;
      }
      assert.equal(keys.length, before + 1);
      await hers.message().waitForText(`The text of ${subject}.`);
      const known = new X509Certificate(key.certificatePem).fingerprint256;
      const fingerprint = known.replaceAll(":", "").toLowerCase();
      await (await hers.openOptions()).ask("keys.remove", { fingerprint });
    }
    console.log(`after 50 to 500 ms, and when told: ${outcomes.join(", ")}`);
    await allIsThere({ contact: false });
  });

  it("Thunderbird is killed while the passphrase changes: the keys open with one of the two", async () => {
    const next = "staple of paper clips";
    const options = await hers.openOptions();
    await options.evaluate(
      (text: string) => {
        interface PageGlobals {
          browser: { runtime: { sendMessage(message: unknown): Promise<unknown> } };
          JSON: JSON;
        }
        const { defaultView } = document as unknown as {
          defaultView: { wrappedJSObject: PageGlobals };
        };
        const globals = defaultView.wrappedJSObject;
        void globals.browser.runtime.sendMessage(globals.JSON.parse(text));
      },
      JSON.stringify({
        protocol: "pages",
        name: "vault.changePassphrase",
        request: { current: passphrase, next },
      }),
    );
    await delay(350);
    await hers.crash(ROOMY);
    const again = await hers.openOptions();
    const replies = [];
    for (const each of [passphrase, next]) {
      const opens = await again.ask("vault.unlock", { passphrase: each }).then(
        () => true,
        () => false,
      );
      if (opens) replies.push(each);
    }
    assert.equal(replies.length, 1);
    passphrase = replies[0] ?? "";
    await allIsThere({ contact: false });
  });

  it("the background is killed while a message is read: it is learnt from all the same", async () => {
    for (const [index, milliseconds] of [0, 40, 120].entries()) {
      await receive(`Certificate ${index}`);
      await hers.selectMessage(`Certificate ${index}`);
      await delay(milliseconds);
      await hers.terminateBackground();
    }
    await receive("Certificate");
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
    await allIsThere();
    const draft = await letter("Probe");
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
    await draft.discard();
  });

  it("the background is killed on the way to the wire: sent once and protected, or not at all", async () => {
    const outcomes: string[] = [];
    for (const [index, milliseconds] of [0, 60, 120, 200, 350].entries()) {
      const subject = `Background ${index}`;
      const draft = await letter(subject);
      await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
      await hers.execute(
        `const [id, addon, milliseconds] = arguments;
        clickComposeButton(id, "button-send");
        later(async () => { await sleep(milliseconds); await terminateBackground(addon); });`,
        [draft.id, hers.addon, milliseconds],
      );
      const first = await outcome(draft);
      outcomes.push(first);
      if (first === "refused") {
        assert.match((await hers.dialog()).text, /Nothing was sent/);
        await hers.answerDialog("OK");
        assert.equal(wentOut(subject), 0);
        assert.equal((await draft.state()).subject, subject);
        assert.deepEqual(await draft.send(), { outcome: "sent" });
      }
      assert.equal(wentOut(subject), 1);
    }
    console.log(`after 0 to 350 ms: ${outcomes.join(", ")}`);
    await allIsThere();
  });

  it("the mail server breaks off at each step: the message stays open, and is sent once in the end", async () => {
    const draft = await letter("Server");
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
    for (const step of ["connect", "sender", "recipient", "content"] as const) {
      mailServer.breakOff(step);
      const started = performance.now();
      const result = await draft.send({ milliseconds: 40_000 });
      assert.equal(result.outcome, "dialog", step);
      console.log(`${step}: told after ${Math.round(performance.now() - started)} ms`);
      await hers.answerDialog("OK");
      assert.equal((await draft.state()).subject, "Server");
      assert.equal(wentOut("Server"), 0);
    }
    mailServer.breakOff(undefined);
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    assert.equal(wentOut("Server"), 1);
  });

  it("IMAP ends while a message is opened and a draft saved: told, and nothing in clear", async () => {
    const text = textEntity("Read it when the server is back.\n");
    const encrypted = encryptMessage(text, [alice.decryption.certificatePem], {
      cipher: "aes-256-gcm",
    });
    await deliver("Unreachable", encrypted);
    await waitFor("the message", async () => (await hers.listSubjects()).includes("Unreachable"));
    const draft = await letter("Draft", "Only between us, Bob.\n");
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");

    await mailServer.killImap();
    await hers.execute(
      `const { about3Pane } = await showFolder(arguments[0], "Inbox");
       about3Pane.threadTree.selectedIndex = newestWithSubject(about3Pane.gDBView, "Unreachable");`,
      [alice.address],
    );
    await hers.execute(
      `const win = composeWindow(arguments[0]); later(() => win.goDoCommand("cmd_saveAsDraft"));`,
      [draft.id],
    );
    // Thunderbird first says that it cannot connect, and cannot take that back before this is answered.
    const saving = await waitFor("the question", async () => {
      const dialog = (await hers.dialogs()).find(({ title }) => title === "Save Message");
      return dialog?.text.includes("was not copied to your drafts folder") === true && dialog;
    });
    await hers.screenshot("faults-imap-gone");
    for (const { path, data } of hers.files()) {
      assert.ok(!data.includes("Only between us"), path);
    }
    await mailServer.reviveImap();
    assert.ok(saving.buttons.includes("Retry"), saving.buttons.join());
    await hers.call("pressInDialog", ["Save Message", "Retry"], { dialogs: "leave" });
    await waitFor("the alerts to be answered", async () => {
      const [dialog] = await hers.dialogs();
      if (dialog?.title === "Alert")
        await hers.call("pressInDialog", ["Alert", "OK"], { dialogs: "leave" });
      return dialog === undefined;
    });
    assert.match((await draft.state()).body, /Only between us/);
    const files = await waitFor("the draft", () => {
      const all = mailServer.mailboxFiles(alice.address);
      return all.some(({ path }) => /Drafts.(?:cur|new)/.test(path)) && all;
    });
    assert.ok(files.every(({ data }) => !data.includes("Only between us")));
    const drafts = files.filter(({ path }) => /Drafts.(?:cur|new)/.test(path));
    assert.ok(drafts.some(({ data }) => /application\/pkcs7-mime/.test(data.toString("latin1"))));
    await draft.discard();
    await hers.selectMessage("Unreachable");
    await hers.message().waitForText("Read it when the server is back.");
  });

  it("Thunderbird is killed between the wire and its end: nothing is sent again", async () => {
    const draft = await letter("Killed");
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
    let killed: Promise<void> | undefined;
    mailServer.onTaken(() => {
      mailServer.onTaken(undefined);
      killed = hers.kill();
    });
    await draft.pressSend();
    await waitFor("the message on the wire", () => killed !== undefined);
    await killed;
    await hers.start(ROOMY);
    await hers.installAddon(ADDON);
    await allIsThere();
    assert.equal(await hers.call("unsentMessages"), 0);
    assert.equal(wentOut("Killed"), 1);
  });

  it("Thunderbird is killed with a message in the Outbox: it leaves once, protected", async () => {
    const draft = await letter("Later");
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
    await hers.execute(
      `Services.wm.getMostRecentWindow("msgcompose").goDoCommand("cmd_sendLater");`,
    );
    await waitFor("the message to be queued", async () => !(await draft.isOpen()));
    await hers.crash(ROOMY);
    await allIsThere();
    if ((await hers.call("unsentMessages")) === 1) {
      await hers.execute(`mainWindow().SendUnsentMessages();`);
    }
    await waitFor("the message to leave", () => wentOut("Later") === 1);
    await delay(1_000);
    assert.equal(wentOut("Later"), 1);
  });

  it("a forgotten passphrase loses the private keys, as it says, and nothing else", async () => {
    const options = await hers.openOptions();
    await options.ask("vault.lock");
    await options.click("Preferences");
    await options.waitForText("Private keys locked");
    await options.click("Passphrase forgotten…");
    await options.waitForText(/these private keys go for good[^]*alice@smime\.example/);
    await hers.screenshot("faults-start-anew");
    await assert.rejects(options.click("Remove private keys"), /is disabled/);
    await options.click("I have these certificate files, or can do without them.");
    await options.click("Remove private keys");
    await options.waitForText("You choose a passphrase when you import your first certificate.");
    assert.equal(await options.ask("vault.state"), "absent");
    assert.deepEqual(await options.ask("keys.list"), []);
    assert.deepEqual(await contactsOf(options), [bob.address]);
    assert.equal(((await options.ask("trust.list")) as unknown[]).length, 1);
  });
});
