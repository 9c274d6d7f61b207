import { dateValue } from "../core/mime/date-value.ts";
import type { MessageDetails, PathCertificateView } from "../core/protocol.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authoritiesAbove } from "../core/trust/issuers.ts";
import type { PathVerdict } from "../core/trust/path.ts";
import { certificateView } from "./views.ts";

/**
 * What the panel shows on demand.
 * @param known certificates that may complete the path as far as it can be told
 * @param kept whether the sender's certificate is among the contacts'; null where there is none to keep
 */
export function messageDetails(
  opened: OpenedMessage,
  known: readonly Certificate[],
  kept: boolean | null,
): MessageDetails {
  const { signature, encryption } = opened;
  const { signer, path } = signature;
  return {
    path: signer === null ? [] : pathView(signer, path, [...opened.certificates, ...known]),
    trustedBy: path?.ok === true ? trustedBy(path) : null,
    coversWholeMessage: signature.coversWholeMessage,
    checkedAt: signature.checkedAt?.toISOString() ?? null,
    signerAtSigning: signature.signerAtSigning,
    writtenAt: writtenAt(opened)?.toISOString() ?? null,
    keyManagement: [...new Set(encryption.keyManagement)],
    weakCipher: encryption.weak,
    decryptedWith: opened.decryptedWith === null ? null : certificateView(opened.decryptedWith),
    protectedHeaders: opened.headers.flatMap(({ name, value, protection, outer }) =>
      protection === "none" ? [] : [{ name, value, outer, protection }],
    ),
    kept,
  };
}

function writtenAt({ headers }: OpenedMessage): Date | null {
  const field = headers.find(({ name }) => name.toLowerCase() === "date");
  return field === undefined ? null : dateValue(field.value);
}

function trustedBy({
  anchor,
}: Extract<PathVerdict, { ok: true }>): NonNullable<MessageDetails["trustedBy"]> {
  return anchor.kind === "certificate" ? "certificate" : anchor.source;
}

function pathView(
  signer: Certificate,
  verdict: PathVerdict | null,
  known: readonly Certificate[],
): PathCertificateView[] {
  const failedAt = verdict === null || verdict.ok ? null : verdict.at.fingerprint;
  return certificatesOf(signer, verdict, known).map((certificate) => ({
    ...certificateView(certificate),
    failed: certificate.fingerprint === failedAt,
    revocation:
      verdict?.revocation.find((each) => each.certificate.fingerprint === certificate.fingerprint)
        ?.status.kind ?? null,
  }));
}

/** The path that was found, or the most promising of those that were not good enough. */
function certificatesOf(
  signer: Certificate,
  verdict: PathVerdict | null,
  known: readonly Certificate[],
): readonly Certificate[] {
  if (verdict?.ok === true) return verdict.path;
  const tried = verdict?.candidates
    .filter(({ reason, at }) => reason === verdict.reason && at === verdict.at)
    .map(({ path }) => path)
    .sort((one, other) => other.length - one.length)[0];
  return tried !== undefined && tried.length > 1
    ? tried
    : [signer, ...authoritiesAbove(signer, known)];
}
