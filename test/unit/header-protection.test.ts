import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readContentInfo } from "../../src/core/asn1/content-info.ts";
import { readEnvelopedData } from "../../src/core/asn1/enveloped-data.ts";
import { decodeBase64 } from "../../src/core/mime/base64.ts";
import { readBody } from "../../src/core/mime/body.ts";
import { decryptEnveloped } from "../../src/core/smime/decrypt.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import type { MessageHeader, OpenedMessage } from "../../src/core/smime/verdict.ts";
import { alice, bob, contextOf, signerOf } from "../support/identities.ts";
import { editedOutside, octets, text } from "../support/messages.ts";
import { encrypted, lines, signed, signedAndEncrypted, signingTime } from "../support/payloads.ts";

/** RFC 9788: what is written, and what is made of what others wrote. */

const from = "From: Alice Lovelace <alice@smime.example>";
const to = "To: Bob Babbage <bob@smime.example>";
const date = "Date: Mon, 1 Jun 2026 11:58:00 +0000";
const id = "Message-ID: <b51ffe2a@smime.example>";
const outer = lines(id, date, "MIME-Version: 1.0", from, to, "Subject: [...]");
const exposed = lines(
  // Folded where RFC 9788's own examples fold it.
  `HP-Outer:\r\n ${id}`,
  `HP-Outer: ${date}`,
  `HP-Outer: ${from}`,
  `HP-Outer: ${to}`,
  "HP-Outer: Subject: [...]",
);
const people = [alice, bob].map(({ encryption }) => ({
  certificate: encryption,
  capabilities: null,
}));

function header({ headers }: OpenedMessage, name: string): MessageHeader | undefined {
  return headers.find((one) => one.name.toLowerCase() === name);
}

async function signThenEncrypt(message: Uint8Array): Promise<Uint8Array> {
  const options = { signingTime, toBeEncrypted: true };
  return encryptMessage(await signMessage(message, signerOf(alice), options), people);
}

/** The payload's own octets, as any program gets them that takes the layers off. */
async function payloadOf(message: Uint8Array): Promise<string> {
  const body = text(message).split("\r\n\r\n").slice(1).join("\r\n\r\n");
  const { content } = readContentInfo(decodeBase64(octets(body)));
  const decrypted = await decryptEnveloped(readEnvelopedData(content, false), contextOf(bob));
  const inner = text(decrypted.content);
  return inner.split(/--=_\w+\r\n/)[1] ?? inner;
}

