import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { CertificateCandidate } from "../../src/core/exchange/candidate.ts";
import { nextChange } from "../../src/core/exchange/next-change.ts";
import { selectOwn, type OwnSelection } from "../../src/core/exchange/select-certificate.ts";
import type { Signal } from "../../src/core/exchange/signals.ts";
import {
  deriveExchange,
  type Attention,
  type Exchange,
  type ExchangeState,
  type NextAction,
} from "../../src/core/exchange/state.ts";
import { candidate, daysAgo, now, own, ownKey } from "../support/exchange-facts.ts";

const pair = { identity: "alice@example.org", contact: "bob@example.org" };

function sent(days: number, certificate = "current"): Signal {
  const messageId = `sent-${days}@example.org`;
  return {
    ...pair,
    kind: "sent-signed",
    messageId,
    at: daysAgo(days),
    certificate,
    encrypted: false,
  };
}
function received(days: number, certificate = "theirs"): Signal {
  const messageId = `received-${days}@example.org`;
  return { ...pair, kind: "received-signed", messageId, at: daysAgo(days), certificate };
}
function encrypted(days: number, certificate = "current"): Signal {
  const messageId = `encrypted-${days}@example.org`;
  return { ...pair, kind: "received-encrypted", messageId, at: daysAgo(days), certificate };
}
function reply(days: number, answers = "sent-3@example.org"): Signal {
  const messageId = `received-${days}@example.org`;
  return { ...pair, kind: "received-reply", messageId, at: daysAgo(days), answers };
}
function unsigned(days: number): Signal {
  const messageId = `unsigned-${days}@example.org`;
  return { ...pair, kind: "received-unsigned", messageId, at: daysAgo(days) };
}

function derive(facts: {
  mine?: OwnSelection;
  theirs?: readonly CertificateCandidate[];
  signals?: readonly Signal[];
}): Exchange {
  return deriveExchange({
    mine: facts.mine ?? own("current"),
    theirs: facts.theirs ?? [],
    signals: facts.signals ?? [],
    now,
  });
}

