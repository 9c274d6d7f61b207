import { readCertificateFile } from "../core/asn1/certificate-file.ts";
import { parseCertificate } from "../core/asn1/certificate.ts";
import { judgeAnswer, type KeyPlace } from "../core/enrolment/answer.ts";
import {
  certificationRequest,
  requestPem,
  selfSignedCertificate,
} from "../core/enrolment/certification-request.ts";
import type { EnrolmentRequests, NewKeyWish, WaitingView } from "../core/enrolment-protocol.ts";
import { generateKey, newKeyKinds } from "../core/enrolment/new-key.ts";
import { SmimeError } from "../core/errors.ts";
import { fileName } from "../core/file-name.ts";
import { bufferSource, hexText, octetsOf } from "../core/octets.ts";
import type { WaitingKey } from "../core/ports.ts";
import { authoritiesAbove } from "../core/trust/issuers.ts";
import { mailIdentities } from "../thunderbird/identities.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { saveFile } from "../thunderbird/saved-files.ts";
import { bytes, text } from "./arguments.ts";
import { ownKeyViews } from "./own-key-views.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

const YEAR = 365 * 24 * 60 * 60 * 1000;

/** Certificates that are yet to come: requests, the issuers' answers, and one's own to try out. */
export function enrolmentHandlers(services: Services): Handlers<EnrolmentRequests> {
  const { storage, clock, directory, display, unlocking } = services;
  const { keys, waiting, vault, certificates } = storage;
  const look = ownKeyViews(services);

  return {
    "requests.list": async () => (await waiting.list()).map(waitingView),

    "requests.make": async (request) => {
      const wish = wishOf(request);
      await vaultIsOpen();
      const { privateKey, ...key } = await generateKey(wish.kind);
      const entry: WaitingKey = {
        ...wish,
        id: await idOf(key.publicKey),
        publicKey: key.publicKey,
        request: await certificationRequest(wish, { privateKey, ...key }),
        createdAt: clock.now(),
      };
      await waiting.add({ ...entry, privateKey });
      await unlocking.used();
      return waitingView(entry);
    },

    "requests.save": async ({ id }) => {
      const entry = (await waiting.list()).find((each) => each.id === id);
      if (entry === undefined) throw new SmimeError("not-found");
      const path = await saveFile({
        name: fileName(entry.address, "csr"),
        type: "application/pkcs10",
        content: octetsOf(requestPem(entry.request)),
      });
      return path === null ? { outcome: "cancelled" } : { outcome: "saved", path };
    },

    "requests.remove": async ({ id }) => {
      await waiting.remove(text(id));
      return null;
    },

    "requests.answer": async ({ file }) => {
      const { certificates: found } = await readCertificateFile(bytes(file));
      const own = await keys.list();
      const answer = judgeAnswer(
        found,
        await places(),
        new Set(own.map(({ certificate }) => certificate.fingerprint)),
        clock.now(),
      );
      if (answer.outcome === "wrong") {
        const { reason, about } = answer;
        return {
          outcome: "wrong",
          reason,
          name: about === null ? null : certificateView(about).name,
        };
      }
      const intermediates = [...answer.others, ...(await directory.intermediates())];
      const entries = await Promise.all(
        answer.certificates.map(async ({ certificate, place }) => ({
          certificate,
          chain: authoritiesAbove(certificate, intermediates),
          addedAt: clock.now(),
          privateKey: await (place.kind === "waiting" ? waiting : keys).privateKey(place.id),
        })),
      );
      await keys.add(entries);
      await certificates.putIntermediates(entries.flatMap(({ chain }) => chain));
      for (const { place } of answer.certificates) {
        if (place.kind === "waiting") await waiting.remove(place.id);
      }
      await unlocking.used();
      await display.refreshAll();
      const identities = await mailIdentities();
      return {
        outcome: "taken",
        keys: await Promise.all(
          entries.map(async (entry) => ({
            ...(await look.preview(entry, identities)),
            known: false,
          })),
        ),
      };
    },

    "requests.selfSigned": async (request) => {
      const wish = wishOf(request);
      await vaultIsOpen();
      const key = await generateKey(wish.kind);
      const notBefore = clock.now();
      const notAfter = new Date(notBefore.getTime() + YEAR);
      const certificate = await parseCertificate(
        await selfSignedCertificate(wish, key, { notBefore, notAfter }),
      );
      await keys.add([{ certificate, chain: [], addedAt: notBefore, privateKey: key.privateKey }]);
      await unlocking.used();
      await display.refreshAll();
      const views = await look.views(await keys.list(), await mailIdentities());
      const view = views.find(({ fingerprint }) => fingerprint === certificate.fingerprint);
      if (view === undefined) throw new SmimeError("storage-failed");
      return view;
    },
  };

  /** Before the seconds that a key takes. */
  async function vaultIsOpen(): Promise<void> {
    const state = await vault.state();
    if (state !== "unlocked") throw new SmimeError(`vault-${state}`);
  }

  async function places(): Promise<KeyPlace[]> {
    return [
      ...(await waiting.list()).map(
        ({ id, publicKey }) => ({ kind: "waiting", id, publicKey }) as const,
      ),
      ...(await keys.list()).map(
        ({ certificate: { fingerprint: id, publicKey } }) =>
          ({ kind: "own", id, publicKey: publicKey.spki }) as const,
      ),
    ];
  }
}

function wishOf({ name, address, kind }: NewKeyWish): NewKeyWish {
  if (!newKeyKinds.includes(kind) || !/^[^\s@]+@[^\s@]+$/.test(text(address))) {
    throw new SmimeError("bad-request");
  }
  return { name: text(name), address, kind };
}

function waitingView({ id, name, address, kind, createdAt, request }: WaitingKey): WaitingView {
  return {
    ...{ id, name, address, kind },
    createdAt: createdAt.toISOString(),
    request: requestPem(request),
  };
}

async function idOf(publicKey: Uint8Array): Promise<string> {
  return hexText(new Uint8Array(await crypto.subtle.digest("SHA-256", bufferSource(publicKey))));
}
