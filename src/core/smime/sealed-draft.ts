import { SmimeError } from "../errors.ts";
import type { ProtectionChoice } from "../exchange/plan.ts";
import { base64LinesAfter } from "../mime/base64.ts";
import { parseParameterizedValue } from "../mime/content-type.ts";
import { entityOctets, readEntity } from "../mime/entity.ts";
import { headerValues, isStructureField, type HeaderField } from "../mime/header-fields.ts";
import { canonicalLineEnds } from "../mime/line-ends.ts";
import { withParameter } from "../mime/parameters.ts";
import { joinOctets, octetsOf } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { senderCapabilities } from "./capabilities.ts";
import type { DecryptContext } from "./decrypt.ts";
import { outsideOf } from "./header-confidentiality.ts";
import { putTogether } from "./mime-frame.ts";
import { unwrap } from "./unwrap.ts";
import { envelop } from "./write-enveloped-data.ts";

/**
 * Drafts and templates as they rest on a mail server: encrypted to their author. The payload is the
 * whole message as it was saved, its header included, behind one field that only the author's own
 * program puts there. Whoever can write to the mailbox can put any ciphertext into a draft of
 * theirs, but without that field nothing of it comes into a compose window.
 */

/** What a compose window knows beside the message. */
export interface DraftMemo {
  readonly choice: ProtectionChoice;
  /** The message that it answers or forwards was encrypted. */
  readonly answersEncrypted: boolean;
  /** Which attachments came from that message; null where nobody knows. */
  readonly brought: BroughtAttachments | null;
}

export interface BroughtAttachments {
  /** Places in the list of attachments, from 0. */
  readonly places: readonly number[];
  /** How long that list is. */
  readonly of: number;
}

export interface OpenedDraft {
  readonly memo: DraftMemo;
  /** The complete message as it was saved. */
  readonly message: Uint8Array;
}

const MEMO = "x-smime-exchange-draft";

const choices: readonly string[] = [
  "automatic",
  "none",
  "signed",
  "encrypted",
] satisfies readonly ProtectionChoice[];

/**
 * Needs the author's certificate and no key: a draft can be saved while the vault is locked.
 * Recipients and what Thunderbird reads to open a draft again stay outside; the subject does not.
 * @throws SmimeError send-certificate-unusable if the certificate cannot be encrypted to
 */
export async function sealDraft(
  message: Uint8Array,
  author: Certificate,
  { choice, answersEncrypted, brought }: DraftMemo,
): Promise<Uint8Array> {
  const { fields, body } = readEntity(canonicalLineEnds(message));
  const memo = [
    `${MEMO}: v1; choice=${choice}; answers=${answersEncrypted ? "encrypted" : "other"}`,
    ...(brought === null ? [] : [`brought="${brought.places.join(" ")}/${brought.of}"`]),
  ].join("; ");
  const payload = joinOctets([
    octetsOf(`${memo}\r\n`),
    // Reading it in the Drafts folder shows the fields inside (RFC 9788, section 2.1.1).
    ...fields.map((field) =>
      field.name === "content-type" ? withParameter(field, "hp", "cipher").raw : field.raw,
    ),
    octetsOf("\r\n"),
    body,
  ]);
  const recipient = { certificate: author, capabilities: senderCapabilities };
  const cms = await envelop(payload, [recipient], "aes-256-gcm");
  const outer = fields
    .filter((field) => !isStructureField(field))
    .flatMap((field) => outsideOf(field) ?? []);
  const header = putTogether(outer, [
    'Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data;\r\n name="smime.p7m"',
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="smime.p7m"',
  ]);
  return base64LinesAfter(header, cms);
}

/**
 * null for a message that this code did not seal, however it is encrypted.
 * @throws SmimeError draft-altered if the recipients outside are not those that were saved;
 * decryption-failed; what `context.privateKey` throws
 */
export async function openSealedDraft(
  message: Uint8Array,
  context: DecryptContext,
): Promise<OpenedDraft | null> {
  const outer = readEntity(message);
  const layer = await unwrap(outer, {
    ...context,
    intermediates: [],
    anchors: [],
    now: new Date(0),
    from: null,
  });
  if (layer?.layer.kind !== "encrypted") return null;
  if (layer.inner === null) throw new SmimeError("decryption-failed");
  const { fields: inside, body } = readEntity(layer.inner);
  const [first, ...fields] = inside;
  const memo = first?.name === MEMO ? readMemo(first.value) : null;
  if (memo === null) return null;
  if (addressing(fields) !== addressing(outer.fields)) throw new SmimeError("draft-altered");
  return {
    memo,
    message: entityOctets({ fields, body }),
  };
}

function readMemo(value: string): DraftMemo | null {
  const { value: version, parameters } = parseParameterizedValue(value);
  const choice = parameters.get("choice") ?? "";
  if (version !== "v1" || !choices.includes(choice)) return null;
  return {
    choice: choice as ProtectionChoice,
    answersEncrypted: parameters.get("answers") !== "other",
    brought: readBrought(parameters.get("brought") ?? ""),
  };
}

function readBrought(value: string): BroughtAttachments | null {
  const [, places = "", of] = /^((?:\d+(?: \d+)*)?)\/(\d+)$/.exec(value) ?? [];
  return of === undefined
    ? null
    : { places: (places.match(/\d+/g) ?? []).map(Number), of: Number(of) };
}

/** Who it is from and for, in a form that is equal exactly when these are. */
function addressing(fields: readonly HeaderField[]): string {
  const names = ["from", "to", "cc", "bcc", "reply-to", "newsgroups", "followup-to"];
  return JSON.stringify(names.map((name) => headerValues(fields, name)));
}
