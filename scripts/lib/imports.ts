import ts from "typescript";

/** One place where a module names another. */
export interface Import {
  specifier: string;
  /** `static` is loaded with the module, `dynamic` by `import()`, `type` is erased. */
  kind: "static" | "dynamic" | "type";
  line: number;
  /** Where the specifier's text, without its quotes, begins and ends in the file. */
  start: number;
  end: number;
}

/** Parses TypeScript; with parents, so that a finding can be told from its surroundings. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
}

/** The line, counted from 1, of a node. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Everything a module imports or re-exports, type imports and `import("…")` types included. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (literal: ts.Node | undefined, kind: Import["kind"]): void => {
    if (!literal || !ts.isStringLiteralLike(literal)) return;
    const start = literal.getStart() + 1;
    const end = literal.getEnd() - 1;
    found.push({ specifier: literal.text, kind, line: lineOf(literal), start, end });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isErased(node) ? "type" : "static");
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? "type" : "static");
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, "type");
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], "dynamic");
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** `import type …` and `import { type A, type B }`; the latter would still load its module. */
function isErased(node: ts.ImportDeclaration): boolean {
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
