import { test } from "node:test";
import { storeContract } from "@tramline/tramline/testing";
import { stores } from "./stores.ts";

for (const { name: store, make, skip = [] } of stores) {
  for (const { name, skip: reason, run } of storeContract(make, { skip })) {
    test(`${store}: ${name}`, { skip: reason ?? false }, run);
  }
}
