import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import PostalMime from "postal-mime";
import { BUILD } from "../support/build.ts";
import type { Composition, Draft } from "../support/composition.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  decryptMessage,
  signMessage,
  textEntity,
  verifyMessage,
  withHeaders,
} from "../support/openssl.ts";
import { headersOf, partsOf, type Part } from "../support/parts.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** A red dot of one pixel. */
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const LONG = "abcdefghi ".repeat(150).trim();

/** How a message differs from what Thunderbird makes of the same draft, and why that is right. */
const IN_BOTH = {
  "legacy display":
    "Encrypted messages repeat the subject in the text for readers that do not know RFC 9788",
  "name of a pasted picture": "It had none; Thunderbird makes one up anew each time",
};
const DIFFERENCES = {
  integrated: IN_BOTH,
  standard: {
    ...IN_BOTH,
    "plain text only":
      "Thunderbird leaves the HTML out where nothing is formatted; how it decides, no API tells",
    "html source":
      "The API gives the editor's HTML as it is; Thunderbird breaks its lines, and makes links of addresses",
    "a typed > counts as a quotation":
      "The plain text that the API gives does not tell one from the other",
    "user-agent": "No API tells the value; it says nothing that the recipient needs",
  },
} as const;

interface Story {
  readonly name: string;
  /** Opens the window; without it, New Message. */
  readonly open?: () => Promise<Composition>;
  readonly draft: Draft;
  readonly plain?: true;
  /** What is set by menus: runs in the compose window. */
  readonly settings?: string;
}

/**
 * The same drafts, once without protection and once encrypted, each by real Thunderbird: what
 * openssl finds inside is what Thunderbird itself would have sent.
 */
