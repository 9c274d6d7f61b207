import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { signMessage, type Signer } from "../../src/core/smime/sign.ts";
import { createAuthority, type Authority } from "./pki.ts";
import type { Thunderbird } from "./thunderbird.ts";

/** Years of mail, made by the thousand and put into a folder at once. */

export interface Correspondent {
  readonly address: string;
  readonly signer: Signer;
}

/** People with a certificate each, below one intermediate authority of a root. */
export async function correspondents(
  count: number,
): Promise<{ readonly root: Authority; readonly people: readonly Correspondent[] }> {
  const root = createAuthority({ name: "Old Mail Root", keyType: "rsa2048" });
  const issuing = createAuthority({ name: "Old Mail CA", keyType: "rsa2048", issuer: root });
  const people = await Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Correspondent> => {
      const address = `person${index}@old.example`;
      const { certificate, privateKey, chain } = issuing.issue({
        ...{ name: `Person ${index}`, address, keyType: "rsa2048" },
      });
      const own = await parseCertificate(certificate);
      const [intermediate] = chain;
      return {
        address,
        signer: {
          certificate: own,
          privateKey,
          chain: intermediate === undefined ? [] : [await parseCertificate(intermediate)],
          encryptionCertificate: own,
        },
      };
    }),
  );
  return { root, people };
}

export interface OldMessage {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly date: Date;
  readonly signer?: Signer;
  readonly octets?: number;
  readonly messageId?: string;
  readonly inReplyTo?: string;
  readonly toBeEncrypted?: boolean;
}

export async function oldMessage(message: OldMessage): Promise<string> {
  const { from, to, subject, date, signer, octets = 1500, inReplyTo, toBeEncrypted } = message;
  const messageId = message.messageId ?? `${crypto.randomUUID()}@old.example`;
  const line = "The minutes of the meeting, as they were taken down by hand.\r\n";
  const raw = Buffer.from(
    [
      ...[`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Date: ${date.toUTCString()}`],
      ...[`Message-ID: <${messageId}>`, "MIME-Version: 1.0"],
      ...(inReplyTo === undefined ? [] : [`In-Reply-To: <${inReplyTo}>`]),
      ...["Content-Type: text/plain; charset=us-ascii", "", ""],
    ].join("\r\n") + line.repeat(Math.ceil(octets / line.length)),
  );
  const result =
    signer === undefined
      ? raw
      : await signMessage(raw, signer, {
          signingTime: date,
          toBeEncrypted: toBeEncrypted === true,
        });
  return Buffer.from(result).toString("latin1");
}

/** Puts messages into a local folder, which is made where there is none. */
export async function fillLocalFolder(
  thunderbird: Thunderbird,
  name: string,
  messages: readonly string[],
): Promise<void> {
  const file = join(thunderbird.profile, `${name}.json`);
  writeFileSync(file, JSON.stringify(messages));
  await thunderbird.call("fillLocalFolder", [name, file], { milliseconds: 120_000 });
}
