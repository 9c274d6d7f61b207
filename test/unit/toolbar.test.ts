import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupOf, groups } from "../../src/core/exchange/group.ts";
import type { ContactView } from "../../src/core/protocol.ts";
import { addressIn, find, linesOf, listed, type Line } from "../../src/pages/toolbar/contacts.ts";
import * as headings from "../../src/pages/toolbar/headings.ts";
import { inView, layOut, lineAt, scrolledTo, topOf } from "../../src/pages/toolbar/layout.ts";
import { stepFrom, type GridStep, type Part } from "../../src/pages/toolbar/steps-in-grid.ts";

function contact(change: Partial<ContactView> = {}): ContactView {
  const address = change.address ?? "bob@smime.example";
  return {
    address,
    shownAddress: address,
    name: null,
    identity: "alice@smime.example",
    state: "none",
    attention: [],
    next: "send-hello",
    group: "start",
    evidence: { sent: null, received: null, encrypted: null, replied: null },
    ends: null,
    ...change,
  };
}

describe("the list of contacts", () => {
  it("puts what needs doing first, and those with whom nothing has begun last", () => {
    assert.deepEqual([...headings.groups], [...groups]);
    const nexts = {
      "import-certificate": "attend",
      "renew-certificate": "attend",
      "trust-certificate": "attend",
      "confirm-changed-key": "attend",
      "ask-for-new-certificate": "attend",
      "answer-signed": "act",
      remind: "act",
      wait: "wait",
      "write-encrypted": "ready",
      "send-hello": "start",
    } as const;
    for (const [next, group] of Object.entries(nexts)) {
      assert.equal(groupOf(next as keyof typeof nexts), group, next);
    }
  });

  it("has a heading with their number above those of a group, and none for an empty one", () => {
    assert.deepEqual(linesOf([]), []);
    const contacts = [
      contact({ address: "a@smime.example", group: "act" }),
      contact({ address: "b@smime.example", group: "ready" }),
      contact({ address: "c@smime.example", group: "ready" }),
    ].map(listed);
    assert.deepEqual(
      linesOf(contacts).map((line) =>
        line.kind === "heading" ? `${line.group} ${line.count}` : line.contact.address,
      ),
      ["act 1", "a@smime.example", "ready 2", "b@smime.example", "c@smime.example"],
    );
  });

  it("is filtered by parts of name and address, in any order, case, accents and script", () => {
    const bob = contact({
      address: "bob+lists@xn--mnchen-3ya.example",
      shownAddress: "bob+lists@münchen.example",
      name: "Bôb Babbage",
    });
    const ada = contact({ address: "ada@smime.example", name: "עדה לאבלייס", group: "ready" });
    const all = [bob, ada].map(listed);
    const found = (query: string, group: ContactView["group"] | null = null) =>
      find(all, query, group).map(({ contact: { address } }) => address.split("@")[0]);
    for (const query of ["bob", "BABB bob", "MÜNCHEN babbage", "munchen", "xn--mn", "bob+l"]) {
      assert.deepEqual(found(query), ["bob+lists"], query);
    }
    assert.deepEqual(found("לאבלייס"), ["ada"]);
    assert.deepEqual(found(" "), ["bob+lists", "ada"]);
    assert.deepEqual(found("example", "ready"), ["ada"]);
    assert.deepEqual(found("bob ada"), []);
    assert.equal(find(all, "Example a", null), all, "nothing to lay out anew");
  });

  it("knows an address when one is typed", () => {
    assert.equal(addressIn(" bob+lists@smime.example "), "bob+lists@smime.example");
    for (const query of ["bob", "bob@", "@smime.example", "bob smith@smime.example"]) {
      assert.equal(addressIn(query), null, query);
    }
  });
});