describe("the exchange with every combination of signals and certificates", () => {
  /** What went out three days ago and what came encrypted yesterday: who has which of mine. */
  const announcements: readonly {
    sent: string | null;
    encrypted: string | null;
    current: boolean;
    renewed: boolean;
  }[] = [
    { sent: null, encrypted: null, current: false, renewed: false },
    { sent: null, encrypted: "current", current: true, renewed: false },
    { sent: null, encrypted: "former", current: false, renewed: true },
    { sent: "current", encrypted: null, current: true, renewed: false },
    { sent: "current", encrypted: "current", current: true, renewed: false },
    { sent: "current", encrypted: "former", current: true, renewed: true },
    { sent: "former", encrypted: null, current: false, renewed: true },
    { sent: "former", encrypted: "current", current: true, renewed: false },
    { sent: "former", encrypted: "former", current: false, renewed: true },
  ];

  const contacts: readonly {
    name: string;
    theirs: readonly CertificateCandidate[];
    usable: boolean;
    attention: readonly Attention[];
    next: NextAction | null;
  }[] = [
    { name: "none", theirs: [], usable: false, attention: [], next: null },
    { name: "usable", theirs: [candidate("theirs")], usable: true, attention: [], next: null },
    {
      name: "from a file",
      theirs: [candidate("theirs", { source: "file", lastSeen: null })],
      usable: true,
      attention: [],
      next: null,
    },
    {
      name: "untrusted",
      theirs: [candidate("theirs", { failing: "issuer-unknown" })],
      usable: false,
      attention: ["untrusted"],
      next: "trust-certificate",
    },
    {
      name: "expired",
      theirs: [candidate("theirs", { notAfter: daysAgo(1), failing: "expired" })],
      usable: false,
      attention: ["expired"],
      next: "ask-for-new-certificate",
    },
    {
      name: "expired and untrusted",
      theirs: [candidate("theirs", { notAfter: daysAgo(1), failing: "issuer-unknown" })],
      usable: false,
      attention: ["expired"],
      next: "ask-for-new-certificate",
    },
    {
      name: "revoked",
      theirs: [candidate("theirs", { failing: "revoked" })],
      usable: false,
      attention: ["revoked"],
      next: "ask-for-new-certificate",
    },
    {
      name: "not yet valid",
      theirs: [candidate("theirs", { notBefore: daysAgo(-1), failing: "not-yet-valid" })],
      usable: false,
      attention: [],
      next: null,
    },
    {
      name: "weak",
      theirs: [candidate("theirs", { failing: "weak-key" })],
      usable: false,
      attention: [],
      next: "ask-for-new-certificate",
    },
    {
      name: "only for signing",
      theirs: [candidate("theirs", { use: "sign" })],
      usable: false,
      attention: [],
      next: "ask-for-new-certificate",
    },
    {
      name: "one usable beside an expired one of before",
      theirs: [
        candidate("theirs"),
        candidate("before", { notAfter: daysAgo(90), firstSeen: daysAgo(400), failing: "expired" }),
      ],
      usable: true,
      attention: [],
      next: null,
    },
  ];

  const mines: readonly {
    name: string;
    mine: OwnSelection;
    ready: boolean;
    attention: readonly Attention[];
    next: NextAction | null;
    decrypts: boolean;
  }[] = [
    { name: "ready", mine: own("current"), ready: true, attention: [], next: null, decrypts: true },
    {
      name: "ready with two certificates",
      mine: { ...own("current"), signing: ownKey("signer", { use: "sign" }) },
      ready: true,
      attention: [],
      next: null,
      decrypts: true,
    },
    {
      name: "none",
      mine: { signing: null, encryption: null, lapsed: null },
      ready: false,
      attention: [],
      next: "import-certificate",
      decrypts: false,
    },
    {
      name: "only for signing",
      mine: { signing: ownKey("signer", { use: "sign" }), encryption: null, lapsed: null },
      ready: false,
      attention: [],
      next: "import-certificate",
      decrypts: false,
    },
    {
      name: "only for encryption",
      mine: { signing: null, encryption: ownKey("current", { use: "encrypt" }), lapsed: null },
      ready: false,
      attention: [],
      next: "import-certificate",
      decrypts: true,
    },
    {
      name: "expired",
      mine: {
        signing: null,
        encryption: null,
        lapsed: ownKey("current", { notAfter: daysAgo(1) }),
      },
      ready: false,
      attention: ["expired"],
      next: "renew-certificate",
      decrypts: false,
    },
  ];

  const states: readonly {
    usable: boolean;
    current: boolean;
    state: ExchangeState;
    next: NextAction;
  }[] = [
    { usable: false, current: false, state: "none", next: "send-hello" },
    { usable: false, current: true, state: "sent", next: "wait" },
    { usable: true, current: false, state: "received", next: "answer-signed" },
    { usable: true, current: true, state: "complete", next: "write-encrypted" },
  ];

  for (const mine of mines) {
    for (const contact of contacts) {
      it(`mine ${mine.name}, theirs ${contact.name}`, () => {
        for (const announcement of announcements) {
          const row = states.find(
            ({ usable, current }) => usable === contact.usable && current === announcement.current,
          );
          assert.ok(row);
          const attention = new Set([...mine.attention, ...contact.attention]);
          if (mine.decrypts && announcement.renewed) attention.add("renewed");

          for (const hasReceived of [false, true]) {
            for (const hasReply of [false, true]) {
              const signals = [
                ...(announcement.sent === null ? [] : [sent(3, announcement.sent)]),
                ...(announcement.encrypted === null ? [] : [encrypted(1, announcement.encrypted)]),
                ...(hasReceived ? [received(2)] : []),
                ...(hasReply ? [reply(2)] : []),
              ];
              const exchange = derive({ mine: mine.mine, theirs: contact.theirs, signals });
              const because = JSON.stringify({ announcement, hasReceived, hasReply });
              assert.equal(exchange.state, mine.ready ? row.state : "setup", because);
              assert.deepEqual(new Set(exchange.attention), attention, because);
              assert.equal(exchange.next, mine.next ?? contact.next ?? row.next, because);
              assert.equal(exchange.evidence.received !== null, hasReceived || hasReply, because);
              assert.equal(exchange.evidence.replied !== null, hasReply, because);
            }
          }
        }
      });
    }
  }
});

describe("waiting for an answer", () => {
  it("reminds from the seventh day on, counted from the last announcement", () => {
    assert.equal(derive({ signals: [sent(6.99)] }).next, "wait");
    assert.equal(derive({ signals: [sent(7)] }).next, "remind");
    assert.equal(derive({ signals: [sent(20), sent(2)] }).next, "wait");
    assert.equal(derive({ signals: [sent(20), encrypted(2)] }).next, "wait");
    assert.equal(derive({ signals: [sent(2), encrypted(20)] }).next, "wait");
  });

  it("does not count a former certificate as announced", () => {
    const exchange = derive({ signals: [sent(20, "former")] });
    assert.deepEqual([exchange.state, exchange.next], ["none", "send-hello"]);
    assert.equal(exchange.evidence.sent, null);
  });
});

