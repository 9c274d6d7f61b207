import type { CertificateView } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { fingerprintGroups } from "./fingerprint.ts";

export function Fingerprint({ value }: { value: string }) {
  return (
    <code class="fingerprint" dir="ltr">
      {fingerprintGroups(value).map((group, index) => (
        <span key={index}>{group} </span>
      ))}
    </code>
  );
}

/** Someone's name and address in the direction each is written in. */
export function Person({ name, address }: { name: string | null; address: string }) {
  return (
    <span class="person">
      {name !== null && name !== address && <bdi class="name">{name}</bdi>}
      <bdi class={name === null || name === address ? "name" : "address"}>{address}</bdi>
    </span>
  );
}

const uses = { sign: "use_sign", encrypt: "use_encrypt" } as const;

export function usesText(certificate: CertificateView): string {
  return useNames(certificate.uses);
}

export function useNames(of: readonly ("sign" | "encrypt")[]): string {
  return of.map((use) => text(uses[use])).join(", ");
}

/**
 * The facts of a certificate, as a list of terms.
 * @param issuers names of the authorities above it, nearest first, where more than the issuer's is known
 */
export function CertificateFacts({
  certificate,
  accounts,
  issuers = [],
}: {
  certificate: CertificateView;
  accounts?: readonly string[];
  issuers?: readonly string[];
}) {
  return (
    <dl class="facts">
      {certificate.addresses.length > 0 && (
        <>
          <dt>{text("fact_addresses")}</dt>
          <dd>
            {certificate.addresses.map((address) => (
              <bdi key={address}>{address}</bdi>
            ))}
          </dd>
        </>
      )}
      <dt>{text("fact_issuer")}</dt>
      <dd>
        {certificate.selfSigned === true ? (
          text("fact_self_signed")
        ) : (
          <bdi>{certificate.issuer}</bdi>
        )}
        {issuers.slice(1).map((issuer, index) => (
          <bdi key={index}>{text("fact_issuer_above", issuer)}</bdi>
        ))}
      </dd>
      <dt>{text("fact_validity")}</dt>
      <dd>
        {text("fact_validity_range", date(certificate.notBefore), date(certificate.notAfter))}
      </dd>
      {certificate.uses.length > 0 && (
        <>
          <dt>{text("fact_uses")}</dt>
          <dd>{usesText(certificate)}</dd>
        </>
      )}
      <dt>{text("fact_key")}</dt>
      <dd>{certificate.key}</dd>
      {accounts !== undefined && (
        <>
          <dt>{text("fact_accounts")}</dt>
          <dd>
            {accounts.length === 0
              ? text("fact_no_account")
              : accounts.map((account) => <bdi key={account}>{account}</bdi>)}
          </dd>
        </>
      )}
      <dt>{text("fact_fingerprint")}</dt>
      <dd>
        <Fingerprint value={certificate.fingerprint} />
      </dd>
    </dl>
  );
}
