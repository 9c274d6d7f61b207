import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { derSmallInteger } from "../../src/core/asn1/der.ts";
import { ocspRequest } from "../../src/core/asn1/ocsp.ts";
import { revocationLookup } from "../../src/core/trust/look-up-revocation.ts";
import { certificateId } from "../../src/core/trust/ocsp-status.ts";
import type { PathVerdict } from "../../src/core/trust/path.ts";
import { httpTransport, isPublicAddress } from "../../src/thunderbird/revocation-transport.ts";
import { alice, assertFails, authority, path, read, root } from "../support/paths.ts";
import type { Issued } from "../support/pki.ts";
import {
  answerOcsp,
  distributionPoints,
  encodedCrl,
  extension,
  subjectOf,
} from "../support/revocation.ts";
import { testStorage } from "../support/storage.ts";

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

/** What each path of the server does, and which were asked. */
const answers = new Map<string, Answer>();
let asked: string[] = [];
let base = "";
let leaf: Issued;
let listed: Issued;

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const url = request.url ?? "";
    asked.push(`${request.method ?? ""} ${url}`);
    const answer = answers.get(url);
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, Buffer.concat(parts), response);
  });
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  leaf = root.issue({
    ...alice,
    extensions: [
      `authorityInfoAccess=OCSP;URI:${base}/ocsp`,
      `crlDistributionPoints=URI:${base}/list`,
    ],
  });
  listed = root.issue({ ...alice, extensions: [`crlDistributionPoints=URI:${base}/list`] });
});
after(() => server.close());
beforeEach(() => {
  answers.clear();
  asked = [];
});

const send =
  (content: Uint8Array): Answer =>
  (_request, _body, response) =>
    response.end(content);

/** openssl's responder, which knows the leaf. */
const responder =
  (state: "known" | "revoked"): Answer =>
  (request, body, response) => {
    assert.equal(request.headers["content-type"], "application/ocsp-request");
    assert.equal(request.headers.cookie, undefined);
    response.end(answerOcsp(body, { authority: root, [state]: [leaf] }));
  };

const current = async (revoked: readonly Issued[] = []): Promise<Uint8Array> =>
  encodedCrl(root, {
    revoked: revoked.map((certificate) => ({ certificate })),
    thisUpdate: new Date(Date.now() - 86_400_000),
    nextUpdate: new Date(Date.now() + 86_400_000),
  });

/** One session of the add-on; the cache outlives it. */
function session({ storage = testStorage(), time = new Date() } = {}) {
  const clock = { time, now: () => clock.time };
  const lookUp = revocationLookup({
    transport: httpTransport({ isAllowed: () => true, timeout: 500 }),
    cache: storage.revocation,
    clock,
  });
  const check = (
    certificate: Issued,
    mode: "given" | "strict" = "strict",
    anchor: Issued = root,
  ): Promise<PathVerdict> =>
    path(certificate, [anchor], [], {
      at: clock.time,
      revocation: { crls: [], ocspResponses: [], mode, lookUp },
    });
  return { check, clock, storage };
}

const kinds = (verdict: PathVerdict) => verdict.revocation.map(({ status }) => status.kind);

describe("asking the issuer", () => {
  it("its responder first", async () => {
    answers.set("/ocsp", responder("known"));
    const verdict = await session().check(leaf);
    assert.ok(verdict.ok);
    assert.deepEqual(kinds(verdict), ["good"]);
    assert.deepEqual(asked, ["POST /ocsp"]);
  });

  it("hears of a revocation", async () => {
    answers.set("/ocsp", responder("revoked"));
    assertFails(await session().check(leaf, "given"), "revoked", "Alice");
    answers.set("/list", send(await current([listed])));
    assertFails(await session().check(listed, "given"), "revoked", "Alice");
  });

  it("for the list where the responder does not answer", async () => {
    answers.set("/list", send(await current()));
    assert.ok((await session().check(leaf)).ok);
    assert.deepEqual(asked, ["POST /ocsp", "GET /list"]);
  });

  it("without an answer, which only a strict reader minds", async () => {
    assertFails(await session().check(leaf), "revocation-unknown", "Alice");
    const verdict = await session().check(leaf, "given");
    assert.ok(verdict.ok);
    assert.deepEqual(kinds(verdict), ["unknown"]);
  });

  it("is not done for certificates of people whom nobody vouches for", async () => {
    const verdict = await session().check(leaf, "given", authority({ name: "Other" }));
    assertFails(verdict, "issuer-unknown", "Alice");
    assert.deepEqual(asked, []);
  });
});