describe("a certificate that is about to end", () => {
  const complete = { theirs: [candidate("theirs")], signals: [sent(3), received(2)] };

  it("is spoken of in the last 30 days", () => {
    const at = (notAfter: Date) => derive({ ...complete, mine: own("current", { notAfter }) });
    assert.deepEqual(at(daysAgo(-30.1)).attention, []);
    assert.deepEqual(at(daysAgo(-30)).attention, ["expiring"]);
    assert.equal(at(daysAgo(-30)).next, "renew-certificate");
    assert.equal(at(daysAgo(-30)).state, "complete");
  });

  it("of theirs is asked for, after mine", () => {
    const theirs = [candidate("theirs", { notAfter: daysAgo(-10) })];
    const exchange = derive({ ...complete, theirs });
    assert.deepEqual(exchange.attention, ["expiring"]);
    assert.equal(exchange.next, "ask-for-new-certificate");
    const mine = own("current", { notAfter: daysAgo(-5) });
    assert.equal(derive({ ...complete, theirs, mine }).next, "renew-certificate");
  });

  it("holds up no step of the exchange", () => {
    const mine = own("current", { notAfter: daysAgo(-5) });
    assert.equal(derive({ mine }).next, "send-hello");
    assert.equal(derive({ mine, theirs: [candidate("theirs")] }).next, "answer-signed");
    assert.equal(derive({ mine, signals: [sent(8)] }).next, "remind");
    assert.equal(derive({ mine, signals: [sent(1)] }).next, "renew-certificate");
  });

  it("is expired, not expiring, once it has ended", () => {
    const mine = own("current", { notAfter: daysAgo(0.01) });
    const exchange = derive({ ...complete, mine });
    assert.equal(exchange.state, "setup");
    assert.deepEqual(exchange.attention, ["expired"]);
    assert.equal(exchange.next, "renew-certificate");
  });
});

describe("a replaced certificate of mine", () => {
  const theirs = [candidate("theirs")];

  it("that they used before I announced the new one is nothing new", () => {
    const exchange = derive({ theirs, signals: [encrypted(9, "former"), sent(3)] });
    assert.deepEqual([exchange.state, ...exchange.attention], ["complete"]);
  });

  it("that went out once more after the new one is nothing they use", () => {
    const exchange = derive({ theirs, signals: [sent(9), sent(3, "former")] });
    assert.deepEqual([exchange.state, ...exchange.attention], ["complete"]);
  });

  it("that they still use is announced with the next mail", () => {
    const exchange = derive({ theirs, signals: [sent(3), encrypted(1, "former")] });
    assert.deepEqual(exchange.attention, ["renewed"]);
    assert.deepEqual([exchange.state, exchange.next], ["complete", "write-encrypted"]);
  });

  it("makes a complete exchange one to be answered", () => {
    const exchange = derive({ theirs, signals: [sent(90, "former"), encrypted(80, "former")] });
    assert.deepEqual([exchange.state, exchange.next], ["received", "answer-signed"]);
    assert.deepEqual(exchange.attention, ["renewed"]);
  });
});

