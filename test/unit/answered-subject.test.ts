import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  answeredSubject,
  restoredSubject,
  revealsSubject,
} from "../../src/core/exchange/answered-subject.ts";

const hidden = { inside: "The takeover", outside: "[...]", confidential: true };

describe("the subject of an answered message", () => {
  it("matters where another one is protected than stands outside", () => {
    const subject = { name: "subject", value: "The takeover", outer: "[...]" };
    assert.deepEqual(answeredSubject([{ ...subject, protection: "confidential" }]), hidden);
    assert.deepEqual(answeredSubject([{ ...subject, outer: null, protection: "signed" }]), {
      ...hidden,
      outside: "",
      confidential: false,
    });
    assert.equal(answeredSubject([{ ...subject, protection: "none" }]), null);
    assert.equal(
      answeredSubject([{ ...subject, outer: "The takeover", protection: "signed" }]),
      null,
    );
    assert.equal(answeredSubject([]), null);
  });

  for (const [draft, inside, outside, restored] of [
    ["Re: [...]", "The takeover", "[...]", "Re: The takeover"],
    ["Re: [...]", "AW: Re[2]: The takeover", "[...]", "Re: The takeover"],
    ["Re: [...]", "The takeover", "Re: [...]", "Re: The takeover"],
    ["Fwd: [...]", "Re: The takeover", "[...]", "Fwd: Re: The takeover"],
    ["WG: [...]", "The takeover", "[...]", "WG: The takeover"],
    ["[...]", "The takeover", "[...]", "The takeover"],
    ["Re: ", "The takeover", "", "Re: The takeover"],
    ["Re: Pay now", "Lunch", "Pay now", "Re: Lunch"],
    ["Re: something else", "The takeover", "[...]", null],
    ["About [...]", "The takeover", "[...]", null],
    ["Re: typed already", "The takeover", "", null],
  ] as const) {
    it(`turns ${JSON.stringify(draft)} into ${JSON.stringify(restored)}`, () => {
      assert.equal(restoredSubject(draft, { inside, outside, confidential: true }), restored);
    });
  }

  it("is revealed however it is dressed up, and only if it was confidential", () => {
    for (const draft of ["Re: The takeover", "WG: the  TAKEOVER!", "RE: Ｔhe takeover"]) {
      assert.equal(revealsSubject(draft, hidden), true, draft);
      assert.equal(revealsSubject(draft, { ...hidden, confidential: false }), false);
    }
    assert.equal(revealsSubject("Re: [...]", hidden), false);
    assert.equal(revealsSubject("Re: x", { ...hidden, inside: "Re: " }), false);
  });
});
