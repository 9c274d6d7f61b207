import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
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
    const protectedHeader = `From: ${bob.address}\nSubject: Light\nTo: ${alice.address}\nHP-Outer: To: ${alice.address}\n`;
    const text = textEntity("Light on dark.\n").toString().replace("utf-8", 'utf-8; hp="cipher"');
    const entity = signMessage(Buffer.from(protectedHeader + text), bob.signing);
    const headers = {
      From: bob.address,
      To: `${alice.address}, carol@smime.example`,
      Subject: "Dark",
      Date: new Date().toUTCString(),
      "Message-ID": "<dark@smime.example>",
    };
    const message = encryptMessage(entity, [alice.decryption.certificatePem]);
    await mailServer.deliver(alice.address, withHeaders(headers, message));
    await thunderbird.selectMessage("Dark");
    await thunderbird
      .message()
      .waitForText(/Somebody changed the header[^]*Subject: Light[^]*Light on dark\./);
    await thunderbird.screenshot("dark-message");

    const colours = await thunderbird.message().evaluate(() => {
      const host = document.querySelector("smime-exchange") as unknown as {
        openOrClosedShadowRoot: ShadowRoot;
      };
      return [".banner", ".subject", ".text"].map((selector) => {
        const element = host.openOrClosedShadowRoot.querySelector(selector);
        return element === null ? "missing" : getComputedStyle(element).color;
      });
    });
    for (const colour of colours) {
      const channels = [...colour.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
      assert.equal(channels.length, 3, colour);
      assert.ok(Math.min(...channels) > 160, `${colour} is light`);
    }

    const panel = await thunderbird.openMessagePopup();
    await panel.waitForText(/Hidden outside, where it reads: Dark[^]*Changed on the way to/);
    await thunderbird.screenshot("dark-panel");
    await inspect(panel, "message-panel");
    await thunderbird.closePopup();
  });
});
