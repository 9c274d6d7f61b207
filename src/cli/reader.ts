import type { OpenContext } from "../core/smime/open.ts";
import { SmimeError } from "../core/errors.ts";
import { builtInAnchors } from "../core/trust/built-in.ts";
import { parsePemOrDerCrls } from "../core/asn1/crl.ts";
import { parseOcspResponse } from "../core/asn1/ocsp.ts";
import type { TrustAnchor } from "../core/trust/path.ts";
import type { RevocationInput } from "../core/trust/revocation.ts";
import { keyOptions, timeOption, type Arguments, type OptionTypes } from "./arguments.ts";
import { asInput, readCertificates, readInput, readKeys } from "./files.ts";

/** Whom to trust, what to know, and when. */
export const trustOptions: OptionTypes = {
  anchor: "string",
  cert: "string",
  crl: "string",
  ocsp: "string",
  time: "string",
  "no-builtin-roots": "boolean",
};

export const readerOptions: OptionTypes = { ...keyOptions, ...trustOptions };

/** @throws Failure */
export async function readAnchors(args: Arguments): Promise<TrustAnchor[]> {
  const own = await readCertificates(args.all("anchor"));
  return [
    ...own.map((certificate): TrustAnchor => ({
      certificate,
      source: "user",
      // Somebody's own certificate vouches for itself.
      kind: certificate.basicConstraints?.authority === false ? "certificate" : "authority",
    })),
    ...(args.flag("no-builtin-roots") ? [] : await builtInAnchors()),
  ];
}

/** Lists and responses are used where they are given; nothing is fetched. @throws Failure */
export async function readRevocation(args: Arguments): Promise<RevocationInput> {
  const read = <T>(paths: readonly string[], parse: (file: Uint8Array) => T): Promise<T[]> =>
    Promise.all(
      paths.map(async (path) => {
        const file = await readInput(path);
        return asInput(path, () => Promise.resolve().then(() => parse(file)));
      }),
    );
  const responses = await read(args.all("ocsp"), parseOcspResponse);
  return {
    mode: "given",
    crls: (await read(args.all("crl"), parsePemOrDerCrls)).flat(),
    ocspResponses: responses.filter((response) => response !== null),
  };
}

/** Who reads, as the options say. @throws Failure */
export async function openContext(args: Arguments): Promise<OpenContext> {
  const files = await readKeys(args.keys);
  const anchors = await readAnchors(args);
  const keys = files.flatMap((file) => file.keys);
  return {
    ownCertificates: keys.map(({ certificate }) => certificate),
    privateKey: (fingerprint) => {
      const own = keys.find(({ certificate }) => certificate.fingerprint === fingerprint);
      if (own === undefined) return Promise.reject(new SmimeError("not-found"));
      return Promise.resolve(own.privateKey);
    },
    intermediates: [
      ...(await readCertificates(args.all("cert"))),
      ...anchors.flatMap(({ certificate, kind }) => (kind === "certificate" ? [certificate] : [])),
      ...keys.flatMap(({ certificate, chain }) => [certificate, ...chain]),
      ...files.flatMap(({ otherCertificates }) => otherCertificates),
    ],
    anchors,
    now: timeOption(args),
    revocation: await readRevocation(args),
  };
}
