import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { unpacked } from "../support/build.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import { alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** The .xpi files as people install them: for good. */
describe("the two packages in one profile", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  const xpi = (build: "integrated" | "standard"): string => {
    const dist = join(unpacked(build), "..");
    const [name] = readdirSync(dist).filter((each) =>
      new RegExp(`^smime-exchange-${build}-.*\\.xpi$`).test(each),
    );
    return join(dist, name ?? "");
  };
  const install = (build: "integrated" | "standard") =>
    hers.installAddon(xpi(build), { temporary: false });

  /** What Thunderbird makes of the add-on, and whether it is the one with the Experiment. */
  const state = () =>
    hers.execute(
      `const addon = await AddonManager.getAddonByID(arguments[0]);
       const policy = WebExtensionPolicy.getByID(arguments[0]);
       return {
         usable: !addon.appDisabled && addon.isActive,
         experiment: policy?.extension.manifest
           ? Boolean(policy.extension.manifest.experiment_apis)
           : null,
       };`,
      [hers.addon],
    );

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({ profileName: "packages", mailServer, accounts: [alice] });
  });

  after(stopEverything);

  async function keysAndIssuersAreThere(): Promise<void> {
    const options = await hers.openOptions();
    await options.waitForText("Alice Lovelace");
    await options.waitForText("Valid and trusted.");
    await hers.openOptions("trust");
    await options.waitForText("Sample LAMPS RSA Certification Authority");
  }

  /** Every choice that the settings show, by its name. */
  async function settings(): Promise<Readonly<Record<string, string>>> {
    const options = await hers.openOptions("preferences");
    await options.waitForText("Sign only");
    return options.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLInputElement>("input:checked, select")].map(
          ({ id, name, value }) => [id || name, value],
        ),
      ),
    );
  }

  async function sends(subject: string): Promise<void> {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject, body: "Hello.\n" });
    await draft.pressSend();
    // What was unlocked did not outlive the other package or the restart.
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("Unlock your private key");
    await prompt.type("Passphrase", alice.passphrase);
    await prompt.click("Unlock");
    await waitFor("the compose window to close", async () => !(await draft.isOpen()));
    await hers.emptyOutbox();
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  }

  it("keep keys, contacts and settings when the standard one comes over the integrated", async () => {
    await install("integrated");
    assert.deepEqual(await state(), { usable: true, experiment: true });
    const welcome = await hers.addonPage("pages/welcome/");
    await welcome.waitForText("Welcome to S/MIME Exchange");
    await hers.closeTab();
    await setUp(hers, alice);
    const before = await settings();
    const options = await hers.openOptions("preferences");
    await options.click("Sign only");
    const chosen = await waitFor("another setting", async () => {
      const now = await settings();
      return !isDeepStrictEqual(now, before) && now;
    });
    await sealADraft();
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "By the bridge", body: "Hello.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    await install("standard");
    assert.deepEqual(await state(), { usable: true, experiment: false });
    assert.ok(!(await hers.pageIsOpen("pages/welcome/")), "an update is no beginning");
    await keysAndIssuersAreThere();
    // Only where the standard build shows messages, it asks how.
    const kept = await settings();
    assert.deepEqual({ ...kept, ...chosen }, kept);
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText(/bob@smime\.example[^]*You sent a signed mail on/);
    await hers.closePopup();
    await sends("Through the Outbox");
    assert.equal(mailServer.wire.length, 2);
  });

  it("let the standard one open a draft that the integrated one has encrypted, if the user likes", async () => {
    const before = drafts();
    assert.equal(before.length, 1);
    const closed = await hers.editMessage("[...]", { folder: "Drafts" });
    const question = await hers.addonPage("pages/prompt/");
    await question.waitForText("This draft is encrypted");
    assert.equal(await closed.isOpen(), false, "nothing can be saved over it");
    await hers.screenshot("standard-sealed-draft");
    await question.click("Leave it closed");
    await waitFor("the prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));
    assert.deepEqual(drafts(), before);

    await hers.editMessage("[...]", { folder: "Drafts" });
    const again = await hers.addonPage("pages/prompt/");
    await again.click("Open it all the same");
    const draft = await hers.openedComposition();
    await waitFor("the text", async () => (await draft.state()).body.includes("XYZZYPLUGH"));
    const { subject, to } = await draft.state();
    assert.deepEqual({ subject, to }, { subject: "Sealed plan", to: [bob.address] });
    assert.deepEqual(drafts(), before, "the stored draft is as it was");
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed.");
    await hers.closePopup();
    // Until the text was there it could not be sent; that it can now has to be seen.
    await delay(2_000);
    await draft.pressSend();
    await waitFor("the compose window to close", async () => !(await draft.isOpen()));
    await hers.emptyOutbox();
    const wire = mailServer.wire.at(-1)?.data.toString() ?? "";
    assert.match(wire, /^Subject: Sealed plan\r$/m);
    assert.match(wire, /^In-Reply-To: <question@smime\.example>\r$/m);
    await waitFor("the draft to go", () => drafts().length === 0);
  });

  it("go on working as the standard one where Experiments are suppressed", async () => {
    await hers.execute(`Services.prefs.setBoolPref("extensions.experiments.suppressed", true);`);
    await hers.restart();
    assert.deepEqual(await state(), { usable: true, experiment: false });
    await keysAndIssuersAreThere();
    await sends("Suppressed");
    assert.equal(mailServer.wire.length, 4);
  });

  it("are blocked as the integrated one there, and come back whole with the standard one", async () => {
    await install("integrated");
    const version = parseInt(String(await hers.execute("return Services.appinfo.version;")));
    // Version 140 does not know the preference.
    const there =
      version < 153 ? { usable: true, experiment: true } : { usable: false, experiment: null };
    await becomes(there);
    await hers.restart();
    assert.deepEqual(await state(), there);
    // Thunderbird blocks the version, which both have, and takes that back when it has looked.
    await install("standard");
    await becomes({ usable: true, experiment: false });
    await keysAndIssuersAreThere();
    await sends("Come back");
    assert.equal(mailServer.wire.length, 5);
  });

  /** An answer, so that there is a thread to go on with. */
  async function sealADraft(): Promise<void> {
    await mailServer.deliver(
      alice.address,
      `From: ${bob.address}\r\nTo: ${alice.address}\r\nSubject: Question\r\nMessage-ID: <question@smime.example>\r\n\r\nWhat?\r\n`,
    );
    await hers.selectMessage("Question");
    const draft = await hers.reply();
    await draft.fill({ subject: "Sealed plan", body: "The word is XYZZYPLUGH.\n" });
    await draft.saveDraft();
    await draft.discard();
    await waitFor("the draft on the server", () => drafts().length === 1);
    assert.match(drafts()[0] ?? "", /smime-type=authEnveloped-data/);
  }

  /** Those on the server that are not marked as deleted. */
  function drafts(): string[] {
    return mailServer
      .mailboxFiles(alice.address)
      .filter(({ path }) => /\/\.Drafts\/(?:cur|new)\//.test(path) && !/:2,\w*T/.test(path))
      .map(({ data }) => data.toString("latin1"));
  }

  async function becomes(wanted: object): Promise<void> {
    await waitFor(JSON.stringify(wanted), async () => isDeepStrictEqual(await state(), wanted));
  }
});
