import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { unpacked } from "../support/build.ts";
import type { Composition } from "../support/composition.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import { alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/**
 * Without the bridge: what ends or fails between the Outbox and the closing of the compose window.
 * No message leaves twice, and none is lost or left behind in halves.
 */
describe("faults around the Outbox", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  /** How many messages had left before the story. */
  let wire: number;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "faults-standard",
      mailServer,
      addon: unpacked("standard"),
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  beforeEach(() => {
    wire = mailServer.wire.length;
  });

  after(stopEverything);

  async function letter(subject: string): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject, body: "For your eyes only.\n" });
    return draft;
  }

  const windowClosed = (draft: Composition) =>
    waitFor("the compose window to close", async () => !(await draft.isOpen()));

  const promptClosed = () =>
    waitFor("the prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));

  /** Presses Send, and the background ends as soon as the message lies in the Outbox. */
  async function killedOnceQueued(draft: Composition): Promise<void> {
    await hers.call("terminateBackgroundOnceQueued", [hers.addon]);
    await draft.pressSend();
    await waitFor(
      "the message in the Outbox, and no background",
      async () =>
        (await hers.call("unsentMessages")) === 1 && (await hers.backgroundState()) === "stopped",
    );
    assert.equal(await draft.isOpen(), true);
    assert.equal(mailServer.wire.length, wire);
  }

  /** The texts of the messages that have left since, all protected. */
  function sent(): string[] {
    return mailServer.wire.slice(wire).map(({ data }) => {
      const { content } = verifyMessage(data, caPem);
      const [, text = ""] =
        /format=flowed[^]*?\r\n\r\n([^]*?)\r\n--/.exec(content.toString()) ?? [];
      return Buffer.from(text, "base64").toString().trim();
    });
  }

  it("leaves the window as it was, and nothing in any folder, when the Outbox takes no message", async () => {
    const draft = await letter("Refused");
    await hers.execute(
      `const folder = await findFolder(arguments[1], "Templates");
       composeWindow(arguments[0]).gMsgCompose.compFields.fcc2 = folder.URI;`,
      [draft.id, alice.address],
    );
    const outbox = String(await hers.execute(`return unsentFolder().filePath.path;`));
    const aside = `${outbox}-aside`;
    renameSync(outbox, aside);
    // As on a full disk, everything written there fails.
    symlinkSync("/dev/full", outbox);
    await draft.pressSend();
    const told = await hers.addonPage("pages/prompt/");
    await told.waitForText("could not be put into the Outbox. The disk may be full.");
    await hers.screenshot("standard-outbox-refused");
    await told.click("Close");
    await promptClosed();
    rmSync(outbox);
    renameSync(aside, outbox);

    assert.equal(await hers.call("unsentMessages"), 0);
    assert.deepEqual(await hers.listSubjects({ folder: "Templates" }), []);
    assert.equal(mailServer.wire.length, wire);
    await draft.fill({ body: "Still mine: " });
    await draft.pressSend();
    await windowClosed(draft);
    await hers.emptyOutbox();
    assert.deepEqual(sent(), ["Still mine: For your eyes only."]);
    assert.deepEqual(await hers.listSubjects({ folder: "Templates" }), ["Refused"]);
  });

  it("goes on with what lies in the Outbox already, instead of sending it twice", async () => {
    const draft = await letter("Once");
    await draft.saveDraft();
    await killedOnceQueued(draft);
    await draft.pressSend();
    await windowClosed(draft);
    await hers.emptyOutbox();
    assert.deepEqual(sent(), ["For your eyes only."]);
    assert.deepEqual(await hers.listSubjects({ folder: "Drafts" }), []);
  });

  it("closes a window whose message has left meanwhile", async () => {
    const draft = await letter("Left");
    await killedOnceQueued(draft);
    await hers.execute(`mainWindow().SendUnsentMessages();`);
    await waitFor("the message to leave", () => mailServer.wire.length === wire + 1);
    await waitFor("the Outbox to be empty", async () => (await hers.call("unsentMessages")) === 0);
    await draft.pressSend();
    await windowClosed(draft);
    assert.deepEqual(sent(), ["For your eyes only."]);
    assert.equal(await hers.call("unsentMessages"), 0);
  });

  it("asks what to do with what was written after the message had come into the Outbox", async () => {
    const draft = await letter("Changed");
    await killedOnceQueued(draft);
    await draft.fill({ body: "By the way: " });
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("lies in the Outbox as it was when you first pressed Send");
    await hers.screenshot("standard-handed-over");
    await prompt.click("Back to the message");
    await promptClosed();
    assert.equal(await hers.call("unsentMessages"), 1);
    assert.match((await draft.state()).body, /By the way: *For your eyes only/);

    await draft.pressSend();
    const again = await hers.addonPage("pages/prompt/");
    await again.click("Send this one as well");
    await windowClosed(draft);
    await hers.emptyOutbox();
    assert.deepEqual(sent().sort(), ["By the way: For your eyes only.", "For your eyes only."]);
  });

  it("does not let it pass unprotected after it has come into the Outbox protected", async () => {
    const draft = await letter("Unprotected");
    await killedOnceQueued(draft);
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed");
    await popup.click("No protection");
    await popup.waitForText("Will be sent without protection.");
    await hers.closePopup();
    await draft.pressSend();
    await windowClosed(draft);
    await hers.emptyOutbox();
    assert.deepEqual(sent(), ["For your eyes only."]);
  });
});