describe("lists of changes", () => {
  const day = 86_400_000;
  const changes = (revoked: readonly Issued[]): Promise<Uint8Array> =>
    encodedCrl(root, {
      revoked: revoked.map((certificate) => ({ certificate })),
      thisUpdate: new Date(Date.now() - day / 24),
      nextUpdate: new Date(Date.now() + day / 24),
      number: 6,
      extensions: [extension("2.5.29.27", derSmallInteger(5), true)],
    });
  const freshest = (path: string) => extension("2.5.29.46", distributionPoints(`${base}${path}`));
  const complete = (signer: Issued, path: string): Promise<Uint8Array> =>
    encodedCrl(signer, {
      issuer: subjectOf(root),
      thisUpdate: new Date(Date.now() - day),
      nextUpdate: new Date(Date.now() + day),
      extensions: [freshest(path)],
    });

  it("are asked for where the complete list says that there are some", async () => {
    answers.set("/list", send(await complete(root, "/changes")));
    answers.set("/changes", send(await changes([listed])));
    const { check, storage } = session();
    assertFails(await check(listed), "revoked", "Alice");
    assert.deepEqual(asked, ["GET /list", "GET /changes"]);
    assertFails(await session({ storage }).check(listed), "revoked", "Alice");
    assert.equal(asked.length, 2);
    answers.set("/changes", send(await changes([])));
    assert.ok((await session().check(listed)).ok);
  });

  it("are asked for where the certificate names them", async () => {
    const named = root.issue({
      ...alice,
      extensions: [`crlDistributionPoints=URI:${base}/list`, `freshestCRL=URI:${base}/changes`],
    });
    answers.set("/list", send(await current()));
    answers.set("/changes", send(await changes([named])));
    assertFails(await session().check(named), "revoked", "Alice");
  });

  it("that do not come leave the complete list's word", async () => {
    answers.set("/list", send(await complete(root, "/changes")));
    assert.ok((await session().check(listed)).ok);
    assert.deepEqual(asked, ["GET /list", "GET /changes"]);
  });

  it("are not asked for where somebody else's list says so", async () => {
    answers.set("/list", send(await complete(authority({ name: "Other" }), "/elsewhere")));
    assertFails(await session().check(listed), "revocation-unknown", "Alice");
    assert.deepEqual(asked, ["GET /list"]);
  });
});

it("addresses that cannot be read are none", async () => {
  const odd = root.issue({ ...alice, extensions: ["2.5.29.31=DER:0500", "2.5.29.46=DER:0500"] });
  assertFails(await session().check(odd), "revocation-unknown", "Alice");
  assert.deepEqual(asked, []);
});

describe("answers", () => {
  it("are kept over sessions until they are over", async () => {
    answers.set("/ocsp", responder("known"));
    answers.set("/list", send(await current()));
    const first = session();
    await first.check(leaf);
    await first.check(listed);
    const { check, clock } = session({ storage: first.storage });
    assert.ok((await check(leaf)).ok && (await check(listed)).ok);
    assert.deepEqual(asked, ["POST /ocsp", "GET /list"]);
    clock.time = new Date(clock.time.getTime() + 2 * 86_400_000);
    await check(listed);
    assert.deepEqual(asked, ["POST /ocsp", "GET /list", "GET /list"]);
  });

  it("are asked for once by all who want them at the same time", async () => {
    answers.set("/list", send(await current()));
    const { check } = session();
    const verdicts = await Promise.all([check(listed), check(listed), check(listed)]);
    assert.ok(verdicts.every(({ ok }) => ok));
    assert.deepEqual(asked, ["GET /list"]);
  });

  it("that failed to come are not waited for again for a while", async () => {
    const { check, clock } = session();
    await check(listed);
    await check(listed);
    assert.equal(asked.length, 1);
    clock.time = new Date(clock.time.getTime() + 11 * 60_000);
    await check(listed);
    assert.equal(asked.length, 2);
  });

  it("to somebody else's question do not count", async () => {
    const id = await certificateId(await read(leaf), await read(root), "SHA-1");
    const other = ocspRequest(id, new Uint8Array(16));
    answers.set("/ocsp", send(answerOcsp(other, { authority: root, known: [leaf] })));
    assertFails(await session().check(leaf), "revocation-unknown", "Alice");
  });

  it("that are none do not count", async () => {
    const list = await current();
    const wrong: Record<string, Answer> = {
      "a redirect": (_request, _body, response) => {
        response.writeHead(302, { location: `${base}/elsewhere` }).end();
      },
      "another status": (_request, _body, response) => {
        response.writeHead(206).end(list);
      },
      "something else": send(Buffer.from("<html>")),
      "no end": (_request, _body, response) => {
        response.write(list.subarray(0, 10));
      },
      "more than anybody needs": (_request, _body, response) => {
        response.end(Buffer.alloc((1 << 23) + 1));
      },
      silence: () => undefined,
    };
    answers.set("/elsewhere", send(list));
    for (const [name, answer] of Object.entries(wrong)) {
      answers.set("/list", answer);
      assertFails(await session().check(listed), "revocation-unknown", "Alice");
      assert.ok(!asked.includes("GET /elsewhere"), name);
    }
  });
});

describe("isPublicAddress", () => {
  const table: [string, boolean][] = [
    ["http://ocsp.example.org/", true],
    ["https://crl.example.org:8443/a.crl", true],
    ["http://example.org./", true],
    ["http://localhost/", false],
    ["http://printer/", false],
    ["http://printer.local/", false],
    ["http://a.internal/", false],
    ["http://127.0.0.1/", false],
    ["http://2130706433/", false],
    ["http://0x7f.1/", false],
    ["http://[::1]/", false],
    ["http://192.168.1.1/reboot", false],
    ["http://user:password@example.org/", false],
    ["ftp://example.org/", false],
    ["ldap://example.org/", false],
    ["file:///etc/passwd", false],
  ];
  for (const [url, expected] of table)
    it(`${url} ${expected ? "is" : "is not"}`, () => {
      assert.equal(isPublicAddress(new URL(url)), expected);
    });
});
