import assert from "node:assert/strict";
import { test } from "node:test";
import { InputFile, InputMediaBuilder } from "@tramline/tramline";

test("every kind of medium carries its type, its file and its options", () => {
  for (const type of ["photo", "video", "animation", "audio", "document"] as const) {
    assert.deepEqual(InputMediaBuilder[type]("file-id"), { type, media: "file-id" });
    const file = new InputFile(new Uint8Array([1]), "name");
    const media = InputMediaBuilder[type](file, { caption: "C" });
    assert.equal(media.media, file);
    assert.equal(media.type, type);
    assert.equal(media.caption, "C");
  }
});
