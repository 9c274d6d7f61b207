import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer } from "../support/mail-server.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** The options page by its categories. */
describe("the options page", () => {
  let thunderbird: Thunderbird;

  before(async () => {
    thunderbird = await startThunderbird({
      profileName: "options",
      mailServer: await startMailServer(),
      addon: ADDON,
      accounts: [alice],
    });
  });

  after(stopEverything);

  /** What the page says of itself: its address, the category marked, the heading, what has the focus. */
  async function position(options: Page) {
    return options.evaluate(() => ({
      address: location.hash,
      marked: [...document.querySelectorAll('nav [aria-current="page"]')].map((link) =>
        link.textContent.trim(),
      ),
      heading: document.querySelector("h1")?.textContent,
      focused: document.activeElement?.localName,
      title: document.title,
    }));
  }

  it("shows one category at a time", async () => {
    const options = await thunderbird.openOptions();
    // The first one comes last: the page shows it already.
    const categories = [
      ["request", "Get a certificate", /Certificates come from issuers/],
      ["people", "People", /To write encrypted to somebody/],
      ["find", "Find certificates in my mail", /Signed messages that are already/],
      ["trust", "Trust", /Trusted issuers/],
      ["preferences", "Preferences", /New messages[^]*Security[^]*Withdrawn certificates/],
      ["certificates", "My certificates", /You have no certificate here yet\./],
    ] as const;
    for (const [address, title, content] of categories) {
      await options.click(title);
      await options.waitForText(content);
      await inspect(options, `options-${address}`);
      assert.deepEqual(await position(options), {
        address: `#${address}`,
        marked: [title],
        heading: title,
        focused: "h1",
        title: `${title} – settings of S/MIME Exchange`,
      });
    }
  });

  it("opens in its one tab at the category that is asked for, the first-run page too", async () => {
    const options = await thunderbird.openOptions("trust");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.click("Import");
    const welcome = await thunderbird.addonPage("pages/welcome/");
    await welcome.waitForText("Do you have a certificate file");
    await inspect(welcome, "welcome-start");
    await welcome.click("Get a certificate");
    await options.waitForText("Certificates come from issuers");
    assert.equal((await position(options)).heading, "Get a certificate");
  });

  it("walks a newcomer with a .p12 file through the set-up to the first signed mail", async () => {
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.click("Import");
    const welcome = await thunderbird.addonPage("pages/welcome/");
    await welcome.dropFiles(".drop", alice.keyFile);
    await welcome.waitForText("Password of this file");
    await welcome.type("Password of this file", alice.password);
    await welcome.click("Open the file");
    await welcome.waitForText("What is in this file");
    await welcome.click("Import");
    await welcome.waitForText("Choose a passphrase");
    await welcome.type("New passphrase", alice.passphrase);
    await welcome.type("The same passphrase again", alice.passphrase);
    await welcome.click("Set passphrase");
    await welcome.waitForText("alice@smime.example is ready.");
    await welcome.click("Trust this issuer");
    await welcome.waitForText(/^(?![^]*Trust this issuer)/);
    await inspect(welcome, "welcome-ready");
    await welcome.click("Send a signed hello");
    const hello = await thunderbird.openedComposition();
    assert.match((await hello.state()).from, /alice@smime\.example/);
    await hello.fill({ to: ["bob@smime.example"] });
    assert.deepEqual(await hello.send(), { outcome: "sent" });
    await welcome.click("Find certificates");
    const options = await thunderbird.addonPage("pages/options/");
    await options.waitForText("Signed messages that are already");
  });
});
