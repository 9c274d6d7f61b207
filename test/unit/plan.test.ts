import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  planDraft,
  type Draft,
  type DraftRecipient,
  type Plan,
  type ProtectionChoice,
} from "../../src/core/exchange/plan.ts";
import { certificate, daysAgo } from "../support/exchange-facts.ts";

const mine = certificate("mine");
const lapsed = certificate("lapsed", { notAfter: daysAgo(1) });

function ready(name: string, field: DraftRecipient["field"] = "to"): DraftRecipient {
  return { address: `${name}@example.org`, field, certificate: certificate(name), notReady: null };
}
function unready(name: string, field: DraftRecipient["field"] = "to"): DraftRecipient {
  return {
    address: `${name}@example.org`,
    field,
    certificate: null,
    notReady: "no-certificate",
  };
}

const recipientLists = {
  nobody: [],
  "all ready": [ready("bob"), ready("carol", "cc")],
  "one missing": [ready("bob"), unready("carol", "cc")],
  "all missing": [unready("bob"), unready("carol", "cc")],
  "Bcc ready": [ready("bob"), ready("dave", "bcc")],
  "Bcc missing": [ready("bob"), unready("dave", "bcc")],
  "Bcc ready, To missing": [unready("bob"), ready("dave", "bcc")],
  "Bcc alone": [ready("dave", "bcc")],
  "Bcc to myself": [ready("bob"), ready("mine", "bcc")],
  "Bcc who is in Cc": [ready("bob"), ready("carol", "cc"), ready("carol", "bcc")],
} as const satisfies Record<string, readonly DraftRecipient[]>;

type RecipientList = keyof typeof recipientLists;

const open: readonly RecipientList[] = ["all ready", "Bcc to myself", "Bcc who is in Cc"];
const missing: readonly RecipientList[] = [
  "one missing",
  "all missing",
  "Bcc missing",
  "Bcc ready, To missing",
];
const hidden: readonly RecipientList[] = ["Bcc ready", "Bcc alone"];

interface Rule {
  readonly choice?: ProtectionChoice;
  readonly answers?: boolean;
  readonly setting?: Draft["defaultProtection"];
  readonly signing?: boolean;
  readonly encryption?: boolean;
  /** A certificate that would have served has expired. */
  readonly lapsed?: boolean;
  readonly builtIn?: Draft["builtIn"];
  readonly recipients?: readonly RecipientList[];
  readonly plan: `${Plan["kind"]}/${Plan["why"]}`;
}

const own = { builtIn: "none" } as const;
const unasked = { ...own, choice: "automatic", answers: false } as const;
const withSetting = { ...unasked, signing: true, setting: "encrypt-when-ready" } as const;

/** By hand from the description of what a draft gets; what a rule leaves out does not matter to it. */
const rules: readonly Rule[] = [
  { builtIn: "encrypted", plan: "left/built-in" },
  { builtIn: "signed", choice: "none", plan: "left/built-in" },
  { builtIn: "signed", choice: "signed", plan: "left/built-in" },
  { builtIn: "signed", choice: "automatic", answers: false, plan: "left/built-in" },
  { builtIn: "signed", choice: "automatic", answers: true, plan: "blocked/built-in" },
  { builtIn: "signed", choice: "encrypted", plan: "blocked/built-in" },

  { ...own, choice: "none", plan: "unprotected/chosen" },

  { ...own, choice: "signed", signing: false, lapsed: false, plan: "blocked/no-certificate" },
  { ...own, choice: "signed", signing: false, lapsed: true, plan: "blocked/own-expired" },
  { ...own, choice: "signed", signing: true, plan: "signed/chosen" },

  ...required({ choice: "encrypted" }, "chosen"),
  ...required({ choice: "automatic", answers: true }, "answers-encrypted"),

  { ...unasked, signing: false, lapsed: false, plan: "unprotected/no-certificate" },
  { ...unasked, signing: false, lapsed: true, setting: "none", plan: "unprotected/setting" },
  { ...unasked, signing: false, lapsed: true, setting: "sign", plan: "blocked/own-expired" },
  {
    ...unasked,
    signing: false,
    lapsed: true,
    setting: "encrypt-when-ready",
    plan: "blocked/own-expired",
  },
  { ...unasked, signing: true, setting: "none", plan: "unprotected/setting" },
  { ...unasked, signing: true, setting: "sign", plan: "signed/setting" },
  { ...withSetting, encryption: false, lapsed: false, plan: "signed/no-encryption-certificate" },
  { ...withSetting, encryption: false, lapsed: true, plan: "signed/own-expired" },
  { ...withSetting, encryption: true, recipients: ["nobody"], plan: "signed/setting" },
  { ...withSetting, encryption: true, recipients: missing, plan: "signed/missing" },
  { ...withSetting, encryption: true, recipients: hidden, plan: "blocked/bcc" },
  { ...withSetting, encryption: true, recipients: open, plan: "encrypted/ready" },
];

