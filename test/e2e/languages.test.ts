import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { strings } from "../support/strings.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";
import { sections } from "../../src/pages/options/sections.ts";

const say = strings("de");
const WELCOME = "pages/welcome/";
/** Names of people and of issuers, which come in every script and length. */
const ADA = "עדה לאבלייס";
const MAXIMILIANE = "Maximiliane Freifrau von und zu Beispielhausen";

/** Thunderbird in another language than English, which most words of are longer. */
describe("in German", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "german",
      mailServer,
      addon: ADDON,
      locale: "de",
      accounts: [alice],
    });
  });

  after(stopEverything);

  /** That a page speaks German, and that all of it can be read. */
  async function read(page: Page, name: string): Promise<void> {
    await page.screenshot(`german-${name}`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    assert.deepEqual(await page.cutOff(), [], name);
  }

  async function openWelcome(): Promise<Page> {
    await hers.execute(
      `const url = extensionOf(arguments[0]).baseURL + arguments[1] + "index.html";
      mainWindow().switchToTabHavingURI(url, true);`,
      [hers.addon, WELCOME],
    );
    return hers.addonPage(WELCOME);
  }

  async function receive(subject: string, content: Buffer): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
    await hers.selectMessage(subject);
  }

  it("leads from a certificate file to a set-up", async () => {
    await read(await openWelcome(), "welcome");
    await setUp(hers, alice, say);
  });

  it("says of a message who signed it and when, as Germans write dates", async () => {
    const chainPem = `${bob.decryption.certificatePem}\n${caPem}`;
    await receive("Guten Tag", signMessage(textEntity("Hallo.\n"), { ...bob.signing, chainPem }));
    await hers.message().waitForText(say("banner_signed_valid", bob.address));
    const panel = await hers.openMessagePopup();
    await panel.waitForText(say("summary_signed", bob.address));
    assert.match(await panel.text(), /\d{1,2}\. \p{L}+ \d{4} um \d\d:\d\d/u);
    await read(panel, "panel");
    await hers.closePopup();
  });

  it("tells the state of the exchange, and counts", async () => {
    await hers.call("addContacts", [
      [
        `FN:${ADA}\nEMAIL:ada@smime.example\n`,
        `FN:${MAXIMILIANE} ${MAXIMILIANE}\nEMAIL:m.${"von.".repeat(12)}beispielhausen@smime.example\n`,
      ],
    ]);
    const popup = await hers.openToolbarPopup();
    await popup.waitForText(MAXIMILIANE);
    await popup.waitForText(say("filter_label_other", "3"));
    await read(popup, "toolbar");
    await hers.closePopup();
  });

  it("tells the fate of a draft", async () => {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address, "stranger@elsewhere.example"], subject: "Pläne" });
    await waitFor("the button", async () => (await draft.button()).label === say("fate_signed"));
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText(say("missing_leave_out_one", "1"));
    await read(popup, "compose");
    await hers.closePopup();
    await draft.discard();
  });

  it("has pages that can be read in a narrow window, and enlarged", async () => {
    const pages = [
      ["welcome", openWelcome],
      ...sections.map((section) => [section, () => hers.openOptions(section)] as const),
    ] as const;
    for (const [name, open] of pages) {
      const page = await open();
      await page.waitForText(/./);
      await read(page, `${name}-wide`);
      for (const width of [500, 400, 300]) {
        await page.resize(width);
        await read(page, `${name}-${width}`);
      }
      await page.resize(600, 2);
      await read(page, `${name}-enlarged`);
      await page.resize(null);
    }
  });

  it("is mirrored where Thunderbird is read from right to left", async () => {
    await hers.quit();
    await hers.start({ "intl.l10n.pseudo": "bidi" });
    await hers.installAddon(ADDON);
    for (const section of sections) {
      const page = await hers.openOptions(section);
      await page.waitForText(/./);
      assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
      const [categories, content] = await page.evaluate(() =>
        ["nav", "main"].map(
          (name) => document.querySelector(name)?.getBoundingClientRect().left ?? 0,
        ),
      );
      assert.ok((categories ?? 0) > (content ?? 0), "the categories stand on the right");
      await read(page, `mirrored-${section}`);
    }
    const popup = await hers.openToolbarPopup();
    await popup.waitForText(MAXIMILIANE);
    await popup.waitForText(bob.address);
    await read(popup, "mirrored-toolbar");
    await hers.closePopup();
  });
});
