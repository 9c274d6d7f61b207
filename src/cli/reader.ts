import type { OpenContext } from "../core/smime/open.ts";
import { SmimeError } from "../core/errors.ts";
import { builtInAnchors } from "../core/trust/built-in.ts";
import type { TrustAnchor } from "../core/trust/path.ts";
import { keyOptions, timeOption, type Arguments, type OptionTypes } from "./arguments.ts";
import { readCertificates, readKeys } from "./files.ts";

/** Whom to trust, what to know, and when. */
export const trustOptions: OptionTypes = {
  anchor: "string",
  cert: "string",
  time: "string",
  "no-builtin-roots": "boolean",
};

export const readerOptions: OptionTypes = { ...keyOptions, ...trustOptions };

/** @throws Failure */
export async function readAnchors(args: Arguments): Promise<TrustAnchor[]> {
  const own = await readCertificates(args.all("anchor"));
  return [
    ...own.map((certificate): TrustAnchor => ({ certificate, source: "user" })),
    ...(args.flag("no-builtin-roots") ? [] : await builtInAnchors()),
  ];
}

/** Who reads, as the options say. @throws Failure */
export async function openContext(args: Arguments): Promise<OpenContext> {
  const files = await readKeys(args.keys);
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
      ...keys.flatMap(({ certificate, chain }) => [certificate, ...chain]),
      ...files.flatMap(({ otherCertificates }) => otherCertificates),
    ],
    anchors: await readAnchors(args),
    now: timeOption(args),
  };
}
