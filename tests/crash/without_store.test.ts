import { Random } from "#src/testing/random.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BotProcess, Program } from "./bot_process.ts";
import { anySeed, pause, Scene } from "./scene.ts";
import { faultsOf, Traffic } from "./traffic.ts";

/** Messages that wait for a reply. */
const inFlight = 40;

/** A bot that is killed or stopped under load, and started again. */
class Restarted {
  readonly traffic: Traffic;
  readonly random: Random;
  readonly #scene: Scene;
  readonly #program: Pick<Program, "intake" | "file">;
  #bot: BotProcess;

  constructor(scene: Scene, seed: number, program: Pick<Program, "intake" | "file">) {
    this.random = new Random(seed);
    this.traffic = new Traffic(scene.sim, { seed, chats: 10, inFlight, isDead: scene.isDead });
    this.#scene = scene;
    this.#program = program;
    this.#bot = scene.start(program);
  }

  get port(): Promise<number | undefined> {
    return this.#bot.ready;
  }

  /** Kills it when so many replies have come. */
  async killAfter(replies: number): Promise<void> {
    await this.#replies(replies);
    await this.#bot.during(pause(this.random.next() * 10));
    await this.#bot.kill();
    this.#restart();
  }

  /** Stops it when so many replies have come. */
  async stopAfter(replies: number, signal: "SIGINT" | "SIGTERM"): Promise<void> {
    await this.#replies(replies);
    await this.#bot.stop(signal);
    this.#restart();
  }

  /** Waits until everything is answered and confirmed. */
  async answered(): Promise<void> {
    await this.#scene.during([this.#bot], this.traffic.answered());
  }

  async #replies(count: number): Promise<void> {
    const enough = this.traffic.received + count;
    const done = this.traffic.until(() => this.traffic.received >= enough);
    await this.#scene.during([this.#bot], done);
  }

  #restart(): void {
    this.#bot = this.#scene.start({ ...this.#program, seed: this.random.integer(0, 1e9) });
  }
}

async function restarting(
  intake: Program["intake"],
  use: (bot: Restarted) => Promise<void>,
  { stored = false }: { stored?: boolean } = {},
): Promise<void> {
  const seed = anySeed();
  await using scene = await Scene.make(seed);
  try {
    const bot = new Restarted(scene, seed, { intake, ...(stored && { file: scene.file }) });
    if (intake === "webhooks") await scene.setWebhook(() => bot.port);
    await use(bot);
  } catch (error) {
    throw new Error(`With CRASH_SEED=${seed}: ${(error as Error).message}`, { cause: error });
  }
}

/** Nothing is lost, and each process kept the order of each chat and left nothing out. */
function assertOrder({ chats }: Traffic): void {
  for (const { user, replies, sent } of chats) {
    for (const life of new Set(replies.map(({ life }) => life))) {
      const messages = replies.filter((reply) => reply.life === life).map(({ message }) => message);
      const expected = messages.map((_, index) => messages[0]! + index);
      assert.deepEqual(messages, expected, `chat ${user.id}, life ${life}`);
    }
    assert.equal(new Set(replies.map(({ message }) => message)).size, sent, `chat ${user.id}`);
  }
}

/** How many messages each process has answered that another had answered before. */
function repeatsByLife({ chats }: Traffic): Map<number, number> {
  const repeats = new Map<number, number>();
  for (const { replies } of chats) {
    const known = new Set<number>();
    for (const { life, message } of replies) {
      if (known.has(message)) repeats.set(life, (repeats.get(life) ?? 0) + 1);
      known.add(message);
    }
  }
  return repeats;
}

/** Nothing is lost, in order, and nothing repeated but what was in flight at a kill. */
function assertExact({ chats }: Traffic, { counts = false }: { counts?: boolean } = {}): void {
  assert.deepEqual(chats.flatMap((chat) => faultsOf(chat, { counts })), []);
}

test("bot.start, killed five times: nothing is lost, and at most the unfinished batch comes again", async () => {
  await restarting("start", async (bot) => {
    const { traffic } = bot;
    traffic.end();
    for (let kills = 0; kills < 5; kills++) {
      const confirmed = new Map(traffic.chats.map((chat) => [chat, chat.replies.length]));
      const done = new Map(traffic.chats.map((chat) => [chat, chat.sent]));
      const repeats = traffic.repeats;
      await traffic.begin();
      await bot.killAfter(bot.random.integer(1, inFlight - 1));
      await bot.answered();
      for (const chat of traffic.chats) {
        for (const { message } of chat.replies.slice(confirmed.get(chat))) {
          assert.ok(message > done.get(chat)!, `message ${message} was confirmed before the kill`);
        }
      }
      assert.ok(traffic.repeats - repeats <= inFlight);
    }
    assertOrder(traffic);
  });
});

test("confirm handled, killed five times: nothing is lost, and at most 100 come again for each kill", async () => {
  await restarting("handled", async (bot) => {
    const { traffic } = bot;
    await traffic.begin();
    for (let kills = 0; kills < 5; kills++) await bot.killAfter(bot.random.integer(50, 300));
    traffic.end();
    await bot.answered();
    assertOrder(traffic);
    for (const [life, repeats] of repeatsByLife(traffic)) {
      assert.ok(repeats <= 100, `life ${life} repeated ${repeats}`);
    }
  });
});

test("webhooks without a store, killed five times: nothing is lost, nothing repeated but in flight", async () => {
  await restarting("webhooks", async (bot) => {
    const { traffic } = bot;
    await traffic.begin();
    for (let kills = 0; kills < 5; kills++) await bot.killAfter(bot.random.integer(0, 100));
    traffic.end();
    await bot.answered();
    assertExact(traffic);
  });
});

const stops = [
  { how: "bot.start", intake: "start", stored: false, signal: "SIGINT" },
  { how: "run", intake: "polling", stored: false, signal: "SIGTERM" },
  { how: "confirm handled", intake: "handled", stored: false, signal: "SIGINT" },
  { how: "webhooks", intake: "webhooks", stored: false, signal: "SIGTERM" },
  { how: "run with a store", intake: "polling", stored: true, signal: "SIGINT" },
  { how: "webhooks with a store", intake: "webhooks", stored: true, signal: "SIGTERM" },
] as const;

for (const { how, intake, stored, signal } of stops) {
  test(`${how}, stopped three times by ${signal}: nothing is lost or repeated, and it ends in silence`, async () => {
    await restarting(intake, async (bot) => {
      const { traffic } = bot;
      await traffic.begin();
      for (let stops = 0; stops < 3; stops++) {
        await bot.stopAfter(bot.random.integer(0, 100), signal);
      }
      traffic.end();
      await bot.answered();
      assertExact(traffic, { counts: stored });
      assert.equal(traffic.repeats, 0);
    }, { stored });
  });
}