describe("where the lines of a long list are", () => {
  const layout = layOut(10_000, (index) => (index % 10 === 0 ? 30 : 100));

  it("adds up, and is found again", () => {
    assert.equal(topOf(layout, 10), 930);
    assert.equal(topOf(layout, 10_000), 930_000);
    for (const index of [0, 1, 10, 11, 5000, 9999]) {
      assert.equal(lineAt(layout, topOf(layout, index)), index);
      assert.equal(lineAt(layout, topOf(layout, index + 1) - 1), index);
    }
    assert.equal(
      lineAt(
        layOut(0, () => 1),
        0,
      ),
      0,
    );
  });

  it("draws those in view and a few around them, never more than there are", () => {
    assert.deepEqual(inView(layout, { top: 930, height: 300 }, 0), { from: 10, to: 14 });
    assert.deepEqual(inView(layout, { top: 0, height: 300 }, 2), { from: 0, to: 6 });
    assert.deepEqual(inView(layout, { top: 929_900, height: 600 }, 3), { from: 9996, to: 10_000 });
    assert.deepEqual(
      inView(
        layOut(0, () => 1),
        { top: 0, height: 600 },
        3,
      ),
      { from: 0, to: 0 },
    );
  });

  it("scrolls no further than it must", () => {
    const view = { top: 930, height: 300 };
    assert.equal(scrolledTo(layout, view, { from: 11, to: 12 }), 930);
    assert.equal(scrolledTo(layout, view, { from: 5, to: 6 }), 430);
    assert.equal(scrolledTo(layout, view, { from: 15, to: 16 }), topOf(layout, 16) - 300);
    assert.equal(scrolledTo(layout, { top: 0, height: 50 }, { from: 3, to: 4 }), 230);
  });
});

describe("the keys in the list of contacts", () => {
  const lines: Line[] = linesOf(
    ["act", "act", "ready", "ready", "start"].map((group, index) =>
      listed(contact({ address: `${index}@smime.example`, group: group as ContactView["group"] })),
    ),
  );
  // heading 0, contacts 1 2, heading 3, contacts 4 5, heading 6, contact 7
  const pressed = (
    key: string,
    index: number,
    {
      part = "facts",
      rightToLeft = false,
      ctrlKey = false,
    }: {
      part?: Part;
      rightToLeft?: boolean;
      ctrlKey?: boolean;
    } = {},
  ): GridStep | null =>
    stepFrom(
      { key, ctrlKey, metaKey: false, altKey: false },
      { lines, index, part, rightToLeft, pageUp: index - 3, pageDown: index + 3 },
    );
  const go = (index: number, part: Part = "facts") => ({ kind: "go", index, part });

  it("step over headings and stay inside", () => {
    assert.deepEqual(pressed("ArrowDown", 2), go(4));
    assert.deepEqual(pressed("ArrowUp", 4, { part: "action" }), go(2, "action"));
    assert.deepEqual(pressed("ArrowDown", 7), go(7));
    assert.deepEqual(pressed("ArrowUp", 1), { kind: "leave" });
    assert.deepEqual(pressed("Home", 5), go(1));
    assert.deepEqual(pressed("End", 1), go(7));
    assert.deepEqual(pressed("PageDown", 1), go(4));
    assert.deepEqual(pressed("PageDown", 5), go(7));
    assert.deepEqual(pressed("PageUp", 7), go(4));
    assert.deepEqual(pressed("PageUp", 2), go(1));
  });

  it("go to the action and back, as the text runs", () => {
    assert.deepEqual(pressed("ArrowRight", 1), go(1, "action"));
    assert.deepEqual(pressed("ArrowLeft", 1, { part: "action" }), go(1));
    assert.deepEqual(pressed("ArrowLeft", 1, { rightToLeft: true }), go(1, "action"));
  });

  it("act, or type into the filter", () => {
    assert.deepEqual(pressed("Enter", 1), { kind: "act" });
    assert.equal(pressed("Enter", 1, { part: "action" }), null);
    for (const key of ["b", "é", "ב", "@"]) assert.deepEqual(pressed(key, 1), { kind: "type" });
    assert.equal(pressed(" ", 1, { part: "action" }), null);
    assert.equal(pressed("c", 1, { ctrlKey: true }), null);
    for (const key of ["Tab", "Escape", "Shift", "F5"]) assert.equal(pressed(key, 1), null, key);
  });
});
