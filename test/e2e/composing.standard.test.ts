import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { unpacked } from "../support/build.ts";
import type { Composition } from "../support/composition.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import { partsOf, type Part } from "../support/parts.ts";
import { alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** What the add-on makes of a compose window where it writes the message itself. */
describe("a message that the add-on writes", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "composing-"));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "composing-standard",
      mailServer,
      addon: unpacked("standard"),
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sent(draft: Composition): Promise<readonly Part[]> {
    const before = mailServer.wire.length;
    await draft.pressSend();
    await waitFor("the compose window to close", async () => !(await draft.isOpen()));
    await hers.emptyOutbox();
    assert.equal(mailServer.wire.length, before + 1);
    const { data } = mailServer.wire.at(-1) ?? { data: Buffer.alloc(0) };
    return partsOf(verifyMessage(data, caPem).content);
  }

  const contentOf = (parts: readonly Part[], type: string) =>
    parts.find(({ path }) => path.endsWith(type))?.content.toString() ?? "";

  /** What Thunderbird does when a file has been uploaded, without any provider. */
  async function upload(draft: Composition, name: string): Promise<void> {
    await hers.execute(
      `const win = composeWindow(arguments[0]);
       const item = win.gAttachmentBucket.itemChildren.find((each) => each.attachment.name === arguments[1]);
       const account = {
         accountKey: "account1", displayName: "Cloud", iconURL: "", reuseUploads: true,
         isReusedUpload: () => false,
         uploadFile: async () => {},
       };
       await win.UpdateAttachment(item, {
         cloudFileAccount: account,
         relatedCloudFileUpload: {
           id: 1, name: arguments[1], size: 12, path: arguments[2],
           url: "https://cloud.example/" + encodeURIComponent(arguments[1]),
           serviceName: "Cloud", serviceIcon: "", serviceUrl: "https://cloud.example/",
         },
       });
       await until("the link", () => win.document.getElementById("messageEditor").contentDocument
         .querySelectorAll("#cloudAttachmentList > .cloudAttachmentItem").length > 0);`,
      [draft.id, name, join(folder, name)],
    );
  }

  for (const plain of [false, true]) {
    it(`has links in place of uploaded files, ${plain ? "plain text" : "HTML"}`, async () => {
      await hers.execute(
        `MailServices.accounts.defaultAccount.defaultIdentity.composeHtml = arguments[0];`,
        [!plain],
      );
      const draft = await hers.newMessage();
      const attachments = [file("Großer Film.bin", "FILM"), file("small.bin", "SMALL")];
      await draft.fill({ to: [bob.address], subject: "Links", body: "See below.\n", attachments });
      await upload(draft, "Großer Film.bin");
      const parts = await sent(draft);
      assert.deepEqual(
        parts.filter(({ disposition }) => disposition !== "").map(({ content }) => String(content)),
        ["SMALL"],
      );
      const link = "https://cloud.example/Gro%C3%9Fer%20Film.bin";
      assert.ok(contentOf(parts, "text/plain").includes(link));
      if (!plain) {
        const html = contentOf(parts, "text/html");
        assert.ok(html.includes(`href="${link}"`));
        assert.doesNotMatch(html, /id="cloudAttachmentList/);
      }
    });
  }

  it("refuses where it cannot tell an uploaded file from an attached one", async () => {
    const draft = await hers.newMessage();
    const attachments = [file("twice.bin", "ONE")];
    await draft.fill({ to: [bob.address], subject: "Twice", body: "See below.\n", attachments });
    await upload(draft, "twice.bin");
    mkdirSync(join(folder, "other"));
    await draft.fill({ attachments: [file("other/twice.bin", "TWO")] });
    const wire = mailServer.wire.length;
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("An attachment could not be read.");
    await prompt.click("Close");
    await waitFor("the prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));
    assert.equal(mailServer.wire.length, wire);
    await draft.discard();
  });

  it("goes to the folder for a further copy too", async () => {
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "Copied", body: "Twice, please.\n" });
    await hers.execute(
      `const folder = await findFolder(arguments[1], "Templates");
       composeWindow(arguments[0]).gMsgCompose.compFields.fcc2 = folder.URI;`,
      [draft.id, alice.address],
    );
    await sent(draft);
    const wire = mailServer.wire.at(-1)?.data.toString("latin1").replaceAll("\r\n", "\n");
    for (const name of ["Sent", "Templates"]) {
      await waitFor(`the copy in ${name}`, () =>
        mailServer
          .mailboxFiles(alice.address)
          .some(
            ({ path, data }) =>
              path.includes(`/.${name}/`) &&
              data.toString("latin1").replaceAll("\r\n", "\n") === wire,
          ),
      );
    }
  });

  it("says that drafts of it are not encrypted, as soon as it is to be", async () => {
    const draft = await hers.newMessage();
    await draft.fill({ to: [alice.address], subject: "Note to myself", body: "Secret.\n" });
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed and encrypted.");
    await popup.waitForText("Thunderbird saves drafts of it unencrypted");
    await hers.screenshot("standard-drafts-unencrypted");
    await popup.click("Signed only");
    await popup.waitForText("Will be signed.");
    assert.doesNotMatch(await popup.text(), /saves drafts of it unencrypted/);
    await hers.closePopup();
    await draft.discard();
  });
});