/** What holds wherever encryption is demanded. */
function required(
  facts: Omit<Rule, "plan">,
  why: Extract<Plan, { kind: "encrypted" }>["why"],
): Rule[] {
  const able = { ...own, ...facts, signing: true, encryption: true };
  return [
    { ...own, ...facts, signing: false, lapsed: false, plan: "blocked/no-certificate" },
    { ...own, ...facts, signing: false, lapsed: true, plan: "blocked/own-expired" },
    {
      ...{ ...own, ...facts, signing: true, encryption: false, lapsed: false },
      plan: "blocked/no-certificate",
    },
    {
      ...{ ...own, ...facts, signing: true, encryption: false, lapsed: true },
      plan: "blocked/own-expired",
    },
    { ...able, recipients: ["nobody"], plan: "blocked/no-recipients" },
    { ...able, recipients: missing, plan: "blocked/missing" },
    { ...able, recipients: hidden, plan: "blocked/bcc" },
    { ...able, recipients: open, plan: `encrypted/${why}` },
  ];
}

interface Case {
  readonly draft: Draft;
  readonly list: RecipientList;
}

function* everyDraft(): Generator<Case> {
  const both = [true, false];
  for (const list of Object.keys(recipientLists) as RecipientList[])
    for (const choice of ["automatic", "none", "signed", "encrypted"] as const)
      for (const defaultProtection of ["encrypt-when-ready", "sign", "none"] as const)
        for (const answersEncrypted of both)
          for (const signing of both)
            for (const encryption of both)
              for (const expired of both)
                for (const builtIn of ["none", "signed", "encrypted"] as const)
                  yield {
                    list,
                    draft: {
                      signing: signing ? mine : null,
                      encryption: encryption ? mine : null,
                      lapsed: expired ? lapsed : null,
                      builtIn,
                      defaultProtection,
                      choice,
                      recipients: recipientLists[list],
                      answersEncrypted,
                      notOpened: false,
                    },
                  };
}

function applies(rule: Rule, { draft, list }: Case): boolean {
  const is = <T>(asked: T | undefined, found: T) => asked === undefined || asked === found;
  return (
    is(rule.choice, draft.choice) &&
    is(rule.answers, draft.answersEncrypted) &&
    is(rule.setting, draft.defaultProtection) &&
    is(rule.signing, draft.signing !== null) &&
    is(rule.encryption, draft.encryption !== null) &&
    is(rule.lapsed, draft.lapsed !== null) &&
    is(rule.builtIn, draft.builtIn) &&
    (rule.recipients?.includes(list) ?? true)
  );
}

describe("the plan of every kind of draft", () => {
  const cases = [...everyDraft()];

  it("is named by exactly one rule, and every rule names one", () => {
    const met = new Set<Rule>();
    for (const one of cases) {
      const matching = rules.filter((rule) => applies(rule, one));
      assert.equal(matching.length, 1, JSON.stringify({ one, matching }));
      for (const rule of matching) met.add(rule);
    }
    assert.equal(cases.length, 5760);
    assert.equal(met.size, rules.length);
  });

  for (const rule of rules) {
    const { plan: expected, recipients, ...facts } = rule;
    it(`${JSON.stringify(facts)} ${recipients?.join(", ") ?? ""}: ${expected}`, () => {
      for (const one of cases.filter((candidate) => applies(rule, candidate))) {
        const plan = planDraft(one.draft);
        assert.equal(`${plan.kind}/${plan.why}`, expected, one.list);
      }
    });
  }

  it("is to send nothing of a draft that was not opened", () => {
    for (const { draft } of cases) {
      const plan = planDraft({ ...draft, notOpened: true });
      assert.equal(`${plan.kind}/${plan.why}`, "blocked/not-opened");
    }
  });

  it("names those who are missing, where they are the reason", () => {
    for (const { draft } of cases) {
      const plan = planDraft(draft);
      if (!("missing" in plan)) continue;
      const expected =
        plan.why === "missing" ? draft.recipients.filter(({ notReady }) => notReady !== null) : [];
      assert.deepEqual(plan.missing, expected);
    }
  });
});
