import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import PostalMime from "postal-mime";
import { headerFields, splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { referencesOf } from "../../src/core/mime/references.ts";
import { flowedText } from "../../src/core/mime/write/flowed-text.ts";
import {
  newMessageId,
  writeMessage,
  type MessageDraft,
} from "../../src/core/mime/write/message.ts";
import { text } from "../support/messages.ts";

const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

const draft: MessageDraft = {
  from: { name: "Alice Lovelace", address: "alice@smime.example" },
  to: [{ name: null, address: "bob@smime.example" }],
  cc: [],
  replyTo: [],
  subject: "Plan",
  plain: "Five.",
  html: null,
  attachments: [],
  messageId: "one@smime.example",
  inReplyTo: [],
  references: [],
  date: new Date("2026-11-25T03:04:05Z"),
  organization: null,
  languages: [],
  priority: "normal",
  returnReceipt: false,
  newsgroups: [],
  extra: [],
};

const written = (change: Partial<MessageDraft>) => writeMessage({ ...draft, ...change });
/** Read by another program than the one that wrote it. */
const read = (change: Partial<MessageDraft>) => PostalMime.parse(written(change));
const headerOf = (change: Partial<MessageDraft>) => text(splitHeaderBody(written(change)).header);

/** Text as a person may have in a field: no line breaks, no lone surrogates, no space at the ends. */
const fieldText = fc.string({ unit: "grapheme", maxLength: 300 }).map((value) =>
  value
    .replace(/[\x00-\x1f\x7f]/g, "")
    .replace(/\s+/g, " ")
    .trim(),
);

describe("a written message", () => {
  it("has nothing but ASCII in lines that SMTP takes", () => {
    fc.assert(
      fc.property(fieldText, fieldText, fieldText, (subject, name, file) => {
        const message = text(
          written({
            subject,
            from: { name, address: "alice@smime.example" },
            plain: subject,
            attachments: [{ name: file, type: "text/plain", content: new Uint8Array(3) }],
          }),
        );
        assert.match(message, /^[\r\n\t -~]*$/);
        assert.doesNotMatch(message, /[^\r]\n|\r[^\n]/);
        for (const line of message.split("\r\n")) assert.ok(line.length <= 998, line);
      }),
    );
  });

  it("gives every reader the subject, the names and the file names back", async () => {
    await fc.assert(
      fc.asyncProperty(fieldText, fieldText, fieldText, async (subject, name, file) => {
        const message = await read({
          subject,
          from: { name, address: "alice@smime.example" },
          attachments: [{ name: file, type: "text/plain", content: new Uint8Array(3) }],
        });
        assert.equal(message.subject ?? "", subject);
        assert.equal(message.from?.name ?? "", name);
        assert.equal(message.from?.address, "alice@smime.example");
        assert.equal(message.attachments[0]?.filename ?? "", file);
      }),
    );
  });

  it("folds a long list of recipients at 78 characters and loses none", async () => {
    const to = Array.from({ length: 60 }, (_, index) => ({
      name: index % 3 === 0 ? `Größe, Nr. ${index}` : `Person, "${index}"`,
      address: `person-${index}@department.smime.example`,
    }));
    for (const line of headerOf({ to }).split("\r\n")) assert.ok(line.length <= 78, line);
    assert.deepEqual(
      (await read({ to })).to?.map(({ name, address }) => ({ name, address })),
      to,
    );
  });

  it("nests alternatives, pictures and attachments as readers expect", async () => {
    const change = {
      plain: "dot",
      html: `<p>dot <img alt="x" src="data:image/png;filename=d%C3%B6t.png;base64,${DOT}"> again <img src="data:image/png;filename=d%C3%B6t.png;base64,${DOT}"></p>`,
      attachments: [
        { name: "a.bin", type: "application/x-test; x=y", content: Uint8Array.of(0, 1) },
      ],
    };
    const kinds = [...text(written(change)).matchAll(/^Content-Type: ([\w/-]+)/gm)];
    assert.deepEqual(
      kinds.map(([, kind]) => kind),
      [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/x-test",
      ],
    );
    const { html, attachments } = await read(change);
    const [picture, file] = attachments;
    assert.equal(picture?.filename, "döt.png");
    assert.equal(picture.disposition, "inline");
    assert.equal(html?.split(`src="cid:${picture.contentId?.slice(1, -1) ?? "?"}"`).length, 3);
    assert.match(picture.contentId ?? "", /@smime\.example>$/);
    assert.ok(picture.content instanceof ArrayBuffer);
    assert.equal(Buffer.from(picture.content).toString("base64"), DOT);
    assert.equal(file?.mimeType, "application/x-test");
  });

  it("takes out the background and linked files too, whatever else their tags say", async () => {
    const svg = "<svg xmlns='http://www.w3.org/2000/svg'>&amp;</svg>";
    const escaped = svg.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const { html = "", attachments } = await read({
      html:
        `<html><body class="a > b" background="data:image/png;base64,${DOT}">` +
        `<img alt="1 > 0, src=&quot;" data-src="data:,no" name="drawing.svg" src="data:image/svg+xml,${escaped}">` +
        `<a href="data:application/pdf,Fünf">five</a> <a href="https://example.org/">link</a></body></html>`,
    });
    const [background, drawing, file] = attachments;
    assert.equal(attachments.length, 3);
    const reference = (part: typeof drawing) => `"cid:${part?.contentId?.slice(1, -1) ?? "?"}"`;
    assert.ok(html.includes(`class="a > b" background=${reference(background)}>`));
    assert.ok(
      html.includes(
        `src=&quot;" data-src="data:,no" name="drawing.svg" src=${reference(drawing)}>`,
      ),
    );
    assert.ok(html.includes(`<a href=${reference(file)}>five`));
    assert.ok(html.includes('<a href="https://example.org/">link</a>'));
    assert.deepEqual(
      attachments.map(({ filename }) => filename),
      ["image1.png", "drawing.svg", "image3.pdf"],
    );
    assert.ok(drawing?.content instanceof ArrayBuffer);
    assert.equal(Buffer.from(drawing.content).toString(), svg);
    assert.ok(file?.content instanceof ArrayBuffer);
    assert.equal(Buffer.from(file.content).toString(), "Fünf");
  });

  it("leaves references alone that are to stay", async () => {
    const html = `<img moz-do-not-send="true" src="data:image/png;base64,${DOT}">`;
    assert.equal((await read({ html })).html?.trim(), html);
  });

  it("leaves a data: URL alone that cannot be read", async () => {
    const html = '<img src="data:image/png;base64,%zz">';
    assert.match((await read({ html })).html ?? "", /data:image\/png;base64,%zz/);
  });

  it("does not encode an attached message", () => {
    const content = Buffer.from("Subject: x\n\nGrüße\n");
    const message = text(
      written({ attachments: [{ name: "x.eml", type: "message/rfc822", content }] }),
    );
    assert.match(message, /Content-Transfer-Encoding: 8bit\r\n\r\nSubject: x\r\n\r\nGr\xc3\xbc/);
  });

  it("keeps the first and the last references when there are too many for one line", () => {
    const references = Array.from({ length: 100 }, (_, index) => `message-${index}@smime.example`);
    const kept = referencesOf(written({ references, inReplyTo: ["message-99@smime.example"] }));
    assert.deepEqual(kept.inReplyTo, ["message-99@smime.example"]);
    assert.equal(kept.references[0], "message-0@smime.example");
    assert.deepEqual(kept.references.slice(1), references.slice(-(kept.references.length - 1)));
    assert.ok(kept.references.length > 20 && kept.references.length < 40);
  });

  it("says what was set, and nothing of what was not", () => {
    const names = (change: Partial<MessageDraft>) =>
      headerFields(splitHeaderBody(written(change)).header).map(({ name }) => name);
    assert.deepEqual(names({}), [
      ...["message-id", "date", "mime-version", "from", "to", "subject"],
      ...["content-type", "content-transfer-encoding"],
    ]);
    const header = headerOf({
      organization: "Füller & Söhne",
      languages: ["de-DE", "en-GB"],
      priority: "highest",
      returnReceipt: true,
      replyTo: [{ name: null, address: "office@smime.example" }],
      extra: [
        { name: "X-Own", value: "a\r\nBcc: b@c.d" },
        { name: "Bcc", value: "b@c.d" },
        { name: "X-Priority", value: "Highest" },
      ],
    });
    assert.match(header, /^Content-Language: de-DE, en-GB\r$/m);
    assert.deepEqual(header.match(/^X-Priority: [^\n]*$/gm), ["X-Priority: 1 (Highest)\r"]);
    assert.match(header, /^Disposition-Notification-To: Alice Lovelace <alice@smime.example>\r$/m);
    assert.match(header, /^Reply-To: office@smime.example\r$/m);
    assert.match(header, /^Organization: =\?UTF-8\?B\?/m);
    assert.match(header, /^X-Own: a Bcc: b@c.d\r$/m);
    assert.doesNotMatch(header, /^Bcc/m);
  });

  it("names nobody where all recipients are in Bcc", () => {
    assert.match(headerOf({ to: [] }), /^To: undisclosed-recipients:;\r$/m);
  });

  it("names newsgroups, and then nobody else need be named", () => {
    const header = headerOf({ to: [], newsgroups: ["example.harbour", "example.b"] });
    assert.match(header, /^Newsgroups: example\.harbour,example\.b\r$/m);
    assert.doesNotMatch(header, /^To:/m);
  });

  it("gets its identifier under the sender's domain", () => {
    assert.equal(newMessageId("alice@smime.example", "uuid"), "uuid@smime.example");
    assert.equal(newMessageId("alice@größe.example", "uuid"), "uuid@invalid");
  });
});

describe("flowed text", () => {
  /** RFC 3676, section 4, as a reader does it. */
  function joined(flowed: string): string {
    const lines: string[] = [];
    let open: string | null = null;
    for (const line of flowed.split("\r\n")) {
      const quote = /^>*/.exec(line)?.[0] ?? "";
      const content = line.slice(quote.length).replace(/^ /, "");
      const soft = content.endsWith(" ") && content !== "-- ";
      if (open === quote) lines.push(`${lines.pop() ?? ""}${content}`);
      else lines.push(quote === "" ? content : `${quote} ${content}`.trimEnd());
      open = soft ? quote : null;
    }
    return lines.join("\n");
  }

  it("can be put together again, whatever it is", () => {
    const line = fc.array(fc.stringMatching(/^(From|>|\w{1,20}|-- ?|[äöü€]{1,9})$/), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const source = lines.map((words) => words.join(" ").trimEnd()).join("\n");
        // What begins like a quotation is one.
        fc.pre(!/^>/m.test(source));
        assert.equal(joined(flowedText(source)), source);
      }),
    );
  });

  it("breaks at 72, marks the breaks, and guards what could be misread", () => {
    assert.equal(
      flowedText(`${"word ".repeat(20).trim()}\nFrom here\n  indented\nend  \n-- \nAlice`),
      [
        "word ".repeat(14),
        "word word word word word word",
        " From here",
        "   indented",
        "end",
        "-- ",
        "Alice",
      ].join("\r\n"),
    );
  });

  it("breaks quoted lines with their mark", () => {
    const [first = "", second = ""] = flowedText(`>> ${"word ".repeat(20)}`).split("\r\n");
    assert.match(first, /^>> (?:word ){14}$/);
    assert.match(second, /^>> (?:word )+word$/);
    assert.equal(flowedText(">\n> a"), ">\r\n> a");
  });
});
