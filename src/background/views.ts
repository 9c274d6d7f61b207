import { groupOf } from "../core/exchange/group.ts";
import type { Exchange } from "../core/exchange/state.ts";
import type {
  CertificateView,
  ContactView,
  HeaderDifference,
  MessageStatus,
} from "../core/protocol.ts";
import { isSameValue } from "../core/mime/same-value.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authorityToTrust } from "../core/trust/find-path.ts";
import { isSelfSigned } from "../core/trust/issuers.ts";
import { shownAddress, visible } from "../core/trust/shown-address.ts";
import { mailUses } from "../core/trust/uses.ts";

/** Core values as pages get them. */

export function certificateView(certificate: Certificate): CertificateView {
  const { publicKey, subject, issuer } = certificate;
  const key = {
    rsa: `RSA ${publicKey.bits ?? ""}`,
    "rsa-pss": `RSA-PSS ${publicKey.bits ?? ""}`,
    ec: `EC ${publicKey.curve ?? ""}`,
    ed25519: "Ed25519",
    x25519: "X25519",
    unsupported: "?",
  }[publicKey.kind];
  const addresses = certificate.addresses.map(shownAddress);
  return {
    fingerprint: certificate.fingerprint,
    name: visible(subject.commonName ?? addresses[0] ?? subject.text),
    addresses,
    issuer: visible(issuer.commonName ?? issuer.organization ?? issuer.text),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    uses: [...mailUses(certificate)],
    key: key.trim(),
    ...(isSelfSigned(certificate) && certificate.addresses.length > 0 ? { selfSigned: true } : {}),
  };
}

export function contactView(
  exchange: Exchange,
  who: { readonly identity: string; readonly address: string; readonly name: string | null },
): ContactView {
  const { sent, received, encrypted, replied } = exchange.evidence;
  const iso = (signal: typeof sent) => signal?.at.toISOString() ?? null;
  return {
    ...who,
    name: who.name === null ? null : visible(who.name),
    shownAddress: shownAddress(who.address),
    state: exchange.state,
    attention: exchange.attention,
    next: exchange.next,
    group: groupOf(exchange.next),
    evidence: {
      sent: iso(sent),
      received: iso(received),
      encrypted: iso(encrypted),
      replied: iso(replied),
    },
    ends:
      exchange.ends === null
        ? null
        : { whose: exchange.ends.whose, at: exchange.ends.at.toISOString() },
  };
}

/** `opened` is null for a message without S/MIME. */
export function messageStatus(
  opened: OpenedMessage | null,
  known: readonly Certificate[],
  from: string,
  exchange: ContactView | null,
): MessageStatus {
  if (opened === null) {
    return {
      protection: "none",
      signature: {
        verdict: "none",
        reason: null,
        pathReason: null,
        signer: null,
        algorithm: null,
        signedAt: null,
        authority: null,
      },
      encryption: { verdict: "none", reason: null, cipher: null, authenticated: false },
      from,
      headers: [],
      subject: null,
      innerFrom: null,
      exchange,
    };
  }
  const { signature, encryption } = opened;
  const { signer, path } = signature;
  const authority =
    signer !== null && path !== null && !path.ok
      ? authorityToTrust(signer, [...opened.certificates, ...known])
      : null;
  return {
    protection: opened.protection,
    signature: {
      verdict: signature.verdict,
      reason: signature.reason,
      pathReason: path === null || path.ok ? null : path.reason,
      signer: signer === null ? null : certificateView(signer),
      algorithm: signature.algorithm,
      signedAt: signature.signedAt?.toISOString() ?? null,
      authority: authority === null ? null : certificateView(authority),
    },
    encryption: {
      verdict: encryption.verdict,
      reason: encryption.reason,
      cipher: encryption.cipher,
      authenticated: encryption.authenticated,
    },
    from: shownAddress(from),
    headers: headerDifferences(opened),
    subject:
      opened.headers.find(({ name }) => name.toLowerCase() === "subject")?.protection ?? null,
    innerFrom: opened.from.agrees ? null : shownOrNull(opened.from.inner),
    exchange,
  };
}

function shownOrNull(address: string | null): string | null {
  return address === null ? null : shownAddress(address);
}

/** The fields that Thunderbird's header pane shows. */
const inHeaderPane = new Set(["subject", "from", "to", "cc", "date", "reply-to", "keywords"]);

function headerDifferences({ headers }: OpenedMessage): HeaderDifference[] {
  return headers
    .filter(({ name }) => inHeaderPane.has(name.toLowerCase()))
    .filter(({ protection }) => protection !== "none")
    .filter(({ name, value, outer }) => outer === null || !isSameValue(name, value, outer))
    .map(({ name, value, outer, protection }) => ({
      ...{ name, value, outer },
      confidential: protection === "confidential",
    }));
}
