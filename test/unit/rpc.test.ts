import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Reply } from "../../src/core/protocol.ts";

/** What a script in a message can get from the background by asking for everything there is. */

const ROOT = "moz-extension://add-on/";
type Listener = (message: unknown, sender: unknown) => Promise<Reply<unknown>> | undefined;

const SECRET = "the private key";
const page = { url: `${ROOT}pages/options/index.html` };
const script = { url: "imap://mail.example/INBOX", tab: { id: 7 } };
const strangers = [
  script,
  { url: `${ROOT}message-display/main.js`, tab: { id: 7 } },
  { url: "https://evil.example/pages/options/index.html" },
  { url: `https://evil.example/${ROOT}pages/` },
  {},
];

describe("requests", () => {
  let dispatch: Listener;
  const failures: string[] = [];

  before(async () => {
    Object.assign(globalThis, {
      browser: {
        runtime: {
          getURL: (path: string) => ROOT + path,
          onMessage: { addListener: (listener: Listener) => (dispatch = listener) },
        },
      },
    });
    const { serve, isOwnPage } = await import("../../src/thunderbird/rpc.ts");
    const fail = (name: string) => failures.push(name);
    interface Pages {
      "keys.export": { request: null; response: string };
      "keys.break": { request: null; response: string };
    }
    serve<Pages>(
      "pages",
      isOwnPage,
      {
        "keys.export": () => Promise.resolve(SECRET),
        "keys.break": () => Promise.reject(new Error(SECRET)),
      },
      fail,
    );
    interface Display {
      "display.view": { request: null; response: string };
    }
    serve<Display>(
      "display",
      (sender) => sender.tab?.id !== undefined,
      { "display.view": (_request, sender) => Promise.resolve(`tab ${sender.tab?.id ?? ""}`) },
      fail,
    );
  });

  const ask = (sender: unknown, protocol: unknown, name: unknown) =>
    dispatch({ protocol, name, request: null }, sender);

  it("of pages are answered to pages, and to nobody else", async () => {
    assert.deepEqual(await ask(page, "pages", "keys.export"), { ok: true, value: SECRET });
    for (const stranger of strangers) {
      const reply = await ask(stranger, "pages", "keys.export");
      assert.deepEqual(reply, { ok: false, code: "bad-request" });
    }
  });

  it("of a script in a message are about its own tab, and only for scripts in tabs", async () => {
    const mine = { ok: true, value: "tab 7" };
    assert.deepEqual(await ask(script, "display", "display.view"), mine);
    const forged = { protocol: "display", name: "display.view", request: { tabId: 8, tab: 8 } };
    assert.deepEqual(await dispatch(forged, script), mine);
    assert.deepEqual(await ask(page, "display", "display.view"), {
      ok: false,
      code: "bad-request",
    });
  });

  it("for what no protocol names reach nothing", async () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "", "keys.*"]) {
      for (const protocol of ["pages", "display"]) {
        const reply = await ask(protocol === "pages" ? page : script, protocol, name);
        assert.deepEqual(reply, { ok: false, code: "bad-request" });
      }
    }
    for (const protocol of ["constructor", "__proto__", "storage", "", 1, null, {}]) {
      assert.equal(ask(script, protocol, "keys.export"), undefined);
    }
    for (const message of [null, undefined, "keys.export", 1, [], { protocol: "pages" }]) {
      assert.equal(dispatch(message, script), undefined);
    }
  });

  it("that fail tell a code, and nothing of the cause", async () => {
    failures.length = 0;
    const reply = await ask(page, "pages", "keys.break");
    assert.deepEqual(reply, { ok: false, code: "internal" });
    assert.deepEqual(failures, ["keys.break"]);
    assert.doesNotMatch(JSON.stringify(reply), /private/);
  });
});
