import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const FOLDER = "Decrypted copies";
const SWITCH = "Keep a copy of encrypted messages that is not encrypted";

/** For those who want Thunderbird's search to find what was encrypted. */
describe("copies without encryption", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "local-copies",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: {
        // Thunderbird's question about permissions belongs to no page.
        "extensions.webextOptionalPermissionPrompts": false,
      },
    });
    await setUp(hers, alice);
  });

  after(stopEverything);

  /** Encrypted, with a subject of its own inside. */
  async function read(subject: string, word: string): Promise<void> {
    const inside = [
      ...[`Subject: The real ${subject}`, 'Content-Type: text/plain; charset=utf-8; hp="cipher"'],
      ...[`HP-Outer: Subject: ${subject}`, "", `They meet at the ${word}.`, ""],
    ].join("\n");
    const encrypted = encryptMessage(Buffer.from(inside), [alice.decryption.certificatePem], {
      cipher: "aes-256-gcm",
    });
    const headers = {
      ...{ From: bob.address, To: alice.address, Subject: subject },
      ...{ Date: new Date().toUTCString(), "Message-ID": `<${subject}@smime.example>` },
    };
    await mailServer.deliver(alice.address, withHeaders(headers, encrypted));
    await select(subject, word);
  }

  async function select(subject: string, word: string): Promise<void> {
    await hers.selectMessage(subject);
    await hers.message().waitForText(`They meet at the ${word}.`);
    // The tab of its own, where there is one: only what is opened anew is read again.
    await hers.closeTab();
  }

  /** The subjects of what Thunderbird's own search for a word in the text finds in Local Folders. */
  async function found(word: string): Promise<string[]> {
    return (await hers.execute(
      `const { rootFolder } = MailServices.accounts.localFoldersServer;
       const session = Cc["@mozilla.org/messenger/searchSession;1"].createInstance(Ci.nsIMsgSearchSession);
       for (const folder of rootFolder.descendants) session.addScopeTerm(Ci.nsMsgSearchScope.offlineMail, folder);
       const term = session.createTerm();
       const { value } = term;
       value.attrib = Ci.nsMsgSearchAttrib.Body;
       value.str = arguments[0];
       term.value = value;
       term.attrib = Ci.nsMsgSearchAttrib.Body;
       term.op = Ci.nsMsgSearchOp.Contains;
       session.appendTerm(term);
       const hits = [];
       await new Promise((resolve) => {
         session.registerListener({
           QueryInterface: ChromeUtils.generateQI(["nsIMsgSearchNotify"]),
           onSearchHit: (header) => hits.push(header.mime2DecodedSubject),
           onSearchDone: resolve,
           onNewSearch() {},
         });
         session.search(null);
       });
       return hits;`,
      [word],
    )) as string[];
  }

  async function turn(on: boolean): Promise<void> {
    const options = await hers.openOptions("preferences");
    await options.waitForText(SWITCH);
    await options.clickAsUser(SWITCH);
    await waitFor("the setting", async () => {
      const { localCopies } = (await options.ask("settings.get")) as { localCopies: boolean };
      return localCopies === on;
    });
    await inspect(options, `local-copies-${on ? "on" : "off"}`);
  }

  function stored(): string {
    const path = join(hers.profile, "Mail/Local Folders", FOLDER);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  it("are not kept unless that is turned on", async () => {
    await read("First", "lighthouse");
    await delay(1_500);
    assert.deepEqual(await found("lighthouse"), []);
    assert.equal(stored(), "");
  });

  it("are kept of what is read from then on, once, for Thunderbird's search to find", async () => {
    await turn(true);
    await read("Second", "windmill");
    await waitFor("the copy", async () => (await found("windmill")).length > 0);
    assert.deepEqual(await found("windmill"), ["The real Second"]);
    assert.deepEqual(await found("lighthouse"), []);

    await select("First", "lighthouse");
    await waitFor("the copy", async () => (await found("lighthouse")).length > 0);
    for (const [subject, word] of [
      ["Second", "windmill"],
      ["First", "lighthouse"],
    ] as const) {
      await select(subject, word);
    }
    await hers.terminateBackground();
    await select("Second", "windmill");
    await delay(1_500);
    assert.deepEqual(await found("windmill"), ["The real Second"]);
    assert.deepEqual(await found("lighthouse"), ["The real First"]);
    assert.match(stored(), /^Subject: The real Second\r?$/m);
    assert.doesNotMatch(stored(), /pkcs7-mime|HP-Outer/i);
  });

  it("are not kept of the copies themselves, which read as any message", async () => {
    await hers.call("selectMessage", ["", FOLDER, "The real Second", 20_000, null]);
    await hers.message().waitForText("They meet at the windmill.");
    assert.equal((await hers.messageButton()).label, "Not protected");
    await delay(1_000);
    assert.deepEqual(await found("windmill"), ["The real Second"]);
  });

  it("are not kept any more once that is turned off; those that are there stay", async () => {
    await turn(false);
    await read("Third", "harbour");
    await delay(1_500);
    assert.deepEqual(await found("harbour"), []);
    assert.deepEqual(await found("windmill"), ["The real Second"]);
  });
});
