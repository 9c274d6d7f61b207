import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, withHeaders, type Signer } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, setUp } from "../support/people.ts";
import { createAuthority } from "../support/pki.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** The state of the exchange with everybody, behind the button in the toolbar. */
describe("the toolbar popup", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "toolbar-"));
  const authority = createAuthority({ name: "Example Mail CA" });
  const stranger = createAuthority({ name: "Unknown CA" });
  const former = authority.issue({ name: "Erin Example", address: "erin@smime.example" });
  const later = authority.issue({ name: "Erin Example", address: "erin@smime.example" });
  let received = 0;

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "toolbar",
      mailServer,
      addon: ADDON,
      accounts: [alice, { name: "Alice at work", address: "alice@work.example" }],
    });
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function receive(from: string, signer: Signer | null): Promise<void> {
    const subject = `Message ${++received}`;
    const entity = textEntity("Hello.\n");
    const headers = {
      From: from,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<toolbar-${received}@smime.example>`,
    };
    const message = signer === null ? entity : signMessage(entity, signer);
    await mailServer.deliver(alice.address, withHeaders(headers, message));
    await thunderbird.selectMessage(subject);
    await waitFor("the button", async () => (await thunderbird.messageButton()).label !== "");
  }

  /** The contacts that are drawn, as they are read out. */
  async function rows(popup: Page): Promise<string[]> {
    return popup.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[role="row"]')]
        .sort((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
        .map((row) => row.innerText.replace(/\s+/g, " ").trim()),
    );
  }

  /** Every line, also those that are drawn only once one scrolls to them. */
  async function allRows(popup: Page): Promise<string[]> {
    return popup.evaluate(async () => {
      const grid = document.querySelector('[role="grid"]');
      if (grid === null) return [];
      const seen = new Map<number, string>();
      const count = Number(grid.ariaRowCount);
      for (grid.scrollTop = 0; seen.size < count; grid.scrollTop += 200) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        for (const row of grid.querySelectorAll<HTMLElement>('[role="row"]')) {
          seen.set(Number(row.ariaRowIndex), row.innerText.replace(/\s+/g, " ").trim());
        }
        if (grid.scrollTop + grid.clientHeight >= grid.scrollHeight) break;
      }
      grid.scrollTop = 0;
      return [...seen].sort(([one], [other]) => one - other).map(([, text]) => text);
    });
  }

  /** A key as the keyboard gives it. */
  async function press(key: string): Promise<void> {
    await thunderbird.execute(
      `const win = mainWindow();
      findBrowser({ addon: arguments[0], page: "pages/toolbar/" }).focus();
      eventUtils(win).synthesizeKey(arguments[1], {}, win);`,
      [thunderbird.addon, key],
    );
  }

  /** What has the focus: the field, or the contact and which of its two parts. */
  async function focus(popup: Page): Promise<string> {
    return popup.evaluate(() => {
      const { activeElement } = document;
      const row = activeElement?.closest('[role="row"]');
      if (row === null || row === undefined) return activeElement?.id ?? "";
      const address = row.querySelector<HTMLElement>("[data-address]")?.dataset["address"] ?? "";
      return `${address} ${activeElement?.localName === "button" ? "action" : "facts"}`;
    });
  }

  async function focused(popup: Page, wanted: string): Promise<void> {
    await waitFor(`the focus on ${wanted}`, async () => (await focus(popup)) === wanted);
  }

  it("leads to the set-up first, whoever is in the address book", async () => {
    await thunderbird.call("addContacts", [["FN:Nobody Yet\nEMAIL:nobody@smime.example\n"]]);
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("First, your own certificate");
    assert.deepEqual(await rows(popup), []);
    await inspect(popup, "toolbar-set-up");
    await thunderbird.closePopup();
  });

  it("has nobody to show after the set-up, and says how to begin", async () => {
    await thunderbird.call("deleteContact", ["nobody@smime.example"]);
    await setUp(thunderbird, alice);
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("No contacts yet.");
    assert.deepEqual(await rows(popup), []);
    await inspect(popup, "toolbar-empty");
    await thunderbird.closePopup();
  });

  it("greets an address that is typed, with a signed draft", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.type("New contact: mail address", "carla+lists@smime.example");
    await popup.click("Send a signed hello");
    const hello = await thunderbird.openedComposition();
    await waitFor("the draft", async () => (await hello.state()).to.length > 0);
    const { to, body } = await hello.state();
    assert.deepEqual(to, ["carla+lists@smime.example"]);
    assert.match(body, /This message is signed/);
    assert.deepEqual(await hello.send(), { outcome: "sent" });
    assert.match(mailServer.wire.at(-1)?.data.toString("latin1") ?? "", /multipart\/signed/);
    await thunderbird.emptyOutbox();
  });

  it("shows one contact with what happened", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(
      /Waiting for an answer 1\n[^]*carla\+lists@smime\.example[^]*You sent a signed mail on \w+ \w+\. Waiting for a signed reply\.[^]*Send a reminder/,
    );
    assert.equal((await rows(popup)).length, 2);
    await inspect(popup, "toolbar-one");
    await thunderbird.closePopup();
  });

  it("brings forward an earlier signed mail when nobody answers", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.click("Send a reminder");
    const reminder = await thunderbird.openedComposition();
    await waitFor("the draft", async () => (await reminder.state()).to.length > 0);
    assert.match((await reminder.state()).body, /sign your reply/);
    await waitFor("its fate", async () => (await reminder.button()).label === "Signed");
    await reminder.discard();
  });

  it("shows who is in the address book, by any script and length of name", async () => {
    await thunderbird.call("addContacts", [
      [
        `FN:Bob\nEMAIL:bob@xn--mnchen-3ya.example\n`,
        "FN:עדה לאבלייס\nEMAIL:ada@xn--4dbcagdahymbxekheh6e0a7fei0b.example\n",
        `FN:${"Maximiliane Freifrau von und zu Beispielhausen ".repeat(3)}\nEMAIL:maximiliane.${"von.".repeat(12)}beispielhausen@smime.example\n`,
        "FN:Paypal\nEMAIL:pay@xn--pypal-4ve.example\n",
      ],
    ]);
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/Not started 4/);
    const text = await popup.text();
    assert.match(text, /bob@münchen\.example/);
    assert.match(text, /pay@xn--pypal-4ve\.example/);
    await inspect(popup, "toolbar-names");
    await thunderbird.closePopup();
  });

  it("follows the address book", async () => {
    await thunderbird.call("deleteContact", ["pay@xn--pypal-4ve.example"]);
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/Not started 3/);
    await thunderbird.closePopup();
  });

  it("groups contacts by what needs doing first", async () => {
    const file = join(folder, "authority.pem");
    writeFileSync(file, authority.certificatePem);
    const options = await thunderbird.openOptions();
    await options.click("Trust");
    await options.chooseFiles("Issuer’s certificate (.cer, .crt or .pem)", file);
    await options.waitForText("1 certificate in this file");
    await options.click("Trust this issuer: Example Mail CA");
    await options.waitForText("Example Mail CA is trusted now.");

    await receive("Erin <erin@smime.example>", former);
    const frank = authority.issue({ name: "Frank Fernsprech", address: "frank@smime.example" });
    await receive("Frank <frank@smime.example>", frank);
    const gina = stranger.issue({ name: "Gina", address: "gina@smime.example" });
    await receive("Gina <gina@smime.example>", gina);
    await receive("Erin <erin@smime.example>", later);

    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/Needs a look 2/);
    const order = await allRows(popup);
    const begins = [
      "Needs a look 2",
      "Erin Example erin@smime.example",
      "Gina gina@smime.example",
      "Your turn 1",
      "Frank Fernsprech frank@smime.example",
      "Waiting for an answer 1",
      "carla+lists@smime.example",
      "Not started 3",
    ];
    for (const [index, begin] of begins.entries()) {
      assert.ok(order[index]?.startsWith(begin), `${begin}: ${order[index] ?? ""}`);
    }
    assert.equal(order.length, begins.length + 3);
    await inspect(popup, "toolbar-many");
    await thunderbird.closePopup();
  });

  it("is driven by the keyboard alone", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/Needs a look 2/);
    await focused(popup, "filter");
    await press("KEY_ArrowDown");
    await focused(popup, "erin@smime.example facts");
    await press("KEY_ArrowDown");
    await press("KEY_ArrowDown");
    await focused(popup, "frank@smime.example facts");
    await press("KEY_ArrowRight");
    await focused(popup, "frank@smime.example action");
    await press("KEY_End");
    await waitFor("the last one", async () => /^(?!frank).+ action$/.test(await focus(popup)));
    await press("KEY_Home");
    await focused(popup, "erin@smime.example action");
    await press("KEY_ArrowLeft");
    await press("g");
    await focused(popup, "filter");
    await press("i");
    await popup.waitForText("1 contact found.");
    assert.deepEqual((await rows(popup)).length, 2);
    await press("KEY_ArrowDown");
    await focused(popup, "gina@smime.example facts");
    await press("KEY_ArrowUp");
    await focused(popup, "filter");
    await inspect(popup, "toolbar-filtered");
    await thunderbird.closePopup();
  });

  it("shows only one group when asked to, and says so when nobody is found", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/Needs a look 2/);
    await popup.click("Your turn 1");
    await waitFor("one group", async () => (await rows(popup)).length === 2);
    assert.match((await rows(popup)).join(), /Frank/);
    await popup.type("Find among 7 contacts", "erin");
    await popup.waitForText("Nobody found.");
    await inspect(popup, "toolbar-nobody");
    await thunderbird.closePopup();
  });

  it("keeps to the known key until the other one was compared and confirmed", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("Erin Example");
    await popup.click("Compare certificates: Erin Example");
    const text = (await popup.waitForText("It is theirs: use it")).replaceAll(/\s/g, "");
    for (const { certificate } of [former, later]) {
      assert.ok(text.includes(await fingerprint(certificate)));
    }
    await inspect(popup, "toolbar-decide-changed");
    await popup.click("It is theirs: use it");
    await popup.waitForText("Nothing is left to decide here.");
    await popup.click("Back");
    await popup.waitForText(/Your turn 2[^]*Erin Example[^]*They still need yours/);
    await thunderbird.closePopup();
  });

  it("asks the contact whether the key is theirs", async () => {
    const another = authority.issue({ name: "Erin Example", address: "erin@smime.example" });
    await receive("Erin <erin@smime.example>", another);
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("Compare certificates");
    await popup.click("Compare certificates: Erin Example");
    await popup.waitForText("Known until now");
    await popup.click("Write and ask");
    const draft = await thunderbird.openedComposition();
    await waitFor("the draft", async () => (await draft.state()).to.length > 0);
    assert.match((await draft.state()).subject, /Is this your new certificate/);
    // Encrypted to the key that is known.
    await waitFor("its fate", async () => (await draft.button()).label === "Encrypted");
    await draft.discard();
  });

  it("trusts one certificate whose issuer nobody knows", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("Gina");
    await popup.click("Look at their certificate: Gina");
    await popup.waitForText(/Nobody you trust vouches for it[^]*Unknown CA/);
    await inspect(popup, "toolbar-decide-untrusted");
    await popup.click("Trust this certificate");
    await popup.waitForText("Nothing is left to decide here.");
    await popup.click("Back");
    await popup.waitForText(/Your turn \d[^]*Gina/);
    await thunderbird.closePopup();
  });

  it("answers signed", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.type("Find among 7 contacts", "frank");
    await popup.waitForText("Frank Fernsprech");
    await popup.click("Answer signed: Frank Fernsprech");
    const draft = await thunderbird.openedComposition();
    await waitFor("the draft", async () => (await draft.state()).to.length > 0);
    assert.deepEqual((await draft.state()).to, ["frank@smime.example"]);
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    await thunderbird.emptyOutbox();
    const complete = await thunderbird.openToolbarPopup();
    await complete.click("Ready for encryption 1");
    await complete.waitForText(
      /Frank Fernsprech[^]*Certificates exchanged\. Mail is encrypted\.[^]*Write encrypted/,
    );
    await complete.click("Write encrypted: Frank Fernsprech");
    const next = await thunderbird.openedComposition();
    await waitFor("its fate", async () => (await next.button()).label === "Encrypted");
    await next.discard();
  });

  it("trusts the issuer of a contact whose mail brought it, with one in between", async () => {
    const root = createAuthority({ name: "Far Away Root" });
    const below = createAuthority({ name: "Far Away Mail CA", issuer: root });
    const hans = below.issue({ name: "Hans", address: "hans@smime.example" });
    await receive("Hans <hans@smime.example>", hans);
    await receive("Nobody <nobody@smime.example>", null);
    await thunderbird.terminateBackground();

    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("Hans");
    await popup.click("Look at their certificate: Hans");
    const text = await popup.waitForText("Far Away Root");
    assert.ok(text.replaceAll(/\s/g, "").includes(await fingerprint(root.certificate)));
    await inspect(popup, "toolbar-decide-issuer");
    await popup.click("Trust this issuer");
    await popup.waitForText("Nothing is left to decide here.");
    await popup.click("Back");
    await popup.waitForText(/Your turn \d[^]*Hans/);
    await thunderbird.closePopup();
    const options = await thunderbird.openOptions("trust");
    await options.waitForText("It came in a message of hans@smime.example.");
  });

  it("has a list for each identity", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.choose("Your address", "alice@work.example");
    await popup.waitForText("First, your own certificate");
    assert.deepEqual(await rows(popup), []);
    await thunderbird.closePopup();
  });
});

async function fingerprint(certificate: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", certificate))
    .toString("hex")
    .toUpperCase();
}
