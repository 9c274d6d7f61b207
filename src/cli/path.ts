import { findPath } from "../core/trust/find-path.ts";
import type { PathInput } from "../core/trust/find-path.ts";
import type { PolicyInput } from "../core/trust/policy-graph.ts";
import type { LeafUse } from "../core/trust/uses.ts";
import { onlyFile, parseArguments, single, timeOption, type Arguments } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readCertificates } from "./files.ts";
import { jsonText } from "./json.ts";
import { readAnchors, readRevocation, trustOptions } from "./reader.ts";

const policyOptions = {
  policy: "string",
  "explicit-policy": "boolean",
  "inhibit-policy-mapping": "boolean",
  "inhibit-any-policy": "boolean",
} as const;

/**
 * The verdict on the path of a certificate, which is the first in its file. Who gives revocation
 * lists or OCSP responses wants to know: what they leave open fails.
 */
export async function path(args: readonly string[]): Promise<string> {
  const options = parseArguments(args, { ...trustOptions, ...policyOptions, use: "string" });
  const file = onlyFile(options);
  const [certificate, ...beside] = await readCertificates([file]);
  if (certificate === undefined) throw new Failure(`${file} has no certificate`);
  const verdict = await findPath(certificate, {
    intermediates: [...beside, ...(await readCertificates(options.all("cert")))],
    anchors: await readAnchors(options),
    at: timeOption(options),
    use: use(options),
    ...(await revocationInput(options)),
    ...policyInput(options),
  });
  return jsonText(verdict);
}

async function revocationInput(options: Arguments): Promise<Pick<PathInput, "revocation">> {
  const revocation = await readRevocation(options);
  const asked = revocation.crls.length + revocation.ocspResponses.length > 0;
  return asked ? { revocation: { ...revocation, mode: "strict" } } : {};
}

function policyInput({ all, flag }: Arguments): PolicyInput {
  const policies = all("policy");
  const wrong = policies.find((policy) => !/^[012](?:\.\d+)+$/.test(policy));
  if (wrong !== undefined) throw new Failure(`no object identifier: ${wrong}`);
  return {
    ...(policies.length > 0 ? { policies } : {}),
    ...(flag("explicit-policy") ? { explicitPolicy: true } : {}),
    inhibitPolicyMapping: flag("inhibit-policy-mapping"),
    inhibitAnyPolicy: flag("inhibit-any-policy"),
  };
}

function use(options: Arguments): LeafUse {
  const value = single(options, "use") ?? "mail";
  if (value === "mail" || value === "sign" || value === "encrypt") return value;
  throw new Failure("--use is mail, sign or encrypt");
}