describe(`fidelity of the ${BUILD} build`, () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "fidelity-"));
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "fidelity",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: {
        "mail.identity.default.organization": "Füller & Söhne",
        "mail.identity.default.reply_to": "office@smime.example",
      },
    });
    await setUp(hers, alice);
    const options = await hers.openOptions("preferences");
    await options.click("No protection");
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Question",
      Date: new Date().toUTCString(),
      "Message-ID": "<question@smime.example>",
      References: "<first@smime.example> <second@smime.example>",
    };
    const { signing, decryption } = bob;
    const signed = signMessage(textEntity("How are you?\nWell, I hope.\n"), {
      ...signing,
      chainPem: `${decryption.certificatePem}\n${caPem}`,
    });
    await mailServer.deliver(alice.address, withHeaders(headers, signed));
    await hers.selectMessage("Question");
    await hers.message().waitForText("Signed by bob@smime.example");
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  const stories: readonly Story[] = [
    { name: "plain text", plain: true, draft: { body: "Dear Bob,\n\nfive it is.\n-- \nAlice" } },
    {
      name: "HTML",
      draft: { html: "<h2>Plan</h2><p>The <b>secret</b> plan.</p><ul><li>One</li></ul>" },
    },
    {
      name: "inline images",
      draft: {
        html: `<p>A <b>dot</b>: <img alt="dot" src="data:image/png;base64,${DOT}"> and text.</p>`,
      },
    },
    {
      name: "three attachments with difficult names",
      draft: {
        html: "<p>Three <i>files</i>.</p>",
        attachments: [
          file(
            'Entwürfe „für“ Bob; 100 %, "quoted".bin',
            crypto.getRandomValues(new Uint8Array(999)),
          ),
          file(`${"Ein sehr langer Dateiname ".repeat(7)}.txt`, "text\n"),
          file("日本語 🙂.pdf", "%PDF-1.4\n"),
        ],
      },
    },
    {
      name: "a reply with a quotation",
      open: async () => {
        await hers.selectMessage("Question");
        return hers.reply();
      },
      draft: { body: "Fine.\n" },
    },
    {
      name: "forwarded as attachment",
      open: async () => {
        await hers.selectMessage("Question");
        await hers.execute(
          `(await mailTab()).commandController.doCommand("cmd_forwardAttachment");`,
        );
        return hers.openedComposition();
      },
      draft: { to: [bob.address], html: "<p>See <b>there</b>.</p>" },
    },
    { name: "long lines", draft: { html: `<p>${LONG}</p><p><b>${"x".repeat(1200)}</b></p>` } },
    {
      name: 'lines that begin with "From "',
      plain: true,
      draft: { body: "From here\n on\n\nFrom there" },
    },
    {
      name: "UTF-8 everywhere",
      draft: {
        subject: "Grüße 日本語 🙂 ".repeat(12).trim(),
        html: "<p>Ünïcödé <b>日本語</b> 🙂</p>",
      },
    },
    {
      name: "format=flowed",
      plain: true,
      draft: { body: `${LONG}\n\nshort\n  indented\n> no quote` },
    },
    {
      name: "a huge body",
      draft: { html: `<p><b>${"Sehr viel Text, übrigens. ".repeat(8000)}</b></p>` },
    },
    { name: "an empty body", draft: {} },
    {
      name: "receipt and priority",
      draft: { html: "<p><b>Now</b></p>" },
      settings: `win.gMsgCompose.compFields.priority = "Highest"; win.gMsgCompose.compFields.returnReceipt = true;`,
    },
  ];

  async function compose(story: Story, subject: string): Promise<Composition> {
    const open = story.open ?? (() => newMessage(story.plain === true));
    const composition = await open();
    const to = story.open === undefined ? { to: [bob.address] } : {};
    const { body, ...rest } = story.draft;
    // A quotation is below the answer; a new line at the end would be one more.
    await composition.fill({ ...to, subject, ...rest, ...(body === undefined ? {} : { body }) });
    if (story.settings !== undefined) {
      await hers.execute(`const win = composeWindow(arguments[0]); ${story.settings}`, [
        composition.id,
      ]);
    }
    return composition;
  }

  async function newMessage(plain: boolean): Promise<Composition> {
    await hers.execute(
      `MailServices.accounts.defaultAccount.defaultIdentity.composeHtml = arguments[0];`,
      [!plain],
    );
    return hers.newMessage();
  }

  async function choose(composition: Composition, choice: string, fate: string): Promise<void> {
    const popup = await hers.openComposePopup(composition);
    await popup.waitForText(choice);
    await popup.click(choice);
    await popup.waitForText(fate);
    await hers.closePopup();
  }

  async function sent(composition: Composition): Promise<Buffer> {
    const before = mailServer.wire.length;
    assert.deepEqual(await composition.send({ milliseconds: 60_000 }), { outcome: "sent" });
    assert.equal(mailServer.wire.length, before + 1);
    return mailServer.wire.at(-1)?.data ?? Buffer.alloc(0);
  }

  for (const story of stories) {
    it(story.name, async () => {
      const subject = story.draft.subject ?? `Fidelity: ${story.name}`;
      const bare = await compose(story, subject);
      const plain = await sent(bare);

      const protectedDraft = await compose(story, subject);
      await choose(protectedDraft, "Signed and encrypted", "Will be signed and encrypted.");
      const wire = await sent(protectedDraft);
      const inside = verifyMessage(decryptMessage(wire, bob.decryption), caPem).content;

      const found = new Set([
        ...headerDifferences(await headersFor(plain), await headersFor(withInner(wire, inside))),
        ...partDifferences(partsOf(plain), partsOf(inside)),
      ]);
      const allowed = new Set(Object.keys(DIFFERENCES[BUILD]));
      assert.deepEqual(
        [...found].filter((difference) => !allowed.has(difference)),
        [],
      );
    });
  }
});

/** The fields that the signature covers stand inside; the others are where they always were. */
function withInner(outer: Buffer, inner: Buffer): { outer: Buffer; inner: Buffer } {
  return { outer, inner };
}

const COMPARED = [
  ...["from", "to", "cc", "reply-to", "subject", "in-reply-to", "references", "organization"],
  ...["x-priority", "disposition-notification-to", "content-language", "user-agent"],
];

async function headersFor(
  message: Buffer | { readonly outer: Buffer; readonly inner: Buffer },
): Promise<Map<string, string>> {
  const raw = Buffer.isBuffer(message)
    ? headersOf(message)
    : new Map([...headersOf(message.outer), ...headersOf(message.inner)]);
  const lines = [...raw].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const { headers } = await PostalMime.parse(`${lines}\r\n`);
  const decoded = new Map(headers.map(({ key, value }) => [key, value]));
  const { subject = "" } = await PostalMime.parse(`${lines}\r\n`);
  decoded.set("subject", subject);
  return decoded;
}

