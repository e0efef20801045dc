/**
 * Writes `src/context/shortcuts.ts` from `src/context/shortcut_table.ts` and the signatures in
 * `src/api/methods.ts`.
 *
 *     deno run --allow-all scripts/generate_shortcuts.ts           writes the file
 *     deno run --allow-all scripts/generate_shortcuts.ts --check   fails if it is not what it would write
 */
import ts from "typescript";
import { shortcutLines } from "../src/context/shortcut_table.ts";

/** Former names. */
const deprecated: Record<string, string> = {
  kickAuthor: "banAuthor",
  kickChatMember: "banChatMember",
  getChatMembersCount: "getChatMemberCount",
  sendPaidMedia: "replyWithPaidMedia",
};

/** What `&reactor` gives to a method. */
const merged: Record<string, string[]> = { reactor: ["user_id", "actor_chat_id"] };

const target = new URL("../src/context/shortcuts.ts", import.meta.url);
const path = new URL("../src/api/methods.ts", import.meta.url);
const source = ts.createSourceFile(
  "methods.ts",
  Deno.readTextFileSync(path),
  ts.ScriptTarget.Latest,
  true,
);

/** The methods of the API by name. */
const methods = new Map<string, ts.MethodSignature>();
for (const statement of source.statements) {
  if (!ts.isInterfaceDeclaration(statement)) continue;
  for (const member of statement.members) {
    if (ts.isMethodSignature(member)) methods.set(member.name.getText(), member);
  }
}

/** The types of the Bot API that `src/api/methods.ts` imports. */
const known = new Set(
  source.statements.flatMap((statement) => {
    const bindings = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings)
      ? bindings.elements.map((element) => element.name.text)
      : [];
  }).filter((name) => name !== "Other" && name !== "RawApi"),
);

const used = new Set<string>();

/** Notes the types that a signature names. */
function collect(node: ts.Node): void {
  if (ts.isTypeReferenceNode(node)) used.add(node.typeName.getText().split(".")[0]!);
  ts.forEachChild(node, collect);
}

function write(name: string, line: string): string {
  const [method = "", ...words] = line.split(" ");
  const signature = methods.get(method);
  if (!signature) throw new Error(`Cannot write ${name}: the API has no method ${method}.`);
  const kept: string[] = [];
  const gone = new Set<string>();
  for (const parameter of signature.parameters) {
    const key = parameter.name.getText();
    const word = words.find((word) => /^\w+/.exec(word)?.[0] === key && !word.endsWith("=other"));
    if (word?.includes("?")) {
      collect(parameter.type!);
      kept.push(`${key}?: ${parameter.type!.getText()}`);
    } else if (word) gone.add(key);
    else kept.push(writeParameter(key, parameter, words));
  }
  const result = signature.type!.getText();
  collect(signature.type!);
  const added = words.filter((word) => word.startsWith("&")).map((word) => word.slice(1));
  const hidden = added.flatMap((key) => merged[key] ?? [key]);
  return `${writeDocs(name, method, signature, gone, hidden)}\n${name}(${
    kept.join(", ")
  }): ${result};`;
}

function writeParameter(key: string, parameter: ts.ParameterDeclaration, words: string[]): string {
  const mark = parameter.questionToken ? "?" : "";
  let type = parameter.type!.getText();
  if (key !== "other") {
    collect(parameter.type!);
    return `${key}${mark}: ${type}`;
  }
  const hidden = words.flatMap((word) => word.startsWith("&") ? merged[word.slice(1)] ?? [] : []);
  const union = hidden.map((key) => ` | "${key}"`).join("");
  type = type.replace(/^Other<\s*R,/, "Other<RawApi,").replace(/[,\s]*>$/, `${union}>`);
  for (const word of words) {
    if (word.endsWith("=other")) type = `string | ${type}`;
    if (word.endsWith("~")) type = `${type} & { ${word.slice(0, -1)}?: number }`;
  }
  return `${key}${mark}: ${type}`;
}

function writeDocs(
  name: string,
  method: string,
  signature: ts.MethodSignature,
  gone: Set<string>,
  hidden: string[],
): string {
  if (deprecated[name]) return `/** @deprecated Use \`${deprecated[name]}\` instead. */`;
  const range = ts.getLeadingCommentRanges(source.text, signature.pos)?.at(-1);
  const text = source.text.slice(range!.pos, range!.end).split("\n").slice(1, -1)
    .map((line) => line.trim().replace(/^\* ?/, ""));
  const lines: string[] = [];
  let skipping = false;
  for (const line of text) {
    const tag = /^@param (\w+)/.exec(line)?.[1];
    if (tag !== undefined || line.startsWith("@")) skipping = tag !== undefined && gone.has(tag);
    if (!skipping) lines.push(line);
  }
  const keys = [...gone, ...hidden];
  const taken = keys.length > 0 ? ` with ${list(keys)} taken from the update` : "";
  const head = wrap(`Calls \`api.${method}\`${taken}.`);
  return ["/**", ...[...head, "", ...lines].map((line) => ` * ${line}`.trimEnd()), " */"]
    .join("\n");
}

function list(keys: string[]): string {
  const quoted = keys.map((key) => `\`${key}\``);
  return quoted.length < 2
    ? quoted.join()
    : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}

function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line && line.length + word.length >= 95) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    cwd: new URL("..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  if (code !== 0) throw new Error(`Cannot format: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function main(): Promise<void> {
  const written = shortcutLines.map(([name, line]) => write(name, line));
  const text = await formatted(`// GENERATED by scripts/generate_shortcuts.ts. Do not edit.

import type { Other, RawApi } from "../api/raw_api.ts";
import type { ${
    [...used].filter((name) => known.has(name)).toSorted().join(", ")
  } } from "../api/types.ts";

/**
 * The methods of the API that have their target in the update: a context fills in what the update
 * says, the rest is as in \`Api\`. A shortcut whose target is missing throws an error that says so.
 */
export interface ContextShortcuts {
${written.join("\n\n")}
}
`);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(target, text);
  } else if (await Deno.readTextFile(target) !== text) {
    console.error("src/context/shortcuts.ts has drifted; run scripts/generate_shortcuts.ts");
    Deno.exitCode = 1;
  }
}

await main();
