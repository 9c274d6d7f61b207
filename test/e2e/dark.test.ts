import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

describe("Thunderbird's dark theme", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "dark",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: {
        "ui.systemUsesDarkTheme": 1,
        "extensions.activeThemeID": "thunderbird-compact-dark@mozilla.org",
      },
    });
    await setUp(thunderbird, alice);
  });

  after(stopEverything);

  it("leaves banner and decrypted text readable", async () => {
    const entity = signMessage(textEntity("Light on dark.\n"), bob.signing);
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Dark",
      Date: new Date().toUTCString(),
      "Message-ID": "<dark@smime.example>",
    };
    const message = encryptMessage(entity, [alice.decryption.certificatePem]);
    await mailServer.deliver(alice.address, withHeaders(headers, message));
    await thunderbird.selectMessage("Dark");
    await thunderbird.message().waitForText("Light on dark.");
    await thunderbird.screenshot("dark-message");

    const colours = await thunderbird.message().evaluate(() => {
      const host = document.querySelector("smime-exchange") as unknown as {
        openOrClosedShadowRoot: ShadowRoot;
      };
      return [".banner", ".text"].map((selector) => {
        const element = host.openOrClosedShadowRoot.querySelector(selector);
        return element === null ? "missing" : getComputedStyle(element).color;
      });
    });
    for (const colour of colours) {
      const channels = [...colour.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
      assert.equal(channels.length, 3, colour);
      assert.ok(Math.min(...channels) > 160, `${colour} is light`);
    }

    await thunderbird.openMessagePopup();
    await thunderbird.screenshot("dark-panel");
    await thunderbird.closePopup();
  });
});
