import { concatOctets, octetsOf } from "../../octets.ts";
import { writeEntity, type EntityDraft } from "./entity.ts";
import { identifierField, mailboxField, textField, type Mailbox } from "./header-text.ts";
import { takeInlineImages } from "./inline-images.ts";

/** What a compose window holds, ready to be written. */
export interface MessageDraft {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly subject: string;
  /** With line ends of any kind; flowed (RFC 3676). null where the user wants HTML alone. */
  readonly plain: string | null;
  /** null where the user wants plain text alone. */
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    readonly content: Uint8Array;
  }[];
  /** Without angle brackets, like all identifiers. */
  readonly messageId: string;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  readonly date: Date;
  readonly organization: string | null;
  readonly languages: readonly string[];
  readonly priority: "lowest" | "low" | "normal" | "high" | "highest";
  /** By their names (RFC 5536, section 3.1.4). */
  readonly newsgroups: readonly string[];
  /** Asks for a receipt to the sender (RFC 8098). */
  readonly returnReceipt: boolean;
  /** Fields of the user's own, all with names in X-. */
  readonly extra: readonly { readonly name: string; readonly value: string }[];
}

const PRIORITIES = {
  highest: "1 (Highest)",
  high: "2 (High)",
  normal: null,
  low: "4 (Low)",
  lowest: "5 (Lowest)",
} as const;

/** RFC 5322, section 2.1.1, less what a fold and the name need. */
const MAX_REFERENCES = 900;

/** A complete RFC 5322 message. Bcc recipients are the transport's business, not the message's. */
export function writeMessage(draft: MessageDraft): Uint8Array {
  return concatOctets(octetsOf(headerText(draft)), writeEntity(content(draft)));
}

/** A new Message-ID without angle brackets, under the sender's domain. */
export function newMessageId(from: string, uuid: string): string {
  return `${uuid}@${domainOf(from)}`;
}

function headerText(draft: MessageDraft): string {
  const priority = PRIORITIES[draft.priority];
  return [
    identifierField("Message-ID", [draft.messageId]),
    `Date: ${dateTime(draft.date)}\r\n`,
    "MIME-Version: 1.0\r\n",
    draft.languages.length === 0 ? "" : textField("Content-Language", draft.languages.join(", ")),
    mailboxField("From", [draft.from]),
    mailboxField("Reply-To", draft.replyTo),
    draft.to.length + draft.cc.length + draft.newsgroups.length === 0
      ? "To: undisclosed-recipients:;\r\n"
      : mailboxField("To", draft.to),
    mailboxField("Cc", draft.cc),
    draft.newsgroups.length === 0 ? "" : textField("Newsgroups", draft.newsgroups.join(",")),
    textField("Subject", draft.subject),
    identifierField("In-Reply-To", draft.inReplyTo),
    identifierField("References", shortened(draft.references)),
    draft.organization === null ? "" : textField("Organization", draft.organization),
    priority === null ? "" : textField("X-Priority", priority),
    draft.returnReceipt ? mailboxField("Disposition-Notification-To", [draft.from]) : "",
    ...draft.extra
      .filter(({ name }) => /^X-[!-9;-~]+$/i.test(name) && !/^X-Priority$/i.test(name))
      .map(({ name, value }) => textField(name, value)),
  ].join("");
}

/** The first and as many of the last as fit on one line. */
function shortened(references: readonly string[]): readonly string[] {
  const [first, ...rest] = references;
  if (first === undefined) return [];
  let room = MAX_REFERENCES - first.length;
  const start = rest.findLastIndex((reference) => (room -= reference.length + 3) < 0) + 1;
  return [first, ...rest.slice(start)];
}

/** RFC 5322, section 3.3, in the sender's own time zone as Thunderbird writes it. */
function dateTime(date: Date): string {
  const [weekday, month, day, year, time] = date.toString().split(" ");
  const offset = /GMT([+-]\d{4})/.exec(date.toString())?.[1] ?? "+0000";
  return `${weekday}, ${Number(day)} ${month} ${year} ${time} ${offset}`;
}

/** mixed(alternative(plain, related(html, images)), attachments), as far as there is something. */
function content(draft: MessageDraft): EntityDraft {
  const shown = body(draft);
  if (draft.attachments.length === 0) return shown;
  return {
    kind: "multipart",
    subtype: "mixed",
    parts: [shown, ...draft.attachments.map((file) => ({ kind: "file", ...file }) as const)],
  };
}

function body({ plain, html, from }: MessageDraft): EntityDraft {
  const plainPart = {
    kind: "text",
    subtype: "plain",
    text: plain ?? "",
    parameters: { format: "flowed" },
  } as const;
  if (html === null) return plainPart;
  const htmlPart = related(html, domainOf(from.address));
  if (plain === null) return htmlPart;
  return { kind: "multipart", subtype: "alternative", parts: [plainPart, htmlPart] };
}

function related(source: string, domain: string): EntityDraft {
  const { html, images } = takeInlineImages(source, domain);
  const htmlPart = { kind: "text", subtype: "html", text: html } as const;
  if (images.length === 0) return htmlPart;
  return {
    kind: "multipart",
    subtype: "related",
    parts: [htmlPart, ...images.map((image) => ({ kind: "file", ...image }) as const)],
  };
}

function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  // An identifier's right side is ASCII (RFC 5322, section 3.6.4).
  return /^[A-Za-z0-9.-]+$/.test(domain) ? domain : "invalid";
}
