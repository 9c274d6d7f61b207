import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  planDraft,
  type Draft,
  type DraftRecipient,
  type Plan,
  type ProtectionChoice,
} from "../../src/core/exchange/plan.ts";
import { certificate } from "../support/exchange-facts.ts";

const mine = certificate("mine");

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
  readonly recipients?: readonly RecipientList[];
  readonly plan: `${Plan["kind"]}/${Plan["why"]}`;
}

/** By hand from the description of what a draft gets; what a rule leaves out does not matter to it. */
const rules: readonly Rule[] = [
  { choice: "none", plan: "unprotected/chosen" },

  { choice: "signed", signing: false, plan: "blocked/no-certificate" },
  { choice: "signed", signing: true, plan: "signed/chosen" },

  { choice: "encrypted", signing: false, plan: "blocked/no-certificate" },
  { choice: "encrypted", signing: true, encryption: false, plan: "blocked/no-certificate" },
  {
    choice: "encrypted",
    signing: true,
    encryption: true,
    recipients: ["nobody"],
    plan: "blocked/no-recipients",
  },
  {
    choice: "encrypted",
    signing: true,
    encryption: true,
    recipients: missing,
    plan: "blocked/missing",
  },
  { choice: "encrypted", signing: true, encryption: true, recipients: hidden, plan: "blocked/bcc" },
  {
    choice: "encrypted",
    signing: true,
    encryption: true,
    recipients: open,
    plan: "encrypted/chosen",
  },

  { choice: "automatic", answers: true, signing: false, plan: "blocked/no-certificate" },
  {
    choice: "automatic",
    answers: true,
    signing: true,
    encryption: false,
    plan: "blocked/no-certificate",
  },
  {
    choice: "automatic",
    answers: true,
    signing: true,
    encryption: true,
    recipients: ["nobody"],
    plan: "blocked/no-recipients",
  },
  {
    choice: "automatic",
    answers: true,
    signing: true,
    encryption: true,
    recipients: missing,
    plan: "blocked/missing",
  },
  {
    choice: "automatic",
    answers: true,
    signing: true,
    encryption: true,
    recipients: hidden,
    plan: "blocked/bcc",
  },
  {
    choice: "automatic",
    answers: true,
    signing: true,
    encryption: true,
    recipients: open,
    plan: "encrypted/answers-encrypted",
  },

  { choice: "automatic", answers: false, signing: false, plan: "unprotected/no-certificate" },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "none",
    plan: "unprotected/setting",
  },
  { choice: "automatic", answers: false, signing: true, setting: "sign", plan: "signed/setting" },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "encrypt-when-ready",
    encryption: false,
    plan: "signed/no-encryption-certificate",
  },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "encrypt-when-ready",
    encryption: true,
    recipients: ["nobody"],
    plan: "signed/setting",
  },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "encrypt-when-ready",
    encryption: true,
    recipients: missing,
    plan: "signed/missing",
  },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "encrypt-when-ready",
    encryption: true,
    recipients: hidden,
    plan: "signed/bcc",
  },
  {
    choice: "automatic",
    answers: false,
    signing: true,
    setting: "encrypt-when-ready",
    encryption: true,
    recipients: open,
    plan: "encrypted/ready",
  },
];

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
              yield {
                list,
                draft: {
                  signing: signing ? mine : null,
                  encryption: encryption ? mine : null,
                  defaultProtection,
                  choice,
                  recipients: recipientLists[list],
                  answersEncrypted,
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
    assert.equal(cases.length, 960);
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
