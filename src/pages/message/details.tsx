import { Fragment } from "preact";
import type { MessageDetails, MessagePanel, PathCertificateView } from "../../core/protocol.ts";
import { date, text, time } from "../../thunderbird/i18n.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Icon } from "../components/icon.tsx";
import { headerName, pathNotes, thunderbirdWording, timeNote, timesApart } from "./wording.ts";

/** Everything that is known about the protection, for those who ask. */
export function Details({ panel }: { panel: MessagePanel }) {
  const { status, details } = panel;
  if (details === null) return null;
  return (
    <section aria-labelledby="details-heading">
      <h2 id="details-heading">{text("details_heading")}</h2>
      <Facts status={status} details={details} />
      {details.path.length > 0 && <Path details={details} />}
      {details.protectedHeaders.length > 0 && <Headers headers={details.protectedHeaders} />}
      <details data-details="thunderbird">
        <summary>{text("thunderbird_heading")}</summary>
        {thunderbirdWording(panel).map((wording) => (
          <p key={wording[0]} class="hint">
            {text(...wording)}
          </p>
        ))}
      </details>
    </section>
  );
}

function Facts({ status, details }: { status: MessagePanel["status"]; details: MessageDetails }) {
  const { signature, encryption } = status;
  const { signer, algorithm, signedAt } = signature;
  const note = timeNote(details);
  const apart = timesApart(signature, details);
  const facts: readonly (readonly [string, string | null])[] = [
    [
      signature.verdict === "valid" ? "fact_signer" : "fact_signer_unconfirmed",
      signer?.name ?? null,
    ],
    ["fact_signed_at", signedAt === null ? null : time(signedAt)],
    ["fact_checked_at", details.checkedAt === null ? null : time(details.checkedAt)],
    ["fact_algorithm", algorithm],
    [
      "fact_covers",
      signature.verdict === "none"
        ? null
        : text(details.coversWholeMessage ? "covers_whole" : "covers_part"),
    ],
    ["fact_cipher", encryption.cipher?.toUpperCase() ?? null],
    [
      "fact_key_management",
      details.keyManagement.length === 0 ? null : details.keyManagement.join(", ").toUpperCase(),
    ],
    ["fact_opened_with", details.decryptedWith === null ? null : opened(details.decryptedWith)],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(
          ([key, value]) =>
            value !== null && (
              <Fragment key={key}>
                <dt>{text(key)}</dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </Fragment>
            ),
        )}
      </dl>
      {apart !== null && (
        <p class="line warn" data-note="times-apart">
          <Icon name="warning" />
          <span>{text("signed_apart", time(apart.signedAt), time(apart.writtenAt))}</span>
        </p>
      )}
      {note !== null && <p class="hint">{text(...note)}</p>}
      {details.weakCipher && <p class="hint">{text("weak_cipher")}</p>}
    </>
  );
}

function opened({ name, notAfter }: NonNullable<MessageDetails["decryptedWith"]>): string {
  return text("opened_with", name, date(notAfter));
}

function Path({ details: { path, trustedBy } }: { details: MessageDetails }) {
  return (
    <details data-details="path">
      <summary>{text("path_heading")}</summary>
      <ol class="path">
        {path.map((certificate, index) => (
          <li key={certificate.fingerprint}>
            <details>
              <summary>
                <bdi class="name">{certificate.name}</bdi>
              </summary>
              <CertificateFacts certificate={certificate} />
            </details>
            <Notes
              certificate={certificate}
              trustedBy={index === path.length - 1 ? trustedBy : null}
            />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Notes({
  certificate,
  trustedBy,
}: {
  certificate: PathCertificateView;
  trustedBy: MessageDetails["trustedBy"];
}) {
  return (
    <>
      <p class="hint">
        {text("fact_validity_range", date(certificate.notBefore), date(certificate.notAfter))}
      </p>
      {pathNotes(certificate, trustedBy, new Date()).map(({ wording, good }) => (
        <p key={wording[0]} class={good ? "line good" : "line warn"}>
          <Icon name={good ? "check" : "warning"} />
          <span>{text(...wording)}</span>
        </p>
      ))}
    </>
  );
}

function Headers({ headers }: { headers: MessageDetails["protectedHeaders"] }) {
  return (
    <details data-details="headers">
      <summary>{text("all_headers_heading")}</summary>
      <dl class="facts">
        {headers.map((header, index) => (
          <Fragment key={index}>
            <dt>{text(...headerName(header))}</dt>
            <dd>
              <bdi>{header.value}</bdi>
              <span class="hint">
                {text(header.protection === "confidential" ? "header_encrypted" : "header_signed")}
              </span>
            </dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}
