import assert from "node:assert/strict";
import { test } from "node:test";
import { InlineQueryResultBuilder as Builder } from "@tramline/tramline";

const url = "https://example.com/file";
const thumb = "https://example.com/thumb";

/** Every result that can be sent as it is, and what the Bot API expects. */
const results = [
  [Builder.audio("1", "T", url, { performer: "P" }), {
    type: "audio",
    title: "T",
    audio_url: url,
    performer: "P",
  }],
  [Builder.audioCached("1", "F"), { type: "audio", audio_file_id: "F" }],
  [Builder.contact("1", "+1", "N"), { type: "contact", phone_number: "+1", first_name: "N" }],
  [Builder.documentPdf("1", "T", url), {
    type: "document",
    mime_type: "application/pdf",
    title: "T",
    document_url: url,
  }],
  [Builder.documentZip("1", "T", url), {
    type: "document",
    mime_type: "application/zip",
    title: "T",
    document_url: url,
  }],
  [Builder.documentCached("1", "T", "F"), { type: "document", title: "T", document_file_id: "F" }],
  [Builder.gif("1", url, thumb), { type: "gif", gif_url: url, thumbnail_url: thumb }],
  [Builder.gifCached("1", "F"), { type: "gif", gif_file_id: "F" }],
  [Builder.location("1", "T", 1, 2, { live_period: 60 }), {
    type: "location",
    title: "T",
    latitude: 1,
    longitude: 2,
    live_period: 60,
  }],
  [Builder.mpeg4gif("1", url, thumb), { type: "mpeg4_gif", mpeg4_url: url, thumbnail_url: thumb }],
  [Builder.mpeg4gifCached("1", "F"), { type: "mpeg4_gif", mpeg4_file_id: "F" }],
  [Builder.photo("1", url), { type: "photo", photo_url: url, thumbnail_url: url }],
  [Builder.photo("1", url, { thumbnail_url: thumb, caption: "C" }), {
    type: "photo",
    photo_url: url,
    thumbnail_url: thumb,
    caption: "C",
  }],
  [Builder.photoCached("1", "F"), { type: "photo", photo_file_id: "F" }],
  [Builder.stickerCached("1", "F"), { type: "sticker", sticker_file_id: "F" }],
  [Builder.venue("1", "T", 1, 2, "A"), {
    type: "venue",
    title: "T",
    latitude: 1,
    longitude: 2,
    address: "A",
  }],
  [Builder.videoMp4("1", "T", url, thumb), {
    type: "video",
    mime_type: "video/mp4",
    title: "T",
    video_url: url,
    thumbnail_url: thumb,
  }],
  [Builder.videoCached("1", "T", "F"), { type: "video", title: "T", video_file_id: "F" }],
  [Builder.voice("1", "T", url), { type: "voice", title: "T", voice_url: url }],
  [Builder.voiceCached("1", "T", "F"), { type: "voice", title: "T", voice_file_id: "F" }],
] as const;

test("every result is what the Bot API describes", () => {
  for (const [result, expected] of results) {
    assert.deepEqual(result as unknown, { id: "1", ...expected });
  }
  assert.deepEqual(Builder.game("1", "G"), { type: "game", id: "1", game_short_name: "G" });
});

test("every result can be sent with another message, and stays as it was itself", () => {
  for (const [result, expected] of results) {
    assert.deepEqual(result.text("Hi", { parse_mode: "HTML" }) as unknown, {
      id: "1",
      ...expected,
      input_message_content: { message_text: "Hi", parse_mode: "HTML" },
    });
    assert.deepEqual(result as unknown, { id: "1", ...expected });
  }
});

test("every content of a message is what the Bot API describes", () => {
  const article = Builder.article("1", "T", { description: "D" });
  const prices = [{ label: "L", amount: 1 }];
  const contents = [
    [article.text("Hi"), { message_text: "Hi" }],
    [article.rich({ markdown: "# Hi" }), { rich_message: { markdown: "# Hi" } }],
    [article.location(1, 2, { heading: 3 }), { latitude: 1, longitude: 2, heading: 3 }],
    [article.venue("V", 1, 2, "A"), { title: "V", latitude: 1, longitude: 2, address: "A" }],
    [article.venue("V", 1, 2, "A", { foursquare_id: "4" }), {
      title: "V",
      latitude: 1,
      longitude: 2,
      address: "A",
      foursquare_id: "4",
    }],
    [article.contact("N", "+1", { last_name: "M" }), {
      first_name: "N",
      phone_number: "+1",
      last_name: "M",
    }],
    [article.invoice("I", "D", "P", "", "XTR", prices, { photo_url: url }), {
      title: "I",
      description: "D",
      payload: "P",
      provider_token: "",
      currency: "XTR",
      prices,
      photo_url: url,
    }],
  ] as const;
  for (const [result, input_message_content] of contents) {
    assert.deepEqual(result as unknown, {
      type: "article",
      id: "1",
      title: "T",
      description: "D",
      input_message_content,
    });
  }
});

test("an embedded video is complete with its content only", () => {
  const video = Builder.videoHtml("1", "T", url, thumb);
  assert.equal("type" in video, false);
  assert.deepEqual(video.text("Hi"), {
    type: "video",
    id: "1",
    mime_type: "text/html",
    title: "T",
    video_url: url,
    thumbnail_url: thumb,
    input_message_content: { message_text: "Hi" },
  });
});

test("a URL object does as well as a string", () => {
  const address = new URL(url);
  assert.equal(Builder.audio("1", "T", address).audio_url, url);
  assert.deepEqual(
    { ...Builder.photo("1", address) },
    { type: "photo", id: "1", photo_url: url, thumbnail_url: url },
  );
  assert.equal(Builder.gif("1", address, new URL(thumb)).thumbnail_url, thumb);
});

test("a result can be serialised, copied and cloned like any plain object", () => {
  const result = Builder.photoCached("1", "F");
  const plain = { type: "photo", id: "1", photo_file_id: "F" };
  assert.equal(JSON.stringify(result), JSON.stringify(plain));
  assert.deepEqual({ ...result } as unknown, plain);
  assert.deepEqual(structuredClone(result) as unknown, plain);
});

test("a result identifier of 64 bytes is taken, an empty or a longer one is refused", () => {
  Builder.game("ы".repeat(32), "G");
  assert.throws(() => Builder.game("ы".repeat(33), "G"), {
    name: "RangeError",
    message: /result of type game: its identifier must be 1 to 64 bytes of UTF-8, given 66 bytes/,
  });
  assert.throws(() => Builder.photo("", url), /type photo.*given 0 bytes/);
  assert.throws(() => Builder.article("x".repeat(65), "T"), /type article.*given 65 bytes/);
});

test("an invoice payload over 128 bytes is refused with the invoice's name", () => {
  const article = Builder.article("1", "T");
  const invoice = (payload: string) => article.invoice("Tea", "D", payload, "", "XTR", []);
  invoice("x".repeat(128));
  assert.throws(() => invoice("x".repeat(129)), {
    name: "RangeError",
    message: /the invoice "Tea": its payload must be 1 to 128 bytes of UTF-8, given 129/,
  });
});
