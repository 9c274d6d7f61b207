import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/**
 * What a script in a message can get. The add-on under test is the real one, but its script in
 * messages asks for everything there is and writes down what it got.
 */
const ASKS = `
(async () => {
  const names = NAMES;
  const requests = [null, {}, { tabId: 1 }, { tabId: 2 }, { fingerprint: "" }, { address: "alice@smime.example" },
    { passphrase: "correct horse battery" }, { current: "correct horse battery", next: "another one" },
    { losing: [] }, { lockAfterMinutes: 0 }, { message: null }, { message: 1 }, { message: null, automatic: false },
    { message: 2, index: 0 }, { file: new Uint8Array(1), password: "" }, { id: "", answer: "done" }];
  const got = {};
  for (const protocol of ["pages", "display", "storage", "vault", ""]) {
    for (const name of names) {
      for (const request of requests) {
        const answer = await browser.runtime.sendMessage({ protocol, name, request }).catch(String);
        if (answer === undefined) continue;
        (got[protocol + " " + name] ??= []).push(answer);
      }
    }
  }
  const tried = {};
  const attempt = async (name, work) => {
    try { tried[name] = (await work()) ?? null; } catch (error) { tried[name] = "refused: " + error; }
  };
  for (const area of ["local", "session", "sync", "managed"]) {
    await attempt("storage." + area, () => browser.storage[area].get(null));
  }
  await attempt("bridge", () => Object.keys(browser.smimeBridge));
  await attempt("databases", async () => (await indexedDB.databases()).map(({ name }) => name));
  await attempt("background", () => browser.runtime.getBackgroundPage());
  await attempt("api", () => Object.keys(browser).flatMap((name) =>
    Object.keys(browser[name] ?? {})
      .filter((each) => typeof browser[name][each] === "function")
      .map((each) => name + "." + each)).sort());
  await attempt("page", async () => (await fetch(browser.runtime.getURL("pages/options/index.html"))).status);
  const result = document.createElement("pre");
  result.id = "everything";
  result.textContent = JSON.stringify({ got, tried });
  document.body.append(result);
})();
`;

const TEXT = "The secret plan of Ada.";

