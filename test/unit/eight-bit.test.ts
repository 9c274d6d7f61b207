import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signedForm } from "../../src/core/exchange/signed-form.ts";
import { asEightBit } from "../../src/core/mime/eight-bit.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { defaultSettings } from "../../src/storage/settings.ts";
import { alice, bob, contextOf, now, signerOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import { caPem } from "../support/people.ts";
import { verifyMessage } from "../support/openssl.ts";

const head = [
  ...["From: alice@smime.example", "To: bob@smime.example", "Subject: Tee"],
  ...["Message-ID: <1@smime.example>", "MIME-Version: 1.0"],
];
const UTF8 = "Gr\u00c3\u00bc\u00c3\u009fe";
const message = (...lines: string[]) => octets([...head, ...lines].join("\r\n"));
const single = (encoding: string, body: string) =>
  message(
    "Content-Type: text/plain; charset=utf-8",
    `Content-Transfer-Encoding: ${encoding}`,
    "",
    body,
  );
const quoted = single("quoted-printable", "Gr=C3=BC=C3=9Fe =3D\r\nBob=\r\nby\r\n");

describe("text in 8 bits", () => {
  it("takes the place of quoted-printable and base64", () => {
    const plain = single("8bit", `${UTF8} =\r\nBobby\r\n`);
    assert.equal(text(asEightBit(quoted)), text(plain));
    const base64 = single("base64", btoa(`${UTF8} =\r\nBobby\r\n`));
    assert.equal(text(asEightBit(base64)), text(plain));
  });

  it("is made of all alternatives, and of nothing that is attached", () => {
    const part = (type: string, body: string, ...more: string[]) => [
      ...["--b", `Content-Type: ${type}; charset=utf-8`, ...more],
      ...["Content-Transfer-Encoding: quoted-printable", "", body],
    ];
    const attached = part("text/plain", "=C3=BC", "Content-Disposition: attachment");
    const whole = message(
      ...['Content-Type: multipart/mixed; boundary="a"', "", "--a"],
      ...['Content-Type: multipart/alternative; boundary="b"', ""],
      ...part("text/plain", "Gr=C3=BC=C3=9Fe"),
      ...part("text/html", "<p>Gr=C3=BC=C3=9Fe</p>"),
      ...["--b--", "--a", ...attached.slice(1), "--a--", ""],
    );
    const converted = text(asEightBit(whole));
    assert.ok(converted.includes(`Content-Transfer-Encoding: 8bit\r\n\r\n${UTF8}\r\n--b`));
    assert.ok(converted.includes(`<p>${UTF8}</p>`));
    assert.ok(converted.includes("quoted-printable\r\n\r\n=C3=BC\r\n--a--"));
    assert.match(converted.split("\r\n\r\n")[0] ?? "", /Content-Transfer-Encoding: 8bit/);
  });

  const kept: Record<string, Uint8Array> = {
    "ASCII in quoted-printable": single("quoted-printable", "A=3DB\r\n"),
    "a line that is too long": single("quoted-printable", `=C3=BC${"x".repeat(1000)}\r\n`),
    "a NUL": single("quoted-printable", "=C3=BC=00\r\n"),
    "a bare line end": single("quoted-printable", "=C3=BC=0Ax\r\n"),
    "what looks like a delimiter": single("quoted-printable", "=C3=BC\r\n=2D-a\r\n"),
    "what mailboxes change": single("quoted-printable", "=C3=BC\r\n=46rom here\r\n"),
    "8 bits": single("8bit", `${UTF8}\r\n`),
  };
  for (const [what, original] of Object.entries(kept)) {
    it(`is not made of ${what}`, () => {
      assert.equal(asEightBit(original), original);
    });
  }
});

describe("a signed message for odd partners", () => {
  for (const opaque of [false, true]) {
    for (const eightBit of [false, true]) {
      it(`is read by openssl and by this engine, opaque ${opaque}, 8 bits ${eightBit}`, async () => {
        const options = { signingTime: now, opaque, eightBit };
        const signed = await signMessage(quoted, signerOf(alice), options);
        const { content } = verifyMessage(signed, caPem);
        assert.equal(content.toString("latin1").includes(UTF8), eightBit);
        assert.equal(text(signed).includes("multipart/signed"), !opaque);
        const { signature } = await openMessage(signed, contextOf(bob));
        assert.equal(signature.verdict, "valid");
        if (opaque) assert.doesNotMatch(text(signed), /[^\x00-\x7f]/);
        else if (eightBit) assert.match(text(signed), /^Content-Transfer-Encoding: 8bit/m);
      });
    }
  }

  it("is opaque where one of the recipients needs it, or always", () => {
    const to = ["bob@example.org", "eve@example.org"];
    const opaque = (settings: Partial<typeof defaultSettings>) =>
      signedForm(to, { ...defaultSettings, ...settings }).opaque;
    assert.equal(opaque({}), false);
    assert.equal(opaque({ opaqueFor: ["eve@example.org"] }), false);
    assert.equal(opaque({ opaqueSignatures: "listed", opaqueFor: ["eve@example.org"] }), true);
    assert.equal(opaque({ opaqueSignatures: "listed", opaqueFor: ["carol@example.org"] }), false);
    assert.equal(opaque({ opaqueSignatures: "always" }), true);
  });
});