describe("a changed key of theirs", () => {
  const signals = [sent(3), received(2)];
  const known = candidate("known", { firstSeen: daysAgo(100) });

  it("is to be confirmed, and the exchange goes on meanwhile", () => {
    const exchange = derive({
      signals,
      theirs: [known, candidate("new", { firstSeen: daysAgo(1) })],
    });
    assert.deepEqual(exchange.attention, ["changed"]);
    assert.deepEqual([exchange.state, exchange.next], ["complete", "confirm-changed-key"]);
  });

  it("is settled by the user's confirmation", () => {
    const confirmed = candidate("new", { firstSeen: daysAgo(1), confirmed: true });
    const exchange = derive({ signals, theirs: [known, confirmed] });
    assert.deepEqual([exchange.next, ...exchange.attention], ["write-encrypted"]);
  });

  it("is none if the key is the same in another certificate", () => {
    const again = candidate("new", { firstSeen: daysAgo(1), key: "key of known" });
    assert.deepEqual(derive({ signals, theirs: [known, again] }).attention, []);
  });

  it("is none if both came together", () => {
    const beside = candidate("beside", { firstSeen: daysAgo(100) });
    assert.deepEqual(derive({ signals, theirs: [known, beside] }).attention, []);
  });

  const followed = [
    ["about to end", { notAfter: daysAgo(-20) }],
    ["ended", { notAfter: daysAgo(30), failing: "expired" }],
    ["revoked", { failing: "revoked" }],
  ] as const;
  for (const [name, facts] of followed) {
    it(`is expected when the known one is ${name} and the new one trusted`, () => {
      const before = candidate("known", { firstSeen: daysAgo(100), ...facts });
      const theirs = [before, candidate("new", { firstSeen: daysAgo(1) })];
      assert.deepEqual(derive({ signals, theirs }).attention, []);
    });
  }

  it("that nobody vouches for is shown and stops nothing", () => {
    const stranger = candidate("new", { firstSeen: daysAgo(1), failing: "issuer-unknown" });
    const exchange = derive({ signals, theirs: [known, stranger] });
    assert.deepEqual(exchange.attention, ["untrusted", "changed"]);
    assert.deepEqual([exchange.state, exchange.next], ["complete", "write-encrypted"]);
  });

  it("that nobody vouches for is not taken for the renewal of one that ended", () => {
    for (const facts of [
      { notAfter: daysAgo(30), failing: "expired" },
      { failing: "revoked" },
    ] as const) {
      const ended = candidate("known", facts);
      const stranger = candidate("new", { firstSeen: daysAgo(1), failing: "issuer-unknown" });
      const exchange = derive({ signals, theirs: [ended, stranger] });
      assert.deepEqual(exchange.attention, ["untrusted", "changed"]);
      assert.equal(exchange.next, "trust-certificate");
    }
  });

  it("is not one that an old message brings late", () => {
    const successor = candidate("successor", { firstSeen: daysAgo(10) });
    const old = candidate("old", {
      firstSeen: daysAgo(0),
      lastSeen: daysAgo(150),
      notAfter: daysAgo(-10),
    });
    assert.deepEqual(derive({ signals, theirs: [successor, old] }).attention, []);
  });

  it("is not one that can no longer be used, or never could", () => {
    for (const facts of [
      { notAfter: daysAgo(5), failing: "expired" },
      { failing: "revoked" },
      { use: "sign" },
    ] as const) {
      const theirs = [known, candidate("other", { firstSeen: daysAgo(50), ...facts })];
      assert.deepEqual(derive({ signals, theirs }).attention, [], JSON.stringify(facts));
    }
  });

  it("is seen through a further certificate with the changed key", () => {
    const theirs = [
      known,
      candidate("new", { firstSeen: daysAgo(5) }),
      candidate("newer", { firstSeen: daysAgo(1), key: "key of new" }),
    ];
    assert.deepEqual(derive({ signals, theirs }).attention, ["changed"]);
  });
});

describe("silence", () => {
  const theirs = [candidate("theirs", { firstSeen: daysAgo(100), lastSeen: daysAgo(40) })];

  it("is unsigned mail only, for 35 days", () => {
    const exchange = derive({ theirs, signals: [sent(90), received(40), unsigned(3)] });
    assert.deepEqual(exchange.attention, ["silent"]);
    assert.deepEqual([exchange.state, exchange.next], ["complete", "remind"]);
  });

  it("is not the absence of mail", () => {
    assert.deepEqual(derive({ theirs, signals: [sent(90), received(40)] }).attention, []);
    const long = [sent(90), received(40), unsigned(36)];
    assert.deepEqual(derive({ theirs, signals: long }).attention, []);
  });

  it("ends with anything that shows their set-up", () => {
    for (const sign of [received(34), encrypted(34), reply(34)]) {
      const exchange = derive({ theirs, signals: [sent(90), received(40), sign, unsigned(3)] });
      assert.deepEqual(exchange.attention, [], sign.kind);
    }
  });

  it("concerns only a complete exchange", () => {
    assert.deepEqual(derive({ theirs, signals: [received(40), unsigned(3)] }).attention, []);
  });
});

