import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
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
    await setUp(hers, alice);
    const options = await hers.openOptions("preferences");
    await options.click("Sign only");
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "By the bridge", body: "Hello.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    await install("standard");
    assert.deepEqual(await state(), { usable: true, experiment: false });
    await keysAndIssuersAreThere();
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText(/bob@smime\.example[^]*You sent a signed mail on/);
    await hers.closePopup();
    await sends("Through the Outbox");
    assert.equal(mailServer.wire.length, 2);
  });

  it("go on working as the standard one where Experiments are suppressed", async () => {
    await hers.execute(`Services.prefs.setBoolPref("extensions.experiments.suppressed", true);`);
    await hers.restart();
    assert.deepEqual(await state(), { usable: true, experiment: false });
    await keysAndIssuersAreThere();
    await sends("Suppressed");
    assert.equal(mailServer.wire.length, 3);
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
    assert.equal(mailServer.wire.length, 4);
  });

  async function becomes(wanted: object): Promise<void> {
    await waitFor(JSON.stringify(wanted), async () => isDeepStrictEqual(await state(), wanted));
  }
});
