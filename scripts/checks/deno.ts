import { type Check, denoCheck } from "../lib/check.ts";

/** What Deno itself can check. */
export const checks: Check[] = [
  denoCheck("formatted", "Run `deno fmt`.", ["fmt", "--check"]),
  denoCheck("lint", "Change what the linter names.", ["lint"]),
  denoCheck(
    "types of every file, with the packages of deno.lock",
    "Correct the types; if only deno.lock is out of date, run `deno check .` and commit it.",
    ["check", "--frozen", "."],
  ),
  denoCheck(
    "publishable on JSR, without slow types",
    "Write the named types down.",
    ["publish", "--dry-run", "--allow-dirty"],
  ),
];
