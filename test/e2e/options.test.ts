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

  it("opens in its one tab at the category that is asked for", async () => {
    const options = await thunderbird.openOptions("trust");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.click("Import");
    await options.waitForText("You have no certificate here yet.");
    assert.equal((await position(options)).heading, "My certificates");
  });
});
