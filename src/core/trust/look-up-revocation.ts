import { parseCrl } from "../asn1/crl.ts";
import type { Crl } from "../asn1/crl.ts";
import { sameName } from "../asn1/distinguished-name.ts";
import {
  distributionPointsOf,
  freshestPointsOf,
  ocspAddressesOf,
} from "../asn1/distribution-points.ts";
import type { DistributionPoint } from "../asn1/distribution-points.ts";
import { ocspRequest, parseOcspResponse } from "../asn1/ocsp.ts";
import type { OcspResponse } from "../asn1/ocsp.ts";
import { SmimeError } from "../errors.ts";
import { equalOctets, randomOctets } from "../octets.ts";
import type { Clock, RevocationCache, RevocationTransport } from "../ports.ts";
import type { Certificate } from "./certificate.ts";
import { signatureBy } from "./certificate-signature.ts";
import { certificateId, ocspStatus } from "./ocsp-status.ts";
import type { RevocationLookup } from "./revocation.ts";

const MAX_ADDRESSES = 3;
const MAX_RESPONSE_OCTETS = 1 << 16;
const MAX_CRL_OCTETS = 1 << 23;

/** However long an authority says that its word holds, it is asked again after a week. */
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;
/** For answers that do not say how long they hold. */
const SHORTEST_MS = 60 * 60 * 1000;
/** Who did not answer is left alone for so long: reading mail must not wait for it every time. */
const QUIET_MS = 10 * 60 * 1000;

/**
 * Asks the addresses that a certificate names: its issuer's OCSP responder first, then revocation
 * lists and the lists of changes to them (RFC 5280, 4.2.1.15 and 5.2.6). This tells the issuer
 * which certificate is looked at, and when. Called for certificates with a valid path to an anchor
 * only, so that nobody else can choose the addresses.
 */
export function revocationLookup(services: {
  readonly transport: RevocationTransport;
  readonly cache: RevocationCache;
  readonly clock: Clock;
}): RevocationLookup {
  const { transport, cache, clock } = services;
  const quietUntil = new Map<string, number>();
  const underWay = new Map<string, Promise<Uint8Array | null>>();

  /** From the cache, or from the address; two who ask at the same time share the answer. */
  function fetched(
    key: string,
    request: { readonly url: string; readonly body: Uint8Array | null; readonly maxOctets: number },
    /** Until when the answer holds; null if it is none. */
    validUntil: (content: Uint8Array) => Promise<Date | null>,
  ): Promise<Uint8Array | null> {
    const known = underWay.get(key) ?? fetchOnce(key, request, validUntil);
    underWay.set(key, known);
    const done = () => underWay.delete(key);
    known.then(done, done);
    return known;
  }

  async function fetchOnce(
    ...[key, request, validUntil]: Parameters<typeof fetched>
  ): Promise<Uint8Array | null> {
    const now = clock.now().getTime();
    const cached = await cache.get(key, clock.now());
    if (cached !== null) return cached;
    if ((quietUntil.get(request.url) ?? 0) > now) return null;
    const content = await transport(request);
    const until = content === null ? null : await validUntil(content);
    if (content === null || until === null) {
      quietUntil.set(request.url, now + QUIET_MS);
      return null;
    }
    const end = Math.min(until.getTime(), now + LONGEST_MS);
    if (end > now) await cache.put(key, content, new Date(end));
    return content;
  }

  async function askResponder(
    url: string,
    certificate: Certificate,
    issuer: Certificate,
  ): Promise<OcspResponse | null> {
    const nonce = randomOctets(16);
    // SHA-1 names the certificate here and protects nothing: what every responder knows.
    const id = await certificateId(certificate, issuer, "SHA-1");
    const request = { url, body: ocspRequest(id, nonce), maxOctets: MAX_RESPONSE_OCTETS };
    const content = await fetched(
      `ocsp ${certificate.fingerprint} ${url}`,
      request,
      async (answer) => {
        const response = readable(() => parseOcspResponse(answer));
        if (response === null) return null;
        if (response.nonce !== null && !equalOctets(response.nonce, nonce)) return null;
        const at = clock.now();
        const status = await ocspStatus(certificate, issuer, {
          responses: [response],
          at,
          isRevoked: () => Promise.resolve(false),
        });
        if (status.kind === "unknown") return null;
        const [single] = response.responses;
        return single?.nextUpdate ?? new Date(at.getTime() + SHORTEST_MS);
      },
    );
    return content === null ? null : readable(() => parseOcspResponse(content));
  }

  async function lists(points: readonly DistributionPoint[]): Promise<Crl[]> {
    const found = await Promise.all(addressesIn(points).map(list));
    return found.filter((crl) => crl !== null);
  }

  async function list(url: string): Promise<Crl | null> {
    const request = { url, body: null, maxOctets: MAX_CRL_OCTETS };
    const content = await fetched(`crl ${url}`, request, (answer) => {
      const crl = readable(() => parseCrl(answer));
      return Promise.resolve(crl === null ? null : (crl.nextUpdate ?? null));
    });
    return content === null ? null : readable(() => parseCrl(content));
  }

  return async (certificate, issuer) => {
    const responders = readable(() => ocspAddressesOf(certificate)) ?? [];
    for (const url of responders.slice(0, MAX_ADDRESSES)) {
      const response = await askResponder(url, certificate, issuer);
      if (response !== null) return { crls: [], ocspResponses: [response] };
    }
    const complete = await lists(readable(() => distributionPointsOf(certificate)) ?? []);
    const changes =
      complete.length === 0 ? [] : await freshestPoints(certificate, issuer, complete);
    return { crls: [...complete, ...(await lists(changes))], ocspResponses: [] };
  };
}

/**
 * Of the certificate and of the lists that its issuer has signed: anybody on the way could have
 * written addresses into another one.
 */
async function freshestPoints(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly Crl[],
): Promise<DistributionPoint[]> {
  const points = readable(() => freshestPointsOf(certificate)) ?? [];
  for (const crl of lists)
    if (
      crl.freshest.length > 0 &&
      sameName(crl.issuer, issuer.subject) &&
      (await signatureBy(crl, issuer.publicKey)) === "good"
    )
      points.push(...crl.freshest);
  return points;
}

/** The web's addresses among the names of the points, each once. */
function addressesIn(points: readonly DistributionPoint[]): string[] {
  const names = points.flatMap(({ name }) => name?.full ?? []);
  const addresses = names.flatMap((name) => (name.kind === "uri" ? [name.uri] : []));
  return [...new Set(addresses)].filter((url) => /^https?:/i.test(url)).slice(0, MAX_ADDRESSES);
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SmimeError) return null;
    throw error;
  }
}
