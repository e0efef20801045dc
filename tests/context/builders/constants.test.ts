import assert from "node:assert/strict";
import { test } from "node:test";
import { API_CONSTANTS } from "@tramline/tramline";

const { ALL_CHAT_PERMISSIONS, ALL_UPDATE_TYPES, DEFAULT_UPDATE_TYPES } = API_CONSTANTS;

test("the default kinds of updates are all but the three that must be asked for", () => {
  const asked = ALL_UPDATE_TYPES.filter((type) =>
    !(DEFAULT_UPDATE_TYPES as string[]).includes(type)
  );
  assert.deepEqual(asked, ["chat_member", "message_reaction", "message_reaction_count"]);
  assert.equal(DEFAULT_UPDATE_TYPES.length + asked.length, new Set(ALL_UPDATE_TYPES).size);
  assert.ok(DEFAULT_UPDATE_TYPES.includes("message"));
});

test("all chat permissions are granted", () => {
  assert.equal(ALL_CHAT_PERMISSIONS.can_send_messages, true);
  assert.ok(Object.values(ALL_CHAT_PERMISSIONS).every((granted) => granted === true));
});

test("nobody can change the constants for everybody else", () => {
  for (const constant of Object.values(API_CONSTANTS)) assert.ok(Object.isFrozen(constant));
});
