import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PathInput } from "../../src/core/trust/find-path.ts";
import type { PathVerdict } from "../../src/core/trust/path.ts";
import { ANY_POLICY } from "../../src/core/trust/policy-graph.ts";
import { alice, assertFails, authority, path, root, under } from "../support/paths.ts";

const [gold, silver, bronze] = ["1.2.3.1", "1.2.3.2", "1.2.3.3"];
const policies = (...oids: string[]) => `certificatePolicies=${oids.join(",")}`;
const explicitly = "policyConstraints=critical,requireExplicitPolicy:0";

/** Alice with one line of extensions under a middle authority with others. */
const between = (
  middle: readonly string[],
  leaf: readonly string[],
  options: Partial<PathInput> = {},
): Promise<PathVerdict> => under({ extensions: middle }, { extensions: leaf }, options);

function good(verdict: PathVerdict): readonly string[] {
  assert.ok(verdict.ok, verdict.ok ? "" : `${verdict.reason} at ${verdict.at.subject.text}`);
  return verdict.policies;
}

describe("policies that are asked for", () => {
  const asked = { policies: [gold] };

  it("hold along the whole path", async () => {
    assert.deepEqual(good(await between([policies(gold)], [policies(gold, silver)], asked)), [
      gold,
    ]);
    assert.deepEqual(
      good(
        await between([policies(gold, silver)], [policies(silver)], { policies: [gold, silver] }),
      ),
      [silver],
    );
  });

  it("fail where one certificate does not have them", async () => {
    assertFails(await between([policies(gold)], [policies(silver)], asked), "policy", "Alice");
    assertFails(await between([policies(silver)], [policies(gold)], asked), "policy", "Alice");
    assertFails(await between([policies(gold)], [], asked), "policy", "Alice");
    assertFails(await between([], [policies(gold)], asked), "policy", "Middle");
  });

  it("are met by an authority for any policy", async () => {
    assert.deepEqual(good(await between([policies(ANY_POLICY)], [policies(gold)], asked)), [gold]);
    assert.deepEqual(good(await between([policies(gold)], [policies(ANY_POLICY)], asked)), [gold]);
    const any = await between([policies(ANY_POLICY)], [policies(ANY_POLICY)], asked);
    assert.deepEqual(good(any), [gold]);
  });

  it("any policy, but one", async () => {
    const some = { policies: [ANY_POLICY] };
    assert.deepEqual(good(await between([policies(gold)], [policies(gold)], some)), [gold]);
    assertFails(await between([policies(gold)], [policies(silver)], some), "policy", "Alice");
  });

  it("do not matter where nobody asks", async () => {
    assert.deepEqual(good(await between([policies(gold)], [policies(silver)])), []);
    assert.deepEqual(good(await between([], [])), []);
    const asking = { policies: [gold], explicitPolicy: false };
    assert.deepEqual(good(await between([policies(silver)], [policies(silver)], asking)), []);
  });
});

describe("requireExplicitPolicy", () => {
  it("at once", async () => {
    assertFails(await between([explicitly, policies(gold)], []), "policy", "Alice");
    assertFails(await between([explicitly, policies(gold)], [policies(silver)]), "policy", "Alice");
    assert.deepEqual(good(await between([explicitly, policies(gold)], [policies(gold)])), [gold]);
  });

  it("after so many certificates", async () => {
    const after = (count: number) => [`policyConstraints=critical,requireExplicitPolicy:${count}`];
    assertFails(await between(after(1), []), "policy", "Alice");
    assert.ok((await between(after(2), [])).ok);
  });

  it("of the leaf itself", async () => {
    assertFails(await between([], [explicitly]), "policy", "Alice");
    assert.ok((await between([policies(gold)], [explicitly, policies(gold)])).ok);
  });

  it("of the anchor, and of the caller", async () => {
    const strict = authority({ name: "Strict", extensions: [explicitly] });
    assertFails(await path(strict.issue(alice), [strict]), "policy", "Alice");
    const leaf = strict.issue({ ...alice, extensions: [policies(gold)] });
    assert.ok((await path(leaf, [strict])).ok);
    assertFails(await between([], [], { explicitPolicy: true }), "policy", "Middle");
  });
});