describe("evidence", () => {
  it("is the newest signal of each step", () => {
    const signals = [
      sent(9),
      sent(3),
      received(8),
      received(2),
      encrypted(5),
      encrypted(1),
      reply(4),
    ];
    const { evidence } = derive({ theirs: [candidate("theirs")], signals });
    assert.deepEqual(evidence, {
      sent: sent(3),
      received: received(2),
      encrypted: encrypted(1),
      replied: reply(4),
    });
  });

  it("does not depend on the order of the facts", () => {
    const signals = [sent(9), sent(3, "former"), received(8), encrypted(1, "former"), unsigned(1)];
    const theirs = [
      candidate("theirs"),
      candidate("other", { firstSeen: daysAgo(1) }),
      candidate("ended", { notAfter: daysAgo(3), failing: "expired" }),
    ];
    assert.deepEqual(
      derive({ signals: signals.toReversed(), theirs: theirs.toReversed() }),
      derive({ signals, theirs }),
    );
  });

  it("dated in the future is a fact without a time", () => {
    const ahead = derive({ signals: [encrypted(-400)] });
    assert.deepEqual([ahead.state, ahead.next], ["sent", "remind"]);
    const theirs = [candidate("theirs", { lastSeen: daysAgo(40) })];
    const signals = [
      sent(90),
      received(40),
      received(-400),
      encrypted(-400, "former"),
      unsigned(3),
    ];
    const exchange = derive({ theirs, signals });
    assert.deepEqual(exchange.evidence.received, received(40));
    assert.deepEqual(exchange.attention, ["silent"]);
  });
});

describe("when what is derived changes next", () => {
  const day = 24 * 60 * 60 * 1000;
  const days = fc.integer({ min: -60, max: 60 });
  const dates = fc.tuple(fc.integer({ min: -400, max: 100 }), fc.integer({ min: 1, max: 500 }));
  const facts = fc.record({
    mine: fc.array(dates, { maxLength: 2 }),
    theirs: fc.array(
      fc.record({
        dates,
        seen: fc.tuple(days, days),
        key: fc.constantFrom("a", "b"),
        failing: fc.constantFrom(undefined, undefined, "issuer-unknown" as const),
      }),
      { maxLength: 3 },
    ),
    signals: fc.array(
      fc.tuple(fc.constantFrom(sent, received, encrypted, unsigned), days, fc.boolean()),
      { maxLength: 5 },
    ),
  });

  it("is never after it does", () => {
    fc.assert(
      fc.property(
        facts,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (made, part) => {
          const ownKeys = made.mine.map(([from, length], index) =>
            ownKey(`mine-${index}`, {
              notBefore: daysAgo(-from),
              notAfter: daysAgo(-from - length),
            }),
          );
          const theirs = made.theirs.map(({ dates: [from, length], seen, key, failing }, index) =>
            candidate(`theirs-${index}`, {
              key,
              notBefore: daysAgo(-from),
              notAfter: daysAgo(-from - length),
              firstSeen: daysAgo(seen[0]),
              lastSeen: daysAgo(seen[1]),
              ...(failing === undefined ? {} : { failing }),
            }),
          );
          const signals = made.signals.map(([make, at, current]) =>
            current ? make(at, "mine-0") : make(at),
          );
          const derivedAt = (at: Date) =>
            deriveExchange({
              mine: selectOwn(ownKeys, "alice@example.org", at),
              theirs,
              signals,
              now: at,
            });
          const input = { mine: own("unused"), theirs, signals, now };
          const until = nextChange(input, ownKeys)?.getTime() ?? now.getTime() + 1000 * day;
          assert.ok(until > now.getTime());
          for (const share of [part, 1]) {
            const at = new Date(Math.ceil(now.getTime() + share * (until - 1 - now.getTime())));
            assert.deepEqual(derivedAt(at), derivedAt(now));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("is the day on which an answer is overdue", () => {
    const change = nextChange({ mine: own("current"), theirs: [], signals: [sent(3)], now }, [
      ownKey("current"),
    ]);
    assert.deepEqual(change, daysAgo(-4));
  });

  it("is never where nothing is known", () => {
    assert.equal(nextChange({ mine: own("current"), theirs: [], signals: [], now }, []), null);
  });
});

describe("the end that is spoken of", () => {
  it("is mine or theirs, with its date", () => {
    const soon = daysAgo(-9);
    assert.equal(derive({ theirs: [candidate("theirs")], signals: [sent(3)] }).ends, null);
    assert.deepEqual(derive({ theirs: [candidate("theirs", { notAfter: soon })] }).ends, {
      whose: "theirs",
      at: soon,
    });
    assert.deepEqual(derive({ theirs: [candidate("theirs", { notAfter: daysAgo(2) })] }).ends, {
      whose: "theirs",
      at: daysAgo(2),
    });
    assert.deepEqual(derive({ mine: own("current", { notAfter: soon }) }).ends, {
      whose: "mine",
      at: soon,
    });
    const lapsed = ownKey("lapsed", { notAfter: daysAgo(4) });
    assert.deepEqual(derive({ mine: { signing: null, encryption: null, lapsed } }).ends, {
      whose: "mine",
      at: daysAgo(4),
    });
  });
});
