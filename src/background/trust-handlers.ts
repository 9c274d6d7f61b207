import { readCertificateFile } from "../core/asn1/certificate-file.ts";
import { SmimeError } from "../core/errors.ts";
import type { PageProtocol } from "../core/protocol.ts";
import { builtInAnchors, builtInVersion } from "../core/trust/built-in.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authoritiesAbove, isSelfSigned } from "../core/trust/issuers.ts";
import type { AnchorOrigin, TrustAnchor } from "../core/trust/path.ts";
import { mailUses, validityAt } from "../core/trust/uses.ts";
import type { AnchorPreview, AnchorView, TrustRequests } from "../core/trust-protocol.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { bytes, text } from "./arguments.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

/** What pages may ask about whose word on people's addresses counts. */
export function trustHandlers({
  storage,
  directory,
  clock,
  display,
}: Services): Pick<Handlers<PageProtocol>, keyof TrustRequests & keyof PageProtocol> {
  const { trust, certificates, keys } = storage;

  return {
    "trust.list": async () => (await trust.list()).map(anchorView),

    "trust.builtIn": async () => {
      const distrusted = await trust.distrusted();
      return {
        thunderbird: builtInVersion,
        anchors: (await builtInAnchors()).map(({ certificate }) => ({
          ...certificateView(certificate),
          organization: certificate.subject.organization,
          trusted: !distrusted.has(certificate.fingerprint),
        })),
      };
    },
    "trust.setBuiltIn": async ({ fingerprint, trusted }) => {
      const known = (await builtInAnchors()).some(
        ({ certificate }) => certificate.fingerprint === text(fingerprint),
      );
      if (!known || typeof trusted !== "boolean") throw new SmimeError("bad-request");
      await trust.setDistrusted(fingerprint, !trusted);
      await display.refreshAll();
      return null;
    },

    "trust.preview": async ({ file }) => {
      const { certificates: found } = await readCertificateFile(bytes(file));
      const own = fingerprintsOf(await trust.list());
      const builtIn = fingerprintsOf(await builtInAnchors());
      return found.map((certificate): AnchorPreview => {
        const { fingerprint } = certificate;
        return {
          ...certificateView(certificate),
          root: isSelfSigned(certificate),
          known: own.has(fingerprint) ? "user" : builtIn.has(fingerprint) ? "built-in" : "no",
          problem: !isAuthority(certificate)
            ? "not-an-authority"
            : validityAt(certificate, clock.now()) === "expired"
              ? "expired"
              : null,
        };
      });
    },
    "trust.add": async ({ file, fingerprint, name }) => {
      const { certificates: found } = await readCertificateFile(bytes(file));
      const chosen = found.find((certificate) => certificate.fingerprint === fingerprint);
      if (chosen === undefined) throw new SmimeError("not-found");
      await certificates.putIntermediates(found.filter(isAuthority));
      return add(chosen, { from: "file", name: text(name) });
    },
    "trust.addKnown": async ({ fingerprint }) => {
      const certificate = await knownCertificate(text(fingerprint));
      return add(certificate, await whereFrom(certificate));
    },
    "trust.addCertificate": async ({ fingerprint }) => {
      const certificate = await knownCertificate(text(fingerprint));
      if (mailUses(certificate).size === 0) throw new SmimeError("bad-request");
      return store(certificate, "certificate", await whereFrom(certificate));
    },
    "trust.remove": async ({ fingerprint }) => {
      await trust.remove(text(fingerprint));
      await display.refreshAll();
      return null;
    },
  };

  async function add(
    certificate: Certificate,
    origin: Omit<AnchorOrigin, "at">,
  ): Promise<AnchorView> {
    if (!isAuthority(certificate)) throw new SmimeError("certificate-not-an-authority");
    await certificates.putIntermediates([certificate]);
    return store(certificate, "authority", origin);
  }

  async function store(
    certificate: Certificate,
    kind: AnchorView["kind"],
    from: Omit<AnchorOrigin, "at">,
  ): Promise<AnchorView> {
    const origin = { ...from, at: clock.now() };
    await trust.add(certificate, kind, origin);
    await display.refreshAll();
    return anchorView({ certificate, source: "user", kind, origin });
  }

  async function knownCertificate(fingerprint: string): Promise<Certificate> {
    const contacts = await certificates.all();
    const known = [
      ...(await directory.intermediates()),
      ...(await display.certificates()),
      ...contacts.flatMap(({ certificate, issuers = [] }) => [certificate, ...issuers]),
    ];
    const found = known.find((certificate) => certificate.fingerprint === fingerprint);
    if (found === undefined) throw new SmimeError("not-found");
    return found;
  }

  /** With a key of the user's, or in a message of the one whose certificate it is or stands above. */
  async function whereFrom({ fingerprint }: Certificate): Promise<Omit<AnchorOrigin, "at">> {
    const is = (certificate: Certificate) => certificate.fingerprint === fingerprint;
    const ownKeys = await keys.list();
    if (ownKeys.some(({ certificate, chain }) => is(certificate) || chain.some(is))) {
      return { from: "key-file", name: null };
    }
    const intermediates = await directory.intermediates();
    for (const entry of await certificates.all()) {
      const above = [...(entry.issuers ?? []), ...intermediates];
      if (is(entry.certificate) || authoritiesAbove(entry.certificate, above).some(is)) {
        return { from: "message", name: entry.address };
      }
    }
    return { from: "message", name: null };
  }
}

function anchorView({ certificate, source, kind = "authority", origin }: TrustAnchor): AnchorView {
  return {
    ...certificateView(certificate),
    ...{ source, kind },
    ...(origin === undefined
      ? {}
      : { origin: { from: origin.from, name: origin.name, at: origin.at.toISOString() } }),
  };
}

function isAuthority({ basicConstraints }: Certificate): boolean {
  return basicConstraints?.authority === true;
}

function fingerprintsOf(anchors: readonly TrustAnchor[]): ReadonlySet<string> {
  return new Set(anchors.map(({ certificate }) => certificate.fingerprint));
}
