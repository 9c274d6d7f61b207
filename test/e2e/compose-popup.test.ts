import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Composition } from "../support/composition.ts";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { createAuthority, type IdentityOptions } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

// Of test/support/chrome/page.js, which runs in the page.
declare function clickByName(name: string): Promise<void>;
declare function clickableNames(): string[];

const STRANGER = "stranger+lists@elsewhere.example";
const DORA = "dora@xn--mnchen-3ya.example";
const DAY = 24 * 60 * 60 * 1000;

/** The button and the popup of a compose window: what will become of the message, and what to do. */
describe("the compose popup", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "compose-popup-"));
  const authority = createAuthority({ name: "Card CA", keyType: "p256" });

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "compose-popup",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  const issue = (
    name: string,
    address: string,
    validity: Pick<IdentityOptions, "notBefore" | "notAfter"> = {},
  ) => authority.issue({ name, address, keyType: "p256", ...validity });

  async function trustIssuer(): Promise<void> {
    const path = join(folder, "ca.pem");
    writeFileSync(path, authority.certificatePem);
    const options = await hers.openOptions("trust");
    await options.chooseFiles("Issuer’s certificate", path);
    await options.waitForText("1 certificate in this file");
    await options.click("Trust this issuer: Card CA");
    await options.waitForText("Card CA is trusted now.");
  }

  async function message(...to: string[]): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to, subject: "Plans", body: "As agreed.\n" });
    return draft;
  }

  async function buttonSays(draft: Composition, label: string, tooltip: string): Promise<void> {
    let last = "";
    await waitFor(`the button to say ${label}`, async () => {
      const button = await draft.button();
      last = `${button.label} (${button.tooltip}) ${button.image}`;
      return button.label === label && button.tooltip === tooltip;
    }).catch((error: unknown) => {
      throw new Error(`the button says ${last}`, { cause: error });
    });
  }

  /** A signed message of Bob's that nobody has opened yet. */
  async function deliverUnread(): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Certificate",
      Date: new Date().toUTCString(),
      "Message-ID": "<certificate@smime.example>",
    };
    const chainPem = `${bob.decryption.certificatePem}\n${caPem}`;
    const content = signMessage(textEntity("Hello.\n"), { ...bob.signing, chainPem });
    await mailServer.deliver(alice.address, withHeaders(headers, content));
  }

  function plainFrom(address: string, subject: string): Buffer {
    const headers = {
      ...{ From: address, To: alice.address, Subject: subject, Date: new Date().toUTCString() },
      "Message-ID": `<${randomUUID()}@elsewhere.example>`,
    };
    return withHeaders(headers, textEntity("As agreed.\n"));
  }

  it("marks what the draft is headed for, and says that this may change", async () => {
    const draft = await message(bob.address);
    await buttonSays(draft, "Signed", "Will be signed. 1 recipient cannot be encrypted to yet.");
    const popup = await hers.openComposePopup(draft);
    const text = await popup.waitForText("Everyone who handles it on the way can read it.");
    assert.match(text, /bob@smime\.example\n?[^]*No certificate here\./);
    assert.match(text, /As your settings say/);
    assert.equal(await checked(popup), "signed");
    await inspect(popup, "compose-missing");
    await hers.closePopup();
    await draft.discard();
  });

  it("remembers a choice for the draft when the background is suspended", async () => {
    const draft = await message(STRANGER);
    const popup = await hers.openComposePopup(draft);
    await popup.click("Signed and encrypted");
    await popup.waitForText("Will not be sent like this.");
    await popup.waitForText("You chose this for this message.");
    await inspect(popup, "compose-blocked");
    await hers.closePopup();
    await buttonSays(
      draft,
      "Can’t encrypt",
      "Will not be sent like this. 1 recipient cannot be encrypted to yet.",
    );
    await hers.terminateBackground();
    const again = await hers.openComposePopup(draft);
    await again.waitForText("You chose this for this message.");
    assert.equal(await checked(again), "encrypted");
    await again.click("Follow the exchange");
    await again.waitForText("Will be signed.");
    assert.equal(await checked(again), "signed");
    await hers.closePopup();
    await draft.discard();
  });

  it("finds a certificate in mail that is here, and encrypts", async () => {
    await deliverUnread();
    const draft = await message(bob.address);
    await waitFor("the message to arrive", async () =>
      (await hers.listSubjects()).includes("Certificate"),
    );
    const popup = await hers.openComposePopup(draft);
    await popup.click("Look for certificates");
    await popup.waitForText("Found, and ready now: bob@smime.example");
    await popup.waitForText("Will be signed and encrypted.");
    await popup.waitForText("Only the recipients and you can read it.");
    await inspect(popup, "compose-found");
    await popup.click("Back to the message");
    await buttonSays(draft, "Encrypted", "Will be signed and encrypted.");
    await draft.discard();
  });

  it("says that nothing was found, and offers to search all mail", async () => {
    const draft = await message(STRANGER);
    const popup = await hers.openComposePopup(draft);
    await popup.click("Look for certificates");
    await popup.waitForText(
      "Neither your address books nor their newest mail have a certificate that can be used.",
    );
    assert.ok((await popup.buttons()).includes("Search all my mail…"));
    await hers.closePopup();
    await draft.discard();
  });

  it("takes those out of the draft who cannot be encrypted to", async () => {
    const draft = await message(bob.address, `Stranger <${STRANGER}>`);
    const popup = await hers.openComposePopup(draft);
    await popup.click("Leave out 1 recipient");
    await popup.waitForText(`Taken out of the message: ${STRANGER}`);
    await popup.waitForText("Will be signed and encrypted.");
    await hers.closePopup();
    const { to } = await draft.state();
    assert.deepEqual(to, [bob.address]);
    await buttonSays(draft, "Encrypted", "Will be signed and encrypted.");
    await draft.discard();
  });

  it("finds a certificate in the address books, and writes a domain as its owner does", async () => {
    const dora = issue("Dora", DORA);
    const key = Buffer.from(dora.certificate).toString("base64");
    await hers.call("addContacts", [
      [`FN:Dora\r\nEMAIL:${DORA}\r\nKEY:data:application/pkix-cert;base64,${key}\r\n`],
    ]);
    await trustIssuer();
    const draft = await message(DORA);
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("dora@münchen.example");
    await popup.click("Look for certificates");
    await popup.waitForText("Found, and ready now: dora@münchen.example");
    await popup.waitForText("Will be signed and encrypted.");
    await inspect(popup, "compose-found-card");
    await hers.closePopup();
    await draft.discard();
  });

  it("lets looking for certificates be ended", async () => {
    const strangers = Array.from({ length: 4 }, (_, index) => `s${index}@elsewhere.example`);
    for (let index = 0; index < 80; index++) {
      const from = strangers[index % strangers.length] ?? "";
      await mailServer.deliver(alice.address, plainFrom(from, `Note ${index}`));
    }
    await waitFor("the messages to arrive", async () =>
      (await hers.listSubjects()).includes("Note 79"),
    );
    const draft = await message(...strangers);
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed.", 40_000);
    // From inside the page: as early as somebody can, and certainly before the end.
    await popup.evaluate(async () => {
      await clickByName("Look for certificates");
      for (;;) {
        await new Promise(requestAnimationFrame);
        if (clickableNames().includes("Cancel")) break;
      }
      await clickByName("Cancel");
    });
    await waitFor("the end", async () => !(await popup.text()).includes("Looking in"));
    assert.ok((await popup.buttons()).includes("Look for certificates"));
    assert.doesNotMatch(await popup.text(), /Neither your address books/);
    await hers.closePopup();
    await draft.discard();
  });

  it("asks at Send where a recipient's certificate has expired", async () => {
    const expired = issue("Emil", "emil@smime.example", {
      notBefore: new Date(Date.now() - 90 * DAY),
      notAfter: new Date(Date.now() - DAY),
    });
    const path = join(folder, "emil.cer");
    writeFileSync(path, expired.certificate);
    const options = await hers.openOptions("people");
    await options.chooseFiles("Certificates of others", path);
    await options.waitForText("1 certificate found");
    await options.click("Add 1 certificate");
    await options.waitForText("1 certificate was added.");

    const draft = await message("emil@smime.example", DORA);
    const popup = await hers.openComposePopup(draft);
    await popup.click("Signed and encrypted");
    await popup.waitForText("Will not be sent like this.");
    await hers.closePopup();
    // A window manager may leave the focus where it is.
    await hers.parkPointer();
    await draft.pressSend();
    const question = await hers.addonPage("pages/prompt/");
    await question.waitForText(/emil@smime\.example\s+Their certificate has expired/);
    await question.waitForText("dora@münchen.example");
    await inspect(question, "sending-question-expired");
    await question.click("Back to the message", { dialogs: "leave" });
    await draft.untilUnlocked();

    await draft.pressSend();
    const again = await hers.addonPage("pages/prompt/");
    await again.waitForText("dora@münchen.example");
    await hers.execute(
      `allWindows().find(({ location }) => location.href.endsWith("/extensionPopup.xhtml")).close();`,
    );
    await draft.untilUnlocked();
    assert.deepEqual(mailServer.wire, []);
    await draft.discard();
  });

  it("is complete by keyboard: Tab reaches everything in order, Escape leaves", async () => {
    const draft = await message(bob.address, STRANGER);
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed.");
    assert.deepEqual(await popup.focusOrder(), [
      "Leave out 1 recipient",
      "Look for certificates",
      "Signed only",
      "Back to the message",
    ]);
    await hers.pressKeyInPopup("KEY_Escape");
    await waitFor("the popup to close", async () => !(await hers.pageIsOpen("pages/compose/")));
    await draft.discard();
  });

  async function checked(popup: {
    evaluate: (fn: () => string) => Promise<string>;
  }): Promise<string> {
    return popup.evaluate(
      () => document.querySelector<HTMLInputElement>("input:checked")?.value ?? "nothing",
    );
  }
});