describe("what is written", () => {
  const html = (body: string) =>
    lines(
      "--a\r\nContent-Type: text/plain; charset=UTF-8; format=flowed\r\n",
      `${body}\r\n--a`,
      "Content-Type: text/html; charset=UTF-8\r\n",
      `<!DOCTYPE html><html><body class="x>y"><p>${body}</p></body></html>\r\n--a--\r\n`,
    );
  const message = (extra: string, type: string, body: string) =>
    octets(
      lines(
        ...[id, date, "MIME-Version: 1.0", from, to, extra],
        "X-Mozilla-Draft-Info: internal/draft; vcard=0",
        "X-Identity-Key: id1",
        "Fcc: imap://alice@smime.example/Sent",
        "Bcc: carlos@smime.example",
        type,
        "",
        body,
      ),
    );
  const alternative = 'Content-Type: multipart/alternative; boundary="a"';

  it("signed: everything visible is repeated inside, and nothing that is not the author's word", async () => {
    const plain = message("Subject: Lunch\r\nKeywords: food", "Content-Type: text/plain", "Hi\r\n");
    const protectedMessage = await signMessage(plain, signerOf(alice), { signingTime });
    const [outside = "", inside = ""] = text(protectedMessage).split(/--=_\w+\r\n/);
    for (const line of [id, date, from, to, "Subject: Lunch", "Keywords: food"]) {
      assert.ok(outside.includes(`${line}\r\n`), line);
      assert.ok(inside.includes(`${line}\r\n`), line);
    }
    assert.match(
      inside,
      /\r\nMIME-Version: 1\.0\r\nContent-Type: text\/plain;\r\n hp="clear"\r\n\r\nHi/,
    );
    assert.doesNotMatch(inside, /Bcc|Fcc|X-Mozilla|X-Identity|HP-Outer|legacy|rfc822/i);
    const opened = await openMessage(protectedMessage, contextOf(bob));
    assert.equal(opened.protection, "signed");
    assert.deepEqual(header(opened, "subject"), {
      name: "Subject",
      value: "Lunch",
      protection: "signed",
      outer: "Lunch",
    });
    assert.equal(header(opened, "bcc")?.protection, "none");
  });

  it("encrypted: the subject and its copies are inside only, and HP-Outer says what is not", async () => {
    const secret =
      "Subject: The takeover\r\nThread-Topic: The takeover\r\nKeywords: secret\r\nComments: hush";
    const plain = message(secret, "Content-Type: text/plain; charset=UTF-8", "Now.\r\n");
    const sent = await signThenEncrypt(plain);
    const [outside = ""] = text(sent).split("\r\n\r\n");
    assert.doesNotMatch(outside, /takeover|secret|hush|HP-Outer|Thread-Topic|Keywords/);
    assert.match(outside, /^Subject: \[\.\.\.\]$/m);
    const inside = await payloadOf(sent);
    assert.match(inside, /hp="cipher"/);
    for (const line of [id, date, from, to, "Subject: [...]"]) {
      assert.ok(inside.includes(`\r\nHP-Outer: ${line}\r\n`), line);
    }
    assert.doesNotMatch(
      inside,
      /Bcc|Fcc|X-Mozilla|X-Identity|HP-Outer: (Keywords|Comments|Thread|MIME|Content)/i,
    );
    const opened = await openMessage(sent, contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    for (const [name, value, protection, outerValue] of [
      ["subject", "The takeover", "confidential", "[...]"],
      ["keywords", "secret", "confidential", null],
      [
        "from",
        "Alice Lovelace <alice@smime.example>",
        "signed",
        "Alice Lovelace <alice@smime.example>",
      ],
    ] as const) {
      const { value: read, protection: level, outer: seen } = header(opened, name) ?? {};
      assert.deepEqual([read, level, seen], [value, protection, outerValue], name);
    }
    assert.equal(readBody(opened.content ?? octets("")).text, "Now.\n");
    assert.match(text(opened.content), /^Subject: The takeover$/m);
  });

  it("encrypted without a signature hides as much", async () => {
    const plain = message("Subject: The takeover", "Content-Type: text/plain", "Now.\r\n");
    const sent = await encryptMessage(plain, people);
    assert.doesNotMatch(text(sent), /takeover/);
    const opened = await openMessage(sent, contextOf(bob));
    assert.equal(header(opened, "subject")?.protection, "confidential");
    assert.equal(header(opened, "from")?.protection, "none");
  });

  it("encrypting what was signed before hides nothing, and says so", async () => {
    const plain = message("Subject: Lunch", "Content-Type: text/plain", "Hi\r\n");
    const signedFirst = await signMessage(plain, signerOf(alice), { signingTime });
    const opened = await openMessage(await encryptMessage(signedFirst, people), contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.equal(header(opened, "subject")?.protection, "signed");
    assert.equal(header(opened, "subject")?.outer, "Lunch");
  });

  for (const [name, subject, readable] of [
    ["ASCII", "a < b & 'c'", "a < b & 'c'"],
    [
      "encoded words",
      "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= =?UTF-8?Q?=0D=0A=0D=0Afrom Alice?=",
      "Grüße from Alice",
    ],
    ["a folded line", "one\r\n two", "one two"],
  ] as const) {
    it(`leads the texts of others' programs with the subject, and takes it off again: ${name}`, async () => {
      const sent = await signThenEncrypt(message(`Subject: ${subject}`, alternative, html("Now")));
      const inside = await payloadOf(sent);
      assert.equal(inside.split(' hp-legacy-display="1"').length, 3);
      const legacy = readBody(octets(inside));
      assert.equal(legacy.text?.trim(), `Subject: ${readable}\n\nNow`);
      const escaped = readable
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll("'", "&apos;");
      assert.match(
        legacy.html ?? "",
        /<body class="x>y"><div class="header-protection-legacy-display"><pre>Subject: /,
      );
      assert.ok(
        legacy.html?.includes(`<pre>Subject: ${escaped}</pre></div><p>Now</p>`),
        legacy.html ?? "",
      );
      const opened = await openMessage(sent, contextOf(bob));
      assert.equal(header(opened, "subject")?.value, readable);
      const body = readBody(opened.content ?? octets(""));
      assert.equal(body.text?.trim(), "Now");
      assert.match(body.html ?? "", /<body class="x>y"><p>Now<\/p>/);
      assert.doesNotMatch(body.html ?? "", /legacy|Subject/);
    });
  }

  it("never touches what is attached", async () => {
    const mixed = lines(
      "--m\r\nContent-Type: text/plain\r\n\r\nSee.\r\n--m",
      "Content-Type: text/plain; name=a.txt\r\n\r\nattached\r\n--m",
      "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner\r\n--m--\r\n",
    );
    const plain = message("Subject: Secret", "Content-Type: multipart/mixed; boundary=m", mixed);
    const inside = await payloadOf(await signThenEncrypt(plain));
    assert.ok(inside.includes("\r\n\r\nSubject: Secret\r\n\r\nSee.\r\n--m\r\n"));
    assert.equal(inside.split("hp-legacy-display").length, 2);
    assert.ok(
      inside.endsWith(`${mixed.slice(mixed.indexOf("Content-Type: text/plain; name"))}\r\n`),
    );
  });

  it("survives Content-Type fields that would swallow a parameter, and replaces an old one", async () => {
    for (const type of [
      "Content-Type: text/plain; charset=utf-8;",
      "Content-Type: text/plain; charset=utf-8 (open",
      'Content-Type: text/plain; hp="cipher"; charset=utf-8',
      'Content-Type: text/plain; charset=utf-8; name="a',
    ]) {
      const sent = await signMessage(message("Subject: Lunch", type, "Hi\r\n"), signerOf(alice), {
        signingTime,
      });
      const opened = await openMessage(sent, contextOf(bob));
      assert.equal(header(opened, "subject")?.protection, "signed", type);
      assert.equal(opened.protection, "signed");
    }
    await assert.rejects(
      signMessage(
        message("Subject: x", "Content-Type: text/plain\r\nContent-Type: text/html", "Hi"),
        signerOf(alice),
        { signingTime },
      ),
      { code: "mime-malformed" },
    );
  });
});

describe("what is read", () => {
  const text1 = (intent: string, ...fields: string[]) =>
    lines(...fields, `Content-Type: text/plain; charset="us-ascii"; hp="${intent}"`, "", "Hi\r\n");
  const fields = [id, date, from, to, "Subject: Dinner", "MIME-Version: 1.0"];
  const cipher = text1("cipher", ...fields, exposed);

  it("a changed subject outside is seen, and the protected one is shown", async () => {
    const sent = await signed(outer.replace("[...]", "Dinner"), text1("clear", ...fields));
    const opened = await openMessage(editedOutside(sent, "Dinner", "Pay now"), contextOf(bob));
    assert.equal(opened.protection, "signed");
    assert.deepEqual(header(opened, "subject"), {
      name: "Subject",
      value: "Dinner",
      protection: "signed",
      outer: "Pay now",
    });
    assert.match(text(opened.content), /^Subject: Dinner$/m);
    assert.doesNotMatch(text(opened.content), /Pay now/);
  });

  it("without a signature that counts nothing is signed", async () => {
    const sent = await signed(outer, text1("clear", ...fields));
    const broken = await openMessage(
      octets(text(sent).replace("\r\n\r\nHi", "\r\n\r\nHo")),
      contextOf(bob),
    );
    assert.equal(broken.signature.verdict, "invalid");
    assert.ok(broken.headers.every(({ protection }) => protection === "none"));
    const untrusted = await openMessage(sent, { ...contextOf(bob), anchors: [] });
    assert.ok(untrusted.headers.every(({ protection }) => protection === "none"));
  });

  it("hp=cipher without encryption is signed at most", async () => {
    const opened = await openMessage(await signed(outer, cipher), contextOf(bob));
    assert.equal(header(opened, "subject")?.protection, "signed");
  });

  it("hp=clear inside encryption that was added on the way hides nothing", async () => {
    const sent = await signedAndEncrypted(outer, text1("clear", ...fields));
    const opened = await openMessage(sent, contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.equal(header(opened, "subject")?.protection, "signed");
    assert.equal(header(opened, "subject")?.outer, "[...]");
  });

  it("a field that somebody took away outside was not confidential", async () => {
    const opened = await openMessage(
      await signedAndEncrypted(outer.replace(`${to}\r\n`, ""), cipher),
      contextOf(bob),
    );
    assert.deepEqual(header(opened, "to"), {
      name: "To",
      value: "Bob Babbage <bob@smime.example>",
      protection: "signed",
      outer: null,
    });
  });

  it("HP-Outer outside says nothing, and none inside that nothing was meant to be seen", async () => {
    const bare = text1("cipher", ...fields);
    const sent = await signedAndEncrypted(lines(outer, "HP-Outer: Subject: Dinner"), bare);
    const opened = await openMessage(sent, contextOf(bob));
    assert.ok(opened.headers.every(({ protection }) => protection === "confidential"));
    assert.equal(header(opened, "hp-outer"), undefined);
    const extended = lines(outer, "HP-Outer: Subject: Dinner");
    const other = await openMessage(await signedAndEncrypted(extended, cipher), contextOf(bob));
    assert.equal(header(other, "subject")?.protection, "confidential");
  });

  it("a recipient or a second subject that somebody added outside is no part of the message", async () => {
    const opened = await openMessage(
      await signedAndEncrypted(
        lines(outer, "Cc: mallory@evil.example", "Subject: Pay now", "List-Id: <x.example>"),
        cipher,
      ),
      contextOf(bob),
    );
    assert.equal(header(opened, "cc")?.protection, "none");
    assert.deepEqual(
      opened.headers
        .filter(({ name }) => name === "Subject")
        .map(({ value, protection }) => [value, protection]),
      [
        ["Dinner", "confidential"],
        ["Pay now", "none"],
      ],
    );
    assert.doesNotMatch(text(opened.content), /mallory|Pay now/);
    assert.match(text(opened.content), /List-Id/);
  });

  it("encrypted only: what is hidden is confidential, the rest is not protected", async () => {
    const opened = await openMessage(await encrypted(outer, cipher), contextOf(bob));
    assert.equal(opened.protection, "encrypted");
    assert.equal(header(opened, "subject")?.protection, "confidential");
    assert.equal(header(opened, "date")?.protection, "none");
    assert.equal(header(opened, "message-id")?.protection, "none");
  });

  it("no header protection, none read: fields of the payload without the mark", async () => {
    const payload = lines("Subject: Dinner", "Content-Type: text/plain", "", "Hi\r\n");
    const opened = await openMessage(await signedAndEncrypted(outer, payload), contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.deepEqual(header(opened, "subject"), {
      name: "Subject",
      value: "[...]",
      protection: "none",
      outer: "[...]",
    });
  });

  it("the mark counts at the payload's root only", async () => {
    const payload = lines(
      "Subject: Dinner",
      "Content-Type: multipart/mixed; boundary=m",
      "",
      `--m\r\n${cipher}\r\n--m--\r\n`,
    );
    for (const sent of [
      await signedAndEncrypted(outer, payload),
      octets(`${outer}\r\n${text1("clear", "Subject: Dinner")}`),
    ]) {
      const opened = await openMessage(sent, contextOf(bob));
      assert.ok(opened.headers.every(({ protection }) => protection === "none"));
    }
  });

  it("is null and outside only for a message that cannot be decrypted", async () => {
    const opened = await openMessage(await encrypted(outer, cipher), contextOf(alice));
    assert.equal(opened.content, null);
    assert.equal(header(opened, "subject")?.value, "[...]");
    assert.equal(opened.from.inner, null);
  });

  describe("From", () => {
    const mallory = "From: Mallory <mallory@evil.example>";
    for (const [name, sent] of [
      ["signed", () => signed(outer.replace(from, mallory), text1("clear", ...fields))],
      ["signed and encrypted", () => signedAndEncrypted(outer.replace(from, mallory), cipher)],
    ] as const) {
      it(`replaced outside of a message that is ${name} makes the signature a mismatch`, async () => {
        const opened = await openMessage(await sent(), contextOf(bob));
        assert.equal(opened.signature.verdict, "mismatch");
        assert.notEqual(opened.protection, "signed");
        assert.deepEqual(opened.from, {
          outer: "mallory@evil.example",
          inner: "alice@smime.example",
          agrees: false,
        });
        assert.match(text(opened.content), /^From: Mallory/m);
      });
    }

    it("forged inside is a mismatch for the signer whom the outer one names", async () => {
      const inside = fields.map((field) => (field === from ? mallory : field));
      const opened = await openMessage(
        await signed(outer, text1("clear", ...inside)),
        contextOf(bob),
      );
      assert.equal(opened.signature.verdict, "mismatch");
      assert.equal(opened.signature.reason, "from-contradicted");
      assert.equal(opened.protection, "none");
    });

    it("forged inside of a message that is only encrypted is told", async () => {
      const opened = await openMessage(
        await encrypted(outer.replace(from, mallory), cipher),
        contextOf(bob),
      );
      assert.equal(opened.protection, "encrypted");
      assert.equal(opened.from.agrees, false);
      assert.match(text(opened.content), /^From: Mallory/m);
    });

    it("agrees in any letter case, and the certificate is compared with the outer one", async () => {
      const inside = fields.map((field) =>
        field.replace("alice@smime.example", "Alice@SMIME.example"),
      );
      const opened = await openMessage(
        await signed(outer, text1("clear", ...inside)),
        contextOf(bob),
      );
      assert.equal(opened.from.agrees, true);
      assert.equal(opened.protection, "signed");
    });

    it("twice inside is a doubt", async () => {
      const opened = await openMessage(
        await signed(outer, text1("clear", ...fields, from)),
        contextOf(bob),
      );
      assert.equal(opened.signature.verdict, "mismatch");
    });

    it("missing inside is the outer one's", async () => {
      const inside = fields.filter((field) => field !== from);
      const opened = await openMessage(
        await signed(outer, text1("clear", ...inside)),
        contextOf(bob),
      );
      assert.equal(opened.protection, "signed");
      assert.equal(header(opened, "from")?.protection, "none");
    });
  });

  describe("older schemes", () => {
    const inner = lines(...fields, "Content-Type: text/plain", "", "Hi\r\n");
    for (const type of ["message/rfc822", "message/rfc822; forwarded=no"]) {
      it(`the wrapper of RFC 8551: ${type}`, async () => {
        const wrapped = `Content-Type: ${type}\r\n\r\n${inner}`;
        const clear = await openMessage(await signed(outer, wrapped), contextOf(bob));
        assert.equal(clear.protection, "signed");
        assert.equal(header(clear, "subject")?.protection, "signed");
        assert.equal(header(clear, "subject")?.value, "Dinner");
        const hidden = await openMessage(await signedAndEncrypted(outer, wrapped), contextOf(bob));
        assert.equal(header(hidden, "subject")?.protection, "confidential");
        assert.equal(header(hidden, "to")?.protection, "signed");
        assert.equal(readBody(hidden.content ?? octets("")).text, "Hi\n");
      });
    }

    it("is no wrapper if what is in it is protected itself", async () => {
      const forwarded = text(await signed(outer, inner));
      const opened = await openMessage(
        await signed(outer, `Content-Type: message/rfc822\r\n\r\n${forwarded}`),
        contextOf(bob),
      );
      assert.ok(opened.headers.every(({ protection }) => protection === "none"));
    });

    it("does not let a forwarded message speak for the one who forwarded it", async () => {
      const other = inner.replace(from, "From: Mallory <mallory@evil.example>");
      const opened = await openMessage(
        await signed(outer, `Content-Type: message/rfc822\r\n\r\n${other}`),
        contextOf(bob),
      );
      assert.equal(opened.signature.verdict, "mismatch");
      assert.equal(opened.from.inner, "mallory@evil.example");
    });

    it('protected-headers="v1", with the part that repeats the header', async () => {
      const payload = lines(
        ...fields,
        'Content-Type: multipart/mixed; boundary="m"; protected-headers="v1"',
        "",
        '--m\r\nContent-Type: text/plain; protected-headers="v1"\r\n\r\nSubject: Dinner\r\n--m',
        "Content-Type: text/plain\r\n\r\nHi\r\n--m--\r\n",
      );
      const opened = await openMessage(await signedAndEncrypted(outer, payload), contextOf(bob));
      assert.equal(header(opened, "subject")?.protection, "confidential");
      assert.equal(readBody(opened.content ?? octets("")).text, "Hi");
    });
  });

  describe("legacy display elements", () => {
    const part = (type: string, body: string) =>
      lines(
        ...fields,
        exposed,
        `Content-Type: ${type}; hp="cipher"; hp-legacy-display=1`,
        "",
        body,
      );
    const bodyOf = async (payload: string, wrap = signedAndEncrypted) => {
      const { content } = await openMessage(await wrap(outer, payload), contextOf(bob));
      return readBody(content ?? octets(""));
    };

    it("go up to the first blank line of plain text", async () => {
      const body = "Subject: Dinner\r\nKeywords: x\r\n\r\nHi\r\n\r\nBob\r\n";
      assert.equal((await bodyOf(part("text/plain", body))).text, "Hi\n\nBob\n");
      assert.equal((await bodyOf(part("text/plain", "no blank line\r\n"))).text, "no blank line\n");
    });

    it("stay in what was not encrypted", async () => {
      const body = await bodyOf(part("text/plain", "Subject: Dinner\r\n\r\nHi\r\n"), signed);
      assert.equal(body.text, "Subject: Dinner\n\nHi\n");
    });

    it("stay where nothing marks them", async () => {
      const plain = lines(
        ...fields,
        exposed,
        'Content-Type: text/plain; hp="cipher"',
        "",
        "A\r\n\r\nB\r\n",
      );
      assert.equal((await bodyOf(plain)).text, "A\n\nB\n");
    });

    it("are marked divs in HTML, whole, however they are written", async () => {
      const html = [
        "<html><body><p>a</p>",
        "<DIV id='x' CLASS='y header-protection-legacy-display'><div>b</div><pre>c</pre></DIV>",
        "<div class=header-protection-legacy-display>d</div>",
        '<div class="header-protection">e</div>',
        '<div class="header-protection-legacy-display">never closed',
      ].join("");
      assert.equal(
        (await bodyOf(part("text/html", html))).html?.trim(),
        '<html><body><p>a</p><div class="header-protection">e</div><div class="header-protection-legacy-display">never closed',
      );
    });
  });
});