function headerDifferences(
  wanted: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): string[] {
  return COMPARED.flatMap((name) => {
    const [left = "", right = ""] = [wanted.get(name), given.get(name)].map((value) =>
      value?.replace(/\s+/g, " "),
    );
    if (left === right) return [];
    return [name === "user-agent" ? name : `${name}: ${left} → ${right}`];
  });
}

/** The part without the subject that an encrypted message repeats in its text. */
function withoutLegacyDisplay(part: Part): Part {
  const text = part.content.toString();
  const stripped = part.path.endsWith("text/html")
    ? text.replace(/<div class="header-protection-legacy-display">[^]*?<\/div>/, "")
    : text.replace(/^Subject: [^]*?\r?\n\r?\n/, "");
  return stripped === text ? part : { ...part, content: Buffer.from(stripped) };
}

function partDifferences(wanted: readonly Part[], protectedParts: readonly Part[]): string[] {
  const given = protectedParts.map((part) =>
    /text\/(?:html|plain)$/.test(part.path) && part.disposition === ""
      ? withoutLegacyDisplay(part)
      : part,
  );
  const found = given.some((part, index) => part !== protectedParts[index])
    ? ["legacy display"]
    : [];
  const kinds = (parts: readonly Part[]) => parts.map(({ path }) => path);
  let compared = given;
  if (!kinds(given).includes(kinds(wanted)[0] ?? "") || given.length !== wanted.length) {
    const extra = given.filter(({ path }) => path.endsWith("alternative > text/html"));
    compared = given
      .filter((part) => !extra.includes(part))
      .map((part) => ({ ...part, path: part.path.replace(/multipart\/alternative > /, "") }));
    found.push(extra.length > 0 ? "plain text only" : `structure: ${kinds(given).join(", ")}`);
  }
  if (kinds(compared).join() !== kinds(wanted).join()) {
    found.push(`structure: ${kinds(wanted).join(", ")} → ${kinds(compared).join(", ")}`);
    return found;
  }
  wanted.forEach((part, index) => {
    const other = compared[index];
    if (other === undefined) return;
    if (other.fileName !== part.fileName && part.disposition === "inline") {
      found.push("name of a pasted picture");
    } else if (other.fileName !== part.fileName)
      found.push(`name: ${part.fileName} → ${other.fileName}`);
    if (other.disposition !== part.disposition) {
      found.push(`disposition: ${part.disposition} → ${other.disposition}`);
    }
    const html = part.path.endsWith("text/html");
    if (html && withoutIds(other.content) !== withoutIds(part.content)) {
      found.push("html source");
      if (rendered(part.content) !== rendered(other.content)) {
        found.push(`html: ${excerpt(rendered(part.content), rendered(other.content))}`);
      }
    } else if (!html && !sameContent(part, other)) {
      found.push(
        sameContent(unstuffed(part), other)
          ? "a typed > counts as a quotation"
          : `content: ${excerpt(part.content.toString(), other.content.toString())}`,
      );
    }
  });
  return found;
}

/** Without the space that guards a typed ">" (RFC 3676, section 4.4). */
function unstuffed(part: Part): Part {
  if (!part.path.endsWith("text/plain")) return part;
  return { ...part, content: Buffer.from(part.content.toString().replace(/^ >/gm, ">")) };
}

/** Line ends apart, and whether the text ends with one. */
function sameContent(one: Part, other: Part): boolean {
  if (one.content.equals(other.content)) return true;
  if (!/text\/plain$|message\/rfc822$/.test(one.path)) return false;
  const text = ({ content }: Part) => content.toString().replaceAll("\r\n", "\n").trimEnd();
  return text(one) === text(other);
}

/** Each inline part gets a name of its own. */
function withoutIds(html: Buffer): string {
  return html.toString().replace(/cid:[^"]+/g, "cid:");
}

/** What a reader sees: tags with their attributes, but for the names of inline parts and links. */
function rendered(html: Buffer): string {
  return withoutIds(html)
    .replace(/<!DOCTYPE[^>]*>|<\/?a\b[^>]*>/gi, "")
    .replace(/\s+/g, " ")
    .replace(/ ?(<[^>]*>) ?/g, "$1")
    .trim();
}

function excerpt(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 60));
  return `at ${at}: ${around(one)} → ${around(other)}`;
}
