import type { PolicyExtensions } from "../asn1/policies.ts";

export const ANY_POLICY = "2.5.29.32.0";

/** What the caller wants of policies (RFC 5280, 6.1.1, c and e to g). */
export interface PolicyInput {
  /** user-initial-policy-set: object identifiers; any policy where it is left out. */
  readonly policies?: readonly string[];
  /** initial-explicit-policy; left out, a path needs a policy where `policies` names some. */
  readonly explicitPolicy?: boolean;
  readonly inhibitPolicyMapping?: boolean;
  readonly inhibitAnyPolicy?: boolean;
}

interface PolicyNode {
  readonly policy: string;
  expected: ReadonlySet<string>;
  /** Of the level above. Nodes without any left are taken out. */
  readonly parents: Set<PolicyNode>;
}

/** By policy. RFC 9618 has one node for each, where RFC 5280's tree can double at every level. */
type Level = Map<string, PolicyNode>;

/**
 * The policies of a path, certificate by certificate from below the anchor to the leaf: RFC 5280,
 * 6.1, with the policy graph of RFC 9618, whose size is bounded by that of the certificates.
 */
export class PolicyState {
  /** null once no policy is left. The last level is the newest certificate's. */
  private levels: Level[] | null;
  private explicitPolicy: number;
  private policyMapping: number;
  private inhibitAny: number;
  private readonly input: PolicyInput;

  constructor(input: PolicyInput) {
    this.input = input;
    const top = { policy: ANY_POLICY, expected: new Set([ANY_POLICY]), parents: new Set<never>() };
    this.levels = [new Map([[ANY_POLICY, top]])];
    const explicit = input.explicitPolicy ?? (input.policies ?? []).length > 0;
    this.explicitPolicy = explicit ? 0 : Infinity;
    this.policyMapping = input.inhibitPolicyMapping === true ? 0 : Infinity;
    this.inhibitAny = input.inhibitAnyPolicy === true ? 0 : Infinity;
  }

  /** Limits only, as an anchor's own certificate may lay them down (RFC 5937, 3.2). */
  startFrom(anchor: PolicyExtensions): void {
    this.tighten(anchor);
  }

  /** Section 6.1.3, d to f. False where the path has no policy left and needs one. */
  enter(
    { policies }: PolicyExtensions,
    { isLeaf, selfIssued }: { readonly isLeaf: boolean; readonly selfIssued: boolean },
  ): boolean {
    if (policies === null) this.levels = null;
    else if (this.levels !== null) {
      const anyCounts = this.inhibitAny > 0 || (!isLeaf && selfIssued);
      this.addLevel(this.levels, policies, anyCounts);
    }
    return this.explicitPolicy > 0 || this.levels !== null;
  }

  /** Section 6.1.4, a, b and h to j. False where anyPolicy is mapped. */
  descend(extensions: PolicyExtensions, selfIssued: boolean): boolean {
    if (!this.map(extensions)) return false;
    if (!selfIssued) {
      this.explicitPolicy = Math.max(0, this.explicitPolicy - 1);
      this.policyMapping = Math.max(0, this.policyMapping - 1);
      this.inhibitAny = Math.max(0, this.inhibitAny - 1);
    }
    this.tighten(extensions);
    return true;
  }

  /**
   * Section 6.1.5, a, b and g. The policies for which the path is good, of those that were asked
   * for (user-constrained-policy-set); null where it needs one and has none.
   */
  conclude(leaf: PolicyExtensions): readonly string[] | null {
    this.explicitPolicy = Math.max(0, this.explicitPolicy - 1);
    if (leaf.requireExplicitPolicy === 0) this.explicitPolicy = 0;
    const found = this.constrained();
    return found.length === 0 && this.explicitPolicy === 0 ? null : found;
  }

  private addLevel(levels: Level[], policies: readonly string[], anyCounts: boolean): void {
    const above = levels.at(-1) ?? new Map<string, PolicyNode>();
    const any = above.get(ANY_POLICY);
    const level: Level = new Map();
    const expecting = expectations(above);
    const add = (policy: string, parents: readonly PolicyNode[]) =>
      level.set(policy, { policy, expected: new Set([policy]), parents: new Set(parents) });
    for (const policy of policies) {
      if (policy === ANY_POLICY) continue;
      const parents = expecting.get(policy) ?? (any === undefined ? [] : [any]);
      if (parents.length > 0) add(policy, parents);
    }
    if (policies.includes(ANY_POLICY) && anyCounts)
      for (const [policy, parents] of expecting) if (!level.has(policy)) add(policy, parents);
    levels.push(level);
    this.prune(levels);
  }

  private map({ mappings }: PolicyExtensions): boolean {
    const mapped = new Map<string, Set<string>>();
    for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
      if (issuerDomainPolicy === ANY_POLICY || subjectDomainPolicy === ANY_POLICY) return false;
      const subjects = mapped.get(issuerDomainPolicy) ?? new Set();
      mapped.set(issuerDomainPolicy, subjects.add(subjectDomainPolicy));
    }
    const level = this.levels?.at(-1);
    if (this.levels === null || level === undefined) return true;
    const any = level.get(ANY_POLICY);
    for (const [policy, expected] of mapped) {
      const node = level.get(policy);
      if (this.policyMapping === 0) level.delete(policy);
      else if (node !== undefined) node.expected = expected;
      else if (any !== undefined)
        level.set(policy, { policy, expected, parents: new Set(any.parents) });
    }
    this.prune(this.levels);
    return true;
  }

  /** Takes out what leads nowhere; without a node on the newest level nothing is left. */
  private prune(levels: Level[]): void {
    let needed: Set<PolicyNode> | null = null;
    for (const level of [...levels].reverse()) {
      const used: ReadonlySet<PolicyNode> | null = needed;
      if (used !== null)
        for (const [policy, node] of level) if (!used.has(node)) level.delete(policy);
      needed = new Set([...level.values()].flatMap(({ parents }) => [...parents]));
    }
    if (levels.at(-1)?.size === 0) this.levels = null;
  }

  private tighten(extensions: PolicyExtensions): void {
    const { requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = extensions;
    this.explicitPolicy = Math.min(this.explicitPolicy, requireExplicitPolicy ?? Infinity);
    this.policyMapping = Math.min(this.policyMapping, inhibitPolicyMapping ?? Infinity);
    this.inhibitAny = Math.min(this.inhibitAny, inhibitAnyPolicy ?? Infinity);
  }

  /** In the words of the domain of the anchor: what hangs from anyPolicy. */
  private constrained(): string[] {
    if (this.levels === null) return [];
    const found = new Set<string>();
    for (const level of this.levels.slice(1))
      for (const { policy, parents } of level.values())
        if (policy !== ANY_POLICY && [...parents].some((parent) => parent.policy === ANY_POLICY))
          found.add(policy);
    const anyPolicy = this.levels.at(-1)?.has(ANY_POLICY) === true;
    const wanted = this.input.policies ?? [ANY_POLICY];
    if (wanted.length === 0 || wanted.includes(ANY_POLICY))
      return anyPolicy ? [...found, ANY_POLICY] : [...found];
    return wanted.filter((policy) => anyPolicy || found.has(policy));
  }
}

/** Who expects a policy. */
function expectations(level: Level): Map<string, PolicyNode[]> {
  const expecting = new Map<string, PolicyNode[]>();
  for (const node of level.values())
    for (const policy of node.expected) {
      const nodes = expecting.get(policy);
      if (nodes === undefined) expecting.set(policy, [node]);
      else nodes.push(node);
    }
  return expecting;
}
