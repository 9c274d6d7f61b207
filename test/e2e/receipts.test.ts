import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BUILD } from "../support/build.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  decryptMessage,
  encryptMessage,
  signMessage,
  textEntity,
  verifyMessage,
  withHeaders,
} from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Receipts that say a message was read (RFC 8098): asked for, and given, beside encryption. */
describe("read receipts", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "receipts",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: {
        "mail.mdn.report.enabled": true,
        // To somebody whose address is in the message: ask; from elsewhere as well.
        "mail.mdn.report.not_in_to_cc": 2,
        "mail.mdn.report.outside_domain": 2,
        "mail.mdn.report.other": 2,
      },
    });
    await setUp(hers, alice);
    const chainPem = `${bob.decryption.certificatePem}\n${caPem}`;
    await deliver(
      "Certificate",
      signMessage(textEntity("Here it is.\n"), { ...bob.signing, chainPem }),
    );
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
  });

  after(stopEverything);

  async function deliver(
    subject: string,
    entity: Buffer,
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const headers = {
      ...{ From: bob.address, To: alice.address, Subject: subject },
      ...{ Date: new Date().toUTCString(), "Message-ID": `<${crypto.randomUUID()}@smime.example>` },
      ...more,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, entity));
  }

  /** Where the standard build opens what Thunderbird shows an error page for. */
  async function isInItsOwnTab(): Promise<boolean> {
    const mode = await hers.execute(`return mainWindow().tabmail.selectedTab.mode.name;`);
    return mode === "mailMessageTab";
  }

  it("are asked for outside of what is encrypted, where the other program looks", async () => {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "Asking", body: "Tell me.\n" });
    await hers.execute(
      `const win = composeWindow(arguments[0]);
       win.ToggleReturnReceipt(win.document.getElementById("menu_returnReceipt") ?? win.document.getElementById("returnReceiptMenu"));`,
      [draft.id],
    );
    await waitFor("the button", async () => (await draft.button()).label === "Encrypted");
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const data = mailServer.wire.at(-1)?.data ?? Buffer.alloc(0);
    const [header = ""] = data.toString("latin1").split("\r\n\r\n", 1);
    assert.match(header, /^Disposition-Notification-To: .*alice@smime\.example/m);
    assert.match(header, /^Subject: \[\.\.\.\]\r?$/m);
    verifyMessage(decryptMessage(data, bob.decryption), caPem);
  });

  it("tell nothing that was encrypted, and are not held back", async () => {
    const inside = Buffer.concat([
      Buffer.from('Subject: The merger\nContent-Type: text/plain; charset=utf-8; hp="cipher"\n\n'),
      Buffer.from("It is signed on Monday.\n"),
    ]);
    const encrypted = encryptMessage(inside, [alice.decryption.certificatePem], {
      cipher: "aes-256-gcm",
    });
    await deliver("[...]", encrypted, { "Disposition-Notification-To": bob.address });
    await hers.selectMessage("[...]");
    await hers.message().waitForText("It is signed on Monday.");
    const before = mailServer.wire.length;
    if (BUILD === "standard" && (await isInItsOwnTab())) {
      // Thunderbird shows an error page instead, and asks nothing there nor in the tab.
      for (const where of ["tab", "list"]) {
        const bars = await hers.execute(
          `return [...messageWindow().document.querySelectorAll("notification-message")].length;`,
        );
        assert.equal(bars, 0, where);
        await hers.closeTab();
      }
      assert.equal(mailServer.wire.length, before);
      return;
    }
    // Thunderbird's bar asks whether to send the receipt.
    await hers.execute(
      `const find = () => [...messageWindow().document.querySelectorAll("notification-message")]
         .flatMap((bar) => [...(bar.shadowRoot?.querySelectorAll("button") ?? []), ...bar.querySelectorAll("button")])
         .find((button) => /Send Receipt/i.test(button.label ?? button.textContent));
       clickElement(await until("the question about the receipt", find));`,
    );
    const receipt = await waitFor("the receipt", () => mailServer.wire[before]);
    const text = receipt.data.toString("latin1");
    assert.deepEqual(receipt.to, [bob.address]);
    assert.match(text, /^Content-Type: multipart\/report;\s*report-type=disposition-notification/m);
    assert.match(text, /displayed/);
    assert.doesNotMatch(text, /merger|Monday/i);
    assert.ok(!text.includes(Buffer.from("merger").toString("base64").slice(0, 7)));
    assert.match(text, /\[\.\.\.\]/);
  });
});
