import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import type { Page } from "../support/page.ts";
import { encryptMessage, textEntity, verifyMessage, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/**
 * The Experiment alone: what it lets the add-on do, what it takes for an answer, and that Thunderbird
 * is as it was when the add-on has gone.
 */
describe("the bridge", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({ profileName: "bridge", mailServer, accounts: [alice] });
    await receive("Before", textEntity("Nothing in particular.\n"));
    await hers.selectMessage("Before");
    await hers.execute(
      `const { MessageSend } = ChromeUtils.importESModule("resource:///modules/MessageSend.sys.mjs");
      const { MimeMessage } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");
      mainWindow().thunderbirds = {
        build: MimeMessage.prototype.createMessageFile,
        fail: MessageSend.prototype.fail,
        status: messageWindow().smimeSink.encryptionStatus,
      };`,
    );
    await hers.installAddon(ADDON);
    await setUp(hers, alice);
  });

  after(stopEverything);

  async function receive(subject: string, content: Buffer): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
  }

  const sealed = () =>
    encryptMessage(textEntity("For Alice alone.\n"), [alice.decryption.certificatePem], {
      cipher: "aes-256-cbc",
    });

  /** Which of the three functions are Thunderbird's own, in every message window that is open. */
  async function own(): Promise<{ build: boolean; fail: boolean; status: boolean[] }> {
    const answer = await hers.execute(
      `const { MessageSend } = ChromeUtils.importESModule("resource:///modules/MessageSend.sys.mjs");
      const { MimeMessage } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");
      const { build, fail, status } = allWindows("mail:3pane").find((win) => win.thunderbirds).thunderbirds;
      const sinks = allWindows().flatMap(documentsOf)
        .filter(({ documentURI }) => documentURI === "about:message")
        .map(({ defaultView }) => defaultView.smimeSink);
      return {
        build: MimeMessage.prototype.createMessageFile === build,
        fail: MessageSend.prototype.fail === fail,
        // Each window has a function of its own with the same text.
        status: sinks.map(({ encryptionStatus }) => String(encryptionStatus) === String(status)),
      };`,
    );
    return answer as { build: boolean; fail: boolean; status: boolean[] };
  }

  async function wraps(): Promise<void> {
    await waitFor("the functions to be wrapped", async () => {
      const { build, fail, status } = await own();
      return !build && !fail && status.length > 0 && status.every((mine) => !mine);
    });
  }

  async function gaveBack(): Promise<void> {
    const { build, fail, status } = await own();
    assert.deepEqual({ build, fail }, { build: true, fail: true });
    assert.ok(status.length > 0);
    assert.ok(status.every((mine) => mine));
  }

  async function manage(what: "disable" | "enable" | "uninstall"): Promise<void> {
    await hers.execute(
      `const addon = await AddonManager.getAddonByID(arguments[0]); await addon[arguments[1]]();`,
      [hers.addon, what],
    );
  }

  /** The session's secrets go with the add-on. */
  async function comesBack(): Promise<void> {
    await manage("enable");
    await wraps();
    await unlock();
  }

  async function unlock(): Promise<void> {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText("Private keys locked");
    await toolbar.click("Unlock");
    await toolbar.type("Passphrase", alice.passphrase);
    await toolbar.click("Unlock");
    await toolbar.waitForText("Private keys unlocked");
    await hers.closePopup();
  }

  /** Alice writes to Bob; @returns what went over the wire. */
  async function sendsAsUsual(): Promise<Buffer> {
    const before = mailServer.wire.length;
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "As usual", body: "Good morning.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    assert.equal(mailServer.wire.length, before + 1);
    return mailServer.wire.at(-1)?.data ?? Buffer.alloc(0);
  }

  /** Calls of the bridge as a page of the add-on makes them; what each answered or threw. */
  async function callAll(
    page: Page,
    calls: readonly (readonly [name: string, ...args: unknown[]])[],
  ): Promise<string[]> {
    const answers = await page.evaluate(async (all: string) => {
      interface Globals {
        eval(script: string): unknown;
      }
      const { defaultView } = document as unknown as { defaultView: { wrappedJSObject: Globals } };
      const { browser } = defaultView.wrappedJSObject as unknown as {
        browser: { smimeBridge: Record<string, (...args: unknown[]) => Promise<unknown>> };
      };
      const found: string[] = [];
      for (const [name = "", ...args] of JSON.parse(all) as [string, ...unknown[]][]) {
        try {
          found.push(String(await browser.smimeBridge[name]?.(...args)));
        } catch (error) {
          found.push(`refused: ${String((error as { message?: string }).message ?? error)}`);
        }
      }
      return JSON.stringify(found);
    }, JSON.stringify(calls));
    return JSON.parse(answers) as string[];
  }

  it("gives the add-on's pages three questions, three events and a type, and nothing else", async () => {
    const options = await hers.openOptions();
    const names = await options.evaluate(() => {
      const { defaultView } = document as unknown as {
        defaultView: { wrappedJSObject: { browser: { smimeBridge: object } } };
      };
      return Object.keys(defaultView.wrappedJSObject.browser.smimeBridge).sort();
    });
    assert.deepEqual(names, [
      "Outgoing",
      "onBuild",
      "onBuilt",
      "onLeft",
      "openedFrom",
      "read",
      "readStart",
    ]);
  });

  it("refuses what has the wrong type, is out of range or names nothing", async () => {
    const wrong = [null, "1", 1.5, -1, 0, 2 ** 53, [1], {}, true];
    const options = await hers.openOptions();
    const calls = ["openedFrom", "read", "readStart"].flatMap((name) => [
      ...wrong.map((value) => [name, value] as const),
      [name] as const,
      [name, 1, 2] as const,
    ]);
    const answers = await callAll(options, calls);
    for (const [index, answer] of answers.entries()) {
      assert.match(answer, /^refused: /, JSON.stringify(calls[index]));
    }
    const [tab, ...messages] = await callAll(options, [
      ["openedFrom", 987_654],
      ["read", 987_654],
      ["readStart", 987_654],
    ]);
    assert.match(tab ?? "", /^refused: /);
    for (const answer of messages) assert.match(answer, /^(refused: |null$)/);
  });

  it("gives the bytes that Thunderbird's own call gives, from this machine", async () => {
    const lines = `${"A line of the text.\r\n".repeat(100)}From here on it is long.\r\n`;
    await receive("Short", textEntity(lines));
    await receive("Long", textEntity(lines.repeat(1000)));
    await hers.execute(
      `const { folder } = await showFolder(arguments[0], "Inbox");
      const wanted = () => [...folder.messages].filter(({ subject }) => /^(Short|Long)$/.test(subject));
      await until("both messages", async () => {
        await updateFolder(folder);
        return wanted().length === 2;
      });
      const local = MailServices.accounts.localFoldersServer.rootFolder;
      local.QueryInterface(Ci.nsIMsgLocalMailFolder);
      const copies = local.createLocalSubfolder("Copies");
      await new Promise((resolve, reject) => MailServices.copy.copyMessages(
        folder, wanted(), copies, false,
        { QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"]),
          onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() {},
          onStopCopy: (status) => (Components.isSuccessCode(status) ? resolve() : reject(status)) },
        null, false));
      folder.setFlag(Ci.nsMsgFolderFlags.Offline);
      folder.downloadMessagesForOffline(wanted(), mainWindow().msgWindow);
      await until("the messages on this machine", () =>
        wanted().every(({ messageKey }) => folder.hasMsgOffline(messageKey)));`,
      [alice.address],
      60_000,
    );
    const options = await hers.openOptions();
    const found = await options.evaluate(async () => {
      interface Message {
        readonly id: number;
        readonly subject: string;
        readonly folder: { readonly name: string };
      }
      interface Api {
        messages: {
          query(about: object): Promise<{ messages: Message[] }>;
          getRaw(id: number, options: object): Promise<Blob>;
        };
        smimeBridge: { read(id: number): Promise<Blob | ArrayBuffer | null> };
      }
      const { defaultView } = document as unknown as {
        defaultView: {
          wrappedJSObject: {
            browser: Api;
            Object: ObjectConstructor;
            Response: typeof Response;
            Blob: typeof Blob;
          };
        };
      };
      const page = defaultView.wrappedJSObject;
      const list: string[] = [];
      const { messages } = await page.browser.messages.query(new page.Object());
      for (const { id, subject, folder } of [...messages]) {
        if (!/^(Short|Long)$/.test(subject)) continue;
        const wanted = new page.Object() as { data_format: string; decrypt: boolean };
        wanted.data_format = "File";
        wanted.decrypt = false;
        const raw = await new page.Response(await page.browser.messages.getRaw(id, wanted)).text();
        const read = await page.browser.smimeBridge.read(id);
        const kind = read instanceof page.Blob ? "Blob" : typeof read;
        const same = read !== null && (await new page.Response(read).text()) === raw;
        list.push(`${folder.name}, ${subject}: ${kind} ${same ? "the same" : "another"}`);
      }
      return JSON.stringify(list.sort());
    });
    assert.deepEqual(JSON.parse(found), [
      "Copies, Long: Blob the same",
      "Copies, Short: object the same",
      "Inbox, Long: Blob the same",
      "Inbox, Short: object the same",
    ]);
  });

  it("tells of a compose window only, and gives no start of a small message", async () => {
    const options = await hers.openOptions();
    const ids = await options.evaluate(async () => {
      interface Api {
        tabs: { query(about: object): Promise<{ id: number; type: string }[]> };
      }
      const { defaultView } = document as unknown as {
        defaultView: { wrappedJSObject: { browser: Api; Object: ObjectConstructor } };
      };
      const page = defaultView.wrappedJSObject;
      const tabs = await page.browser.tabs.query(new page.Object());
      return [...tabs].map(({ id, type }) => ({ id, type }));
    });
    assert.ok(ids.some(({ type }) => type === "mail"));
    const answers = await callAll(
      options,
      ids.map(({ id }) => ["openedFrom", id] as const),
    );
    for (const answer of answers) assert.match(answer, /^refused: .*no compose tab/);
    assert.deepEqual(await callAll(options, [["readStart", 1]]), ["null"]);
  });

  it("sends nothing for an answer that is none", async () => {
    const wrong = {
      onBuild: ["null", "5", "({})", "({ action: 'send' })", "({ action: 'refuse', reason: 7 })"],
      onBuilt: [
        "null",
        "({})",
        "({ message: 5 })",
        "({ message: 'text' })",
        "({ message: [1, 2, 3] })",
        "({ message: new ArrayBuffer(0) })",
        "(() => { throw new Error('no'); })()",
      ],
    };
    const before = mailServer.wire.length;
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "Confidential", body: "For your eyes only.\n" });
    for (const [event, answers] of Object.entries(wrong)) {
      for (const answer of answers) {
        await hers.execute(
          `const { extension } = WebExtensionPolicy.getByID(arguments[0]);
          const bridge = extension.apiManager.getAPI("smimeBridge", extension);
          const answering = (body) => ({ async: async () => eval(body) });
          const built = arguments[1] === "onBuilt";
          mainWindow().undo = [
            bridge.PERSISTENT_EVENTS.onBuild({ fire: answering(built ? "({ action: 'protect' })" : arguments[2]) }),
            bridge.PERSISTENT_EVENTS.onBuilt({ fire: answering(built ? arguments[2] : "null") }),
          ];`,
          [hers.addon, event, answer],
        );
        const result = await draft.send();
        assert.equal(result.outcome, "dialog", `${event} ${answer}`);
        const text = result.dialogs.map((dialog) => dialog.text).join("\n");
        assert.match(text, /The add-on did not answer\. Nothing was sent/, `${event} ${answer}`);
        await hers.answerDialog("OK");
      }
    }
    assert.equal(mailServer.wire.length, before);
    await draft.discard();
    // The add-on's own listeners come back with the background.
    await manage("disable");
    await comesBack();
    verifyMessage(await sendsAsUsual(), caPem);
  });

  it("survives windows that open and close", async () => {
    await receive("Sealed", sealed());
    await hers.selectMessage("Sealed");
    await hers.message().waitForText("For Alice alone.");
    const windows = await hers.execute(
      `const first = mainWindow();
      const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
      const message = messageWindow().gMessage;
      first.MsgOpenNewWindowForFolder(message.folder.URI, message.messageKey);
      await until("another main window", () => countMainWindows() === 2 && mainWindow() !== first);
      await untilReady();
      MailUtils.openMessageInNewWindow(message);
      await until("a message window", () => allWindows("mail:messageWindow").length === 1);
      const alone = allWindows("mail:messageWindow")[0];
      await until("its message", () => documentsOf(alone).some(({ defaultView }) => defaultView.msgLoaded));
      return allWindows().length;`,
    );
    assert.ok(Number(windows) >= 3);
    await wraps();
    const pane = await hers.execute(
      `const alone = allWindows("mail:messageWindow")[0];
      return documentsOf(alone).filter(({ documentURI }) => documentURI === "about:message")
        .map((document) => isVisible(document.getElementById("messageHeader")));`,
    );
    assert.deepEqual(pane, [true]);
    await hers.screenshot("bridge-windows");
    await hers.execute(
      `allWindows("mail:messageWindow")[0].close();
      allWindows("mail:3pane").find((win) => !win.thunderbirds).close();
      await until("one main window", () => countMainWindows() === 1);`,
    );
    await hers.selectMessage("Before");
    await hers.selectMessage("Sealed");
    await hers.message().waitForText("For Alice alone.");
    verifyMessage(await sendsAsUsual(), caPem);
  });

  it("gives Thunderbird's functions back when it is switched off, on again, and off", async () => {
    await manage("disable");
    await gaveBack();
    assert.doesNotMatch((await sendsAsUsual()).toString(), /pkcs7/);
    await manage("enable");
    await wraps();
    await manage("disable");
    await gaveBack();
    await comesBack();
  });

  it("does nothing any more where another add-on has wrapped its wrapper", async () => {
    await hers.execute(
      `const { MimeMessage } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");
      const wrapped = MimeMessage.prototype.createMessageFile;
      MimeMessage.prototype.createMessageFile = function () { return wrapped.call(this); };`,
    );
    verifyMessage(await sendsAsUsual(), caPem);
    await manage("disable");
    assert.doesNotMatch((await sendsAsUsual()).toString(), /pkcs7/);
    await hers.execute(
      `const { MimeMessage } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");
      MimeMessage.prototype.createMessageFile = mainWindow().thunderbirds.build;`,
    );
    await comesBack();
  });

  it("leaves one wrapper after an update, and none after it was removed", async () => {
    await hers.installAddon(ADDON);
    await wraps();
    await unlock();
    verifyMessage(await sendsAsUsual(), caPem);
    await manage("disable");
    await gaveBack();
    await manage("enable");
    await wraps();
    await manage("uninstall");
    await gaveBack();
    assert.doesNotMatch((await sendsAsUsual()).toString(), /pkcs7/);
  });
});
