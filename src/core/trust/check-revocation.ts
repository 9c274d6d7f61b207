import type { Crl } from "../asn1/crl.ts";
import { sameName } from "../asn1/distinguished-name.ts";
import { SmimeError } from "../errors.ts";
import type { Certificate } from "./certificate.ts";
import { signatureBy } from "./certificate-signature.ts";
import { crlStatus } from "./crl-status.ts";
import { ocspStatus } from "./ocsp-status.ts";
import type {
  CertificateRevocation,
  RevocationData,
  RevocationInput,
  RevocationStatus,
} from "./revocation.ts";
import { whyUnfit } from "./uses.ts";

/** On all lists of one path. */
const MAX_SIGNATURES = 300;

export interface RevocationContext {
  readonly at: Date;
  readonly input: RevocationInput;
  /** Certificates that may be those of other CRL issuers. */
  readonly certificates: readonly Certificate[];
  /**
   * Whether a certificate that may sign lists has a valid path to the anchor of the path in
   * question, as far as it is not known to be revoked.
   */
  readonly mayIssueCrls: (certificate: Certificate) => Promise<boolean>;
}

/** The status of each certificate of a valid path, anchor apart. @param path leaf first */
export async function pathRevocation(
  path: readonly Certificate[],
  context: RevocationContext,
): Promise<CertificateRevocation[]> {
  const check = new RevocationCheck(context);
  const found: CertificateRevocation[] = [];
  // From the anchor down: what a revoked authority says of others is worth nothing.
  for (let index = path.length - 2; index >= 0; index--) {
    const [certificate, issuer] = [path[index], path[index + 1]];
    if (certificate === undefined || issuer === undefined) continue;
    const last = found[0]?.status;
    const status =
      last?.kind === "revoked"
        ? ({ kind: "unknown" } as const)
        : await check.status(certificate, issuer);
    found.unshift({ certificate, status });
  }
  return found;
}

class RevocationCheck {
  private readonly genuine = new Map<Crl, Map<string, Promise<boolean>>>();
  private verified = 0;
  private readonly context: RevocationContext;

  constructor(context: RevocationContext) {
    this.context = context;
  }

  async status(certificate: Certificate, issuer: Certificate): Promise<RevocationStatus> {
    const { input } = this.context;
    const given = await this.statusBy(input, certificate, issuer);
    if (given.kind !== "unknown" || input.lookUp === undefined) return given;
    const more = await input.lookUp(certificate, issuer);
    return this.statusBy(
      {
        crls: [...input.crls, ...more.crls],
        ocspResponses: [...input.ocspResponses, ...more.ocspResponses],
      },
      certificate,
      issuer,
    );
  }

  private async statusBy(
    { crls, ocspResponses }: RevocationData,
    certificate: Certificate,
    issuer: Certificate,
  ): Promise<RevocationStatus> {
    const { at } = this.context;
    const byCrl = (of: Certificate): Promise<RevocationStatus> =>
      readable(() => crlStatus(of, { crls, at, isGenuine: (crl) => this.isGenuine(crl, issuer) }));
    const listed = await byCrl(certificate);
    if (listed.kind === "revoked" || ocspResponses.length === 0) return listed;
    const answered = await readable(() =>
      ocspStatus(certificate, issuer, {
        responses: ocspResponses,
        at,
        isRevoked: async (responder) => (await byCrl(responder)).kind === "revoked",
      }),
    );
    return answered.kind === "unknown" ? listed : answered;
  }

  private isGenuine(crl: Crl, issuer: Certificate): Promise<boolean> {
    const byIssuer = this.genuine.get(crl) ?? new Map<string, Promise<boolean>>();
    this.genuine.set(crl, byIssuer);
    const known = byIssuer.get(issuer.fingerprint) ?? this.verify(crl, issuer);
    byIssuer.set(issuer.fingerprint, known);
    return known;
  }

  /** By the certificate's issuer, or by another holder of the CRL issuer's name. */
  private async verify(crl: Crl, issuer: Certificate): Promise<boolean> {
    const signed = async (by: Certificate) =>
      sameName(by.subject, crl.issuer) &&
      whyUnfit(by, "sign-crl") === null &&
      ++this.verified <= MAX_SIGNATURES &&
      (await signatureBy(crl, by.publicKey)) === "good";
    if (await signed(issuer)) return true;
    for (const other of this.context.certificates)
      if ((await signed(other)) && (await this.context.mayIssueCrls(other))) return true;
    return false;
  }
}

/** What cannot be read says nothing. */
async function readable(work: () => Promise<RevocationStatus>): Promise<RevocationStatus> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SmimeError) return { kind: "unknown" };
    throw error;
  }
}
