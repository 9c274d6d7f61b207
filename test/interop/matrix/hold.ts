import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseCertificate } from "../../../src/core/asn1/certificate.ts";
import { ciphers, publicKeys } from "../../../src/core/asn1/oids.ts";
import { readBody } from "../../../src/core/mime/body.ts";
import { encryptMessage } from "../../../src/core/smime/encrypt.ts";
import { openMessage, type OpenContext } from "../../../src/core/smime/open.ts";
import { signMessage } from "../../../src/core/smime/sign.ts";
import { octets, text } from "../../support/messages.ts";
import { edRoot } from "../../support/identities.ts";
import type { Issued } from "../../support/pki.ts";
import { addressOf, authority, identityOf } from "./people.ts";
import { PeerError, type Peer } from "./peer.ts";
import { encryptionRows, signatureRows, type EncryptionRow, type SignatureRow } from "./rows.ts";
import { measured, type Cell, type PeerName } from "./measured.ts";

/** Every cell of the matrix for one other program, as tests. */

const entity = 'Content-Type: text/plain; charset="utf-8"\r\n\r\nWir sehen uns um f=C3=BCnf.\r\n';
const body = /Wir sehen uns um f=C3=BCnf\.\r?\n/;

export function holdPeer(name: PeerName, start: () => Promise<Peer>): void {
  let peer: Peer;
  before(async () => {
    peer = await start();
  });
  after(() => peer.stop());

  const cells = measured[name];
  describe(`signed by ${name}, read here`, () => {
    for (const row of signatureRows) {
      hold(
        row.title,
        cells.signed[row.id]?.read,
        () => peer,
        async () => {
          for (const opaque of peer.signsOpaque ? [false, true] : [false])
            await readSigned(peer, row, opaque);
        },
      );
    }
  });
  describe(`signed here, read by ${name}`, () => {
    for (const row of signatureRows) {
      if (row.notSent !== null) continue;
      for (const opaque of [false, true]) {
        hold(
          `${row.title}${opaque ? ", opaque" : ""}`,
          cells.signed[row.id]?.written,
          () => peer,
          async () => {
            await peer.verify(await writeSigned(row, opaque), identityOf(row.key));
          },
        );
      }
    }
    it("is refused when it was altered", async () => {
      const row = signatureRows[0];
      assert.ok(row !== undefined);
      const altered = (await writeSigned(row, false)).replace("sehen", "sahen");
      await assert.rejects(peer.verify(altered, identityOf(row.key)), PeerError);
    });
  });
  describe(`encrypted by ${name}, read here`, () => {
    for (const row of encryptionRows) {
      hold(
        row.title,
        cells.encrypted[row.id]?.read,
        () => peer,
        () => readEncrypted(peer, row),
      );
    }
  });
  describe(`encrypted here, read by ${name}`, () => {
    for (const row of encryptionRows) {
      if (row.notSent !== null) continue;
      hold(
        row.title,
        cells.encrypted[row.id]?.written,
        () => peer,
        async () => {
          const decrypted = await peer.decrypt(await writeEncrypted(row), identityOf(row.key));
          assert.match(decrypted, body);
        },
      );
    }
  });
}

function hold(
  title: string,
  cell: Cell | undefined,
  peer: () => Peer,
  work: () => Promise<void>,
): void {
  it(title, async () => {
    assert.ok(cell !== undefined, "there is no cell for it");
    if (cell === "yes") await work();
    else if ("says" in cell) {
      await assert.rejects(work, (error) => {
        assert.ok(error instanceof PeerError, String(error));
        assert.ok(error.message.includes(cell.says), error.message);
        return true;
      });
    } else if ("silent" in cell) {
      await assert.rejects(work, { name: "PeerError", message: /^no status/ });
    } else assert.doesNotMatch(peer().options, new RegExp(cell.noOption, "i"));
  });
}

async function contextOf(identity: Issued): Promise<OpenContext> {
  return {
    ownCertificates: [await parseCertificate(identity.certificate)],
    privateKey: () => Promise.resolve(identity.privateKey),
    intermediates: [],
    anchors: [
      { certificate: await parseCertificate(authority.certificate), source: "user" },
      { certificate: edRoot, source: "user" },
    ],
    now: new Date(),
  };
}

const header = (from: string): string =>
  `From: ${from}\r\nTo: bob@smime.example\r\nSubject: Five\r\n` +
  `Date: ${new Date().toUTCString()}\r\nMIME-Version: 1.0\r\n`;

/** Programs write headers of their own before those of MIME, and their own line ends. */
function asMail(from: string, made: string): Uint8Array {
  const [own = ""] = made.split(/\r?\n\r?\n/, 1);
  if (/^From:/m.test(own)) return octets(made);
  const lines = made.replace(/^(?:(?:MIME-Version|Date|Message-ID|To|From|Subject):.*\r?\n)+/i, "");
  const end = lines.includes("\r\n") ? "\r\n" : "\n";
  return octets(header(from).replaceAll("\r\n", end) + lines);
}

async function readSigned(peer: Peer, row: SignatureRow, opaque: boolean): Promise<void> {
  const identity = identityOf(row.key);
  const made = await peer.sign(row, identity, entity, opaque);
  const message = asMail(addressOf(row.key), made);
  const opened = await openMessage(message, await contextOf(identity));
  assert.equal(opened.signature.reason, null);
  assert.equal(opened.protection, "signed");
  assert.match(opened.signature.algorithm ?? "", row.algorithm);
  assert.deepEqual(
    opened.layers.map((layer) => layer.kind === "signed" && layer.opaque),
    [opaque],
  );
  assert.match(readBody(opened.content ?? octets("")).text ?? "", body);
}

async function readEncrypted(peer: Peer, row: EncryptionRow): Promise<void> {
  const identity = identityOf(row.key);
  const message = asMail(addressOf(row.key), await peer.encrypt(row, identity, entity));
  const opened = await openMessage(message, await contextOf(identity));
  assert.equal(opened.encryption.reason, null);
  assert.match(opened.protection, /encrypted$/);
  assert.equal(opened.encryption.cipher, row.cipher);
  assert.ok(opened.encryption.keyManagement.includes(row.managementName));
  // Thunderbird signs what it encrypts.
  const signed = opened.protection === "signed-and-encrypted";
  assert.equal(opened.encryption.authenticated, signed || row.cipher === "aes-256-gcm");
  assert.match(readBody(opened.content ?? octets("")).text ?? "", body);
}

async function writeSigned(row: SignatureRow, opaque: boolean): Promise<string> {
  const { certificate, privateKey } = identityOf(row.key);
  const signer = {
    certificate: await parseCertificate(certificate),
    ...{ privateKey, chain: [], encryptionCertificate: null },
  };
  const message = octets(header(addressOf(row.key)) + entity);
  // A second ago: some programs know times to the second only and refuse signatures to come.
  const signingTime = new Date(Date.now() - 1000);
  return text(await signMessage(message, signer, { signingTime, opaque }));
}

async function writeEncrypted(row: EncryptionRow): Promise<string> {
  const certificate = await parseCertificate(identityOf(row.key).certificate);
  const algorithms = [
    ...(row.cipher === "aes-256-gcm" ? [ciphers.aes256Gcm] : []),
    ...(row.management === "oaep" ? [publicKeys.rsaesOaep] : []),
  ];
  const message = octets(header(addressOf(row.key)) + entity);
  return text(await encryptMessage(message, [{ certificate, capabilities: { algorithms } }]));
}