describe("secrets", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const addon = join(folder, "addon");

  before(async () => {
    cpSync(ADDON, addon, { recursive: true });
    const protocol = readFileSync(new URL("../../src/core/protocol.ts", import.meta.url), "utf8");
    const names = [...protocol.matchAll(/^ {2}"([a-z]+\.[A-Za-z]+)": \{/gm)].map(
      ([, name]) => name,
    );
    assert.ok(names.length > 30, `${names.length} names`);
    writeFileSync(
      join(addon, "message-display", "main.js"),
      ASKS.replace("NAMES", JSON.stringify([...names, "constructor", "__proto__"])),
    );
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "secrets",
      mailServer,
      addon,
      accounts: [alice],
      // Each process writes what is said in its consoles to Thunderbird's output.
      preferences: {
        "devtools.console.stdout.chrome": true,
        "devtools.console.stdout.content": true,
      },
    });
    await setUp(hers, alice);
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a page of the add-on has in its session's memory. */
  async function session(): Promise<Record<string, unknown>> {
    const options = await hers.openOptions();
    const text = await options.evaluate(async () => {
      interface PageGlobals {
        browser: { storage: { session: { get(keys: null): Promise<object> } } };
        JSON: JSON;
      }
      const { defaultView } = document as unknown as {
        defaultView: { wrappedJSObject: PageGlobals };
      };
      const page = defaultView.wrappedJSObject;
      return page.JSON.stringify(await page.browser.storage.session.get(null));
    });
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Each way to write down the passphrase, the vault key and both private keys, or pieces of them. */
  async function forms(): Promise<string[]> {
    const { vaultKey } = await session();
    assert.ok(Array.isArray(vaultKey), "the vault is open");
    const keys = [alice.signing, alice.decryption].map(({ privateKeyPem }) =>
      Buffer.from(privateKeyPem.replace(/-----[^-]+-----|\s/g, ""), "base64"),
    );
    const pieces = [
      Buffer.from(vaultKey as number[]),
      ...keys.map((key) => key.subarray(600, 630)),
    ];
    return [
      alice.passphrase,
      ...pieces.flatMap((piece) => [
        piece.toString("hex"),
        [...piece.subarray(0, 12)].join(","),
        // At each of the three places where base64 may begin.
        ...[0, 1, 2].map((start) => piece.toString("base64", start, start + 24)),
      ]),
    ];
  }

  function holdsNone(where: string, text: string, secrets: readonly string[]): void {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in ${where}`);
  }

  it("are in nothing that a script in a message can ask for", async () => {
    const secrets = await forms();
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Everything",
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    const sealed = encryptMessage(textEntity(`${TEXT}\n`), [alice.decryption.certificatePem], {
      cipher: "aes-256-gcm",
    });
    await mailServer.deliver(alice.address, withHeaders(headers, sealed));
    await hers.selectMessage("Everything");
    const written = await waitFor("everything", async () => {
      const text = await hers
        .message()
        .evaluate(() => document.getElementById("everything")?.textContent ?? "");
      return text !== "" && text;
    });
    const { got, tried } = JSON.parse(written) as {
      got: Record<string, { ok: boolean; code?: string }[]>;
      tried: Record<string, unknown>;
    };
    const names = Object.keys(got);
    assert.ok(names.filter((name) => name.startsWith("pages ")).length > 30);
    for (const [name, answers] of Object.entries(got)) {
      assert.match(name, /^(pages|display) /);
      if (!name.startsWith("display display.")) {
        for (const answer of answers) assert.deepEqual(answer, { ok: false, code: "bad-request" });
      }
    }
    // Its own message it does get, or all this would prove nothing.
    assert.match(JSON.stringify(got["display display.view"]), new RegExp(TEXT));
    holdsNone("what a script gets", written, secrets);
    assert.equal(tried["bridge"], "refused: TypeError: can't convert undefined to object");
    assert.match(String(tried["storage.session"]), /^refused/);
    assert.match(String(tried["background"]), /^refused/);
    assert.match(String(tried["databases"]), /^refused/);
    assert.match(String(tried["page"]), /^refused/);
    for (const name of tried["api"] as string[]) assert.match(name, /^(i18n|runtime|test)\./);
    assert.ok(!(tried["api"] as string[]).includes("runtime.getBackgroundPage"));
  });

  it("are in no storage that outlives the session, and in no log, after everything went wrong", async () => {
    const secrets = await forms();
    const options = await hers.openOptions();
    await options.evaluate(
      async (requests: string) => {
        interface PageGlobals {
          browser: { runtime: { sendMessage(message: unknown): Promise<unknown> } };
          JSON: JSON;
        }
        const { defaultView } = document as unknown as {
          defaultView: { wrappedJSObject: PageGlobals };
        };
        const page = defaultView.wrappedJSObject;
        for (const request of JSON.parse(requests) as object[]) {
          const message: unknown = page.JSON.parse(
            JSON.stringify({ protocol: "pages", ...request }),
          );
          await page.browser.runtime.sendMessage(message);
        }
      },
      JSON.stringify([
        { name: "vault.create", request: { passphrase: alice.passphrase } },
        { name: "vault.changePassphrase", request: { current: alice.passphrase, next: "x" } },
        { name: "vault.unlock", request: { passphrase: `${alice.passphrase}!` } },
        { name: alice.passphrase, request: null },
        { name: "keys.remove", request: { fingerprint: alice.passphrase } },
        { name: "settings.set", request: { [alice.passphrase]: 1 } },
      ]),
    );
    await waitFor("the failures in the console", () => /vault-weak-passphrase/.test(hers.log()));
    const messages = await hers.execute(
      `return Services.console.getMessageArray().map(({ message }) => message).join("\\n");`,
    );
    for (const logged of [hers.log(), String(messages)]) {
      holdsNone("the console", logged, secrets);
      assert.ok(!logged.includes(TEXT));
    }
    const local = await options.evaluate(async () => {
      interface PageGlobals {
        browser: { storage: { local: { get(keys: null): Promise<object> } } };
        JSON: JSON;
      }
      const { defaultView } = document as unknown as {
        defaultView: { wrappedJSObject: PageGlobals };
      };
      const page = defaultView.wrappedJSObject;
      return page.JSON.stringify(await page.browser.storage.local.get(null));
    });
    holdsNone("storage.local", local, secrets);
  });

  it("go from the session's memory with the lock", async () => {
    const secrets = await forms();
    const toolbar = await hers.openToolbarPopup();
    await toolbar.click("Lock now");
    await toolbar.waitForText("Private keys locked");
    await hers.closePopup();
    const memory = await session();
    assert.equal("vaultKey" in memory, false);
    holdsNone("storage.session", JSON.stringify(memory), secrets);
  });
});