describe("policy mappings", () => {
  const mapped = (mapping: string) => [
    policies(gold, bronze),
    `policyMappings=critical,${mapping}`,
  ];
  const asked = { policies: [gold] };

  it("name a policy as the domain below does", async () => {
    const verdict = await between(mapped(`${gold}:${silver}`), [policies(silver)], asked);
    assert.deepEqual(good(verdict), [gold]);
    const same = await between(mapped(`${gold}:${silver}`), [policies(gold)], asked);
    assertFails(same, "policy", "Alice");
  });

  it("of anyPolicy are refused", async () => {
    for (const mapping of [`${ANY_POLICY}:${silver}`, `${gold}:${ANY_POLICY}`])
      assertFails(await between(mapped(mapping), [policies(silver)]), "policy", "Middle");
  });

  it("from a policy that is there as anyPolicy only", async () => {
    const middle = [policies(ANY_POLICY), `policyMappings=critical,${gold}:${silver}`];
    assert.deepEqual(good(await between(middle, [policies(silver)], asked)), [gold]);
  });

  it("inhibited", async () => {
    const inhibiting = authority({
      name: "Inhibiting",
      issuer: root,
      extensions: [policies(gold), "policyConstraints=critical,inhibitPolicyMapping:0"],
    });
    const middle = authority({
      name: "Middle",
      issuer: inhibiting,
      extensions: mapped(`${gold}:${silver}`),
    });
    const leaf = middle.issue({ ...alice, extensions: [policies(silver, gold)] });
    const verdict = await path(leaf, [root], [inhibiting, middle], asked);
    assertFails(verdict, "policy", "Alice");
    const byCaller = await between(mapped(`${gold}:${silver}`), [policies(silver)], {
      ...asked,
      inhibitPolicyMapping: true,
    });
    assertFails(byCaller, "policy", "Alice");
  });
});

describe("inhibitAnyPolicy", () => {
  it("takes anyPolicy for nothing from there on", async () => {
    const asked = { policies: [gold] };
    const middle = [policies(gold), "inhibitAnyPolicy=critical,0"];
    assertFails(await between(middle, [policies(ANY_POLICY)], asked), "policy", "Alice");
    assert.ok((await between(middle, [policies(gold)], asked)).ok);
    const later = [policies(gold), "inhibitAnyPolicy=critical,1"];
    assert.ok((await between(later, [policies(ANY_POLICY)], asked)).ok);
    const byCaller = { ...asked, inhibitAnyPolicy: true };
    assertFails(
      await between([policies(gold)], [policies(ANY_POLICY)], byCaller),
      "policy",
      "Alice",
    );
  });

  it("spares self-issued authorities between", async () => {
    const one = authority({
      name: "One",
      issuer: root,
      extensions: [policies(gold), "inhibitAnyPolicy=critical,0"],
    });
    const again = authority({ name: "One", issuer: one, extensions: [policies(ANY_POLICY)] });
    const leaf = again.issue({ ...alice, extensions: [policies(gold)] });
    assert.ok((await path(leaf, [root], [one, again], { policies: [gold] })).ok);
  });
});

describe("hostile policies", () => {
  it("mapped from each to each at every level end soon (RFC 9618)", async () => {
    const oids = Array.from({ length: 30 }, (_, at) => `1.2.3.${String(at)}`);
    const mappings = oids.flatMap((one) => oids.slice(0, 6).map((other) => `${one}:${other}`));
    const extensions = [policies(...oids), `policyMappings=${mappings.join(",")}`, explicitly];
    const chain = [authority({ name: "Level 0", issuer: root, extensions })];
    for (let depth = 1; depth < 9; depth++)
      chain.push(
        authority({ name: `Level ${depth}`, issuer: chain[depth - 1] ?? root, extensions }),
      );
    const leaf = (chain.at(-1) ?? root).issue({ ...alice, extensions: [policies("1.2.4")] });
    const started = performance.now();
    assertFails(await path(leaf, [root], chain), "policy", "Alice");
    assert.ok(performance.now() - started < 2000);
  });

  it("malformed ones leave no certificate", async () => {
    for (const extension of [
      `certificatePolicies=${gold},${gold}`,
      "2.5.29.32=DER:30:00",
      "2.5.29.33=DER:30:00",
      "2.5.29.36=DER:30:00",
      "2.5.29.36=DER:30:03:80:01:ff",
      "2.5.29.54=DER:02:01:ff",
      "2.5.29.54=ASN1:NULL",
    ])
      await assert.rejects(between([extension], []), { code: "certificate-malformed" }, extension);
  });
});
